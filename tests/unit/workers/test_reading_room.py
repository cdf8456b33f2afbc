"""The reading room: a letter that takes the reading process down harms no other; a process that cannot start blames no letter."""

import asyncio
import datetime as dt
import errno
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bouncer.errors import ReaderError
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.ndr.reading import Kind
from bouncer.policy.read_letter import ReadLetter
from bouncer.settings.sections import ReadingSettings
from bouncer.workers import reader_process
from bouncer.workers.reader_process import ReaderProcess


def received(raw: bytes, *, peer: str = "192.0.2.1", path: str = "acme@rp.example.com") -> Received:
    """A letter as the SMTP server keeps it."""
    to = ReturnPath(path, PathKind.ALIAS, "acme")
    return Received(to, "", peer, "mx.example.net", None, smtputf8=False, received_at=dt.datetime.now(dt.UTC), raw=raw)


RAW = (Path(__file__).parents[3] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
LETTER = received(RAW)
HUGE = received(b"Subject: large\r\n\r\n" + b"x" * (60 << 20))
SMALL_MEMORY = 150 << 20


@pytest.fixture
async def room() -> AsyncIterator[ReaderProcess]:
    read_letter = ReaderProcess(ReadingSettings(seconds=20, memory=SMALL_MEMORY))
    yield read_letter
    await read_letter.close()


async def test_letters_are_read_in_order(room: ReaderProcess):
    bounce, other = await room.read([LETTER, received(b"")])

    assert bounce.judgement.reading.kind is Kind.BOUNCE
    assert other.judgement.reading.kind is Kind.UNREADABLE


async def test_a_letter_that_needs_too_much_memory_is_given_up_and_the_others_are_read(room: ReaderProcess):
    first, huge, last = await room.read([LETTER, HUGE, LETTER])

    assert first.judgement.reading.kind is last.judgement.reading.kind is Kind.BOUNCE
    assert huge.judgement.reading.kind is Kind.UNREADABLE
    assert "memory" in (huge.judgement.reading.why or "")


async def test_a_process_that_cannot_be_started_is_an_error_of_the_reader(
    room: ReaderProcess, monkeypatch: pytest.MonkeyPatch
):
    """No descriptor is free, for a moment."""

    async def full(*_words: object, **_how: object) -> asyncio.subprocess.Process:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "create_subprocess_exec", full)
        with pytest.raises(ReaderError, match="Too many open files"):
            await room.read([LETTER])

    assert (await room.read([LETTER]))[0].judgement.reading.kind is Kind.BOUNCE


async def test_a_letter_that_takes_too_long_is_given_up():
    room = ReaderProcess(ReadingSettings(seconds=1e-9))
    try:
        (slow,) = await room.read([LETTER])
    finally:
        await room.close()

    assert slow.judgement.reading.kind is Kind.UNREADABLE
    assert "longer" in (slow.judgement.reading.why or "")


async def test_a_killed_process_costs_no_letter(room: ReaderProcess):
    """The kernel's OOM killer takes the process between two letters: the next is read by another."""
    await room.start()
    child = room._child  # noqa: SLF001 -- whom to kill is nobody's business but this test's
    assert child
    os.kill(child.pid, signal.SIGKILL)

    (read,) = await room.read([LETTER])

    assert read.judgement.reading.kind is Kind.BOUNCE


async def test_a_process_that_cannot_start_is_no_letters_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    room = ReaderProcess(ReadingSettings())

    with pytest.raises(ReaderError):
        await room.read([LETTER])


async def test_the_event_loop_turns_while_a_large_letter_is_read(room: ReaderProcess):
    """Others are answered meanwhile: the loop is never held by a reader."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    await room.read([received(b"From: a@b.example\r\n\r\n" + b"550 5.1.1 <jane@example.org>\r\n" * 300_000)])
    turning.cancel()

    assert turns > 100


async def test_ctrl_c_at_our_terminal_does_not_reach_the_reading_process(room: ReaderProcess):
    """A terminal tells every process of its session's foreground group: the child is in a session of its own."""
    await room.start()
    child = room._child  # noqa: SLF001 -- as above
    assert child

    assert os.getsid(child.pid) == child.pid


SLOW = b"slow"


class PlayedRoom(ReaderProcess):
    """A room whose process is played: it comes through all letters but the slow ones."""

    def __init__(self, *, takes: int = 1_000) -> None:
        super().__init__(ReadingSettings())
        self.takes = takes  # so many letters at once, and no more
        self.rounds: list[int] = []

    async def _ask(self, letters: Sequence[Received]) -> reader_process._Answer:
        self.rounds.append(len(letters))
        if len(letters) > self.takes:
            return reader_process._Answer([], why="too much")  # noqa: SLF001 -- what this plays
        fine = next((place for place, letter in enumerate(letters) if letter.raw == SLOW), len(letters))
        letters_read = [reader_process._make_unread("read")] * fine  # noqa: SLF001 -- as above
        why = "too slow" if fine < len(letters) else None
        return reader_process._Answer(letters_read, why=why, is_received=True, late=True)  # noqa: SLF001


def whys(read_letter: Sequence[ReadLetter | None]) -> list[str | None]:
    return [letter.judgement.reading.why if letter else None for letter in read_letter]


async def test_a_slow_letter_costs_its_own_time_once_and_no_other_is_read_again():
    child = PlayedRoom()
    others = [received(b"", peer=f"192.0.2.{n}", path=f"a{n}@rp.example.com") for n in range(2, 5)]

    assert whys(await child.read([others[0], received(SLOW), *others[1:]])) == ["read", "too slow", "read", "read"]
    assert child.rounds == [4, 2]


async def test_the_other_letters_of_its_peer_and_of_its_path_are_read_last_and_wait_where_a_second_is_lost():
    child = PlayedRoom()
    of_peer, of_path = received(SLOW, path="b@rp.example.com"), received(b"", peer="192.0.2.9")
    other = received(b"", peer="192.0.2.9", path="b@rp.example.org")

    assert whys(await child.read([received(SLOW), of_peer, of_path, other])) == ["too slow", "too slow", None, "read"]
    assert whys(await child.read([of_path, other])) == ["read", "read"]


async def test_lost_letters_of_many_peers_end_a_batch_before_its_lease_does():
    child = PlayedRoom()
    slow = [received(SLOW, peer=f"192.0.2.{n}", path=f"a{n}@rp.example.com") for n in range(20)]

    assert whys(await child.read(slow)) == ["too slow"] * reader_process.MOST_LOST + [None] * 15


async def test_letters_that_are_too_much_together_are_halved_and_none_is_blamed():
    child = PlayedRoom(takes=3)

    assert whys(await child.read([LETTER] * 10)) == ["read"] * 10
    assert child.rounds[:3] == [10, 5, 2]


async def test_the_memory_of_troublesome_peers_and_paths_is_bounded():
    child = PlayedRoom()
    for n in range(reader_process.MANY_TROUBLESOME):
        await child.read([received(SLOW, peer=f"2001:db8::{n:x}", path=f"a{n}@rp.example.com")])

    assert len(child._troublesome) == reader_process.MANY_TROUBLESOME  # noqa: SLF001 -- nobody else sees it
