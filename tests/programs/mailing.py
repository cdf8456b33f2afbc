"""A mailing as an unmodified script sends it: smtplib and nothing of ours; and what mail servers logged of it.

accepted = mailing(server.port, ["jane@example.org", "joe@example.org"], "spring")
delivered(server.log(), "example.org")
"""

import re
import smtplib
import time
from collections.abc import Sequence
from email.message import EmailMessage

LOOPBACK = "127.0.0.1"
NEWS = "news@acme.example"
PATIENCE_SECONDS = 60.0
AGAIN_SECONDS = 0.1

# Postfix's smtp(8) and Sendmail's deliver.c: who, and what came of it.
_POSTFIX = re.compile(r"\bto=<([^>]+)>.* status=(\w+)")
_SENDMAIL = re.compile(r"\bto=(<[^ ]+>), .* stat=(\w+)")


def letter(recipients: Sequence[str], campaign: str) -> EmailMessage:
    """Give one letter of a mailing."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Acme News <{NEWS}>", ", ".join(recipients)
    mail["Subject"] = f"Our café opens on Monday ({campaign})"
    mail["Message-ID"] = f"<{campaign}.{recipients[0].partition('@')[0]}@acme.example>"
    mail["X-Campaign"] = campaign
    mail.set_content("We open on Monday.\n")
    return mail


def mailing(port: int, recipients: Sequence[str], campaign: str) -> dict[str, tuple[int, bytes]]:
    """Send one letter to each of *recipients* over one connection; give those that were refused, with the reply."""
    refused: dict[str, tuple[int, bytes]] = {}
    with smtplib.SMTP(LOOPBACK, port, timeout=PATIENCE_SECONDS) as client:
        for recipient in recipients:
            try:
                client.send_message(letter([recipient], campaign), NEWS, [recipient])
            except smtplib.SMTPRecipientsRefused as error:
                refused.update(error.recipients)
    return refused


def to_all(port: int, recipients: Sequence[str], campaign: str) -> dict[str, tuple[int, bytes]]:
    """Send one letter to all of *recipients* at once; give those that were refused."""
    with smtplib.SMTP(LOOPBACK, port, timeout=PATIENCE_SECONDS) as client:
        return client.send_message(letter(recipients, campaign), NEWS, list(recipients))


def until_accepted(port: int, recipient: str, campaign: str, seconds: float = PATIENCE_SECONDS) -> int:
    """Send one letter as a mail server would: again after each 4yz or lost connection; give the number of tries."""
    deadline, tries = time.monotonic() + seconds, 0
    while True:
        tries += 1
        try:
            refused = mailing(port, [recipient], campaign)
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            pass
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500:
                raise
        else:
            if not refused:
                return tries
            if (code := refused[recipient][0]) >= 500:
                raise smtplib.SMTPResponseException(*refused[recipient])
            assert code >= 400
        if time.monotonic() > deadline:
            raise TimeoutError(f"{recipient} was not accepted within {seconds:g} s")
        time.sleep(AGAIN_SECONDS)


def logged(log: str, domain: str) -> dict[str, list[str]]:
    """Give what a Postfix or Sendmail logged of its deliveries to *domain*: outcome in small letters -> recipients, in order."""
    outcomes: dict[str, list[str]] = {}
    for line in log.splitlines():
        if logged_line := _POSTFIX.search(line) or _SENDMAIL.search(line):
            for recipient in logged_line[1].replace("<", "").replace(">", "").split(","):
                if recipient.endswith("@" + domain):
                    outcomes.setdefault(logged_line[2].lower(), []).append(recipient)
    return outcomes
