"""How many letters a second the store keeps durably, against bare sqlite3 writing the same rows in the same batches.

    bench_store.py [--letters N] [--rounds N] [--retired N]

Twenty keepers in one process keep 1.7 kB letters; bare sqlite3 inserts the very rows by twenty, commit by commit, into
the same tables with the same pragmas. They take turns, each on a fresh file. Then letters are leased and recorded, and
kept while others are recorded. Last, the raw letters of a filled store are retired. Prints the medians, of retiring the one
result; exit status 1 where keeping is below the goals.
"""

import argparse
import asyncio
import datetime as dt
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import uvloop

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "tests"))

from contract import filled
from contract.factories import NOON, Clock, bounce, letter, record, suppression

from bouncer.mail.letter import Received
from bouncer.policy.records import Record
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.stages.retire import BATCH_ROWS
from bouncer.store.sql import open_store

KEEPERS = 20
OCTETS = 1700
READ_AT_ONCE = 64
GOAL_RATE = 3000
"""Letters a second."""
GOAL_RATIO = 0.4
"""The least fraction of the letters that bare sqlite3 writes: the rest is Python making rows and waking callers."""

RETIRED_OCTETS = 2048
GOAL_RETIRED = 20_000
"""Raw letters a second."""


def received(n: int) -> Received:
    """A letter unlike the others."""
    return letter(b"%0*d" % (OCTETS, n))


async def keep(store: Store, letters: int) -> float:
    """Letters a second that twenty keepers keep."""
    numbers = iter(range(letters))

    async def keeper() -> None:
        for n in numbers:
            await store.keep([received(n)])

    begun = time.perf_counter()
    await asyncio.gather(*(keeper() for _ in range(KEEPERS)))
    return letters / (time.perf_counter() - begun)


async def read(store: Store) -> float:
    """Letters a second that one reader leases and records, with a bounce, a suppression and an entry each."""
    count, begun, now = 0, time.perf_counter(), dt.datetime.now(dt.UTC)
    while leased := await store.lease_letters(now=now, count=READ_AT_ONCE, octets=4 << 20, until=now + dt.timedelta(1)):
        count += len(await store.record([outcome(kept_letter.id) for kept_letter in leased], now=now))
    return count / (time.perf_counter() - begun)


def outcome(letter_id: int) -> Record:
    """Make the decision that follows from a letter."""
    address = f"{letter_id}@example.org"
    return record(letter_id, bounce(address), suppressions=(suppression(address),))


def bare(source: Path, target: Path) -> float:
    """Letters a second that bare sqlite3 writes of the rows in *source*."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, isolation_level=None)) as new:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "wal_autocheckpoint = 4000"):
            new.execute(f"PRAGMA {pragma}")
        for (sql,) in old.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall():
            new.execute(sql)
        raw_letters, letters = (old.execute(f"SELECT * FROM {t}").fetchall() for t in ("raw_letters", "letters"))  # noqa: S608 -- our own two names
        into_raw_letters = f"INSERT INTO raw_letters VALUES ({places(raw_letters)})"  # noqa: S608 -- question marks
        into_letters = f"INSERT INTO letters VALUES ({places(letters)})"  # noqa: S608 -- question marks
        begun = time.perf_counter()
        for raw_rows, rows in zip(by_twenty(raw_letters), by_twenty(letters), strict=True):
            new.execute("BEGIN IMMEDIATE")
            new.executemany(into_raw_letters, raw_rows)
            new.executemany(into_letters, rows)
            new.execute("COMMIT")
        return len(letters) / (time.perf_counter() - begun)


def by_twenty(rows: Sequence[tuple[object, ...]]) -> Iterator[Sequence[tuple[object, ...]]]:
    """Cut *rows* as twenty keepers do."""
    for start in range(0, len(rows), KEEPERS):
        yield rows[start : start + KEEPERS]


def places(rows: Sequence[tuple[object, ...]]) -> str:
    """Give a question mark for each column."""
    return ", ".join("?" * len(rows[0]))


async def measure(letters: int, folder: Path) -> dict[str, float]:
    """One round."""
    store = await open_store(StoreSettings(f"sqlite:///{folder}/ours.db"))
    rates = {"keep": await keep(store, letters)}
    await store.close()
    rates["bare"] = await asyncio.to_thread(bare, folder / "ours.db", folder / "bare.db")
    store = await open_store(StoreSettings(f"sqlite:///{folder}/ours.db"))
    rates["record"] = await read(store)
    reading = asyncio.create_task(keep_reading(store))
    rates["keep while recording"] = await keep(store, letters)
    reading.cancel()
    await asyncio.wait([reading])
    await store.close()
    return rates


async def keep_reading(store: Store) -> None:
    """Record whatever is kept, till cancelled."""
    while True:
        await read(store)
        await asyncio.sleep(0.01)


async def retire(letters: int, folder: Path) -> tuple[float, float]:
    """Retire the raw letters of a filled store whose notices have left; give letters a second, and the longest step in seconds."""
    store = await open_store(StoreSettings(f"sqlite:///{folder}/filled.db"), now=Clock())
    await filled.fill(store, copies=letters // filled.SEED, octets=RETIRED_OCTETS)
    await filled.end_notices(store)
    count, longest = 0, 0.0
    begun = last = time.perf_counter()
    end = filled.letters_end(letters // filled.SEED)
    async for retired, _ in store.retire(letters_before=end, records_before=NOON, count=BATCH_ROWS):
        count, longest, last = count + retired, max(longest, time.perf_counter() - last), time.perf_counter()
    await store.close()
    return count / (last - begun), longest


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--letters", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--retired", type=int, default=200_000)
    options = arguments.parse_args()
    rounds = []
    (PROJECT / ".cache").mkdir(exist_ok=True)
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(dir=PROJECT / ".cache") as folder:  # on a disk: /tmp may be memory
            rounds.append(uvloop.run(measure(options.letters, Path(folder))))
    rates = {name: statistics.median(rates_of_round[name] for rates_of_round in rounds) for name in rounds[0]}
    ratio = statistics.median(rates_of_round["keep"] / rates_of_round["bare"] for rates_of_round in rounds)
    print(f"store: keep {rates['keep']:.0f}/s, bare sqlite3 {rates['bare']:.0f}/s: ratio {ratio:.2f}")
    print(f"store: lease and record {rates['record']:.0f}/s; keep meanwhile {rates['keep while recording']:.0f}/s")
    with tempfile.TemporaryDirectory(dir=PROJECT / ".cache") as folder:
        retired, longest = uvloop.run(retire(options.retired, Path(folder)))
    verdict = "reached" if retired >= GOAL_RETIRED else "MISSED"
    print(
        f"store: retire {retired:.0f} raw letters/s, the longest step {longest * 1000:.0f} ms: goal {GOAL_RETIRED}/s {verdict}"
    )
    reached = rates["keep"] >= GOAL_RATE and ratio >= GOAL_RATIO
    print(f"store: goal {GOAL_RATE}/s and {GOAL_RATIO}: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
