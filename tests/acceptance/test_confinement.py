"""The reading process is confined: it opens nothing, reaches nobody, starts nothing; and reads every letter all the same."""

import ctypes
import ctypes.util
import datetime as dt
import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from enum import Enum
from pathlib import Path

import pytest
from programs.ours import Ours

from bouncer.doctor.finding import Level
from bouncer.doctor.reading import reading
from bouncer.mail.address import comparable
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope, Kind
from bouncer.policy.read_letter import ReadLetter
from bouncer.settings.sections import ReadingSettings
from bouncer.verdict.judge import judge
from bouncer.workers import confinement, reader_process
from bouncer.workers.answers import parse_read_letter, serialize_read_letter
from bouncer.workers.reader_process import ReaderProcess

TESTS = Path(__file__).parents[1]
FIXTURES = TESTS.parent / "fixtures"
CASES = FIXTURES / "cases"
SHARE = 10
"""Cases are thousands of answers in a few frames: one of so many is read, and each of the other letters."""
LETTERS = [
    file
    for file in sorted(FIXTURES.rglob("*.eml"))
    if CASES not in file.parents or zlib.crc32(file.name.encode()) % SHARE == 0
]
PATH = "acme@rp.example.com"
FILTERED = sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64")
LIBSECCOMP = ctypes.util.find_library("seccomp") is not None

pytestmark = pytest.mark.skipif(not FILTERED, reason="no filter of system calls for this machine")


def received(raw: bytes) -> Received:
    to = ReturnPath(PATH, PathKind.ALIAS, "acme")
    at = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    return Received(to, "", "192.0.2.1", "mx.example.net", None, smtputf8=False, received_at=at, raw=raw)


@pytest.fixture
async def room() -> AsyncIterator[ReaderProcess]:
    read_letter = ReaderProcess(ReadingSettings(seconds=60))
    yield read_letter
    await read_letter.close()


def limits_of(room: ReaderProcess) -> dict[str, list[str]]:
    """The soft and the hard limit of each resource."""
    assert room._child is not None  # noqa: SLF001 -- as below
    lines = Path(f"/proc/{room._child.pid}/limits").read_text().splitlines()  # noqa: SLF001 -- as below
    return {line[:26].strip(): line[26:].split()[:2] for line in lines}


def status_of(room: ReaderProcess) -> dict[str, str]:
    assert room._child is not None  # noqa: SLF001 -- whose process it is, is nobody's business but this test's
    lines = Path(f"/proc/{room._child.pid}/status").read_text().splitlines()  # noqa: SLF001 -- as above
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


async def test_the_process_that_reads_letters_can_do_nothing_else(room: ReaderProcess, monkeypatch: pytest.MonkeyPatch):
    """Everything that a letter in command of the process would do first, tried within it, ends with EPERM."""
    monkeypatch.setattr(reader_process, "WORKER_MODULE", "programs.trying_desk")
    monkeypatch.setenv("PYTHONPATH", str(TESTS))

    (read_letter,) = await room.read([received(LETTERS[0].read_bytes())])

    assert read_letter is not None
    assert read_letter.judgement.reading.why == "nothing"
    assert read_letter.judgement.reading.kind is not Kind.UNREADABLE


async def test_the_process_has_a_filter_and_gets_no_new_privileges(room: ReaderProcess):
    await room.start()

    status = status_of(room)

    assert (status["Seccomp"], status["NoNewPrivs"], status["Threads"]) == ("2", "1", "1")


async def test_without_a_filter_the_limits_let_the_process_open_and_start_nothing(room: ReaderProcess):
    """The limits are the only barrier on a system without seccomp, and neither can be raised again without privileges."""
    await room.start()

    limits = limits_of(room)

    assert [limits[name] for name in ("Max open files", "Max processes", "Max core file size")] == [["0", "0"]] * 3


def count_in_memory(pid: int, octets: bytes) -> int:
    """How often *octets* stand in the memory of a process (proc(5))."""
    count = 0
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            begin, end = (int(place, 16) for place in line.split()[0].split("-"))
            if " r" in line and "[v" not in line:  # the kernel's own pages are not to be read
                memory.seek(begin)
                count += memory.read(end - begin).count(octets)
    return count


async def test_a_program_that_reads_letters_keeps_nothing_of_the_environment(
    room: ReaderProcess, monkeypatch: pytest.MonkeyPatch
):
    """Settings may stand in the environment, a password among them; a single octet is no secret, and Python has each once."""
    monkeypatch.setenv("BOUNCER_STORE__URL", "postgresql://bouncer:hunter2-and-more@db.example/bouncer")
    monkeypatch.setenv("BOUNCER_ONE", "=")
    await room.start()
    assert room._child is not None  # noqa: SLF001 -- as above

    left = count_in_memory(room._child.pid, b"hunter2-and-more")  # noqa: SLF001 -- as above
    (read_letter,) = await room.read([received(LETTERS[0].read_bytes())])

    assert left == 0
    assert read_letter is not None
    assert read_letter.judgement == judge(read(LETTERS[0].read_bytes(), Envelope(PATH, "")))


def test_the_daemons_reading_process_keeps_nothing_of_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PASSWORD_OF_THE_HOST", "hunter2-and-more")
    with Ours(tmp_path, anew=True) as ours:
        reader = ours.until(lambda: ours.reader_pid)
        left, of_the_daemon = (count_in_memory(pid, b"hunter2-and-more") for pid in (reader, ours.pid))

    assert of_the_daemon > 0
    assert left == 0


async def test_letters_are_read_as_they_are_without_confinement(room: ReaderProcess):
    """Nothing differs for any charset, domains and form of letter: nothing that reading needs is loaded too late."""
    raws = [file.read_bytes() for file in LETTERS]
    beyond = "Final-Recipient: rfc822; lee@b\u00fccher.fa\u00df.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    raws.append(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n" + beyond.encode() + b"--B--\r\n"
    )

    read_letter = await room.read([received(raw) for raw in raws])

    assert len(read_letter) > 1_000
    assert [opened_letter and opened_letter.judgement for opened_letter in read_letter] == [
        judge(read(raw, Envelope(PATH, ""))) for raw in raws
    ]
    assert read_letter[-1] is not None
    assert "lee@xn--bcher-kva.xn--fa-hia.example" in read_letter[-1].forms.values()


@pytest.mark.parametrize("charset", ["koi8-t", "iso-2022-jp", "hz-gb-2312", "cp1258", "x-nobody-knows-it", "idna"])
async def test_charsets_that_no_fixture_has_are_read_too(room: ReaderProcess, charset: str):
    subject = f"Subject: =?{charset}?Q?=41=FF=1B$B=46=7C=1B(B?=\r\n"
    raw = LETTERS[0].read_bytes().replace(b"Subject:", subject.encode() + b"X-Old:", 1)

    (read_letter,) = await room.read([received(raw)])

    assert read_letter is not None
    assert read_letter.judgement == judge(read(raw, Envelope(PATH, "")))
    assert read_letter.judgement.reading.mishaps == ()


@pytest.mark.skipif(not LIBSECCOMP, reason="libseccomp.so.2 is not there")
def test_the_numbers_of_the_calls_are_those_of_the_kernel():
    library = ctypes.CDLL("libseccomp.so.2")
    for machine, (column, arch) in confinement._MACHINES.items():  # noqa: SLF001 -- the table itself
        for name, numbers in confinement._NEEDED.items():  # noqa: SLF001 -- as above
            number = library.seccomp_syscall_resolve_name_arch(ctypes.c_uint32(arch), name.encode())
            assert numbers[column] == number, f"{name} on {machine}"


ASKING = """
import asyncio, logging
from bouncer.doctor.reading import reading
from bouncer.workers.reader_process import ReaderProcess
from bouncer.settings.sections import ReadingSettings
async def main():
    for _ in range(2):
        room = ReaderProcess(ReadingSettings())
        await room.start()
        print(room._child.unconfined)
        await room.close()
logging.basicConfig()
asyncio.run(main())
print(*reading(ReadingSettings()))
"""


@pytest.mark.skipif(not LIBSECCOMP, reason="libseccomp.so.2 is not there")
def test_a_kernel_without_filters_is_told_of_once_and_letters_are_read():
    refusing = [sys.executable, str(TESTS / "programs/refusing_filters.py"), sys.executable]

    result = subprocess.run([*refusing, "-c", ASKING], capture_output=True, text=True, check=True, timeout=120)

    assert result.stdout.count("takes no filter") == 3
    assert "a kernel with seccomp closes them for good" in result.stdout
    assert result.stderr.count("confined by its limits alone") == 1


def test_check_says_how_the_process_is_confined(monkeypatch: pytest.MonkeyPatch):
    (good,) = reading(ReadingSettings())
    monkeypatch.setattr("sys.executable", "/bin/false")
    (bad,) = reading(ReadingSettings())

    assert (good.level, good.says) == (Level.OK, "it starts, and can open no file, reach no network, start no program")
    assert (bad.level, bad.about) == (Level.FAIL, "reading process")


class Nasty:
    """Runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch /nowhere/never",)


@pytest.mark.parametrize(
    "answer", [pickle.dumps(Nasty()), pickle.dumps(dt.timedelta(1)), pickle.dumps("text"), b"", b"\x80\x05garbage"]
)
def test_an_answer_of_anything_but_a_reader_is_refused(answer: bytes):
    """An attacker who steers the process must not steer its parent by its answers."""
    with pytest.raises(EOFError):
        parse_read_letter(answer)


def test_an_answer_of_a_reader_comes_through():
    read_letter = ReadLetter(
        judge(read(LETTERS[0].read_bytes())), {"a@b.example": comparable("a@b.example")}, ("1@mx",)
    )

    assert parse_read_letter(serialize_read_letter(read_letter)) == read_letter


def test_an_answer_names_no_function_however_python_pickles_enumerations(monkeypatch: pytest.MonkeyPatch):
    """Debian 12's Python 3.11.2 writes a member as ``getattr(Kind, "BOUNCE")``, which the parent must not call."""
    by_name = lambda member, _protocol: (getattr, (type(member), member.name))  # noqa: E731 -- takes a method's place
    monkeypatch.setattr(Enum, "__reduce_ex__", by_name)
    read_letter = ReadLetter(judge(read(LETTERS[0].read_bytes())), {})

    assert parse_read_letter(serialize_read_letter(read_letter)) == read_letter
