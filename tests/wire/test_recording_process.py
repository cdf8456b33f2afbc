"""The recording process: whatever becomes of it, letters that were kept are recorded, each once."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from contract.factories import NOON, letter
from patience import until, until_awaited
from programs.empty_store import make_empty_store

from bouncer.clock import now
from bouncer.daemon import recording_process
from bouncer.daemon.recording import open_recording
from bouncer.daemon.recording_process import WAKE_SECONDS, RecordingProcess
from bouncer.daemon.work_watch import WorkWatch
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, LetterFilter, LetterState, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, Settings, SmtpSettings, StoreSettings
from bouncer.store.sql import open_store
from bouncer.workers.child import Child

SECONDS = 60
"""Far more than anything here takes: a test that waits so long has failed."""
LOOK_SECONDS = 0.05
IDLE_SECONDS = 5.0
"""Seconds after which the stage Read looks for letters without being woken."""
REPORT = b"""\
From: MAILER-DAEMON@mx.example.net
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; jane@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
"""

pytestmark = pytest.mark.usefixtures("forks")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        smtp=replace(SmtpSettings(), hostname="mx.rp.example", domains=("rp.example",)),
        store=StoreSettings(make_empty_store(tmp_path / "bouncer.db")),
        forward=ForwardSettings(courier=f"maildir:{tmp_path}/forwarded", from_="bouncer@rp.example"),
    )


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    store = await open_store(settings.store)
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    yield store
    await store.close()


@pytest.fixture
async def process(settings: Settings, store: Store) -> AsyncIterator[RecordingProcess]:
    process = RecordingProcess(settings)
    async with asyncio.timeout(SECONDS):
        await process.start()
        task = asyncio.create_task(process.run())
        yield process
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await process.close()


@pytest.fixture
async def resting(settings: Settings, store: Store) -> AsyncIterator[RecordingProcess]:
    """A process that had no work, and has ended."""
    watch = WorkWatch(store.has_work, now=now, elapsed=time.monotonic, look_seconds=LOOK_SECONDS)
    process = RecordingProcess(settings, watch)
    async with asyncio.timeout(SECONDS):
        await process.start()
        task = asyncio.create_task(process.run())
        await rests(process)
        yield process
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await process.close()


async def rests(process: RecordingProcess) -> None:
    await until(lambda: process.pid is None)


async def waiting(store: Store) -> int:
    """The number of letters that are kept and not read yet."""
    return len(await store.letters(OPERATOR, LetterFilter(state=LetterState.KEPT), Page(limit=500)))


async def all_read(store: Store) -> None:
    async def is_all_read() -> bool:
        return await waiting(store) == 0

    await until_awaited(is_all_read)


async def new_process(process: RecordingProcess, old: int | None) -> int:
    """The process id of the one that runs after *old*."""
    pid = await until(lambda: process.pid if process.pid != old else None)
    assert pid is not None
    return pid


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_letters_are_recorded_as_soon_as_the_process_is_woken(process: RecordingProcess, store: Store) -> None:
    await store.keep([letter(REPORT) for _ in range(70)])
    begun = asyncio.get_running_loop().time()
    process.wake()
    await all_read(store)

    assert len(await store.bounces(OPERATOR, BounceFilter(), Page(limit=500))) == 70
    assert asyncio.get_running_loop().time() - begun < IDLE_SECONDS


async def test_letters_that_a_killed_process_was_at_are_recorded_once_by_the_next_one(
    process: RecordingProcess, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    first = process.pid
    assert first is not None
    await store.keep([letter(REPORT) for _ in range(400)])
    process.wake()

    async def is_begun() -> bool:
        return await waiting(store) < 400

    await until_awaited(is_begun)  # the process records some, and has leased others
    os.kill(first, signal.SIGKILL)
    await new_process(process, first)
    await all_read(store)

    assert len(await store.bounces(OPERATOR, BounceFilter(), Page(limit=1000))) == 400
    assert "the recording process has ended; letters are kept" in caplog.text


async def test_a_large_letter_that_is_being_kept_outlives_a_new_process(settings: Settings, store: Store) -> None:
    large = letter(REPORT + b"x" * (40 << 20))
    keeping = asyncio.create_task(store.keep([large]))
    await store.keep([letter(REPORT)])  # behind the first piece
    async with contextlib.AsyncExitStack() as stack:
        await open_recording(settings, store, stack)

    assert len(await keeping) == 1


async def test_a_process_that_hangs_is_replaced(
    process: RecordingProcess, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording_process, "HUNG_SECONDS", 6.0)
    first = process.pid
    assert first is not None
    process.wake()
    await asyncio.sleep(IDLE_SECONDS + 1)  # a sign of life comes, and the shorter patience begins
    assert process.pid == first
    os.kill(first, signal.SIGSTOP)
    await store.keep([letter(REPORT)])
    await new_process(process, first)
    await all_read(store)

    assert "the recording process hangs" in caplog.text


async def test_letters_that_come_together_wake_the_process_once(process: RecordingProcess) -> None:
    """And the last of them does: the second wake-up, which waits until the first has rested, is for all that came meanwhile."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    sent = list[object]()
    child = process._child  # noqa: SLF001 -- no other way to what is sent
    assert child is not None
    child.write = sent.append  # type: ignore[method-assign]
    for _ in range(100):
        process.wake()
    assert len(sent) == 1
    await asyncio.sleep(3 * WAKE_SECONDS)
    assert len(sent) == 2
    process.wake()
    assert len(sent) == 3
    os.kill(process.pid, signal.SIGCONT)


async def test_a_stopped_process_costs_no_memory_however_often_it_is_woken(process: RecordingProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    for _ in range(100_000):
        process.wake()
    assert process.unread_octets < 1000
    os.kill(process.pid, signal.SIGCONT)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_the_signals_that_are_for_the_daemon_leave_it_alone(
    process: RecordingProcess, store: Store, stop: signal.Signals
) -> None:
    first = process.pid
    assert first is not None
    os.kill(first, stop)
    await store.keep([letter(REPORT)])
    process.wake()
    await all_read(store)

    assert process.pid == first


async def test_a_process_that_cannot_start_is_tried_again_and_the_log_says_why(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording_process, "WORKER_MODULE", "bouncer.no_module")
    process = RecordingProcess(settings)
    await process.start()
    assert process.pid is None
    assert "letters are kept and not read: the recording process does not start" in caplog.text

    monkeypatch.undo()
    task = asyncio.create_task(process.run())
    await store.keep([letter(REPORT)])
    async with asyncio.timeout(SECONDS):
        await all_read(store)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await process.close()


@pytest.mark.usefixtures("programs")
async def test_a_store_that_cannot_be_opened_is_said_by_the_process(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    process = RecordingProcess(replace(settings, store=StoreSettings(f"sqlite:///{tmp_path}/none.db")))
    await process.start()

    assert process.pid is None
    assert f"{tmp_path}/none.db" in capfd.readouterr().err
    assert "does not start; its own words are above" in caplog.text


@pytest.mark.usefixtures("programs")
async def test_after_the_close_no_process_is_left(settings: Settings, store: Store) -> None:
    process = RecordingProcess(settings)
    await process.start()
    pid = process.pid
    assert pid is not None
    children = children_of(pid)
    assert children, "the reading process"
    await process.close()

    assert not any(map(is_there, (pid, *children)))


async def test_a_process_without_work_ends_and_a_letter_starts_the_next_one(
    resting: RecordingProcess, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.keep([letter(REPORT)])
    resting.wake()
    await all_read(store)
    assert resting.pid is not None
    await rests(resting)

    assert len(await store.bounces(OPERATOR, BounceFilter(), Page(limit=500))) == 1
    assert "the recording process" not in caplog.text


async def test_work_that_nobody_tells_of_starts_the_next_process(
    resting: RecordingProcess, store: Store, settings: Settings
) -> None:
    await store.add_test_notice(OPERATOR, "ann@acme.example", now=now())
    folder = Path(str(settings.forward.courier).removeprefix("maildir:")) / "new"
    assert await until(lambda: folder.exists() and list(folder.iterdir()))


async def test_a_letter_that_comes_while_the_process_ends_is_recorded(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter_came = asyncio.Event()
    let_end = recording_process._let_end  # noqa: SLF001 -- a letter comes between the child's answer and its end

    async def keep_and_let_end(child: Child) -> None:
        if not letter_came.is_set():
            await store.keep([letter(REPORT)])
            process.wake()
            letter_came.set()
        await let_end(child)

    monkeypatch.setattr(recording_process, "_let_end", keep_and_let_end)
    process = RecordingProcess(
        settings, WorkWatch(store.has_work, now=now, elapsed=time.monotonic, look_seconds=SECONDS)
    )
    task = asyncio.create_task(process.run())
    async with asyncio.timeout(SECONDS):
        await letter_came.wait()
        await all_read(store)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await process.close()

    assert len(await store.bounces(OPERATOR, BounceFilter(), Page(limit=500))) == 1
