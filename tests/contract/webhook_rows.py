"""Rows of webhooks, as the tests of stores and servers need them."""

import dataclasses
import datetime as dt

from contract.factories import DAY, NOON

from bouncer.policy.records import Belief, EntryKind, NewEntry
from bouncer.policy.webhooks import CHANNEL, OF_OUTCOMES
from bouncer.ports.outbox import Lane
from bouncer.ports.webhooks import (
    OpenWebhook,
    Webhook,
    WebhookAttempt,
    WebhookSecrets,
    WebhookState,
)

ANN, JANE, JOE = "ann@acme.example", "jane@example.org", "joe@example.org"


LATER = NOON + DAY


SECRET = "whsec_c2VjcmV0LTE="


LANE = Lane(channel=CHANNEL, letters=False, is_ordered=True)


def endpoint(name: str = "wh_1", account: str = "acme", **changed: object) -> OpenWebhook:
    facts: dict[str, object] = {
        "id": name,
        "account": account,
        "url": f"https://app.example/{name}",
        "format": "standard",
        "events": OF_OUTCOMES,
        "belief": Belief.PROVEN,
        "state": WebhookState.ACTIVE,
        "created_at": NOON,
    }
    return OpenWebhook(Webhook(**{**facts, **changed}), WebhookSecrets(SECRET, credentials="user:password"))  # type: ignore[arg-type]


def attempt(status: int | None, at: dt.datetime = NOON, name: str = "wh_1", answer: str = "x") -> WebhookAttempt:
    return WebhookAttempt(name, "evt_1", at, status, answer, 12)


def event(recipient: str = JANE, to: str = "wh_1", place: int = 1, **changed: object) -> NewEntry:
    entry = NewEntry(EntryKind.EVENT, to, channel=CHANNEL, at_once=True, recipient_key=recipient, place=place)
    return dataclasses.replace(entry, **changed)  # type: ignore[arg-type]
