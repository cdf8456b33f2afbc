"""The watch for work: it ends when there is work, when it is woken, when the clock leaps, and when its time is over."""

import asyncio
import datetime as dt

from bouncer.daemon.work_watch import WorkWatch
from bouncer.errors import StoreError

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
LONG = 3600.0
"""Seconds of a wait that something else ends: far more than a test takes."""


class Clocks:
    """A system's clock that may leap, and one that never does; both stand still otherwise."""

    def __init__(self) -> None:
        self.now = NOON

    def watch(self, *answers: object) -> WorkWatch:
        """A watch over a store that gives *answers*, the last one for ever: an error, or a text where there is work."""
        self.questions = list[tuple[dt.datetime, dt.datetime]]()
        left = list(answers)

        async def has_work(*, now: dt.datetime, since: dt.datetime) -> bool:
            self.questions.append((now, since))
            answer = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(answer, StoreError):
                raise answer
            return bool(answer)

        return WorkWatch(has_work, now=lambda: self.now, elapsed=lambda: 0.0, look_seconds=0.001)


async def test_work_in_the_store_ends_the_wait() -> None:
    clocks = Clocks()
    await clocks.watch("", "", "work").wait(asyncio.Event(), LONG)
    assert len(clocks.questions) == 3


async def test_a_store_that_does_not_answer_is_asked_again() -> None:
    clocks = Clocks()
    await clocks.watch(StoreError("locked"), "work").wait(asyncio.Event(), LONG)
    assert len(clocks.questions) == 2


async def test_a_call_ends_the_wait_at_once() -> None:
    clocks, woken = Clocks(), asyncio.Event()
    woken.set()
    await clocks.watch("").wait(woken, LONG)
    assert clocks.questions == []


async def test_the_wait_ends_with_its_time() -> None:
    await Clocks().watch("").wait(asyncio.Event(), 0.01)


async def test_a_leap_of_the_clock_ends_the_wait_in_either_direction() -> None:
    for step in (dt.timedelta(minutes=2), -dt.timedelta(minutes=2)):
        clocks = Clocks()
        watch = clocks.watch("")
        clocks.now += step
        await watch.wait(asyncio.Event(), LONG)
        assert clocks.questions == []


async def test_suppressions_are_looked_for_from_the_last_start_on() -> None:
    clocks = Clocks()
    watch = clocks.watch("work")
    clocks.now += dt.timedelta(seconds=30)
    watch.note_start()
    await watch.wait(asyncio.Event(), LONG)
    assert clocks.questions == [(NOON + dt.timedelta(seconds=30),) * 2]
