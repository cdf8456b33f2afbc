"""The channel that posts events to the endpoints of accounts, each in its endpoint's format.

Every try is signed anew, and recorded. An endpoint that does not answer pauses, and delays no other: entries that waited for its
connections meanwhile are not tried.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Sequence

from bouncer.clock import now as utc_now
from bouncer.compose.plain_text import line
from bouncer.errors import StoreError
from bouncer.mail.address import comparable, fold_comparable
from bouncer.notify.channel import ChannelContext, ChannelType
from bouncer.notify.webhooks.format import WebhookEvent
from bouncer.notify.webhooks.posting import CONNECTIONS, Poster, PostResult, Resolve, resolve_host
from bouncer.notify.webhooks.retry_after import seconds_to_wait
from bouncer.notify.webhooks.session import EndpointSession, outcome_of
from bouncer.policy.account_events import AccountEvent
from bouncer.policy.webhook_url import WebhookUrl, parse_webhook_url
from bouncer.policy.webhooks import CHANNEL, GIVE_UP, EventType, event_type, is_enough, place_of
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.letters import BounceRow
from bouncer.ports.outbox import DeliveryJob, Lane
from bouncer.ports.webhooks import OpenWebhook, Webhook, WebhookAttempt, Webhooks, WebhookState

CACHE_SECONDS = 1.0
"""Seconds for which an endpoint's row is used again; a rotated secret signs after that time at the latest."""
IDLE_SECONDS = 300.0
"""Seconds without a try after which an endpoint's connections are closed."""
NEVER = float("-inf")
"""The time of a row that is to be read again."""
MAX_SHOWN = 200
"""Characters of an answer in the outbox; the attempts have more."""

_log = logging.getLogger(__name__)


class WebhookChannel:
    """Posts events; *webhooks* has the endpoints and records the attempts; *operator* is told where an account has no owners."""

    name = CHANNEL

    def __init__(
        self,
        webhooks: Webhooks,
        networks: Sequence[str],
        *,
        operator: str | None = None,
        now: Callable[[], dt.datetime] = utc_now,
        resolve: Resolve = resolve_host,
    ) -> None:
        self._webhooks = webhooks
        self._networks = networks
        self._operator = operator
        self._now = now
        self._resolve = resolve
        self._sessions: dict[str, EndpointSession] = {}
        self._first_reads: dict[str, asyncio.Event] = {}  # by endpoint: set when its first row is read

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        """Post the event of *job* and record the attempt."""
        async with self._session(job.row.to) as session:
            if session is None or session.webhook.webhook.state is WebhookState.ENDED:
                return DeliveryResult(Outcome.REFUSED, "the endpoint is removed, or wants nothing any more")
            event = event_of(job)
            if event is None or not _is_believed(event, session.webhook):
                return DeliveryResult(
                    Outcome.REFUSED, "the record has changed: it says less than the endpoint asks for"
                )
            return await self._post(event, session, is_first_try=job.row.attempts <= 1)

    async def _post(self, event: WebhookEvent, session: EndpointSession, *, is_first_try: bool) -> DeliveryResult:
        result = await session.post(event, self._now, is_first_try=is_first_try)
        if result is None:
            return DeliveryResult(Outcome.UNAVAILABLE, "not tried: the endpoint did not take the event before")
        await self._record(session.webhook, event, result)
        reply = f"{result.status or '-'} {line(result.answer, MAX_SHOWN)}".strip()
        return DeliveryResult(outcome_of(result.status), reply, seconds_to_wait(result.retry_after, self._now()))

    async def _record(self, webhook: OpenWebhook, event: WebhookEvent, result: PostResult) -> None:
        """Record the attempt. If the store does not answer, its outcome counts all the same."""
        try:
            attempt = attempt_of(webhook, event, result, self._now())
            await self._webhooks.record_webhook_attempt(attempt, operator=self._operator)
        except StoreError as error:
            _log.log(error.level(logging.WARNING), "an attempt of a webhook is not recorded: %s", error)

    @contextlib.asynccontextmanager
    async def _session(self, webhook_id: str) -> AsyncIterator[EndpointSession | None]:
        """Give the session of an endpoint; None where it is removed. Raises StoreError."""
        session = await self._session_of(webhook_id)
        if session is None:
            yield None
            return
        session.users += 1
        try:
            yield session
        finally:
            session.users -= 1

    async def _session_of(self, webhook_id: str) -> EndpointSession | None:
        """Give the session. Events that came together share one read of the endpoint's row."""
        while (first_read := self._first_reads.get(webhook_id)) is not None:
            await first_read.wait()
        now = asyncio.get_running_loop().time()
        session = self._sessions.get(webhook_id)
        if session is not None and now - session.read_at < CACHE_SECONDS:
            return session
        if session is not None:
            session.read_at = now
            return await self._read(webhook_id, now)
        first_read = self._first_reads[webhook_id] = asyncio.Event()
        try:
            return await self._read(webhook_id, now)
        finally:
            del self._first_reads[webhook_id]
            first_read.set()

    async def _read(self, webhook_id: str, now: float) -> EndpointSession | None:
        await self._close_idle(now)
        open_webhook = await self._webhooks.open_webhook(webhook_id)
        session = self._sessions.get(webhook_id)
        if open_webhook is None:
            if session is not None:
                session.read_at = NEVER
            return None
        if session is None:
            poster = Poster(stored_url(open_webhook), self._networks, resolve=self._resolve)
            session = self._sessions[webhook_id] = EndpointSession(open_webhook, poster, now)
        session.webhook = open_webhook
        return session

    async def _close_idle(self, now: float) -> None:
        for name, session in list(self._sessions.items()):
            if not session.users and now - session.read_at > IDLE_SECONDS:
                del self._sessions[name]
                await session.poster.close()

    async def close(self) -> None:
        """Close all connections."""
        while self._sessions:
            _, session = self._sessions.popitem()
            await session.poster.close()


def stored_url(open_webhook: OpenWebhook) -> WebhookUrl:
    """Parse the URL of a recorded endpoint, which was checked when it was added."""
    return parse_webhook_url(open_webhook.webhook.url, allows_http=True)


def attempt_of(open_webhook: OpenWebhook, event: WebhookEvent, result: PostResult, now: dt.datetime) -> WebhookAttempt:
    """Give the attempt as it is recorded."""
    return WebhookAttempt(open_webhook.webhook.id, event.id, now, result.status, result.answer, result.milliseconds)


def event_of(job: DeliveryJob) -> WebhookEvent | None:
    """Give the event of *job*; None where its outcome is not recorded any more, or a later version made it."""
    row = job.row
    if row.about is not None:
        event = AccountEvent.parse(row.about)
        return WebhookEvent(row.event, event.type, event.at, row.account or "", None, event.facts) if event else None
    bounce = _bounce_of(job)
    if bounce is None:
        return None
    kind = event_type(bounce.kind, bounce.action, bounce.category)
    return WebhookEvent(row.event, kind, bounce.at, row.account or "", bounce)


def _bounce_of(job: DeliveryJob) -> BounceRow | None:
    """Find the outcome by its place; where the letter was read again and it moved, by its address."""
    key = fold_comparable(job.row.recipient_key or "")
    about = [bounce for bounce in job.bounces if fold_comparable(comparable(bounce.recipient)) == key]
    place = place_of(job.row.event)
    at_place = [bounce for bounce in job.bounces[place - 1 : place] if bounce in about]
    return next(iter(at_place or about), None)


def _is_believed(event: WebhookEvent, open_webhook: OpenWebhook) -> bool:
    return event.facts is not None or (
        event.bounce is not None and is_enough(event.bounce.belief, open_webhook.webhook.belief)
    )


def make_test_event(webhook: Webhook, number: int, now: dt.datetime) -> WebhookEvent:
    """Make a test event. Its id contains *number*, the time in seconds, so that no receiver takes a later test for a repetition."""
    return WebhookEvent(f"evt_test_{webhook.id}_{number:x}", EventType.TEST, now, webhook.account, None)


def open_webhooks(context: ChannelContext, _words: str) -> Sequence[Delivery]:
    """Make the delivery; none without a store, which alone has endpoints."""
    if context.webhooks is None:
        return ()
    settings = context.settings
    channel = WebhookChannel(context.webhooks, settings.webhook_networks, operator=settings.operator)
    lane = Lane(channel=CHANNEL, letters=False, is_ordered=True)
    return (Delivery(channel, lane, CONNECTIONS, lane_per_destination=True, give_up=GIVE_UP, waits_longer=True),)


def _refuse_subscription(_words: str, _destination: str) -> str:
    raise ValueError("endpoints have a command of their own: bouncer webhook add ACCOUNT URL")


WEBHOOK = ChannelType(CHANNEL, open_webhooks, lambda _words: None, _refuse_subscription, is_always_on=True)
