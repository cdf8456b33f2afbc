"""Facts of an event in the form that readers of other providers' dialects expect; the dialects share them."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bouncer.mail.message_id import bare_message_id
from bouncer.notify.webhooks.format import WebhookEvent
from bouncer.policy.webhooks import EventType

TEST_ADDRESS = "test@bouncer.invalid"
"""The recipient of a test event; the domain cannot exist (RFC 2606 section 2)."""
MAX_REPLY = 2000
"""Characters of a server's reply in an event."""

_STATUS = MappingProxyType(
    {
        EventType.BOUNCE: "5.0.0",
        EventType.BLOCK: "5.7.0",
        EventType.DELIVERED: "2.0.0",
        EventType.DROPPED: "5.0.0",
        EventType.TEST: "2.0.0",
    }
)
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def to_json(content: Any) -> bytes:
    """Write a value as JSON in ASCII: some verifiers take the body for text, so it must be valid UTF-8."""
    return _ENCODER.encode(content).encode("ascii")


def address_of(event: WebhookEvent) -> str:
    """Give the recipient."""
    if event.bounce is None and event.facts is None:
        return TEST_ADDRESS
    return text_of(event, "recipient") or text_of(event, "address")


def status_of(event: WebhookEvent) -> str:
    """Give the enhanced status code; where the report has none, one of the event's class: readers fail without a status."""
    status = event.bounce.status if event.bounce else None
    return status or _STATUS.get(event.type, "4.0.0")


def reply_of(event: WebhookEvent) -> str:
    """Give the server's words."""
    bounce = event.bounce
    if bounce is None:
        return text_of(event, "why") if event.facts is not None else "this is a test"
    return (bounce.diagnostic_code or bounce.evidence or "")[:MAX_REPLY]


def reply_code_of(event: WebhookEvent) -> int:
    """Give the reply code of SMTP; where the report has none, that of the status's class."""
    bounce = event.bounce
    if bounce and bounce.reply_code:
        return bounce.reply_code
    return {"5": 550, "2": 250}.get(status_of(event)[:1], 450)


def message_id_of(event: WebhookEvent) -> str:
    """Give the Message-ID of the mail that the event is about, without brackets; empty where the report does not say it."""
    return bare_message_id(text_of(event, "message_id"))


def text_of(event: WebhookEvent, name: str) -> str:
    """Give a field of the outcome, or another fact, as text; empty where there is none."""
    if event.bounce is not None:
        return str(getattr(event.bounce, name) or "")
    return str((event.facts or {}).get(name) or "")


def args_of(event: WebhookEvent) -> Mapping[str, str]:
    """Give the custom arguments of the mail; empty where there are none, and for a report that is not proven."""
    return event.bounce.custom_args if event.bounce else {}


def campaign_uuid(event: WebhookEvent) -> str | None:
    """Give the campaign where it is a UUID, as listmonk's are."""
    campaign = text_of(event, "campaign")
    return campaign if _UUID.fullmatch(campaign) else None


def word_for_reason(event: WebhookEvent, words: Mapping[str, str], otherwise: str) -> str:
    """Give the word for the event's reason."""
    return words.get(text_of(event, "reason"), otherwise)
