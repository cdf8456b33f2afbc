"""A start with a wrong clock forgets nothing: with the clock as an argument, and a real daemon whose clock is years ahead."""

import asyncio
import datetime as dt
import json
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from contract.factories import ALL, NOON, Clock, letter, record
from programs.empty_store import make_empty_store
from programs.ours import Ours

from bouncer.policy.records import LetterState
from bouncer.ports.letters import BounceFilter, LetterFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import RetentionSettings, StoreSettings
from bouncer.stages.retire import Retire
from bouncer.store.sql import open_store

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
AHEAD = 1100
COUNT = 20
WRONG_CLOCK = f"""
import datetime as dt
import bouncer.clock as clock
right = clock.now
clock.now = lambda: right() + dt.timedelta(days={AHEAD})
"""
"""Python runs it before anything else (``sitecustomize``): the daemon's one clock is ahead."""
LEAPING_CLOCK = """
import datetime as dt, pathlib
import bouncer.clock as clock
right, ahead = clock.now, pathlib.Path({ahead!r})
clock.now = lambda: right() + dt.timedelta(days=float(ahead.read_text() or "0"))
"""
"""A clock that a test sets while the daemon runs, in days that stand in a file."""
REPORT = """\
From: MAILER-DAEMON@mx.example.net
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B--
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with letters that were read at noon."""
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")), now=Clock())
    for _ in range(COUNT):
        (letter_id,) = await store.keep([letter()])
        await store.record([record(letter_id, entries=())], now=NOON)
    yield store
    await store.close()


async def counts_there(store: Store) -> tuple[int, int]:
    """Letters whose octets are there, and bounces."""
    rows = await store.letters(OPERATOR, LetterFilter(state=LetterState.READ), ALL)
    return len(rows), len(await store.bounces(OPERATOR, BounceFilter(), ALL))


async def live(store: Store, clock: Clock, hours: int) -> list[bool]:
    """Look every hour, as the daemon does."""
    retire, trusted = Retire(store, RetentionSettings(), now=clock), []
    for _ in range(hours):
        trusted.append(await retire.run_once())
        clock.time += HOUR
    return trusted


async def test_a_clock_years_ahead_forgets_nothing_and_is_told_once(store: Store, caplog: pytest.LogCaptureFixture):
    clock = Clock()
    await live(store, clock, 48)
    clock.time = NOON + AHEAD * DAY
    wrong = await live(store, clock, 20)
    still = await counts_there(store)
    clock.time = NOON + 3 * DAY
    right = await live(store, clock, 48)

    assert set(wrong) == {False}
    assert still == await counts_there(store) == (COUNT, COUNT)
    assert right == [False] * 24 + [True] * 24
    warnings = [log_record.getMessage() for log_record in caplog.records if log_record.levelname == "WARNING"]
    assert len(warnings) == 2, "one for each leap"
    assert "nothing is forgotten until" in warnings[0]


async def test_a_daemon_that_was_off_for_half_a_year_forgets_a_day_after_its_start(store: Store):
    clock = Clock()
    await live(store, clock, 48)
    clock.time = NOON + 180 * DAY
    first = await live(store, clock, 24)
    before = await counts_there(store)
    await live(store, clock, 2)

    assert (set(first), before) == ({False}, (COUNT, COUNT))
    assert await counts_there(store) == (0, COUNT), "letters after 90 days, records after two years"


async def test_starts_again_and_again_with_a_wrong_clock_are_no_steadiness(store: Store):
    """Each start looks at once, and a machine that ends over and over never counts a day."""
    clock = Clock()
    for n in range(5):
        clock.time = NOON + (AHEAD + 30 * n) * DAY
        await live(store, clock, 3)

    assert await counts_there(store) == (COUNT, COUNT)


def test_a_real_daemon_with_a_wrong_clock_forgets_nothing_and_check_says_so(tmp_path: Path):
    (tmp_path / "ahead").mkdir()
    (tmp_path / "ahead" / "sitecustomize.py").write_text(WRONG_CLOCK)
    folder = tmp_path / "kept"
    folder.mkdir()
    with Ours(folder) as right:
        right.command("account", "add", "acme")
        right.stop()
        _fill(folder / "bouncer.db")
        wrong = Ours(folder, before=("env", f"PYTHONPATH={tmp_path / 'ahead'}"))
        with wrong:
            wrong.until(lambda: "the clock went from" in wrong.log.read_text())
            wrong.stop()
        log = wrong.log.read_text()
        lines = right.command("check", "--no-dns", "--timeout", "0.2", "--json", check=False).stdout.splitlines()
        letters = right.rows("letters", "--state", "read", "--limit", "1000")
        bounces = right.rows("bounces", "--limit", "1000")

    clock = [
        line_facts["finding"]
        for line in lines
        if (line_facts := json.loads(line)).get("finding", {}).get("about") == "clock"
    ]
    assert (len(letters), len(bounces)) == (COUNT, COUNT)
    assert log.count("nothing is forgotten until") == 1
    assert "forgot" not in log.replace("forgotten", "")
    assert [(finding["level"], "when the daemon last looked it said" in finding["says"]) for finding in clock] == [
        ("warn", True)
    ]


@pytest.mark.parametrize(("days", "most"), [(1 / 24, 0), (AHEAD, 3)], ids=["an hour", "years"])
def test_a_daemon_whose_clock_leaps_ahead_and_back_goes_on_telling(tmp_path: Path, days: float, most: int):
    """A notice of now waits neither for a rate that was used up then, nor for a digest of then."""
    ahead = tmp_path / "ahead"
    (folder := tmp_path / "leaping").mkdir()
    (folder / "sitecustomize.py").write_text(LEAPING_CLOCK.format(ahead=str(ahead)))
    ahead.write_text("0")
    (home := tmp_path / "kept").mkdir()
    with Ours(home, before=("env", f"PYTHONPATH={folder}")) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--prefer", f"most={most}")
        bounced = _bounce(ours, "before", 1)
        ahead.write_text(str(days))
        ours.until(lambda: "the clock leapt ahead by " in ours.log.read_text())
        bounced |= _bounce(ours, "then", 5)
        ahead.write_text("0")
        if most:
            ours.until(lambda: "the clock was ahead: " in ours.log.read_text())
        bounced |= _bounce(ours, "after", 2)
        at_once = [address for address in bounced if not (most and address.startswith("then"))]
        assert ours.until(lambda: _are_told(ours, at_once))
        suppressed = {row["address"] for row in ours.rows("suppressions", "list")}
        due = [row["due"] for row in ours.rows("queue") if row["state"] not in ("sent", "bundled")]

    assert {address[:4] for address in bounced - suppressed} == ({"then"} if most else set()), (
        "years later paths are expired"
    )
    assert [moment for moment in due if dt.datetime.fromisoformat(moment) > dt.datetime.now(dt.UTC) + HOUR] == []


def _are_told(ours: Ours, addresses: Iterable[str]) -> bool:
    all_mails = "".join(mail.as_string() for mail in ours.notices())
    return all(address in all_mails for address in addresses)


def _bounce(ours: Ours, name: str, count: int) -> set[str]:
    addresses = {f"{name}{number}@example.org" for number in range(count)}
    for address in addresses:
        ours.send(ours.path("acme", address), REPORT.format(address=address).replace("\n", "\r\n").encode())
    ours.until(lambda: all(any(address in line for line in ours.lines("recorded")) for address in addresses))
    return addresses


def _fill(path: Path) -> None:
    """Letters and bounces of today, and a clock that has been steady for a month."""
    now = dt.datetime.now(dt.UTC)

    async def fill() -> None:
        store = await open_store(StoreSettings(f"sqlite:///{path}"))
        for _ in range(COUNT):
            (letter_id,) = await store.keep([letter()])
            await store.record([record(letter_id, entries=())], now=now)
        await store.look_at_clock(now=now)
        await store.close()

    asyncio.run(fill())
    month = int((now - 30 * DAY).timestamp() * 1_000_000)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE clock SET since = ?, leapt_from = NULL", (month,))
