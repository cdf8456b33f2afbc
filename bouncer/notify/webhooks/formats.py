"""The list of the formats of webhooks. A new format is a module and a line here."""

from bouncer.notify.webhooks.format import WebhookFormat
from bouncer.notify.webhooks.listmonk import LISTMONK
from bouncer.notify.webhooks.mailgun import MAILGUN
from bouncer.notify.webhooks.postmark import POSTMARK
from bouncer.notify.webhooks.sendgrid import SENDGRID
from bouncer.notify.webhooks.standard import STANDARD

FORMATS: tuple[WebhookFormat, ...] = (
    STANDARD,  # our own events, signed as Standard Webhooks asks
    SENDGRID,  # and three dialects that mail programs read already
    MAILGUN,
    POSTMARK,
    LISTMONK,  # listmonk's own form
)


def format_of(name: str) -> WebhookFormat | None:
    """Give the format called *name*; None where there is none."""
    return next((known for known in FORMATS if known.name == name), None)
