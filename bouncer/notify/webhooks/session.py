"""The posts to one endpoint: each connection has one at a time, and in some formats one post carries many events.

An event that failed among others is posted alone afterwards: a reader may refuse all events because of one.
"""

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bouncer.notify.webhooks.format import TrySigning, WebhookEvent
from bouncer.notify.webhooks.formats import format_of
from bouncer.notify.webhooks.posting import CONNECTIONS, Poster, PostResult
from bouncer.ports.delivery import Outcome
from bouncer.ports.webhooks import OpenWebhook

MOST_TOGETHER = 100
"""Events of one POST: at most some 300 kB, half of what SendGrid posts at once."""
TOKEN_OCTETS = 25
"""Random octets of a try's token: 50 characters in hexadecimal digits, as many as Mailgun's."""
_TRY_LATER = frozenset({408, 425, 429})
"""Statuses below 500 that say something of the endpoint and nothing of the event (RFC 9110, RFC 8470, RFC 6585)."""
_SERVER_ERROR = 500


@dataclass(slots=True, eq=False)
class _WaitingEvent:
    """An event that waits for its POST; *failures* is the endpoint's number of failures when it came."""

    event: WebhookEvent
    failures: int
    result: asyncio.Future[PostResult | None]
    is_taken: bool = False


@dataclass(slots=True, eq=False)
class EndpointSession:
    """The connections to one endpoint, and its row."""

    webhook: OpenWebhook
    poster: Poster
    read_at: float
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))
    failures: int = 0
    users: int = 0
    _waiting: list[_WaitingEvent] = field(default_factory=list)

    async def post(
        self, event: WebhookEvent, now: Callable[[], dt.datetime], *, is_first_try: bool
    ) -> PostResult | None:
        """Post *event*, among others where *is_first_try*; None where it was not tried, as the endpoint fails meanwhile."""
        webhook_format = format_of(self.webhook.webhook.format)
        if is_first_try and webhook_format is not None and webhook_format.write_many is not None:
            return await self._post_among(event, now)
        failures = self.failures
        async with self.turn:
            if self.failures != failures:
                return None
            return await self._post([event], now)

    async def _post_among(self, event: WebhookEvent, now: Callable[[], dt.datetime]) -> PostResult | None:
        """Post the events that wait, *event* among them, unless another has taken it along."""
        waiting = _WaitingEvent(event, self.failures, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        async with self.turn:
            while not waiting.is_taken:
                await self._post_waiting(now)
        return await waiting.result

    async def _post_waiting(self, now: Callable[[], dt.datetime]) -> None:
        batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
        for entry in batch:
            entry.is_taken = True
        posted_events = [entry for entry in batch if entry.failures == self.failures]
        result: PostResult | None = None
        try:
            if posted_events:
                result = await self._post([entry.event for entry in posted_events], now)
        finally:
            for entry in batch:
                if not entry.result.done():
                    entry.result.set_result(result if entry in posted_events else None)

    async def _post(self, events: Sequence[WebhookEvent], now: Callable[[], dt.datetime]) -> PostResult:
        result = await post_events(events, self.webhook, self.poster, now())
        self.failures += outcome_of(result.status) is Outcome.UNAVAILABLE
        return result


async def post_events(
    events: Sequence[WebhookEvent], open_webhook: OpenWebhook, poster: Poster, now: dt.datetime
) -> PostResult:
    """Write *events* in the endpoint's format, sign them for *now*, and post them once; several only where it has room for them."""
    webhook_format = format_of(open_webhook.webhook.format)
    if webhook_format is None:
        return PostResult(None, f"this version does not know the format {open_webhook.webhook.format}", 0)
    signing = TrySigning(open_webhook.secrets.signing(now), now, secrets.token_hex(TOKEN_OCTETS))
    if webhook_format.write_many is not None:
        post = webhook_format.write_many(events, signing)
    else:
        (event,) = events
        post = webhook_format.write(event, signing)
    return await poster.post(post, open_webhook.secrets.credentials)


def outcome_of(status: int | None) -> Outcome:
    """Give the outcome for a status of HTTP. A redirect is an error of the endpoint's URL, which its owner can mend."""
    if status is None or status >= _SERVER_ERROR or status in _TRY_LATER:
        return Outcome.UNAVAILABLE
    if 200 <= status < 300:  # noqa: PLR2004 -- the 2xx class of RFC 9110
        return Outcome.SENT
    return Outcome.REFUSED if status == 410 else Outcome.DEFERRED  # noqa: PLR2004 -- Gone (RFC 9110 section 15.5.11)
