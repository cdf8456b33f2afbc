"""Composing: facts in, a finished mail out (RFC 5322, RFC 3834, RFC 2046).

No field says ``Precedence``: it is no standard, RFC 3834 section 3.1.8 makes it optional, and filters file such mail away.
``Auto-Submitted``, the null reverse-path and Exchange's ``X-Auto-Response-Suppress`` ([MS-OXCMAIL] 2.2.3.2.14) keep
automatic answers away.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime

from bouncer.mail.parcel import Mail
from bouncer.ndr.header import Headers, to_text
from bouncer.policy.compose import mime
from bouncer.policy.compose.custom import Custom
from bouncer.policy.compose.digest import Digest
from bouncer.policy.compose.digest import view as view_digest
from bouncer.policy.compose.fields import fields, list_id
from bouncer.policy.compose.language import ENGLISH, language
from bouncer.policy.compose.notice import MAX_ATTACHED, Attach, Notice, PassedOn, Warned
from bouncer.policy.compose.plain import line
from bouncer.policy.compose.render import render
from bouncer.policy.compose.returned import returned_headers
from bouncer.policy.compose.sentences import MAX_ADDRESS
from bouncer.policy.compose.view import MAX_NAME, MAX_SUBJECT, view
from bouncer.policy.loop import NOTICE_FIELD
from bouncer.policy.record import Belief

MAX_SAID = 5
"""Different words of servers in a warning."""
MAX_BEGINNING = 64 * 1024
"""Octets of the beginning that is attached, or passed on, of a larger one."""
MAX_FIELD = 400
"""Characters of our own header fields, before they are encoded and folded."""


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
    envelope = _Envelope(notice.to, notice.message_id, notice.made_at, from_, reverse_path)
    return _mail(envelope, shown.subject, (*_thread(notice), *fields(notice, from_)), body)


def _attachments(notice: Notice, block: str) -> Iterator[mime.Part]:
    if block and notice.attach is not Attach.NONE:
        yield mime.attached(mime.text("rfc822-headers", to_text(block, "utf-8")), "returned-headers.txt")
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
    envelope = _Envelope(digest.to, digest.message_id, digest.made_at, from_, reverse_path)
    return _mail(envelope, shown.subject, ("X-Bounce-Category: digest", *list_id(digest.account, from_)), body)


@dataclass(frozen=True, slots=True)
class _PassedOnView:
    came_to: str
    facts: tuple[tuple[str, str], ...]
    cut: bool


def pass_on(letter: PassedOn, *, from_: str, reverse_path: str) -> Mail:
    """Make the mail that passes on what came to postmaster@ or abuse@, the letter itself enclosed."""
    subject = line(Headers(_beginning(letter.letter)).get("subject"), MAX_SUBJECT)
    came_to = line(letter.came_to, MAX_ADDRESS)
    cut = len(letter.letter) > MAX_ATTACHED
    facts = (
        ("Subject", subject),
        ("From", line(f"<{letter.reverse_path}>", MAX_ADDRESS)),
        ("Client", line(letter.peer, MAX_NAME)),
        ("Received", language(ENGLISH).when(letter.arrived_at)),
        ("Letter", line(letter.report, MAX_NAME)),
    )
    body = mime.multipart(
        "mixed",
        mime.text("plain", render("passed-on.txt.j2", _PassedOnView(came_to, facts, cut))),
        mime.attached(mime.enclosed(letter.letter[: MAX_BEGINNING if cut else MAX_ATTACHED]), "letter.eml"),
    )
    envelope = _Envelope(letter.to, letter.message_id, letter.made_at, from_, reverse_path)
    return _mail(envelope, f"Mail to {came_to}: {subject or '(no subject)'}", (), body)


def compose_warning(warning: Warned, *, from_: str, reverse_path: str) -> Mail:
    """Make the mail that warns of a provider which blocks often."""
    about = line(warning.about, MAX_SUBJECT)
    said = tuple(dict.fromkeys(line(one, MAX_FIELD) for one in warning.said))[:MAX_SAID]
    body = mime.text("plain", render("warning.txt.j2", Warned(warning.to, "", warning.made_at, about, said)))
    envelope = _Envelope(warning.to, warning.message_id, warning.made_at, from_, reverse_path)
    return _mail(envelope, f"Warning: {about}", (), body)


def compose_failing(failing: Warned, *, from_: str, reverse_path: str) -> Mail:
    """Make the mail that tells that our mail to an owner, named in *about*, comes back."""
    about = line(failing.about, MAX_ADDRESS)
    said = tuple(dict.fromkeys(line(one, MAX_FIELD) for one in failing.said))[:MAX_SAID]
    body = mime.text("plain", render("failing.txt.j2", Warned(failing.to, "", failing.made_at, about, said)))
    envelope = _Envelope(failing.to, failing.message_id, failing.made_at, from_, reverse_path)
    return _mail(envelope, f"Our mail to {about} comes back", (), body)


@dataclass(frozen=True, slots=True)
class _Envelope:
    to: str
    message_id: str
    made_at: dt.datetime
    from_: str
    reverse_path: str


def _mail(envelope: _Envelope, subject: str, thread: tuple[str, ...], body: mime.Part) -> Mail:
    message_id = line(envelope.message_id, MAX_FIELD)
    fields = (
        f"Date: {format_datetime(envelope.made_at)}",
        mime.address("From", line(envelope.from_, MAX_FIELD)),
        mime.address("To", line(envelope.to, MAX_FIELD)),
        mime.header("Subject", line(subject, MAX_FIELD)),
        f"Message-ID: <{message_id}>",
        *thread,
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        f"{NOTICE_FIELD}: {message_id}",
        "MIME-Version: 1.0",
        *body.fields,
    )
    return Mail(envelope.reverse_path, envelope.to, envelope.message_id, mime.Part(fields, body.body).octets())


def _thread(notice: Notice) -> tuple[str, ...]:
    """Thread the notice under the message that it is about, unless a forger may have named that message."""
    believed = {one.belief for one in notice.recipients} & {Belief.PROVEN, Belief.PLAUSIBLE}
    original = mime.message_id(notice.original_message_id) if believed else None
    return (f"In-Reply-To: {original}", f"References: {original}") if original else ()


def _beginning(letter: bytes) -> str:
    return letter[:MAX_BEGINNING].replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1")
