"""The reading room: a letter that takes the reading process down harms no other; a process that cannot start blames no letter."""

import asyncio
import datetime as dt
import errno
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bouncer.daemon.reading_room import ReadingRoom
from bouncer.errors import ReaderError
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.ndr.reading import Kind
from bouncer.settings import ReadingSettings


def received(raw: bytes) -> Received:
    """A letter as the SMTP server keeps it."""
    path = ReturnPath("acme@rp.example.com", PathKind.ALIAS, "acme")
    return Received(
        path, "", "192.0.2.1", "mx.example.net", None, smtputf8=False, received_at=dt.datetime.now(dt.UTC), raw=raw
    )


RAW = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
LETTER = received(RAW)
HUGE = received(b"Subject: large\r\n\r\n" + b"x" * (60 << 20))
SMALL_MEMORY = 150 << 20


@pytest.fixture
async def room() -> AsyncIterator[ReadingRoom]:
    opened = ReadingRoom(ReadingSettings(seconds=20, memory=SMALL_MEMORY))
    yield opened
    await opened.close()


async def test_letters_are_read_in_order(room: ReadingRoom):
    bounce, other = await room.open([LETTER, received(b"")])

    assert bounce.judgement.reading.kind is Kind.BOUNCE
    assert other.judgement.reading.kind is Kind.UNREADABLE


async def test_a_letter_that_needs_too_much_memory_is_given_up_and_the_others_are_read(room: ReadingRoom):
    first, huge, last = await room.open([LETTER, HUGE, LETTER])

    assert first.judgement.reading.kind is last.judgement.reading.kind is Kind.BOUNCE
    assert huge.judgement.reading.kind is Kind.UNREADABLE
    assert "memory" in (huge.judgement.reading.why or "")


async def test_a_process_that_cannot_be_started_is_an_error_of_the_reader(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
):
    """No descriptor is free, for a moment."""

    async def full(*_words: object, **_how: object) -> asyncio.subprocess.Process:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "create_subprocess_exec", full)
        with pytest.raises(ReaderError, match="Too many open files"):
            await room.open([LETTER])

    assert (await room.open([LETTER]))[0].judgement.reading.kind is Kind.BOUNCE


async def test_a_letter_that_takes_too_long_is_given_up():
    room = ReadingRoom(ReadingSettings(seconds=1e-9))
    try:
        (slow,) = await room.open([LETTER])
    finally:
        await room.close()

    assert slow.judgement.reading.kind is Kind.UNREADABLE
    assert "longer" in (slow.judgement.reading.why or "")


async def test_a_killed_process_costs_no_letter(room: ReadingRoom):
    """The kernel's OOM killer takes the process between two letters: the next is read by another."""
    await room.start()
    process = room._process  # noqa: SLF001 -- whom to kill is nobody's business but this test's
    assert process
    os.kill(process.pid, signal.SIGKILL)

    (read,) = await room.open([LETTER])

    assert read.judgement.reading.kind is Kind.BOUNCE


async def test_a_process_that_cannot_start_is_no_letters_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    room = ReadingRoom(ReadingSettings())

    with pytest.raises(ReaderError):
        await room.open([LETTER])


async def test_the_event_loop_turns_while_a_large_letter_is_read(room: ReadingRoom):
    """Others are answered meanwhile: the loop is never held by a reader."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    await room.open([received(b"From: a@b.example\r\n\r\n" + b"550 5.1.1 <jane@example.org>\r\n" * 300_000)])
    turning.cancel()

    assert turns > 100


async def test_ctrl_c_at_our_terminal_does_not_reach_the_reading_process(room: ReadingRoom):
    """A terminal tells every process of its session's foreground group: the child is in a session of its own."""
    await room.start()
    process = room._process  # noqa: SLF001 -- as above
    assert process

    assert os.getsid(process.pid) == process.pid
