"""The cost of the suppression answer inside the daemon, and of a token's verification; with ten million suppressed addresses.

    bench_suppressions.py [--addresses N] [--asked N] [--lines N] [--file DB]

Rows are written into a store's own tables as fast as SQLite takes them, by a process of its own (*--file* keeps them for the
next time); then the look-up is timed for mails to ASKED_TOGETHER addresses, for each address, and for mails to one: hits and misses
at random places, from disk and from the system's cache, and the process's memory. Then an import of so many lines through the
command's own path, letters kept beside it; before all, tokens: made, verified, forged. Exit status 1 where a goal is missed.
"""

import argparse
import asyncio
import datetime as dt
import io
import os
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.mail.returnpath import Key, sign, verify
from bouncer.manage.importing import RefusedLine, import_suppressions
from bouncer.manage.tabular_input import rows
from bouncer.policy.suppression_formats import ImportOptions
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

GOAL_LOOK = 100.0
"""Microseconds for each address of a mail to ASKED_TOGETHER."""
ASKED_TOGETHER = 20
GOAL_VERIFY = 20.0
"""Microseconds of one token."""
GOAL_WAIT = 1.0
"""Seconds that a letter's 250 waits at most while an import goes in."""
BATCH = 200_000
NOW = dt.datetime.now(dt.UTC)
LETTER = Received(
    ReturnPath("acme@rp.example.com", PathKind.ALIAS, "acme"),
    reverse_path="",
    peer="192.0.2.7",
    helo="mx.example.net",
    tls=None,
    smtputf8=False,
    received_at=NOW,
    raw=b"Subject: Undelivered Mail Returned to Sender\r\n\r\n" + b"x" * 1700,
)
INSERT = (
    "INSERT INTO suppressions (account, address, address_key, address_domain, reason, source, since, stream, why)"
    " VALUES ('acme', ?, ?, ?, 'invalid-recipient', 'bounce', 0, '', '')"
)


def address(n: int) -> str:
    """The n-th suppressed address: as scattered as real ones."""
    return f"user{n * 2_654_435_761 % 4_294_967_296:x}@mail{n % 50_000}.example"


def megabytes() -> float:
    """Give the megabytes that the process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def fill(file: Path, count: int) -> float:
    """Write *count* rows in order of address, as an import does; gives the seconds."""
    begun = time.perf_counter()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")
        for start in range(0, count, BATCH):
            some = [address(n) for n in range(start, min(start + BATCH, count))]
            connection.execute("BEGIN")
            connection.executemany(
                INSERT,
                (
                    (suppressed_address, suppressed_address, suppressed_address.partition("@")[2])
                    for suppressed_address in some
                ),
            )
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return time.perf_counter() - begun


def timed(work: Callable[[str], object], arguments: list[str]) -> list[tuple[float, float]]:
    """Do *work* with each of *arguments*; gives the microseconds by the clock, and of our own thread: others run here, too."""
    spent = []
    for argument in arguments:
        begun, own = time.perf_counter_ns(), time.thread_time_ns()
        work(argument)
        spent.append(((time.perf_counter_ns() - begun) / 1000, (time.thread_time_ns() - own) / 1000))
    return spent


def print_times(title: str, spent: list[tuple[float, float]]) -> float:
    """Print median and tail of both; gives the median by the clock."""
    for by, kind in enumerate(("by the clock", "of our own")):
        ordered = sorted(times[by] for times in spent)
        median, tail = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
        print(f"{title:26} {kind:14} median {median:7.1f} µs   99 % {tail:7.1f} µs   most {ordered[-1]:9.1f} µs")
    return statistics.median(times[0] for times in spent)


async def answers(file: Path, addresses: int, questions: int) -> float:
    """Time the answers; gives the larger median of hits and misses."""
    store = await open_store(StoreSettings(f"sqlite:///{file}"))
    before = megabytes()
    hits = [address(random.randrange(addresses)) for _ in range(questions)]  # noqa: S311 -- places, not secrets
    misses = [address(addresses + n) for n in range(questions)]

    async def timed(looked_up: list[str], together: int = ASKED_TOGETHER) -> list[tuple[float, float]]:
        """Look *looked_up* up in mails to so many; gives the microseconds of each address, by the clock and of our own process."""
        spent = []
        for start in range(0, len(looked_up), together):
            begun, own = time.perf_counter_ns(), time.process_time_ns()
            await store.suppressions_of(OPERATOR, "acme", looked_up[start : start + together], now=NOW, stream="")
            parts = time.perf_counter_ns() - begun, time.process_time_ns() - own
            spent.append((parts[0] / 1000 / together, parts[1] / 1000 / together))
        return spent

    _forget(file)
    print_times("the first, from disk", await timed(hits[:1], 1))
    print_times("suppressed, from disk", await timed(hits[:1000]))
    print_times("not suppressed, from disk", await timed(misses[:1000]))
    _forget(file)
    begun = time.perf_counter()
    await store.warm()
    print(f"the index is read through in {time.perf_counter() - begun:.1f} s, as at the daemon's start")
    print_times("suppressed, at first", await timed(hits[1000:2000]))
    print_times("not suppressed, at first", await timed(misses[1000:2000]))
    _remember(file)
    spent = max(print_times("suppressed", await timed(hits)), print_times("not suppressed", await timed(misses)))
    print_times("suppressed, one alone", await timed(hits[:5000], 1))
    assert len(await store.suppressions_of(OPERATOR, "acme", hits[:100], now=NOW)) == len(set(hits[:100]))
    print(f"memory of the process: {before:.0f} MB before, {megabytes():.0f} MB after the looks")
    await store.close()
    return spent


def _forget(file: Path) -> None:
    """Let the system drop the file out of its cache."""
    with file.open("rb") as octets_file:
        os.fsync(octets_file.fileno())
        os.posix_fadvise(octets_file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _remember(file: Path) -> None:
    """Let the system have the whole file in its cache, as on a machine with memory for its database."""
    with file.open("rb") as octets_file:
        while octets_file.read(1 << 24):
            pass


def keep_beside(url: str, over: Path) -> tuple[int, float]:
    """Keep letter after letter, as a daemon does beside the command, until *over* is there; gives how many, the longest wait."""
    return asyncio.run(_keep_beside(url, over))


async def _keep_beside(url: str, over: Path) -> tuple[int, float]:
    store = await open_store(StoreSettings(url))
    waits = list[float]()
    while not over.exists():  # noqa: ASYNC240 -- one look of microseconds
        begun = time.perf_counter()
        await store.keep([LETTER])
        waits.append(time.perf_counter() - begun)
        await asyncio.sleep(0.01)
    await store.close()
    return len(waits), max(waits)


class _Lines(io.RawIOBase):
    """A CSV file that is made while it is read."""

    def __init__(self, lines: int) -> None:
        self._lines: Iterator[bytes] = (f"{address(n)},1443651125,550 5.1.1 no,5.1.1\n".encode() for n in range(lines))
        self._head = b"email,created,reason,status\n"

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head or b"".join(islice(self._lines, size // 64))


class _Stopwatch:
    """Takes the time at which an import is in force."""

    in_force = 0.0

    def note_refused(self, line: RefusedLine) -> None:
        """None is."""

    def note_merging(self, _rows: int) -> None:
        """Take the time."""
        self.in_force = time.perf_counter()

    def note_merged(self, rows: int) -> None:
        """Nobody looks."""


async def imported(folder: Path, lines: int) -> float:
    """Import *lines*, and say how long, in how much memory, and how long others waited; gives the longest wait in seconds."""
    url, over = f"sqlite:///{folder}/import.db", folder / "over"
    store = await open_store(StoreSettings(url))
    await store.add_account(OPERATOR, Account("acme", ()), now=NOW)
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        beside = other.submit(keep_beside, url, over)
        before, begun = megabytes(), time.perf_counter()
        entries = rows(_Lines(lines), encoding="utf-8", read=lambda _: None)  # type: ignore[arg-type]
        watch = _Stopwatch()
        options = ImportOptions("acme", NOW, "bench")
        summary = await import_suppressions(
            store, OPERATOR, entries, options, dry_run=False, watch=watch, most_refused=0
        )
        until_in_force, new = watch.in_force - begun, summary.suppressed
        spent = time.perf_counter() - begun
        over.touch()
        letters_kept, longest = beside.result()
    await store.close()
    print(
        f"import of {lines:,} lines: in force after {until_in_force:.1f} s, in its place after {spent:.1f} s, {new:,} new,",
        end=" ",
    )
    print(
        f"memory {before:.0f} -> {megabytes():.0f} MB; {letters_kept:,} letters kept beside it, the longest wait {longest:.2f} s"
    )
    return longest


def tokens(count: int) -> float:
    """Time signing and verifying; gives the microseconds of one verification."""
    keys = (Key(b"an older secret of enough octets"), Key(b"a secret of at least sixteen octets"))
    path = [sign("acme", address(n), domain="rp.example.com", key=keys[1], today=20_000, days=30) for n in range(count)]
    forged = [path[:10] + ("a" if path[10] != "a" else "b") + path[11:] for path in path]
    check = partial(verify, keys=keys, today=20_001)
    return max(print_times("token verified", timed(check, path)), print_times("token refused", timed(check, forged)))


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--addresses", type=int, default=10_000_000)
    parser.add_argument("--asked", type=int, default=50_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        verified = tokens(20_000)
        file = options.file or folder / "b.db"
        if not file.exists():
            asyncio.run(_make_store(file))
            with ProcessPoolExecutor(1, get_context("spawn")) as other:
                seconds = other.submit(fill, file, options.addresses).result()
            print(f"{options.addresses:,} suppressed addresses written in {seconds:.0f} s", end=": ")
        print(f"{options.addresses:,} addresses are {file.stat().st_size / 1e6:,.0f} MB on disk")
        look = asyncio.run(answers(file, options.addresses, options.asked))
        waited = asyncio.run(imported(folder, options.lines))
    return int(look > GOAL_LOOK or verified > GOAL_VERIFY or waited > GOAL_WAIT)


async def _make_store(file: Path) -> None:
    store = await open_store(StoreSettings(f"sqlite:///{file}"))
    await store.add_account(OPERATOR, Account("acme", ()), now=NOW)
    await store.close()


if __name__ == "__main__":
    sys.exit(main())
