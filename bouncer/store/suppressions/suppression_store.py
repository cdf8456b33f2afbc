"""The ports SuppressionList and SendBook on an SQL engine: each method is one transaction."""

import asyncio
import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bouncer.mail.letter import spell_id
from bouncer.policy.records import Release, Suppression
from bouncer.ports.letters import Page
from bouncer.ports.sends import Count, SendFilter, Sent
from bouncer.ports.suppressions import Allowed, MergedRows, TrailRow
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.group_commit import GroupCommit
from bouncer.store.engine.ids import Numbering
from bouncer.store.outbox import unsent
from bouncer.store.sends import counts
from bouncer.store.suppressions import allow_list, staging, suppressions, trail
from bouncer.store.suppressions.keys import ADDRESS

FORGOTTEN_AT_ONCE = 5000
"""Rows of an import that one commit takes away: no letter waits for it."""
PLACED_AT_ONCE = 5000
"""Rows of an import that one commit brings to their place."""
PAUSE_SECONDS = 0.12
"""Between two commits of an import: who waits for the file's lock looks for it every 0.1 seconds (sqlite3_busy_timeout)."""


class SqlSuppressionList:
    """Whom an account's mail must not go to."""

    _engine: Engine

    def suppressed_now(
        self, account: str, form: str, stream: str, *, folds: bool = False, now: dt.datetime
    ) -> Suppression | None:
        """Give a suppression in force for an address."""
        return suppressions.suppressed_now(self._engine, account, form, stream, folds=folds, now=now)

    async def warm(self) -> None:
        """Read the indexes through once, part by part."""
        for column in ADDRESS:
            after: suppressions.Place | None = suppressions.START
            while after is not None:
                after = await self._engine.read(suppressions.read_on, after, column)

    async def suppress(self, suppression: Suppression) -> bool:
        """Suppress an address."""
        await self._settle()
        return await self._engine.write(suppressions.suppress, suppression)

    async def release(self, release: Release) -> bool:
        """Lift the suppressions of an address."""
        await self._settle()
        return await self._engine.write(suppressions.release, release)

    async def suppressions(
        self, *, account: str | None, now: dt.datetime, page: Page
    ) -> Sequence[tuple[int, Suppression]]:
        """List suppressions in force."""
        await self._settle()
        return await self._engine.read(suppressions.listed, account=account, now=now, page=page)

    async def suppressed(
        self, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
    ) -> dict[str, Suppression]:
        """Say which of *addresses* are suppressed."""
        await self._settle()
        return await self._engine.read(suppressions.suppressed, account, addresses, now=now, stream=stream)

    async def in_force(self, account: str, address: str, *, now: dt.datetime) -> Sequence[Suppression]:
        """Give every suppression of one address."""
        await self._settle()
        return await self._engine.read(suppressions.in_force, account, address, now=now)

    async def allow(self, allowed: Allowed, *, source: str) -> bool:
        """Put it on the allow-list."""
        await self._settle()
        there = await self._engine.read(allow_list.find, allowed)
        return await self._engine.write(allow_list.allow, allowed, there, source=source)

    async def disallow(self, allowed: Allowed, *, source: str) -> bool:
        """Take it off the allow-list."""
        return await self._engine.write(allow_list.disallow, allowed, source=source)

    async def allow_list(self, account: str | None) -> Sequence[Allowed]:
        """Give the allow-list."""
        return await self._engine.read(allow_list.listed, account)

    async def trail(self, *, account: str | None, address: str | None, page: Page) -> Sequence[TrailRow]:
        """List changes."""
        await self._settle()
        return await self._engine.read(trail.listed, account=account, address=address, page=page)

    async def open_import(self, *, now: dt.datetime) -> str:
        """Begin an import."""
        await self._settle()
        name, broken_off = await self._engine.read(staging.open_import, now=now)
        for one in broken_off:
            await self.drop_staged(one)
        return name

    async def stage(self, name: str, suppressions: Sequence[Suppression]) -> None:
        """Lay a part of an import ready, and let others write."""
        await self._engine.write(staging.stage, name, suppressions)
        await asyncio.sleep(PAUSE_SECONDS)

    async def take_staged(self, name: str, *, now: dt.datetime) -> None:
        """Put all of an import in force."""
        await self._engine.write(staging.take, name, now=now)

    async def place_staged(self, name: str) -> MergedRows:
        """Bring a part of an import to its place, and let others write."""
        placed = await self._engine.write(staging.place, name, PLACED_AT_ONCE)
        if placed.left:
            await asyncio.sleep(PAUSE_SECONDS)
        return placed

    async def drop_staged(self, name: str) -> None:
        """Forget what was laid ready."""
        while await self._engine.write(staging.drop, name, FORGOTTEN_AT_ONCE):
            pass

    async def _settle(self) -> None:
        """Bring to its place what an import that was broken off, or runs beside, has put in force."""
        while (name := await self._engine.read(staging.unplaced)) is not None:
            while (await self.place_staged(name)).left:
                pass


class SqlSendBook:
    """What was sent, counted."""

    _engine: Engine
    _counting: GroupCommit[Sequence[Sent], None]
    _hostname: str
    _bounce_numbering: Numbering

    async def count(self, sends: Sequence[Sent]) -> None:
        """Count the sends and remember the messages; many callers share one commit."""
        await self._counting.do(sends)

    async def _count(self, batches: list[Sequence[Sent]]) -> Sequence[None]:
        """Outgoing mail waits for it, so it does not wait for the disk."""
        await self._engine.jot(self._write_counts, [sent for sends in batches for sent in sends])
        return [None] * len(batches)

    def _write_counts(self, connection: sa.Connection, sends: Sequence[Sent]) -> None:
        counts.count(connection, sends)
        unsent.note(connection, sends, self._unsent_id)

    def _unsent_id(self, now: dt.datetime) -> str:
        """Make the Message-ID of a parcel that is of no letter, in the form of the others."""
        return f"{spell_id(self._bounce_numbering.next(now))}.1@{self._hostname}"

    async def counts(self, which: SendFilter, apart: Sequence[str]) -> Sequence[Count]:
        """Sum up."""
        return await self._engine.read(counts.summed, which, apart)

    async def roll_up(
        self, *, now: dt.datetime, days_before: dt.datetime, messages_before: dt.datetime, counts_before: dt.datetime
    ) -> None:
        """Make days of hours; forget what is old."""
        await self._engine.write(
            counts.roll_up,
            now=now,
            days_before=days_before,
            messages_before=messages_before,
            counts_before=counts_before,
        )
