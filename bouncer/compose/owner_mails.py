"""Composing the mails to an account's owners: facts in, a finished mail out (RFC 5322, RFC 2046)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bouncer.compose import mime
from bouncer.compose.custom import DIGEST, NOTICE, TemplateInput
from bouncer.compose.digest import Digest
from bouncer.compose.digest import view as view_digest
from bouncer.compose.filter_headers import fields, list_id
from bouncer.compose.headers import OutgoingEnvelope, make_mail
from bouncer.compose.language import Language, language
from bouncer.compose.notice import MAX_ATTACHED, MAX_BEGINNING, Notice
from bouncer.compose.render import render
from bouncer.compose.returned import returned_headers
from bouncer.compose.status import is_status, make_report
from bouncer.compose.view import view
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.header import Headers, to_text
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief


def compose(
    notice: Notice, *, from_: str, reverse_path: str, custom_texts: Mapping[str, str] | None = None
) -> OutgoingMail:
    """Make the mail with *notice*: text, HTML, attachments. *from_* is an address, with or without a display name.

    *custom_texts* is the output of the account's own templates, by name.
    """
    block = returned_headers(notice.letter) if notice.letter else ""
    shown_values = view(notice, Headers(block))
    body = _alternatives(NOTICE, shown_values, language(notice.language), custom_texts or {})
    as_status = is_status(notice)
    if attachments := list(_attachments(notice, "" if as_status else block)):
        body = mime.multipart("mixed", body, *attachments)
    if as_status:
        body = make_report(notice, body, to_text(block, "utf-8"))
    envelope = OutgoingEnvelope(notice.to, notice.message_id, notice.made_at, from_, reverse_path, notice.language)
    return make_mail(envelope, shown_values.subject, (*_thread(notice), *fields(notice, from_)), body)


def shown_notice(notice: Notice) -> TemplateInput:
    """Give the content of *notice* for an account's own templates."""
    block = returned_headers(notice.letter) if notice.letter else ""
    return TemplateInput(NOTICE, asdict(view(notice, Headers(block))), notice.language)


def shown_digest(digest: Digest) -> TemplateInput:
    """Give the content of *digest* for an account's own templates."""
    return TemplateInput(DIGEST, asdict(view_digest(digest)), digest.language)


def _alternatives(
    names: Sequence[str], shown_values: Any, speech: Language, custom_texts: Mapping[str, str]
) -> mime.OutgoingPart:
    """Make the text and the HTML part: from *custom_texts*, else with our templates."""
    text, html = (custom_texts[name] if name in custom_texts else render(name, shown_values, speech) for name in names)
    return mime.multipart("alternative", mime.text("plain", text), mime.text("html", html))


def _attachments(notice: Notice, block: str) -> Iterator[mime.OutgoingPart]:
    if block and notice.attach is not Attach.NONE:
        yield mime.make_attachment(mime.headers(to_text(block, "utf-8")), "returned-headers.txt")
    if notice.letter and notice.attach is Attach.FULL:
        cut = len(notice.letter) > MAX_ATTACHED
        yield mime.make_attachment(mime.enclose(notice.letter[: MAX_BEGINNING if cut else MAX_ATTACHED]), "report.eml")
    if notice.data is not None:
        yield mime.make_attachment(mime.octets("application/json", notice.data), "bounces.json")


def compose_digest(
    digest: Digest, *, from_: str, reverse_path: str, custom_texts: Mapping[str, str] | None = None
) -> OutgoingMail:
    """Make the mail with *digest*: text, HTML, the table of all reports. No row can be added to its tally afterwards.

    *custom_texts* is as in ``compose``.
    """
    shown_values = view_digest(digest)
    name, media_type, content = digest.tally.table()
    body = mime.multipart(
        "mixed",
        _alternatives(DIGEST, shown_values, language(digest.language), custom_texts or {}),
        mime.make_attachment(mime.octets(media_type, content), name),
    )
    envelope = OutgoingEnvelope(digest.to, digest.message_id, digest.made_at, from_, reverse_path, digest.language)
    return make_mail(
        envelope, shown_values.subject, ("X-Bounce-Category: digest", *list_id(digest.account, from_)), body
    )


def _thread(notice: Notice) -> tuple[str, ...]:
    """Thread the notice below the message that it is about, unless a forger may have named that message."""
    believed = {recipient.belief for recipient in notice.recipients} & {Belief.PROVEN, Belief.PLAUSIBLE}
    original = mime.message_id(notice.original_message_id) if believed else None
    return (f"In-Reply-To: {original}", f"References: {original}") if original else ()
