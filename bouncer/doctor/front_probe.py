"""Asks the mail server in front of us, at this machine's port 25, whether it refuses at RCPT the addresses that we refuse."""

import smtplib
from collections.abc import Iterator

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.policy.networks import first_overlapping
from bouncer.settings.addresses import SMTP_PORT
from bouncer.settings.sections import SmtpSettings

LOOPBACK = ("127.0.0.0/8", "::1")
NO_PATH = "bouncer-check-no-such-path"
"""Local part of an address that is no return path."""
GOOD, LATER, NEVER = 2, 4, 5
"""First digits of replies (RFC 5321 section 4.2.1)."""
REMEDY = "docs/front.md has the lines for Postfix and Exim"


def check_front(smtp: SmtpSettings, seconds: float, port: int = SMTP_PORT) -> Iterator[Finding]:
    """Ask a front on this machine about each return-path domain, with *seconds* for each reply. No mail is sent."""
    if not any(first_overlapping(text, LOOPBACK) for text in smtp.fronts):
        return
    try:
        with smtplib.SMTP("localhost", port, local_hostname=smtp.hostname, timeout=seconds) as client:
            client.ehlo()
            for domain in smtp.domains:
                yield _ask(client, domain)
    except (OSError, smtplib.SMTPException) as error:
        yield warn("front", fill("cannot be asked what it takes: {what}", what=error), "see what has port 25: ss -ltnp")


def _ask(client: smtplib.SMTP, domain: str) -> Finding:
    about = fill("front, {what}", what=domain)
    (refused, _), (accepted, words) = _rcpt(client, f"{NO_PATH}@{domain}"), _rcpt(client, f"postmaster@{domain}")
    if refused // 100 == GOOD:
        says = "takes letters to addresses that are no return paths, and would have to bounce them to whoever is the sender"
        return fail(about, says, REMEDY)
    if accepted // 100 == NEVER:
        return fail(
            about,
            fill("refuses what we take: {what} {other}", what=accepted, other=words.decode("utf-8", "replace")),
            REMEDY,
        )
    if LATER in (refused // 100, accepted // 100):
        return warn(about, "cannot say now what it takes", "start bouncer; if it runs, see that the front reaches it")
    return ok(about, "refuses at RCPT what we refuse")


def _rcpt(client: smtplib.SMTP, address: str) -> tuple[int, bytes]:
    client.rset()
    client.mail("")
    return client.rcpt(address)
