"""The format ``mailgun``: the events of Mailgun's webhooks.

Only hard failures are ``failed`` and ``permanent``; every other failure is ``failed`` and ``temporary``. Discourse counts temporary
failures towards stopping an address's mail, so endpoints get blocks and delays only if they ask for them; and so with dropped mail,
which is ``failed`` and ``permanent`` there.

The signature is an HMAC-SHA-256 of time and token and does not cover the body: readers must take such posts over HTTPS only.
"""

import hashlib
import hmac
from typing import Any

from bouncer.mail.address import split
from bouncer.notify.webhooks.dialect import (
    address_of,
    args_of,
    message_id_of,
    reply_code_of,
    reply_of,
    text_of,
    to_json,
    word_for_reason,
)
from bouncer.notify.webhooks.format import TrySigning, WebhookEvent, WebhookFormat, WebhookPost
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import OF_OUTCOMES, EventType

_EVENTS = {
    EventType.COMPLAINT: "complained",
    EventType.UNSUBSCRIBE: "unsubscribed",
    EventType.DELIVERED: "delivered",
    EventType.TEST: "delivered",
}
"""Mailgun's name of an event; any other is ``failed``."""
_DROPS = {"complaint": "suppress-complaint", "unsubscribe": "suppress-unsubscribe"}
"""Mailgun's words for the suppression for which a mail was dropped."""
_DROP_CODES = {"complaint": 607, "unsubscribe": 606}
_BOUNCED_BEFORE = 605
"""Mailgun's own codes for a mail that it dropped itself, which no mail server says: readers tell by them why.

They are those that readers know: Symfony's (MailgunPayloadConverter.php of symfony/mailgun-mailer) all three, Ghost's 605 and 607.
"""


def write_mailgun(event: WebhookEvent, signing: TrySigning) -> WebhookPost:
    """Write *event*; token and signature are the try's own, since readers refuse a token that they know."""
    key, text = signing.secrets[0].encode(), signing.timestamp + signing.token
    signature = hmac.digest(key, text.encode("ascii"), hashlib.sha256).hex()
    signed = {"timestamp": signing.timestamp, "token": signing.token, "signature": signature}
    return WebhookPost(to_json({"signature": signed, "event-data": event_data(event)}), {})


def event_data(event: WebhookEvent) -> dict[str, Any]:
    """Write *event* as Mailgun's webhooks and its list of events show it."""
    name, recipient, campaign = _EVENTS.get(event.type, "failed"), address_of(event), text_of(event, "campaign")
    return {
        "id": event.id,
        "event": name,
        "timestamp": event.at.timestamp(),
        "log-level": _log_level(event),
        **_failure(event, name),
        "recipient": recipient,
        "recipient-domain": split(recipient)[1],
        "message": {
            "headers": {
                "message-id": message_id_of(event),
                "from": text_of(event, "original_from"),
                "to": recipient,
                "subject": text_of(event, "subject"),
            },
            "attachments": [],
            "size": 0,
        },
        "delivery-status": _delivery_status(event),
        "envelope": {"sender": "", "targets": recipient, "transport": "smtp", "sending-ip": ""},
        "flags": {
            "is-routed": False,
            "is-authenticated": True,
            "is-system-test": False,
            "is-test-mode": event.type is EventType.TEST,
        },
        "tags": [campaign] if campaign else [],
        "campaigns": [],
        "user-variables": dict(args_of(event)),
        "storage": {},
    }


def _log_level(event: WebhookEvent) -> str:
    if event.type in _EVENTS:
        return "info" if event.type is not EventType.COMPLAINT else "warn"
    return "error" if event.type is EventType.BOUNCE else "warn"


def _failure(event: WebhookEvent, name: str) -> dict[str, str]:
    if name != "failed":
        return {}
    if event.type is EventType.DROPPED:
        return {"severity": "permanent", "reason": word_for_reason(event, _DROPS, "suppress-bounce")}
    is_hard = event.type is EventType.BOUNCE
    return {"severity": "permanent" if is_hard else "temporary", "reason": "bounce" if is_hard else "generic"}


def _code(event: WebhookEvent) -> int:
    if event.type is EventType.DROPPED:
        return _DROP_CODES.get(text_of(event, "reason"), _BOUNCED_BEFORE)
    return reply_code_of(event)


def _delivery_status(event: WebhookEvent) -> dict[str, Any]:
    return {
        "code": _code(event),
        "message": reply_of(event),
        "description": text_of(event, "reason"),
        "enhanced-code": text_of(event, "status"),
        "mx-host": text_of(event, "remote_mta"),
        "attempt-no": 1,
        "tls": True,
        "utf8": True,
        "certificate-verified": False,
        "session-seconds": 0.0,
    }


MAILGUN = WebhookFormat(
    "mailgun",
    events=tuple(event for event in OF_OUTCOMES if event not in (EventType.BLOCK, EventType.DELAY)),
    possible_events=(*OF_OUTCOMES, EventType.DROPPED),
    belief=Belief.PROVEN,
    make_secret=bytes.hex,
    show_secret=lambda secret: secret,
    write=write_mailgun,
)
