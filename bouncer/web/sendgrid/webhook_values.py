"""SendGrid's objects of event webhooks, of endpoints of ours with the format ``sendgrid``."""

from typing import Annotated, Any

import msgspec

from bouncer.manage.api_keys import MAX_LABEL
from bouncer.policy.webhook_url import MAX_URL
from bouncer.policy.webhooks import EventType
from bouncer.ports.webhooks import Webhook, WebhookState
from bouncer.web.sendgrid.parameters import TEXT_SCHEMA, object_of

FORMAT = "sendgrid"
FLAGS: dict[str, tuple[EventType, ...]] = {
    "bounce": (EventType.BOUNCE,),
    "deferred": (EventType.DEFERRAL, EventType.DELAY),
    "delivered": (EventType.DELIVERED,),
    "dropped": (EventType.DROPPED,),
    "spam_report": (EventType.COMPLAINT,),
    "unsubscribe": (EventType.UNSUBSCRIBE,),
}
"""By flag the types of events that it switches. Blocks have no flag: readers take SendGrid's ``blocked`` for a hard bounce."""
NEVER = ("group_resubscribe", "group_unsubscribe", "processed", "open", "click")
"""Flags of events that do not happen here: always false."""
ACCOUNT_STATUS = "account_status_change"
"""One more such flag, which is shown to those who ask for it by ``include``."""

Flag = bool | None
Text = Annotated[str, msgspec.Meta(max_length=MAX_URL)]


class WebhookToChange(msgspec.Struct, frozen=True):
    """An event webhook; a member that is left out or null stays as it is, and in a new webhook is SendGrid's usual value."""

    url: Text | None = None
    enabled: Flag = None
    bounce: Flag = None
    deferred: Flag = None
    delivered: Flag = None
    dropped: Flag = None
    spam_report: Flag = None
    unsubscribe: Flag = None
    group_resubscribe: Flag = None
    group_unsubscribe: Flag = None
    processed: Flag = None
    open: Flag = None
    click: Flag = None
    friendly_name: Annotated[str, msgspec.Meta(max_length=MAX_LABEL)] | None = None
    oauth_client_id: Text | None = None
    oauth_client_secret: Text | None = None
    oauth_token_url: Text | None = None

    @property
    def names_events(self) -> bool:
        """Whether a flag of events is given, on or off."""
        return any(getattr(self, flag) is not None for flag in (*FLAGS, *NEVER))


class SigningToChange(msgspec.Struct, frozen=True):
    """Whether events are signed: they always are."""

    enabled: bool = True


class WebhookToTest(msgspec.Struct, frozen=True):
    """The webhook that a test event is posted to: by its id, or by its URL."""

    url: Text | None = None
    id: Text | None = None


def events_of(
    body: WebhookToChange, present: tuple[EventType, ...], usual: tuple[EventType, ...]
) -> tuple[EventType, ...]:
    """Give the types of events of an endpoint that had *present*; *usual* are those of one that is switched on and names none."""
    if body.enabled is False:
        return ()
    flags = {flag: getattr(body, flag) for flag in FLAGS if getattr(body, flag) is not None}
    switched = {event for flag in flags for event in FLAGS[flag]}
    events = [event for event in present if event not in switched]
    events += [event for flag, is_on in flags.items() if is_on for event in FLAGS[flag]]
    if body.enabled and not events and not body.names_events:
        return usual
    return tuple(event for event in EventType if event in events)


def webhook_object(webhook: Webhook, public_key: str, *, is_oldest: bool) -> dict[str, Any]:
    """Write an endpoint as SendGrid shows it; the oldest has no time."""
    flags = {flag: any(event in webhook.events for event in events) for flag, events in FLAGS.items()}
    created = None if is_oldest else webhook.created_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "enabled": bool(webhook.events) and webhook.state is WebhookState.ACTIVE,
        "url": webhook.url,
        **flags,
        **dict.fromkeys(NEVER, False),
        "friendly_name": webhook.label or None,
        "oauth_client_id": None,
        "oauth_token_url": None,
        "id": webhook.id,
        "created_date": created,
        "updated_date": created,
        "public_key": public_key,
    }


_FLAG = {"type": "boolean"}
_NULLABLE = {"type": ["string", "null"]}
_ALWAYS = object_of(
    enabled=_FLAG,
    url=TEXT_SCHEMA,
    **dict.fromkeys((*FLAGS, *NEVER), _FLAG),
    friendly_name=_NULLABLE,
    oauth_client_id=_NULLABLE,
    oauth_token_url=_NULLABLE,
    id=TEXT_SCHEMA,
    created_date=_NULLABLE,
    updated_date=_NULLABLE,
    public_key=TEXT_SCHEMA,
)
WEBHOOK_SCHEMA = {**_ALWAYS, "properties": {**_ALWAYS["properties"], ACCOUNT_STATUS: _FLAG}}
SIGNING_SCHEMA = object_of(id=TEXT_SCHEMA, public_key=TEXT_SCHEMA)
