"""The port Webhooks on an SQL engine: each method is one transaction, except replays, which go on part by part."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bouncer.mail.letter import spell_id
from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR, Scope
from bouncer.ports.webhooks import OpenWebhook, ReplayFilter, Webhook, WebhookAttempt
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.group_commit import GroupCommit
from bouncer.store.engine.ids import Numbering
from bouncer.store.webhooks import attempts, endpoints, replaying

MOST_ATTEMPTS = 200
"""Attempts of one commit (group commit): few enough that no letter that is being kept waits long."""
ATTEMPT_SECONDS = 0.05
"""Seconds in which attempts gather for a commit: nobody waits for one, and each commit takes a turn of the writer."""


class SqlWebhooks:
    """The port Webhooks; its docstrings hold here."""

    _engine: Engine
    _hostname: str
    _bounce_numbering: Numbering
    _attempt_group: GroupCommit[tuple[WebhookAttempt, str | None], None]

    async def add_webhook(self, scope: Scope, added: OpenWebhook) -> bool:
        """Add an endpoint; False where its account is unknown."""
        return scope.covers(added.webhook.account) and await self._engine.write(endpoints.add, added)

    async def webhooks(self, scope: Scope) -> Sequence[Webhook]:
        """List endpoints."""
        return await self._engine.read(endpoints.list_endpoints, scope)

    async def webhook(self, scope: Scope, webhook_id: str) -> OpenWebhook | None:
        """Give one endpoint with its secrets."""
        return await self._engine.read(endpoints.find, scope, webhook_id)

    async def open_webhook(self, webhook_id: str) -> OpenWebhook | None:
        """Give one endpoint of any account with its secrets."""
        return await self._engine.read(endpoints.find, OPERATOR, webhook_id)

    async def change_webhook_secret(
        self, scope: Scope, webhook_id: str, secret: str, *, former_until: dt.datetime
    ) -> bool:
        """Change an endpoint's secret."""
        return await self._engine.write(endpoints.change_secret, scope, webhook_id, secret, former_until=former_until)

    async def change_webhook(self, scope: Scope, changed: OpenWebhook, *, now: dt.datetime) -> bool:
        """Change an endpoint."""
        return await self._engine.write(endpoints.change, scope, changed, now=now)

    async def remove_webhook(self, scope: Scope, webhook_id: str, *, now: dt.datetime) -> bool:
        """Remove an endpoint."""
        return await self._engine.write(endpoints.remove, scope, webhook_id, now=now)

    async def record_webhook_attempt(self, attempt: WebhookAttempt, *, operator: str | None = None) -> None:
        """Record an attempt; many callers share a commit (group commit)."""
        await self._attempt_group.submit((attempt, operator))

    async def _record_attempts(self, waiting_attempts: list[tuple[WebhookAttempt, str | None]]) -> Sequence[None]:
        await self._engine.write(
            self._write_attempts, [attempt for attempt, _ in waiting_attempts], waiting_attempts[-1][1]
        )
        return [None] * len(waiting_attempts)

    def _write_attempts(
        self, connection: sa.Connection, new_attempts: Sequence[WebhookAttempt], operator: str | None
    ) -> None:
        attempts.record(connection, new_attempts, self._letterless_id, operator)

    def _letterless_id(self, now: dt.datetime) -> str:
        """Make the Message-ID of a mail about no letter, in the form of the other Message-IDs."""
        return f"{spell_id(self._bounce_numbering.next_id(now))}.1@{self._hostname}"

    async def webhook_attempts(self, scope: Scope, webhook_id: str, page: Page) -> Sequence[WebhookAttempt]:
        """List the attempts of an endpoint."""
        return await self._engine.read(attempts.list_attempts, scope, webhook_id, page)

    async def replay_webhook(self, scope: Scope, webhook_id: str, criteria: ReplayFilter, *, now: dt.datetime) -> int:
        """Send events again, batch by batch, each once."""
        total, after = 0, 0
        while True:
            count, last = await self._engine.write(
                replaying.replay_some, scope, webhook_id, criteria, after=after, now=now
            )
            total += count
            if last is None:
                return total
            after = last

    async def forget_webhook_attempts(self, *, before: dt.datetime, count: int) -> int:
        """Delete old attempts."""
        return await self._engine.write(attempts.delete_attempts, before=before, count=count)
