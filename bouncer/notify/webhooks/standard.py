"""The format ``standard``: our own events with their belief, signed as Standard Webhooks asks (version 1.0 of its specification).

The body is ``{"type", "timestamp", "data"}``; the signature is an HMAC-SHA-256 of the id, the time of the try and the body.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from bouncer.notify.serialize import to_plain
from bouncer.notify.webhooks.dialect import to_json
from bouncer.notify.webhooks.format import TrySigning, WebhookEvent, WebhookFormat, WebhookPost
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import ALL_EVENTS, EventType

PREFIX = "whsec_"
"""The beginning of a secret; the rest is base64."""
MAX_OCTETS = 256 * 1024
"""Octets of the body of one event; of a longer one the texts are cut."""
MAX_TEXT = 1000
"""Characters of each text of an event that is cut."""


def write_standard(event: WebhookEvent, signing: TrySigning) -> WebhookPost:
    """Write *event*; a signature for each secret, so that the reader can change over while one is rotated."""
    facts = _facts(event)
    body = _body(event, facts)
    if len(body) > MAX_OCTETS and event.bounce is not None:
        cut_facts = {name: value[:MAX_TEXT] if isinstance(value, str) else value for name, value in facts.items()}
        body = _body(event, {**cut_facts, "said": []})
    signed = f"{event.id}.{signing.timestamp}.".encode() + body
    signatures = (f"v1,{_signature(secret, signed)}" for secret in signing.secrets)
    return WebhookPost(
        body,
        {
            "webhook-id": event.id,
            "webhook-timestamp": signing.timestamp,
            "webhook-signature": " ".join(signatures),
        },
    )


def _body(event: WebhookEvent, facts: Mapping[str, object]) -> bytes:
    data = {"account": event.account, **facts}
    return to_json({"type": event.type.value, "timestamp": event.at.isoformat(timespec="seconds"), "data": data})


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")


def _facts(event: WebhookEvent) -> Mapping[str, object]:
    if event.facts is not None:
        return event.facts
    if event.bounce is None:
        return {"message": "This is a test. Nothing bounced, and no address was suppressed."}
    return to_plain(event.bounce)


def make_standard_secret(octets: bytes) -> str:
    """Give random *octets* in the form of a secret of Standard Webhooks."""
    return PREFIX + base64.b64encode(octets).decode("ascii")


STANDARD = WebhookFormat(
    "standard",
    events=tuple(event for event in ALL_EVENTS if event is not EventType.AUTO_REPLY),
    possible_events=ALL_EVENTS,
    belief=Belief.CONTRADICTED,  # any: the belief is a field of the event
    make_secret=make_standard_secret,
    show_secret=lambda secret: secret,
    write=write_standard,
)
