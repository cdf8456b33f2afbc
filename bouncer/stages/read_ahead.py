"""Reading ahead: while one part of a batch is recorded, the next one is read; parts that are read soon share a commit."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from bouncer.policy.read_letter import ReadLetter
from bouncer.ports.letters import KeptLetter
from bouncer.stages.batches import is_enough_for_commit, split_for_reader

SHARING_SECONDS = 0.03
"""Seconds for which letters that were read wait for the next part, to share a commit with it: letters of 70 kB are a part each. A
commit takes some milliseconds of the processor, whatever the number of letters. A letter that is slow to read holds the others of
its batch up no longer than this."""

Readings = Sequence[ReadLetter | None]


async def read_ahead(
    letters: Sequence[KeptLetter],
    begin: Callable[[Sequence[KeptLetter]], asyncio.Task[Readings]],
    is_late: Callable[[], bool],
) -> AsyncGenerator[tuple[Sequence[KeptLetter], Readings], None]:
    """Give *letters* with their readings, some parts at a time; *begin* has a part read, and none begins once *is_late*.

    Raises as reading does; letters that were read and not given by then are read again later.
    """
    parts = split_for_reader(letters)
    reading: asyncio.Task[Readings] | None = begin(parts[0])
    read_letters, readings = list[KeptLetter](), list[ReadLetter | None]()
    try:
        for part, following in zip(parts, [*parts[1:], ()], strict=True):
            if reading is None:
                break
            readings += await reading
            read_letters += part
            reading = begin(following) if following and not is_late() else None
            if reading is not None and not is_enough_for_commit(readings):
                await asyncio.wait({reading}, timeout=SHARING_SECONDS)
                if reading.done():
                    continue
            yield read_letters, readings
            read_letters, readings = [], []
    finally:
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
