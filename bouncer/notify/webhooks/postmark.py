"""The format ``postmark``: the events of Postmark's webhooks. They are not signed: the URL has a user and a password.

Types are those of ``policy.postmark_types``. The ID of a bounce is the one that Postmark's API here shows. listmonk answers an
error to some types of blocks, so endpoints get blocks only if they ask for them.
"""

import datetime as dt
from typing import Any

from bouncer.mail.short_id import short_id
from bouncer.ndr.custom_args import TAG
from bouncer.notify.webhooks.dialect import (
    address_of,
    args_of,
    campaign_uuid,
    message_id_of,
    reply_of,
    text_of,
    to_json,
)
from bouncer.notify.webhooks.format import TrySigning, WebhookEvent, WebhookFormat, WebhookPost
from bouncer.policy.postmark_types import postmark_type
from bouncer.policy.records import Belief, ChangeSource
from bouncer.policy.webhooks import OF_OUTCOMES, EventType


def write_postmark(event: WebhookEvent, _signing: TrySigning) -> WebhookPost:
    """Write *event*."""
    record = _RECORDS.get(event.type, _bounce)(event)
    campaign, uuid = text_of(event, "campaign"), campaign_uuid(event)
    args = dict(args_of(event))
    tag = args.pop(TAG, "")
    metadata = {**args, **({"campaign": campaign} if campaign else {})}
    common = {
        "MessageID": message_id_of(event),
        "ServerID": 0,
        "MessageStream": text_of(event, "stream") or "outbound",
        "Tag": tag or campaign,
        "Metadata": {**metadata, **({"X-Listmonk-Campaign": uuid} if uuid else {})},
    }
    return WebhookPost(to_json({**common, **record}), {})


def _bounce(event: WebhookEvent) -> dict[str, Any]:
    kind = postmark_type(event.type, text_of(event, "reason"))
    is_suppressed = bool(event.bounce and event.bounce.suppressed)
    return {
        "RecordType": "SpamComplaint" if event.type is EventType.COMPLAINT else "Bounce",
        "ID": short_id(event.bounce.id) if event.bounce else 0,
        "Type": kind.name,
        "TypeCode": kind.code,
        "Name": kind.title,
        "Description": kind.says,
        "Details": reply_of(event),
        "Email": address_of(event),
        "From": text_of(event, "original_from"),
        "BouncedAt": _time(event),
        "DumpAvailable": event.bounce is not None,
        "Inactive": is_suppressed,
        "CanActivate": is_suppressed and event.type is not EventType.COMPLAINT,
        "Subject": text_of(event, "subject"),
        "Content": "",
    }


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


def _suppression_fields(event: WebhookEvent) -> dict[str, Any]:
    reason, is_ours = text_of(event, "reason"), text_of(event, "source") == ChangeSource.BOUNCE
    word = _WISHES.get(reason) or ("HardBounce" if is_ours else "ManualSuppression")
    origin = "Recipient" if is_ours else "Customer"
    return {**_subscription_change(event), "SuppressionReason": word, "Origin": origin}


def _release_fields(event: WebhookEvent) -> dict[str, Any]:
    origin = "Recipient" if text_of(event, "source") == ChangeSource.BOUNCE else "Customer"
    change = {"SuppressSending": False, "SuppressionReason": None, "Origin": origin}
    return {**_subscription_change(event), **change}


_WISHES = {"complaint": "SpamComplaint", "unsubscribe": "ManualSuppression"}


_RECORDS = {
    EventType.UNSUBSCRIBE: _subscription_change,
    EventType.DELIVERED: _delivery,
    EventType.SUPPRESSION_CREATED: _suppression_fields,
    EventType.SUPPRESSION_RELEASED: _release_fields,
    EventType.TEST: _delivery,
}

POSTMARK = WebhookFormat(
    "postmark",
    events=tuple(event for event in OF_OUTCOMES if event not in (EventType.BLOCK, EventType.DELAY)),
    possible_events=(*OF_OUTCOMES, EventType.SUPPRESSION_CREATED, EventType.SUPPRESSION_RELEASED),
    belief=Belief.PROVEN,
    make_secret=lambda _octets: "",
    show_secret=lambda secret: secret,
    write=write_postmark,
)
