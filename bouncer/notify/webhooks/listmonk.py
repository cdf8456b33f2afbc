"""The format ``listmonk``: listmonk's own ``/webhooks/bounce``, which distinguishes hard, soft and complaint.

It is not signed: the URL has an API user of listmonk and its token.
"""

import json

from bouncer.notify.webhooks.dialect import address_of, campaign_uuid, reply_of, text_of, to_json
from bouncer.notify.webhooks.format import TrySigning, WebhookEvent, WebhookFormat, WebhookPost
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import EventType

_TYPES = {EventType.BOUNCE: "hard", EventType.COMPLAINT: "complaint"}
"""listmonk's word for an event; any other is ``soft``."""


def write_listmonk(event: WebhookEvent, _signing: TrySigning) -> WebhookPost:
    """Write *event*; the member that listmonk shows is JSON in a string."""
    meta = {
        "id": event.id,
        "event": event.type.value,
        "reason": text_of(event, "reason"),
        "status": text_of(event, "status"),
        "reply": reply_of(event),
    }
    uuid = campaign_uuid(event)
    return WebhookPost(
        to_json(
            {
                "email": address_of(event),
                "source": "bouncer",
                "type": _TYPES.get(event.type, "soft"),
                "meta": json.dumps(meta),
                **({"campaign_uuid": uuid} if uuid else {}),
            }
        ),
        {},
    )


LISTMONK = WebhookFormat(
    "listmonk",
    events=(EventType.BOUNCE, EventType.DEFERRAL, EventType.COMPLAINT),
    possible_events=(EventType.BOUNCE, EventType.BLOCK, EventType.DEFERRAL, EventType.DELAY, EventType.COMPLAINT),
    belief=Belief.PROVEN,
    make_secret=lambda _octets: "",
    show_secret=lambda secret: secret,
    write=write_listmonk,
)
