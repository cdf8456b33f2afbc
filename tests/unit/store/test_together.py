"""Many callers of the store share one commit; a fault of one costs the others nothing."""

import asyncio
from collections.abc import Callable, Sequence

from bouncer.errors import StoreError
from bouncer.store.engine.group_commit import GroupCommit


class Commits:
    """Doubles what is wanted; the first commit ends only when it is let go."""

    def __init__(self, share: Callable[[int], float] = lambda _: 0.01) -> None:
        self.sizes: list[int] = []
        self.arrived, self.let_go = asyncio.Event(), asyncio.Event()
        self.away = False
        self.together = GroupCommit(self._commit, share)

    async def _commit(self, numbers: list[int]) -> Sequence[int]:
        if self.away:
            raise StoreError("the store is away")
        if -1 in numbers:
            raise ValueError("cannot be written")
        self.sizes.append(len(numbers))
        self.arrived.set()
        await self.let_go.wait()
        return [2 * number for number in numbers]


async def test_callers_who_wait_share_the_next_commit_and_each_gets_its_own_answer():
    commits = Commits()
    first = asyncio.create_task(commits.together.submit(0))
    await commits.arrived.wait()
    late = [asyncio.create_task(commits.together.submit(n)) for n in range(1, 51)]
    await asyncio.sleep(0)
    commits.let_go.set()

    assert await asyncio.gather(first, *late) == [2 * n for n in range(51)]
    assert commits.sizes == [1, 50]


async def test_a_commit_holds_no_more_than_its_share_unless_one_alone_is_larger():
    commits = Commits(share=lambda number: number / 10)
    commits.let_go.set()

    assert await asyncio.gather(*map(commits.together.submit, (4, 4, 4, 40, 1))) == [8, 8, 8, 80, 2]
    assert commits.sizes == [2, 1, 1, 1]


async def test_an_item_that_cannot_be_written_costs_only_its_own_caller():
    commits = Commits()
    commits.let_go.set()

    results = await asyncio.gather(*map(commits.together.submit, (1, -1, 2)), return_exceptions=True)

    assert [result if isinstance(result, int) else type(result) for result in results] == [2, ValueError, 4]


async def test_a_store_that_is_away_is_told_to_all_who_wait():
    commits = Commits()
    commits.away = True

    results = await asyncio.gather(*map(commits.together.submit, (1, 2)), return_exceptions=True)

    assert [type(result) for result in results] == [StoreError, StoreError]


async def test_an_item_that_is_cancelled_before_its_commit_begins_is_left_out():
    commits = Commits()
    first = asyncio.create_task(commits.together.submit(0))
    await commits.arrived.wait()
    cancelled, stays = (asyncio.create_task(commits.together.submit(n)) for n in (1, 2))
    await asyncio.sleep(0)
    cancelled.cancel()
    commits.let_go.set()

    assert await asyncio.gather(first, stays) == [0, 4]
    assert commits.sizes == [1, 1]


async def test_finishing_waits_for_the_last_answer():
    commits = Commits()
    waiting = asyncio.create_task(commits.together.submit(1))
    await commits.arrived.wait()
    commits.let_go.set()
    await commits.together.finish()

    assert waiting.done() or await waiting == 2
