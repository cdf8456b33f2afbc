"""The stage that reads, on a real store: what a reader's bad moment costs the letters that were leased for it."""

import datetime as dt
from collections.abc import Sequence

import pytest
from contract.made import DAY, NOON, letter

from bouncer.errors import ReaderError, StoreError, TryLater
from bouncer.mail.letter import Received
from bouncer.mail.returnpath import Key
from bouncer.ndr import read
from bouncer.ndr.named import named
from bouncer.policy.opened import Opened
from bouncer.ports import Store
from bouncer.stages.admit import Admit
from bouncer.stages.read import Read
from bouncer.verdict.judge import judge

KEY = Key(b"a secret of at least sixteen octets")


class Room:
    """Reads where we stand, after it has failed once."""

    def __init__(self, fault: Exception) -> None:
        self.faults = [fault]

    async def open(self, letters: Sequence[Received]) -> Sequence[Opened]:
        if self.faults:
            raise self.faults.pop()
        readings = [read(one.raw) for one in letters]
        return [Opened(judge(one), named(one)) for one in readings]

    async def close(self) -> None:
        pass


def stage(store: Store, room: Room) -> Read:
    admit = Admit(store, domains=("rp.example.com",), keys=(KEY,), today=lambda: 20_000, elapsed=lambda: 0.0)
    return Read(store, room, admit, keys=(KEY,), operator=None, now=lambda: NOON, wake=lambda: None)


@pytest.mark.parametrize("fault", [ReaderError("killed at its start"), TryLater.store()])
async def test_a_reader_that_fails_once_holds_no_letter_up(store: Store, fault: Exception):
    """The time stands still: no lease runs out."""
    await store.keep([letter(), letter()])
    reading = stage(store, Room(fault))

    with pytest.raises(type(fault)):
        await reading.once()

    assert await reading.once() == 2
    assert await reading.once() == 0


async def test_the_fault_of_one_batch_does_not_hold_the_others_up(store: Store):
    """What nobody foresaw may be in these letters: they wait for their lease, and younger ones go first."""
    await store.keep([letter()])
    reading = stage(store, Room(ZeroDivisionError()))

    with pytest.raises(ZeroDivisionError):
        await reading.once()

    await store.keep([letter()])
    assert [await reading.once(), await reading.once()] == [1, 0]


async def test_where_the_store_is_away_too_the_leases_run_out(store: Store, monkeypatch: pytest.MonkeyPatch):
    async def away(*_ids: object, until: dt.datetime) -> None:
        raise StoreError(f"locked until {until + DAY}")

    await store.keep([letter()])
    monkeypatch.setattr(store, "give_back_letters", away)

    with pytest.raises(ReaderError):
        await stage(store, Room(ReaderError("killed at its start"))).once()
