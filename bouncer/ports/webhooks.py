"""Webhooks: endpoints of accounts that get events by HTTP, and the port that keeps them with their attempts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bouncer.policy.records import Belief
from bouncer.policy.webhooks import EventType
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope


class WebhookState(StrEnum):
    """Whether an endpoint gets events."""

    ACTIVE = "active"
    RESTING = "resting"  # it took nothing for ``policy.webhooks.GIVE_UP``; a test or a replay makes it active
    ENDED = "ended"  # it said that it is gone (410); it gets nothing any more


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint as people see it, without its secrets."""

    id: str
    account: str
    url: str
    format: str
    events: tuple[EventType, ...]
    belief: Belief  # the least belief of an event that it gets
    state: WebhookState
    created_at: dt.datetime
    failing_since: dt.datetime | None = None  # the first failure after the last success
    last_at: dt.datetime | None = None  # the last attempt
    last_status: int | None = None
    last_answer: str | None = None
    label: str = ""  # what its people call it


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """The secrets of an endpoint. ``repr`` shows none of them."""

    current: str = field(repr=False)
    former: str | None = field(default=None, repr=False)
    former_until: dt.datetime | None = None  # until then the former secret signs, too
    credentials: str | None = field(default=None, repr=False)  # user:password (HTTP Basic)

    def signing(self, now: dt.datetime) -> tuple[str, ...]:
        """Give the secrets that sign at *now*, the present one first."""
        is_good = self.former is not None and self.former_until is not None and now < self.former_until
        return (self.current, self.former) if is_good and self.former else (self.current,)


@dataclass(frozen=True, slots=True)
class OpenWebhook:
    """An endpoint with its secrets, for the channel that posts to it."""

    webhook: Webhook
    secrets: WebhookSecrets


@dataclass(frozen=True, slots=True)
class WebhookAttempt:
    """One attempt to post one event."""

    webhook: str
    event: str
    at: dt.datetime
    status: int | None  # of HTTP; None: there was no answer
    answer: str  # the beginning of the answer; the reason where there was none
    milliseconds: int
    id: int | None = field(default=None, compare=False)  # in lists; the next page goes on from the last one's

    @property
    def succeeded(self) -> bool:
        """Whether the endpoint took the event: any 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 -- the 2xx class of RFC 9110

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint wants nothing any more: 410."""
        return self.status == 410  # noqa: PLR2004 -- Gone (RFC 9110 section 15.5.11)


@dataclass(frozen=True, slots=True)
class ReplayFilter:
    """A choice of an endpoint's events that are sent again; None means any. Events that wait for a retry are sent now."""

    event: str | None = None
    since: dt.datetime | None = None  # of letters that came then or later
    until: dt.datetime | None = None  # of letters that came before
    only_failed: bool = False  # those that were given up, or failed and wait for a retry


class Webhooks(Protocol):
    """Keeps endpoints, the attempts to post to them, and replays of their events.

    The daemon opens the endpoints of all accounts and records its attempts; all other methods take a scope. A call that returns
    has committed; one that raises StoreError has changed nothing, unless the method says otherwise.
    """

    async def add_webhook(self, scope: Scope, added: OpenWebhook) -> bool:
        """Add an endpoint. False, and nothing changes, where its account is unknown or outside *scope*."""
        ...

    async def webhooks(self, scope: Scope) -> Sequence[Webhook]:
        """List the endpoints inside *scope*, by account and age."""
        ...

    async def webhook(self, scope: Scope, webhook_id: str) -> OpenWebhook | None:
        """Give one endpoint with its secrets; None where there is none with that id inside *scope*."""
        ...

    async def open_webhook(self, webhook_id: str) -> OpenWebhook | None:
        """Give one endpoint of any account with its secrets, for the daemon that posts to it; None where it is removed."""
        ...

    async def change_webhook_secret(
        self, scope: Scope, webhook_id: str, secret: str, *, former_until: dt.datetime
    ) -> bool:
        """Make *secret* the present secret; the former secret signs beside it until *former_until*.

        False, and nothing changes, where *scope* has no such endpoint.
        """
        ...

    async def change_webhook(self, scope: Scope, changed: OpenWebhook, *, now: dt.datetime) -> bool:
        """Change an endpoint's URL, credentials, events, belief and label to those of *changed*; events that wait stay.

        False, and nothing changes, where *scope* has no such endpoint.
        """
        ...

    async def remove_webhook(self, scope: Scope, webhook_id: str, *, now: dt.datetime) -> bool:
        """Remove an endpoint; its waiting events are dropped. Idempotent; False where *scope* has no such endpoint."""
        ...

    async def record_webhook_attempt(self, attempt: WebhookAttempt, *, operator: str | None = None) -> None:
        """Record an attempt, and its consequence: the endpoint rests, ends, or is active again. Many attempts share a commit.

        In the same commit the waiting events of an endpoint that rests are given up, those of one that ended are dropped,
        and the account's owners get a mail; where it has none, *operator* gets it, the same in every call.
        Not idempotent: each call records an attempt. An endpoint that was removed meanwhile stays removed.
        """
        ...

    async def webhook_attempts(self, scope: Scope, webhook_id: str, page: Page) -> Sequence[WebhookAttempt]:
        """List the attempts of an endpoint, newest first; nothing where *scope* has no such endpoint."""
        ...

    async def replay_webhook(self, scope: Scope, webhook_id: str, criteria: ReplayFilter, *, now: dt.datetime) -> int:
        """Send the events that *criteria* choose again, each once, under their ids, oldest first; give their number.

        A resting endpoint becomes active. 0, and nothing changes, where *scope* has no such endpoint, or it ended. Some
        hundred events are changed in one commit: an error leaves the commits before it in force.
        """
        ...

    async def forget_webhook_attempts(self, *, before: dt.datetime, count: int) -> int:
        """Delete up to *count* attempts older than *before*; give their number. A second call deletes the next ones."""
        ...
