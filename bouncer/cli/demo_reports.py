"""The letters of the demo's month, as octets: reports as Postfix and Exim write them, a complaint, a wish, mail of people.

Their replies are those that the providers' servers give. The addresses are nobody's: example names, or names that no provider
gives out; the demo sends no mail to any of them.
"""

import datetime as dt
import textwrap
from dataclasses import dataclass
from email.utils import format_datetime

from bouncer.cli.demo_replies import ServerReply

SENDING_HOST, SENDER = "out.demo.example", "Demo Bakery <news@demo.example>"


@dataclass(frozen=True, slots=True)
class SentMail:
    """A message of the demo's account to one recipient."""

    at: dt.datetime
    recipient: str
    subject: str
    message_id: str
    stream: str
    campaign: str | None = None


def postfix_report(sent: SentMail, reply: ServerReply, at: dt.datetime, path: str) -> bytes:
    """Write Postfix's report of a failure, or of a delay where the server asks to try again; *path* is the return path."""
    state, subject = (
        ("delayed", "Delayed Mail (still being retried)") if reply.is_temporary else ("failed", UNDELIVERED)
    )
    queue_id = f"{int(at.timestamp()):X}"
    boundary = f"{queue_id}.{int(at.timestamp())}/{SENDING_HOST}"
    refusal = f"<{sent.recipient}>: host {reply.server}[{reply.address}] said: {reply.text} (in reply to {reply.stage} command)"
    head = [
        f"From: Mail Delivery System <MAILER-DAEMON@{SENDING_HOST}>",
        f"Subject: {subject}",
        *_heading(at, path, queue_id),
        "Auto-Submitted: auto-replied",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
    ]
    notification = ["Content-Type: text/plain; charset=us-ascii", "", *_OPENING, *_fold(refusal)]
    status = [
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; {SENDING_HOST}",
        f"X-Postfix-Queue-ID: {queue_id}",
        f"Arrival-Date: {format_datetime(sent.at)}",
        "",
        f"Final-Recipient: rfc822; {sent.recipient}",
        f"Original-Recipient: rfc822;{sent.recipient}",
        f"Action: {state}",
        f"Status: {reply.status}",
        f"Remote-MTA: dns; {reply.server}",
        *_fold(f"Diagnostic-Code: smtp; {reply.text}"),
    ]
    return _letter(head, boundary, notification, status, _returned_message(sent, path))


def exim_report(sent: SentMail, reply: ServerReply, at: dt.datetime, path: str) -> bytes:
    """Write Exim's report of a failure; *path* is the return path."""
    boundary = f"{int(at.timestamp())}-eximdsn-4711"
    head = [
        f"From: Mail Delivery System <Mailer-Daemon@{SENDING_HOST}>",
        "Subject: Mail delivery failed: returning message to sender",
        *_heading(at, path, "exim"),
        f"X-Failed-Recipients: {sent.recipient}",
        "Auto-Submitted: auto-replied",
        f"Content-Type: multipart/report; report-type=delivery-status; boundary={boundary}",
    ]
    notification = [
        "Content-type: text/plain; charset=us-ascii",
        "",
        "This message was created automatically by mail delivery software.",
        "",
        "A message that you sent could not be delivered to one or more of its",
        "recipients. This is a permanent error. The following address(es) failed:",
        "",
        f"  {sent.recipient}",
        f"    host {reply.server} [{reply.address}]",
        f"    SMTP error from remote mail server after {reply.stage}:<{sent.recipient}>:",
        f"    {reply.text}",
    ]
    status = [
        "Content-type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; {SENDING_HOST}",
        "",
        "Action: failed",
        f"Final-Recipient: rfc822;{sent.recipient}",
        "Status: 5.0.0",
        f"Remote-MTA: dns; {reply.server}",
        f"Diagnostic-Code: smtp; {reply.text}",
    ]
    return _letter(head, boundary, notification, status, _returned_message(sent, path))


def complaint(sent: SentMail, at: dt.datetime, path: str) -> bytes:
    """Write a complaint of a feedback loop (RFC 5965)."""
    boundary = f"{int(at.timestamp())}-feedback"
    head = [
        "From: feedback@fbl.example.net",
        f"Subject: FW: {sent.subject}",
        *_heading(at, path, "feedback"),
        f'Content-Type: multipart/report; report-type=feedback-report; boundary="{boundary}"',
    ]
    words = ["Content-Type: text/plain", "", "This is an email abuse report for a message from 192.0.2.80."]
    feedback = [
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: ExampleFBL/1.0",
        "Version: 1",
        f"Original-Mail-From: <{path}>",
        f"Original-Rcpt-To: <{sent.recipient}>",
        f"Arrival-Date: {format_datetime(sent.at)}",
        "Source-IP: 192.0.2.80",
    ]
    return _letter(head, boundary, words, feedback, _returned_message(sent, path))


def mail(at: dt.datetime, path: str, writer: str, subject: str, *lines: str) -> bytes:
    """Write a mail to the return path, as a person or a program that knows no reports writes it."""
    head = [f"From: {writer}", f"Subject: {subject}", *_heading(at, path, "mail"), "Content-Type: text/plain"]
    return _octets([*head, "", *lines])


UNDELIVERED = "Undelivered Mail Returned to Sender"
_OPENING = (
    f"This is the mail system at host {SENDING_HOST}.",
    "",
    "Your message could not be delivered to one recipient. It's attached below.",
    "",
)


def _heading(at: dt.datetime, path: str, queue_id: str) -> list[str]:
    message_id = f"<{queue_id}.{at:%Y%m%d%H%M%S%f}@{SENDING_HOST}>"
    return [f"Date: {format_datetime(at)}", f"To: {path}", f"Message-ID: {message_id}", "MIME-Version: 1.0"]


def _returned_message(sent: SentMail, path: str) -> list[str]:
    return [
        "Content-Type: message/rfc822",
        "",
        f"Return-Path: <{path}>",
        f"From: {SENDER}",
        f"To: {sent.recipient}",
        f"Subject: {sent.subject}",
        f"Date: {format_datetime(sent.at)}",
        f"Message-ID: <{sent.message_id}>",
        "",
        "Dear reader,",
        "",
        "the shop window has the rest.",
    ]


def _fold(text: str) -> list[str]:
    return textwrap.wrap(text, 76, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _letter(head: list[str], boundary: str, *parts: list[str]) -> bytes:
    marked = [line for part in parts for line in (f"--{boundary}", *part, "")]
    return _octets([*head, "", *marked, f"--{boundary}--"])


def _octets(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, ""]).encode("ascii")
