"""The list of the formats of webhooks. A new format is a module and a line here."""

from collections.abc import Sequence

from bouncer.errors import InvalidValue
from bouncer.notify.webhooks.format import WebhookFormat
from bouncer.notify.webhooks.listmonk import LISTMONK
from bouncer.notify.webhooks.mailgun import MAILGUN
from bouncer.notify.webhooks.postmark import POSTMARK
from bouncer.notify.webhooks.sendgrid import SENDGRID
from bouncer.notify.webhooks.standard import STANDARD
from bouncer.policy.webhooks import EventType

FORMATS: tuple[WebhookFormat, ...] = (
    STANDARD,  # our own events, signed as Standard Webhooks asks
    SENDGRID,  # and three dialects that mail programs read already
    MAILGUN,
    POSTMARK,
    LISTMONK,  # listmonk's own form
)


def format_of(name: str) -> WebhookFormat | None:
    """Give the format called *name*; None where there is none."""
    return next((webhook_format for webhook_format in FORMATS if webhook_format.name == name), None)


def known_format(name: str) -> WebhookFormat:
    """Give the format called *name*. Raises InvalidValue where there is none."""
    webhook_format = format_of(name)
    if webhook_format is None:
        raise InvalidValue(
            f"there is no format {name!r}, but {', '.join(webhook_format.name for webhook_format in FORMATS)}",
            field="format",
        )
    return webhook_format


def refuse_impossible(webhook_format: WebhookFormat, events: Sequence[EventType]) -> None:
    """Raise InvalidValue where *events* has a type that the format cannot express."""
    if impossible := [event.value for event in events if event not in webhook_format.possible_events]:
        raise InvalidValue(f"the format {webhook_format.name} has no event for {', '.join(impossible)}", field="events")
