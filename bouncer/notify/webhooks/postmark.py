"""The format ``postmark``: the events of Postmark's webhooks. They are not signed: the URL has a user and a password.

Only hard failures are a ``HardBounce`` or a ``BadEmailAddress``. Every failure for now is ``Transient``: readers take Postmark's
``SoftBounce`` for a bounce. listmonk answers an error to some types of blocks, so endpoints get blocks only if they ask for them.
"""

import datetime as dt
import hashlib
from typing import Any

from bouncer.notify.webhooks.dialect import (
    address_of,
    by_reason,
    campaign_uuid,
    message_id_of,
    reply_of,
    text_of,
    to_json,
)
from bouncer.notify.webhooks.format import TrySigning, WebhookEvent, WebhookFormat, WebhookPost
from bouncer.policy.records import Belief, ChangeSource
from bouncer.policy.webhooks import OF_OUTCOMES, EventType

_TYPE_CODES = {
    "HardBounce": 1,
    "Transient": 2,
    "SpamNotification": 512,
    "VirusNotification": 8192,
    "BadEmailAddress": 100000,
    "SpamComplaint": 100001,
    "Blocked": 100006,
    "DMARCPolicy": 100009,
}
_HARD = {"address-error": "BadEmailAddress"}
_BLOCKS = {
    "spam-content": "SpamNotification",
    "virus": "VirusNotification",
    "authentication-failed": "DMARCPolicy",
    "rate-limited": "Transient",
}
ID_OCTETS = 6
"""Octets of the number of an event: JavaScript rounds numbers above 2^53."""


def write_postmark(event: WebhookEvent, _signing: TrySigning) -> WebhookPost:
    """Write *event*."""
    record = _RECORDS.get(event.type, _bounce)(event)
    campaign, uuid = text_of(event, "campaign"), campaign_uuid(event)
    metadata = {"campaign": campaign} if campaign else {}
    common = {
        "MessageID": message_id_of(event),
        "ServerID": 0,
        "MessageStream": text_of(event, "stream") or "outbound",
        "Tag": campaign,
        "Metadata": {**metadata, **({"X-Listmonk-Campaign": uuid} if uuid else {})},
    }
    return WebhookPost(to_json({**common, **record}), {})


def _bounce(event: WebhookEvent) -> dict[str, Any]:
    kind = _type(event)
    suppressed = bool(event.bounce and event.bounce.suppressed)
    return {
        "RecordType": "SpamComplaint" if event.type is EventType.COMPLAINT else "Bounce",
        "ID": int.from_bytes(hashlib.sha256(event.id.encode()).digest()[:ID_OCTETS], "big"),
        "Type": kind,
        "TypeCode": _TYPE_CODES[kind],
        "Name": text_of(event, "reason"),
        "Description": text_of(event, "reason"),
        "Details": reply_of(event),
        "Email": address_of(event),
        "From": text_of(event, "original_from"),
        "BouncedAt": _time(event),
        "DumpAvailable": False,
        "Inactive": suppressed,
        "CanActivate": suppressed and event.type is not EventType.COMPLAINT,
        "Subject": text_of(event, "subject"),
        "Content": "",
    }


def _type(event: WebhookEvent) -> str:
    if event.type is EventType.COMPLAINT:
        return "SpamComplaint"
    if event.type is EventType.BOUNCE:
        return by_reason(event, _HARD, "HardBounce")
    return by_reason(event, _BLOCKS, "Blocked") if event.type is EventType.BLOCK else "Transient"


def _time(event: WebhookEvent) -> str:
    return event.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _delivery(event: WebhookEvent) -> dict[str, Any]:
    details = reply_of(event)
    return {"RecordType": "Delivery", "Recipient": address_of(event), "DeliveredAt": _time(event), "Details": details}


def _subscription_change(event: WebhookEvent) -> dict[str, Any]:
    return {
        "RecordType": "SubscriptionChange",
        "Recipient": address_of(event),
        "ChangedAt": _time(event),
        "SuppressSending": True,
        "SuppressionReason": "ManualSuppression",
        "Origin": "Recipient",
    }


def _suppressed(event: WebhookEvent) -> dict[str, Any]:
    reason, is_ours = text_of(event, "reason"), text_of(event, "source") == ChangeSource.BOUNCE
    word = _WISHES.get(reason) or ("HardBounce" if is_ours else "ManualSuppression")
    origin = "Recipient" if is_ours else "Customer"
    return {**_subscription_change(event), "SuppressionReason": word, "Origin": origin}


def _released(event: WebhookEvent) -> dict[str, Any]:
    origin = "Recipient" if text_of(event, "source") == ChangeSource.BOUNCE else "Customer"
    change = {"SuppressSending": False, "SuppressionReason": None, "Origin": origin}
    return {**_subscription_change(event), **change}


_WISHES = {"complaint": "SpamComplaint", "unsubscribe": "ManualSuppression"}


_RECORDS = {
    EventType.UNSUBSCRIBE: _subscription_change,
    EventType.DELIVERED: _delivery,
    EventType.SUPPRESSION_CREATED: _suppressed,
    EventType.SUPPRESSION_RELEASED: _released,
    EventType.TEST: _delivery,
}

POSTMARK = WebhookFormat(
    "postmark",
    events=tuple(event for event in OF_OUTCOMES if event not in (EventType.BLOCK, EventType.DELAY)),
    can=(*OF_OUTCOMES, EventType.SUPPRESSION_CREATED, EventType.SUPPRESSION_RELEASED),
    belief=Belief.PROVEN,
    make_secret=lambda _octets: "",
    shown=lambda secret: secret,
    write=write_postmark,
)
