"""The ports SuppressionList and SendCounts on an SQL engine.

Most methods are one transaction. Changes of single entries share one (group commit). Before most lists, the rest of
interrupted imports is merged.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

import sqlalchemy as sa

from bouncer.mail.letter import spell_id
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.imports import ImportLabel, ImportUndoing, RecordedImport, UndoneImport
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.ports.sends import Count, DayCount, FailingDomains, RegisteredMessage, SendFilter, Sent
from bouncer.ports.suppressions import Allowed, ImportResult, TrailRow
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.group_commit import GroupCommit
from bouncer.store.engine.ids import Numbering
from bouncer.store.engine.values import in_parts
from bouncer.store.outbox import unsent
from bouncer.store.sends import counts, daily, failing, messages_to, rolling_up, unsent_events
from bouncer.store.suppressions import allow_list, changes, knowing, looking_up, suppressions, trail
from bouncer.store.suppressions.allowing import Allowing, CoveredSuppressions, Disallowing, find_covered
from bouncer.store.suppressions.changing import Change, change_each
from bouncer.store.suppressions.importing import SuppressionImports
from bouncer.store.suppressions.keys import ADDRESS, key
from bouncer.store.suppressions.looking_up import LOOKED_UP_AT_ONCE, Found, LookUp, look_up

MOST_CHANGED = 8
"""Changes in one commit: each takes up to a millisecond of the processor, and other writers wait for one commit."""
MOST_LIFTED = 500
"""Suppressions that the entries of one commit lift, unless one entry alone lifts more."""


def share_of_change(change: Change) -> float:
    """Give the fraction of a commit that a change fills: an entry for a domain may lift many suppressions."""
    lifted = len(change.covered.ids) if isinstance(change, Allowing) else 0
    return max(1 / MOST_CHANGED, lifted / MOST_LIFTED)


class SqlSuppressionList:
    """The port SuppressionList; its docstrings hold here."""

    _engine: Engine
    _lookup_group: GroupCommit[LookUp, Found]
    _covered_group: GroupCommit[Allowed, CoveredSuppressions]
    _change_group: GroupCommit[Change, bool]
    _imports: SuppressionImports

    async def warm(self) -> None:
        """Read the indexes once, part by part, into the system's cache."""
        for column in ADDRESS:
            after: looking_up.IndexPlace | None = looking_up.START
            while after is not None:
                after = await self._engine.read(looking_up.read_index, after, column)

    async def suppress(self, scope: Scope, suppression: Suppression) -> bool:
        """Suppress an address."""
        return scope.covers(suppression.account) and await self._change_group.submit(suppression)

    async def release(self, scope: Scope, release: Release) -> bool:
        """Delete the suppressions of an address."""
        return scope.covers(release.account) and await self._change_group.submit(release)

    async def _change_all(self, changed: list[Change]) -> Sequence[bool]:
        await self._settle()
        return await self._engine.write(change_each, changed)

    async def suppressions(self, scope: Scope, *, now: dt.datetime, page: Page) -> Sequence[tuple[int, Suppression]]:
        """List suppressions in force."""
        await self._settle()
        return await self._engine.read(suppressions.list_suppressions, scope, now=now, page=page)

    async def count_suppressions(self, scope: Scope, account: str, *, now: dt.datetime) -> int:
        """Count suppressions in force."""
        if not scope.covers(account):
            return 0
        await self._settle()
        return await self._engine.read(suppressions.count, account, now=now)

    async def suppressions_of(
        self, scope: Scope, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
    ) -> dict[str, Suppression]:
        """Give the suppressed ones of *addresses*, each with a suppression."""
        hits = await self._look_up_parts(scope, account, addresses, stream, now)
        return {address: suppressions_of[0] for address, suppressions_of in hits.items()}

    async def all_suppressed(
        self, scope: Scope, account: str, addresses: Sequence[str], *, now: dt.datetime
    ) -> Mapping[str, tuple[Suppression, ...]]:
        """Give the suppressed ones of *addresses*, each with all of its suppressions."""
        return await self._look_up_parts(scope, account, addresses, None, now)

    async def _look_up_parts(
        self, scope: Scope, account: str, addresses: Sequence[str], stream: str | None, now: dt.datetime
    ) -> Found:
        if not scope.covers(account):
            return {}
        hits: Found = {}
        for some in in_parts(addresses, LOOKED_UP_AT_ONCE):
            keys = {address: key(address) for address in some}
            hits |= await self._lookup_group.submit(LookUp(account, keys, stream, now))
        return hits

    async def _look_up(self, look_ups: list[LookUp]) -> Sequence[Found]:
        return await self._engine.ask(look_up, look_ups)

    async def suppressions_of_address(
        self, scope: Scope, account: str, address: str, *, now: dt.datetime
    ) -> Sequence[Suppression]:
        """Give every suppression of one address."""
        if not scope.covers(account):
            return ()
        await self._settle()
        return await self._engine.read(suppressions.suppressions_of_address, account, address, now=now)

    async def accounts_knowing(self, scope: Scope, address: str) -> frozenset[str]:
        """Give the accounts that may know an address."""
        await self._settle()
        return await self._engine.read(knowing.accounts_knowing, scope, address)

    async def allow(self, scope: Scope, allowed: Allowed, *, source: ChangeSource) -> bool:
        """Add an entry to the allow-list."""
        if not scope.covers(allowed.account):
            return False
        if not allowed.address.startswith("@"):
            return await self._change_group.submit(Allowing(allowed, source))
        await self._settle()
        covered = await self._covered_group.submit(allowed)
        return await self._change_group.submit(Allowing(allowed, source, covered))

    async def _find_covered(self, entries: list[Allowed]) -> Sequence[CoveredSuppressions]:
        return await self._engine.read(find_covered, entries)

    async def disallow(self, scope: Scope, allowed: Allowed, *, source: ChangeSource) -> bool:
        """Delete an entry of the allow-list."""
        return scope.covers(allowed.account) and await self._change_group.submit(Disallowing(allowed, source))

    async def allow_list(self, scope: Scope) -> Sequence[Allowed]:
        """List the entries of the allow-list."""
        return await allow_list.list_allowed(self._engine, scope)

    async def allow_entries(self, scope: Scope, account: str, address: str) -> Sequence[Allowed]:
        """Give the entries of the allow-list that cover an address."""
        return await self._engine.read(allow_list.entries_of, account, address) if scope.covers(account) else ()

    async def trail(self, scope: Scope, *, address: str | None, page: Page) -> Sequence[TrailRow]:
        """List changes of suppressions and of the allow-list."""
        await self._settle()
        return await self._engine.read(trail.list_changes, scope, address=address, page=page)

    async def import_suppressions(
        self,
        scope: Scope,
        rows: Iterable[Suppression],
        *,
        label: ImportLabel | None = None,
        merged: Callable[[int], None] = lambda _count: None,
    ) -> ImportResult:
        """Import all rows, or none."""
        listed = label if label is not None and scope.covers(label.account) else None
        return await self._imports.run((row for row in rows if scope.covers(row.account)), merged, listed)

    async def imports(self, scope: Scope, account: str, *, since: dt.datetime, limit: int) -> Sequence[RecordedImport]:
        """List an account's imports of files."""
        return await self._imports.list_imports(account, since, limit) if scope.covers(account) else ()

    async def undo_import(self, scope: Scope, order: ImportUndoing, *, limit: int) -> UndoneImport | None:
        """Free what an import suppressed."""
        return await self._imports.undo(order, limit=limit) if scope.covers(order.account) else None

    async def tell_ended_suppressions(self, *, now: dt.datetime) -> int:
        """Tell webhooks of suppressions whose time is over."""
        return await self._engine.write(changes.note_ended, now=now)

    async def _settle(self) -> None:
        """Merge the rest of every import in force: one that was interrupted, or runs in another process."""
        await self._imports.settle()


class SqlSendCounts:
    """The port SendCounts; its docstrings hold here."""

    _engine: Engine
    _count_group: GroupCommit[Sequence[Sent], None]
    _hostname: str
    _bounce_numbering: Numbering

    async def count(self, scope: Scope, sends: Sequence[Sent]) -> None:
        """Count the sends and record the messages; many callers share a commit (group commit)."""
        if covered := [sent for sent in sends if scope.covers(sent.account)]:
            await self._count_group.submit(covered)

    async def _count(self, batches: list[Sequence[Sent]]) -> Sequence[None]:
        """Write without waiting for the disk, since outgoing mail waits for the result."""
        await self._engine.write_unsynced(self._write_counts, [sent for sends in batches for sent in sends])
        return [None] * len(batches)

    def _write_counts(self, connection: sa.Connection, sends: Sequence[Sent]) -> None:
        counts.count(connection, sends)
        unsent.add_dropped(connection, sends, self._unsent_id)
        unsent_events.note(connection, sends)

    def _unsent_id(self, now: dt.datetime) -> str:
        """Make the Message-ID of an entry without a letter, in the form of the other entries' Message-IDs."""
        return f"{spell_id(self._bounce_numbering.next_id(now))}.1@{self._hostname}"

    async def counts(self, scope: Scope, criteria: SendFilter, group_by: Sequence[str]) -> Sequence[Count]:
        """Sum up the counts."""
        return await self._engine.read(counts.sum_counts, scope, criteria, group_by)

    async def daily_counts(self, scope: Scope, first: dt.date, *, days: int) -> Sequence[DayCount]:
        """Sum up the counts by day."""
        return await self._engine.read(daily.sum_days, scope, first, days)

    async def failing_domains(self, scope: Scope, since: dt.datetime, *, limit: int) -> FailingDomains:
        """Give the domains with the most failures."""
        return await self._engine.read(failing.domains, scope, since, limit)

    async def messages_to(self, scope: Scope, address: str, *, limit: int) -> Sequence[RegisteredMessage]:
        """Give the newest messages to an address."""
        return await self._engine.read(messages_to.find_newest, scope, address, limit)

    async def roll_up(
        self, *, now: dt.datetime, days_before: dt.datetime, messages_before: dt.datetime, counts_before: dt.datetime
    ) -> None:
        """Roll hours up to days; delete old counts and messages."""
        await rolling_up.roll_up(
            self._engine,
            now=now,
            days_before=days_before,
            messages_before=messages_before,
            counts_before=counts_before,
        )
