"""An erasure under way: its steps, each a commit, with pauses in which others write."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec

import sqlalchemy as sa

from bouncer.ports.erasures import Erasure, ErasureOrder
from bouncer.ports.scope import Scope
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures import entries, lists, messages, other_texts, records
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.erasures.left_names import count_names
from bouncer.store.erasures.lists import Counts
from bouncer.store.erasures.other_texts import key_before_all
from bouncer.store.erasures.spelled_keys import ADDRESS_COLUMNS, search_addresses
from bouncer.store.suppressions.importing import PAUSE_SECONDS

LOG_SECONDS = 10.0
"""Seconds in which an erasure tries to empty the database's log: a backup or an export may read for as long."""

P = ParamSpec("P")

_log = logging.getLogger(__name__)

_START = -1
"""An id before all others."""

Part = Callable[[sa.Connection, Scope, ErasedAddresses], Counts]
"""Erases some rows; gives none where none is left."""


class ErasureRun:
    """An erasure under way: its steps, and the rows that it has erased so far."""

    def __init__(self, engine: Engine, scope: Scope, erased: ErasedAddresses) -> None:
        self.counts = Counts()
        self._engine = engine
        self._scope = scope
        self._erased = erased
        self._waiting = 0
        self._left_names = 0
        self._letters = set[int]()
        """The letters that it has erased: by their bounces, or by their texts."""

    async def erase(self, order: ErasureOrder, secret: bytes) -> Erasure:
        """Erase from the lists at once, then the records, the trail last; *secret* is for digests of suppressions that stay."""
        await self.erase_rows(self._erased, order, secret)
        for addresses in in_parts(await self.search_addresses()):
            await self.erase_rows(self._erased.with_keys(addresses), order, secret)
        await self.search_letters()
        await self.search_messages()
        await self.search_answers()
        await self.search_other_texts()
        await self.write(lists.erase_links, self._scope, self._erased)
        self._left_names = await self._engine.read(count_names, self._scope, self._erased)
        await self._engine.write(lists.note_erasure, self.counts, order)
        if not await self._engine.empty_log(LOG_SECONDS):
            _log.warning(
                "the database's log still has what was erased, as it is being read; it goes with later changes"
            )
        return self.result()

    async def erase_rows(self, erased: ErasedAddresses, order: ErasureOrder, secret: bytes) -> None:
        """Erase the rows that are about one of the addresses."""
        await self.write(lists.erase_lists, self._scope, erased, order, secret)
        await self.erase_bounces(erased)
        await self.repeat(entries.erase_events, erased)
        await self.write(messages.erase_unsent, self._scope, erased)
        await self.repeat(lists.erase_trail, erased)

    async def search_addresses(self) -> Sequence[str]:
        """Search for rows about addresses that have an erased one inside them, and give those addresses."""
        addresses = set[str]()
        for column in ADDRESS_COLUMNS:
            last = key_before_all(column.table)
            while step := await self._engine.read(search_addresses, column, self._scope, self._erased, last):
                addresses.update(step.addresses)
                last = step.last
        return sorted(addresses)

    async def write(
        self, work: Callable[Concatenate[sa.Connection, P], Counts], *args: P.args, **kwargs: P.kwargs
    ) -> bool:
        """Erase some rows in one commit, and pause for other writers; whether there were any."""
        counts = await self._engine.write(work, *args, **kwargs)
        self.counts += counts
        if counts:
            await asyncio.sleep(PAUSE_SECONDS)
        return bool(counts)

    async def repeat(self, part: Part, erased: ErasedAddresses) -> None:
        """Erase until nothing is left."""
        while await self.write(part, self._scope, erased):
            pass

    async def erase_bounces(self, erased: ErasedAddresses) -> None:
        """Erase the bounces of the addresses, with their letters."""
        while (part := await self._engine.write(records.erase_bounces, self._scope, erased)).counts:
            self.counts += part.counts
            self._letters.update(part.letters)
            await asyncio.sleep(PAUSE_SECONDS)

    async def search_letters(self) -> None:
        """Search all letters and bounces for texts that name an address, beside the writers."""
        for search in records.SEARCHES:
            step = await self._engine.read(search, self._scope, self._erased, _START)
            while step is not None:
                self._waiting += step.waiting
                left_ids = [number for number in step.ids if number not in self._letters]
                for some in await self._engine.read(entries.split_by_entries, left_ids):
                    await self.write(records.erase_letters, some, self._erased)
                self._letters.update(left_ids)
                for some in in_parts(step.bounces, records.TEXTS_PER_COMMIT):
                    await self.write(records.blank_bounces, some, self._erased)
                step = await self._engine.read(search, self._scope, self._erased, step.last)

    async def search_messages(self) -> None:
        """Search all registered messages."""
        step = await self._engine.read(messages.search_messages, self._scope, self._erased, _START)
        while step is not None:
            for some in in_parts(step.rows):
                await self.write(messages.erase_messages, some, self._erased)
            step = await self._engine.read(messages.search_messages, self._scope, self._erased, step.last)

    async def search_answers(self) -> None:
        """Search the answers that are kept for repeated requests."""
        last = messages.FIRST_ANSWER
        while (step := await self._engine.read(messages.search_answers, self._scope, self._erased, last)) is not None:
            if step.answers:
                await self.write(messages.erase_answers, step.answers)
            last = step.last

    async def search_other_texts(self) -> None:
        """Search the texts of rows about others, and empty those that name an address."""
        for texts in other_texts.TEXT_TABLES:
            last = texts.first_key
            while step := await self._engine.read(other_texts.search_texts, texts, self._scope, self._erased, last):
                for some in in_parts(step.rows, records.TEXTS_PER_COMMIT):
                    await self.write(other_texts.write_texts, texts, some)
                last = step.last

    def result(self) -> Erasure:
        """Give the sums over all accounts."""
        sums = Counter[str]()
        for (_, kind), number in self.counts.items():
            sums[kind] += number
        return Erasure(**sums, waiting_letters=self._waiting, left_names=self._left_names)
