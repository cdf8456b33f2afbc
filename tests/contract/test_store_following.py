"""A program follows the changes while several processes write: it misses no version of a record, and gets none twice."""

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from contract.factories import Opening, bounce, letter, record

from bouncer.ports.letters import BounceFilter
from bouncer.ports.record_lists import ChangePage
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store

ACME = AccountScope("acme")
WRITERS, TASKS, BATCHES = 3, 2, 12
"""Stores, as of so many processes; tasks of each; and commits of each task, half of them of letters that are read again."""
LIMIT = 5
"""Rows of a page: fewer than are recorded between two looks."""


@dataclass(slots=True)
class Work:
    """The work of the writers: the moments of the transactions that have not ended, and the recipients of all versions."""

    open_moments: Counter[dt.datetime] = field(default_factory=Counter)
    versions: list[str] = field(default_factory=list)
    finals: dict[int, str] = field(default_factory=dict)

    @contextmanager
    def transaction(self) -> Iterator[dt.datetime]:
        """Give the moment of a transaction, which is open until the end."""
        moment = dt.datetime.now(dt.UTC)
        self.open_moments[moment] += 1
        try:
            yield moment
        finally:
            self.open_moments -= Counter({moment: 1})

    @property
    def settled(self) -> dt.datetime:
        """The moment before which every transaction has ended."""
        return min(self.open_moments, default=dt.datetime.now(dt.UTC))

    def note(self, letter_id: int, recipient: str) -> None:
        """Remember a version of the record of a letter."""
        self.versions.append(recipient)
        self.finals[letter_id] = recipient


@dataclass(slots=True)
class Follower:
    """A program that asks for what is new, and goes on at the ``next`` of the answer."""

    store: Store
    after: int = 0
    rows: list[tuple[int, str]] = field(default_factory=list)

    async def look(self, settled: dt.datetime) -> None:
        """Take all pages that are there."""
        while True:
            page = await self.store.bounce_changes(ACME, BounceFilter(), ChangePage(LIMIT, self.after, settled))
            assert page.next is not None
            self.rows += [(row.letter_id, row.recipient) for row in page.rows]
            if page.next == self.after:
                return
            self.after = page.next


async def write(store: Store, work: Work, name: str, chance: random.Random) -> None:
    """Record letters, several in a commit, and read some of them again."""
    for batch in range(BATCHES):
        numbers = await store.keep([letter() for _ in range(chance.randint(1, 4))])
        cases = {number: f"{name}.{batch}.{place}@x.example" for place, number in enumerate(numbers)}
        with work.transaction() as moment:
            await store.record([record(number, bounce(address)) for number, address in cases.items()], now=moment)
        for number, address in cases.items():
            work.note(number, address)
        if batch % 2:
            again, address = chance.choice(numbers), f"{name}.{batch}.again@x.example"
            with work.transaction() as moment:
                await store.rerecord(OPERATOR, record(again, bounce(address)), now=moment)
            work.note(again, address)


async def test_a_follower_of_several_writers_misses_nothing_and_gets_nothing_twice(opening: Opening):
    work, follower = Work(), Follower(await opening())
    chance = random.Random(14)  # noqa: S311 -- the same course each time
    stores = [await opening() for _ in range(WRITERS)]

    async with asyncio.TaskGroup() as group:
        writing = [
            group.create_task(write(store, work, f"w{place}-{task}", chance))
            for place, store in enumerate(stores)
            for task in range(TASKS)
        ]
        looks = 0
        while not all(task.done() for task in writing):
            await follower.look(work.settled)
            looks += 1
            await asyncio.sleep(0)
    seen_meanwhile = len(follower.rows)
    await follower.look(work.settled)

    counts = Counter(recipient for _, recipient in follower.rows)
    assert [recipient for recipient, count in counts.items() if count > 1] == []
    assert set(counts) <= set(work.versions)
    assert dict(follower.rows) == work.finals, "the last version of each record comes, and comes last"
    assert looks > 1
    assert seen_meanwhile
