"""Keeping letters: the group commit of letters (law 1: 250 means kept), and the earlier commits of a large letter's pieces."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from bouncer.errors import StoreError
from bouncer.mail.letter import Received
from bouncer.store.engine.backend import LEFT_BY_LETTERS
from bouncer.store.engine.engine import Engine, write_numbered
from bouncer.store.engine.group_commit import GroupCommit
from bouncer.store.letters import chunks, letters
from bouncer.store.letters.letters import ReceivedBatch

MOST_LETTERS = 500
"""Letters of one commit: the most that a failing one can refuse at once."""
MOST_OCTETS = 4 * chunks.CHUNK_OCTETS
"""Octets of one commit: the next caller waits for as long as they take."""


class Keeping:
    """Commits letters: many small ones at a time, and the pieces of a large one one by one before the commit of its row."""

    def __init__(self, engine: Engine, number: Callable[[], int]) -> None:
        self._engine = engine
        self._number = number
        self._group_commit = GroupCommit(self._commit_batches, _share)
        self._turn = asyncio.Lock()  # one piece at a time, however many large letters there are

    async def commit(self, received: Sequence[Received]) -> Sequence[int]:
        """Commit the letters of one DATA, all or none; gives their ids. Raises StoreError."""
        arrived = letters.number_large(received, self._number)
        if arrived.large:
            await self._engine.require_room(sum(len(raw) for raw, _ in arrived.large), leaving=LEFT_BY_LETTERS)
        try:
            for raw, raw_id in arrived.large:
                await self._insert_leading(raw, raw_id)
            return await self._group_commit.submit(arrived)
        except StoreError:
            await self._delete_leading(arrived)
            raise

    async def finish(self) -> None:
        """Wait until every caller has an answer."""
        await self._group_commit.finish()

    async def _commit_batches(self, batches: list[ReceivedBatch]) -> Sequence[Sequence[int]]:
        await self._engine.require_room(sum(map(_octets, batches)), leaving=LEFT_BY_LETTERS)
        return await write_numbered(self._engine, letters.insert_letters, batches, self._number)

    async def _insert_leading(self, raw: bytes, raw_id: int) -> None:
        for place, octets in enumerate(chunks.leading_pieces(raw)):
            async with self._turn:
                await self._engine.require_room(len(octets), leaving=LEFT_BY_LETTERS)
                await self._engine.write(chunks.insert_chunk, raw_id, place, octets)

    async def _delete_leading(self, arrived: ReceivedBatch) -> None:
        """Delete the pieces; if the store does not answer, its next start deletes them."""
        if arrived.large:
            with contextlib.suppress(StoreError):
                await self._engine.write(chunks.delete_chunks, [raw_id for _, raw_id in arrived.large])


def _share(arrived: ReceivedBatch) -> float:
    return len(arrived.letters) / MOST_LETTERS + _octets(arrived) / MOST_OCTETS


def _octets(arrived: ReceivedBatch) -> int:
    """Give the octets that the commit of the letters' rows writes."""
    return sum(len(chunks.remainder(letter.raw)) for letter in arrived.letters)
