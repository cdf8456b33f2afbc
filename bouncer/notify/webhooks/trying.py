"""A try of an endpoint that a person asks for: one test event, posted once, now."""

import datetime as dt
from collections.abc import Sequence

from bouncer.notify.webhooks.channel import attempt_of, make_test_event, stored_url
from bouncer.notify.webhooks.posting import Poster
from bouncer.notify.webhooks.session import post_events
from bouncer.ports.webhooks import OpenWebhook, WebhookAttempt


async def try_endpoint(open_webhook: OpenWebhook, networks: Sequence[str], now: dt.datetime) -> WebhookAttempt:
    """Post a test event to an endpoint; *networks* may be posted to beside public addresses."""
    event = make_test_event(open_webhook.webhook, int(now.timestamp()), now)
    poster = Poster(stored_url(open_webhook), networks)
    try:
        return attempt_of(open_webhook, event, await post_events([event], open_webhook, poster, now), now)
    finally:
        await poster.close()
