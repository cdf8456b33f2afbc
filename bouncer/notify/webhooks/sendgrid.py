"""The format ``sendgrid``: the events of SendGrid's event webhook, signed so that SendGrid's own helpers verify them.

Each POST has an array of events. Only hard failures are ``bounce`` of the type ``bounce``. A failure for now is ``deferred``: no
reader stops mail for that. A block is a ``bounce`` of the type ``blocked``, as SendGrid writes it; listmonk takes it for a hard
bounce, so endpoints get blocks only if they ask for them.
"""

import base64
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bouncer.notify.webhooks.dialect import (
    address_of,
    args_of,
    campaign_uuid,
    message_id_of,
    reply_of,
    status_of,
    text_of,
    to_json,
    word_for_reason,
)
from bouncer.notify.webhooks.format import TrySigning, WebhookEvent, WebhookFormat, WebhookPost
from bouncer.policy.bounce_classes import BOUNCE_CLASSES, UNCLASSIFIED
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import OF_OUTCOMES, EventType

if TYPE_CHECKING:  # loaded for the first signature: most daemons make none, and it takes three megabytes
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
MAX_KEYS = 100
"""Private keys that are kept ready."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256 (FIPS 186-5): private keys are numbers below it."""

_EVENTS = {
    EventType.BOUNCE: "bounce",
    EventType.BLOCK: "bounce",
    EventType.DEFERRAL: "deferred",
    EventType.DELAY: "deferred",
    EventType.COMPLAINT: "spamreport",
    EventType.UNSUBSCRIBE: "unsubscribe",
    EventType.DELIVERED: "delivered",
    EventType.DROPPED: "dropped",
    EventType.TEST: "delivered",
}
_OWN = frozenset(
    {
        *(
            "email",
            "event",
            "timestamp",
            "sg_event_id",
            "sg_message_id",
            "smtp-id",
            "status",
            "tls",
            "category",
            "type",
        ),
        *("reason", "bounce_classification", "response", "attempt", "XListmonkCampaign", "asm_group_id", "pool"),
        *("ip", "useragent", "url", "url_offset", "newsletter", "cert_err", "sg_content_type", "sg_machine_open"),
        *("date", "domain", "from", "message", "send_at"),
    }
)
"""Members of SendGrid's own events: a custom argument of such a name is left out, since no returned header may say them."""
_DROPS = {"complaint": "Spam Reporting Address", "unsubscribe": "Unsubscribed Address"}
"""SendGrid's words for why a mail was dropped; any other suppression is of a \"Bounced Address\"."""


def write_sendgrid(event: WebhookEvent, signing: TrySigning) -> WebhookPost:
    """Write *event* as an array of one."""
    return write_array([event], signing)


def write_array(events: Sequence[WebhookEvent], signing: TrySigning) -> WebhookPost:
    """Write *events*, and sign them with the present key: the format has room for one signature."""
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # noqa: PLC0415 -- see above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 -- see above

    body = to_json([_object(event) for event in events])
    signature = _key(signing.secrets[0]).sign(signing.timestamp.encode() + body, ECDSA(SHA256()))
    return WebhookPost(body, {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: signing.timestamp})


def _object(event: WebhookEvent) -> dict[str, Any]:
    message_id, campaign, name = message_id_of(event), text_of(event, "campaign"), _EVENTS[event.type]
    return {
        **{name: value for name, value in args_of(event).items() if name not in _OWN},
        "email": address_of(event),
        "event": name,
        "timestamp": int(event.at.timestamp()),
        "sg_event_id": event.id,
        "sg_message_id": message_id,
        "smtp-id": f"<{message_id}>" if message_id else "",
        "status": status_of(event),
        "tls": 1,
        **({"category": [campaign]} if campaign else {}),
        **({"XListmonkCampaign": uuid} if (uuid := campaign_uuid(event)) else {}),
        **_details(event, name),
    }


def _details(event: WebhookEvent, name: str) -> dict[str, Any]:
    if name == "bounce":
        return {
            "type": "blocked" if event.type is EventType.BLOCK else "bounce",
            "reason": reply_of(event),
            "bounce_classification": word_for_reason(event, BOUNCE_CLASSES, UNCLASSIFIED),
        }
    if name == "dropped":
        return {"reason": word_for_reason(event, _DROPS, "Bounced Address")}
    if name in ("deferred", "delivered"):
        return {"response": reply_of(event), **({"attempt": "0"} if name == "deferred" else {})}
    return {}


def make_key(octets: bytes) -> str:
    """Make a private key of random *octets*, as base64 of 32 octets; never the number 0."""
    number = int.from_bytes(octets, "big") % (_ORDER - 1) + 1
    return base64.b64encode(number.to_bytes(32, "big")).decode("ascii")


@functools.lru_cache(MAX_KEYS)
def _key(secret: str) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key  # noqa: PLC0415 -- see above

    return derive_private_key(int.from_bytes(base64.b64decode(secret), "big"), SECP256R1())


def public_key(secret: str) -> str:
    """Give the public key as SendGrid shows it: base64 of the SubjectPublicKeyInfo, on one line."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 -- see above

    octets = _key(secret).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(octets).decode("ascii")


SENDGRID = WebhookFormat(
    "sendgrid",
    events=(*(event for event in OF_OUTCOMES if event is not EventType.BLOCK), EventType.DROPPED),
    possible_events=(*OF_OUTCOMES, EventType.DROPPED),
    belief=Belief.PROVEN,
    make_secret=make_key,
    show_secret=public_key,
    write=write_sendgrid,
    write_many=write_array,
)
