"""Programs that read webhooks, as far as they decide on whom they stop mailing to.

django-anymail runs for real, in a Django of its own. listmonk, Discourse and Ghost are played: what their sources do with an
event, in words of ours.

- knadh/listmonk: ``internal/bounce/webhooks/``, ``cmd/bounce.go``
- discourse/discourse: ``app/controllers/webhooks_controller.rb``
- TryGhost/Ghost, which asks Mailgun for its events: ``services/lib/mailgun-client.js``, ``services/email-analytics/``,
  ``services/email-suppression-list/mailgun-email-suppression-list.js`` of ``ghost/core/core/server/``
"""

import base64
import hashlib
import hmac
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from programs.webhook_reader import Answer, Posted
from sendgrid.helpers.eventwebhook import EventWebhook, EventWebhookHeader

PASSWORD = "user:pass"
OK: Answer = (200, b"", {})
MAILGUN_TOKEN = 50
DISCOURSE_HOURS = 12


class AnymailSite:
    """The Django process; ``events`` has what its tracking signal told. The keys are given at the start."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._process: subprocess.Popen[str] | None = None
        self._reading: threading.Thread = threading.current_thread()
        self.events: list[dict[str, Any]] = []

    def url(self, dialect: str) -> str:
        port = self._listening.getsockname()[1]
        return f"http://{PASSWORD}@127.0.0.1:{port}/anymail/{dialect}/tracking/"

    def start(self, sendgrid: str, mailgun: str) -> None:
        keys = {"sendgrid": sendgrid, "mailgun": mailgun, "password": PASSWORD}
        number = self._listening.fileno()
        command = [sys.executable, str(Path(__file__).with_name("anymail_site.py")), str(number), json.dumps(keys)]
        self._process = subprocess.Popen(command, pass_fds=[number], stdout=subprocess.PIPE, text=True)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.events.append(json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._listening.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._reading.join()
            assert self._process.stdout is not None
            self._process.stdout.close()


@dataclass(slots=True)
class Listener:
    """Played readers: what each recorded of whom, as (reader, dialect, address, word)."""

    sendgrid_key: Callable[[str], str] = lambda _reader: ""
    mailgun_key: str = ""
    events_read: list[tuple[str, str, str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def answer(self, posted: Posted) -> Answer:
        """Answer a POST to /READER/DIALECT/..., as the reader does."""
        _, reader, dialect, *_rest = posted.path.split("/")
        read = READERS[reader, dialect]
        return read(self, posted)

    def hear(self, reader: str, dialect: str, address: str, word: str) -> None:
        self.events_read.append((reader, dialect, address.lower(), word))


def _is_signed_by_sendgrid(key: str, posted: Posted) -> bool:
    """SendGrid's own helper decides."""
    helper = EventWebhook(key)
    signature, timestamp = (
        str(posted.headers[name]) for name in (EventWebhookHeader.SIGNATURE, EventWebhookHeader.TIMESTAMP)
    )
    return bool(helper.verify_signature(posted.body.decode("utf-8"), signature, timestamp))


def _is_of_user(posted: Posted) -> bool:
    return posted.headers["Authorization"] == "Basic " + base64.b64encode(PASSWORD.encode()).decode()


def _listmonk_sendgrid(listener: Listener, posted: Posted) -> Answer:
    """Every bounce is hard, whatever its type, but for two classifications in lower case that nobody sends."""
    if not _is_signed_by_sendgrid(listener.sendgrid_key("listmonk"), posted):
        return 400, b"invalid signature", {}
    for event in posted.json:
        if event["event"] == "bounce":
            soft = event.get("bounce_classification") in ("technical", "content")
            listener.hear("listmonk", "sendgrid", event["email"], "soft" if soft else "hard")
    return OK


_LISTMONK_POSTMARK = {
    **dict.fromkeys(("HardBounce", "BadEmailAddress", "ManuallyDeactivated"), "hard"),
    **dict.fromkeys(
        ("SoftBounce", "Transient", "DnsError", "SpamNotification", "VirusNotification", "DMARCPolicy"), "soft"
    ),
    "SpamComplaint": "complaint",
}


def _listmonk_postmark(listener: Listener, posted: Posted) -> Answer:
    if not _is_of_user(posted):
        return 401, b"", {}
    event = posted.json
    if event["RecordType"] not in ("Bounce", "SpamComplaint"):
        return OK
    word = _LISTMONK_POSTMARK.get(event["Type"])
    if word is None or not isinstance(event["ID"], int):
        listener.hear("listmonk", "postmark", event["Email"], "error")
        return 400, b"unsupported bounce type", {}
    listener.hear("listmonk", "postmark", event["Email"], word)
    return OK


def _listmonk_own(listener: Listener, posted: Posted) -> Answer:
    event = posted.json
    if not _is_of_user(posted) or event["type"] not in ("hard", "soft", "complaint") or not event["email"]:
        return 400, b"", {}
    json.loads(event["meta"])
    listener.hear("listmonk", "listmonk", event["email"], event["type"])
    return OK


def _discourse_sendgrid(listener: Listener, posted: Posted) -> Answer:
    """Discourse finds the mail by smtp-id, fails where a bounce has no status, and takes dropped mail for a hard bounce."""
    for event in posted.json:
        if event["event"] in ("bounce", "dropped") and event["smtp-id"].strip("<>"):
            is_soft = event["event"] == "bounce" and "4." in event["status"]
            listener.hear("discourse", "sendgrid", event["email"], "soft" if is_soft else "hard")
    return OK


_DISCOURSE_POSTMARK = {
    **dict.fromkeys(("HardBounce", "SpamNotification", "SpamComplaint"), "hard"),
    "SoftBounce": "soft",
}


def _discourse_postmark(listener: Listener, posted: Posted) -> Answer:
    """Discourse takes a complaint, and a mail that was refused as spam, for a hard bounce."""
    event = posted.json
    word = _DISCOURSE_POSTMARK.get(event.get("Type"))
    if word is not None and event["MessageID"]:
        listener.hear("discourse", "postmark", event["Email"], word)
    return OK


def _discourse_mailgun(listener: Listener, posted: Posted) -> Answer:
    content = posted.json
    signed, event = content["signature"], content["event-data"]
    token, moment = signed["token"], signed["timestamp"]
    signature = hmac.new(listener.mailgun_key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    is_new = token not in listener.tokens and abs(int(moment) - time.time()) < DISCOURSE_HOURS * 3600
    if len(token) != MAILGUN_TOKEN or not is_new or signed["signature"] != signature:
        return 406, b"", {}
    listener.tokens.add(token)
    if event["event"] == "failed" and event["message"]["headers"]["message-id"]:
        word = {"temporary": "soft", "permanent": "hard"}[event["severity"]]
        listener.hear("discourse", "mailgun", event["recipient"], word)
    return OK


READERS: dict[tuple[str, str], Callable[[Listener, Posted], Answer]] = {
    ("listmonk", "sendgrid"): _listmonk_sendgrid,
    ("listmonk", "postmark"): _listmonk_postmark,
    ("listmonk", "listmonk"): _listmonk_own,
    ("discourse", "sendgrid"): _discourse_sendgrid,
    ("discourse", "mailgun"): _discourse_mailgun,
    ("discourse", "postmark"): _discourse_postmark,
}
"""By reader and dialect."""
GHOST_ASKS = "limit=300&event=delivered%20OR%20opened%20OR%20failed%20OR%20unsubscribed%20OR%20complained"
"""The query with which Ghost asks for Mailgun's events; but Ghost asks for the oldest first, and that list is 90 seconds behind."""
_GHOST_STOPS = (605, 607)
"""The codes for which Ghost stops mail to an address: Mailgun's own, of mail that it dropped itself."""


def ghost_makes_of(event: dict[str, Any]) -> str | None:
    """Give Ghost's record of one of Mailgun's events; None where Ghost knows neither the mail nor the event."""
    if not event["message"]["headers"]["message-id"] and not event["user-variables"].get("email-id"):
        return None
    if event["event"] == "failed" and event["severity"] == "permanent":
        return "suppressed" if event["delivery-status"]["code"] in _GHOST_STOPS else "failed"
    names = {"failed": "deferred", "delivered": "delivered", "unsubscribed": "unsubscribed", "complained": "complained"}
    return names.get(event["event"])
