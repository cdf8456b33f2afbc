"""Composing the mails to an account's owners: facts in, a finished mail out (RFC 5322, RFC 2046)."""

from collections.abc import Iterator

from bouncer.mail.parcel import Mail
from bouncer.ndr.header import Headers, to_text
from bouncer.policy.compose import mime
from bouncer.policy.compose.custom import Custom
from bouncer.policy.compose.digest import Digest
from bouncer.policy.compose.digest import view as view_digest
from bouncer.policy.compose.fields import fields, list_id
from bouncer.policy.compose.language import language
from bouncer.policy.compose.notice import MAX_ATTACHED, MAX_BEGINNING, Attach, Notice
from bouncer.policy.compose.post import Envelope, post
from bouncer.policy.compose.render import render
from bouncer.policy.compose.returned import returned_headers
from bouncer.policy.compose.view import view
from bouncer.policy.record import Belief


def compose(notice: Notice, *, from_: str, reverse_path: str, custom: Custom | None = None) -> Mail:
    """Make the mail that tells *notice*: text, HTML, attachments. *from_* is an address, with or without a name.

    *custom* are the account's own templates.
    """
    block = returned_headers(notice.letter) if notice.letter else ""
    shown = view(notice, Headers(block))
    speech = language(notice.language)
    body = mime.multipart(
        "alternative",
        mime.text("plain", render("notice.txt.j2", shown, speech, custom)),
        mime.text("html", render("notice.html.j2", shown, speech, custom)),
    )
    if attachments := list(_attachments(notice, block)):
        body = mime.multipart("mixed", body, *attachments)
    envelope = Envelope(notice.to, notice.message_id, notice.made_at, from_, reverse_path)
    return post(envelope, shown.subject, (*_thread(notice), *fields(notice, from_)), body)


def _attachments(notice: Notice, block: str) -> Iterator[mime.Part]:
    if block and notice.attach is not Attach.NONE:
        yield mime.attached(mime.headers(to_text(block, "utf-8")), "returned-headers.txt")
    if notice.letter and notice.attach is Attach.FULL:
        cut = len(notice.letter) > MAX_ATTACHED
        yield mime.attached(mime.enclosed(notice.letter[: MAX_BEGINNING if cut else MAX_ATTACHED]), "report.eml")
    if notice.data is not None:
        yield mime.attached(mime.octets("application/json", notice.data), "bounces.json")


def compose_digest(digest: Digest, *, from_: str, reverse_path: str, custom: Custom | None = None) -> Mail:
    """Make the mail that tells *digest*: text, HTML, the table of all reports. Its tally takes no more after that."""
    shown = view_digest(digest)
    speech = language(digest.language)
    name, media_type, content = digest.tally.table()
    body = mime.multipart(
        "mixed",
        mime.multipart(
            "alternative",
            mime.text("plain", render("digest.txt.j2", shown, speech, custom)),
            mime.text("html", render("digest.html.j2", shown, speech, custom)),
        ),
        mime.attached(mime.octets(media_type, content), name),
    )
    envelope = Envelope(digest.to, digest.message_id, digest.made_at, from_, reverse_path)
    return post(envelope, shown.subject, ("X-Bounce-Category: digest", *list_id(digest.account, from_)), body)


def _thread(notice: Notice) -> tuple[str, ...]:
    """Thread the notice under the message that it is about, unless a forger may have named that message."""
    believed = {one.belief for one in notice.recipients} & {Belief.PROVEN, Belief.PLAUSIBLE}
    original = mime.message_id(notice.original_message_id) if believed else None
    return (f"In-Reply-To: {original}", f"References: {original}") if original else ()
