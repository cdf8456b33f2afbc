"""A notice as a report for programs: a delivery status of our own (RFC 3464) in a multipart/report (RFC 6522).

Helpdesks and list programs know this form and act on it, so it has only proven failures, or those that the account has chosen to
believe and to act on. Its recipients are the addresses that the mail was sent to, which the owner's program knows, also where mail
is forwarded and another address failed.
"""

import re
from collections.abc import Iterator

from bouncer.compose import mime
from bouncer.compose.notice import Notice, NoticeRecipient, affected_recipients
from bouncer.compose.plain_text import line
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.mail.address import ascii_domain, is_plausible, split
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief, Effect

MOST_RECIPIENTS = 1000
"""Recipients in a delivery status; mail servers' reports have some hundreds at most (RFC 5321 section 4.5.3.1.8: 100 a mail)."""
MAX_DIAGNOSTIC = 900
"""Characters of a server's words in one field: a word without blanks fits one line (RFC 5322 section 2.1.1)."""

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_UNKNOWN_STATUS = {Action.FAILED: "5.0.0", Action.DELAYED: "4.0.0"}
"""The required Status field's value where no status is known (RFC 3464 section 2.3.4, RFC 3463 section 3.1)."""


def believed_recipients(notice: Notice) -> tuple[NoticeRecipient, ...]:
    """Give recipients whose failure or delay is believed enough to act on, each address once; none in notices of other kinds."""
    action = {Kind.BOUNCE: Action.FAILED, Kind.DELAY: Action.DELAYED}.get(notice.kind)
    believed = {
        recipient.recipient: recipient
        for recipient in reversed(affected_recipients(notice))
        if recipient.action is action and _is_believed(recipient) and is_plausible(recipient.recipient)
    }
    return tuple(reversed(believed.values()))


def _is_believed(recipient: NoticeRecipient) -> bool:
    if recipient.belief is Belief.PLAUSIBLE:
        return recipient.effect not in (None, Effect.NONE, Effect.DOUBTED)
    return recipient.belief is Belief.PROVEN


def is_status(notice: Notice) -> bool:
    """Whether *notice* is to leave as a report for programs: its owner prefers that, and all of its content is believed."""
    believed_addresses = {recipient.recipient for recipient in believed_recipients(notice)}
    return (
        notice.attach is Attach.REPORT
        and bool(believed_addresses)
        and believed_addresses == {recipient.recipient for recipient in affected_recipients(notice)}
    )


def make_report(notice: Notice, body: mime.OutgoingPart, block: str) -> mime.OutgoingPart:
    """Combine *body*, for people, the delivery status and the returned message's headers into one report."""
    parts = [body, mime.text_as("message/delivery-status", _status(notice))]
    if block:
        parts.append(mime.returned_headers_part(block))
    return mime.multipart("report; report-type=delivery-status", *parts)


def _status(notice: Notice) -> str:
    groups = [[f"Reporting-MTA: dns; {_reporting_mta(notice)}"]]
    groups += [list(_recipient(recipient)) for recipient in believed_recipients(notice)[:MOST_RECIPIENTS]]
    return "\r\n\r\n".join("\r\n".join(fields) for fields in groups) + "\r\n"


def _reporting_mta(notice: Notice) -> str:
    """Name the server that reported; ours, from the notice's own id, where the report does not name it."""
    reporting = line(notice.reporting_mta or "", MAX_ADDRESS)
    return reporting if _HOST.fullmatch(reporting) else notice.message_id.rpartition("@")[2]


def _recipient(recipient: NoticeRecipient) -> Iterator[str]:
    yield f"Final-Recipient: {typed_address(recipient.recipient)}"
    yield f"Action: {recipient.action}"
    is_valid = recipient.status and _STATUS.fullmatch(recipient.status)
    yield f"Status: {recipient.status if is_valid else _UNKNOWN_STATUS[recipient.action]}"
    if _HOST.fullmatch(recipient.remote_mta or ""):
        yield f"Remote-MTA: dns; {recipient.remote_mta}"
    if diagnostic := line(recipient.diagnostic_code or "", MAX_DIAGNOSTIC):
        yield mime.header("Diagnostic-Code", f"smtp; {diagnostic}")


def typed_address(text: str) -> str:
    """Give an address with its type; one beyond ASCII in utf-8-addr-xtext, which is ASCII (RFC 6533 section 3)."""
    local, domain = split(line(text, MAX_ADDRESS))
    written = f"{local}@{ascii_domain(domain)}"
    if written.isascii():
        return f"rfc822; {written}"
    escaped = "".join(sign if sign.isascii() and sign not in "\\+=" else rf"\x{{{ord(sign):X}}}" for sign in written)
    return f"utf-8; {escaped}"
