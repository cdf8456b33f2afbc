"""The least memory that settings allow is enough to read the largest letter that they let in."""

import datetime as dt
from pathlib import Path

import pytest

from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.ndr.reading import Kind
from bouncer.settings.load import load
from bouncer.settings.sections import Settings
from bouncer.smtpd.memory import BUDGET, MemoryBudget, Reservation
from bouncer.workers.reader_process import ReaderProcess

REPORT = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
MIB = 1 << 20


def tight(mib: int) -> Settings:
    """Settings that let in *mib* MiB with as little memory as they allow."""
    memory = (48 + 4 * mib) * MIB
    return load(f"[smtp]\nmax_message = {mib * MIB}\n[reading]\nmemory = {memory}\n", {})


def report(octets: int) -> bytes:
    """A report that returns so large a message."""
    line = b"x" * 70 + b"\r\n"
    end = REPORT.rindex(b"\n--")
    filled = (octets - len(REPORT)) // len(line) * line
    return REPORT[:end] + b"\n" + filled + REPORT[end:]


def plain(octets: int) -> bytes:
    return b"From: ann@example.org\r\nSubject: hello\r\n\r\n" + b"words and more words\r\n" * (octets // 22 - 2)


@pytest.mark.parametrize("mib", [20, 40])
async def test_the_largest_letter_is_read_with_the_least_memory(mib: int):
    settings = tight(mib)
    room = ReaderProcess(settings.reading)
    path = ReturnPath("acme@rp.example.com", PathKind.ALIAS, "acme")
    moment = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    letters = [
        Received(
            path,
            "",
            "192.0.2.1",
            "mx.example.net",
            None,
            smtputf8=False,
            received_at=moment,
            raw=make(settings.smtp.max_message),
        )
        for make in (report, plain)
    ]
    try:
        read = [read_letter for letter in letters for read_letter in await room.read([letter])]
    finally:
        await room.close()

    assert [read_letter.judgement.reading.kind for read_letter in read if read_letter] == [Kind.BOUNCE, Kind.OTHER]


def test_the_largest_letter_that_may_be_let_in_has_room_while_it_comes():
    most = (BUDGET // MIB) * MIB
    assert Reservation(MemoryBudget()).grow(
        load(f"[smtp]\nmax_message = {most}\n[reading]\nmemory = {2 << 30}\n", {}).smtp.max_message
    )


def test_the_defaults_fit_each_other():
    settings = Settings()

    assert load("", {}) == settings
    assert tight(settings.smtp.max_message // MIB).reading.memory < settings.reading.memory
