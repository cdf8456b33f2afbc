"""The contract of every store: an entry for each event, channel and destination, lanes of their own, subscriptions."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from contract.factories import ALL, DAY, MINUTE, NOON, leased, letter, record

from bouncer.policy.notifications import Subscription, event_id
from bouncer.policy.records import MAIL, EntryKind, EntryState, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import Lane
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.lifecycle.migrating import SCRIPTS
from bouncer.store.sql import open_store

ANN = "ann@acme.example"
LATER = NOON + DAY
FILE = Lane(channel="file", letters=False)
BY_FILE = Subscription("acme", "file", "acme.jsonl")
BY_MAIL = NewEntry(EntryKind.NOTICE, ANN)


def to_file(destination: str = "acme.jsonl", kind: EntryKind = EntryKind.NOTICE) -> NewEntry:
    return NewEntry(kind, destination, channel="file", at_once=True)


async def recorded(store: Store, *entries: NewEntry) -> int:
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, entries=entries)], now=NOON)
    return letter_id


async def test_one_event_is_an_entry_for_each_channel_and_destination(store: Store):
    await recorded(store, BY_MAIL, to_file(), to_file("other.jsonl"), to_file(), NewEntry(EntryKind.WARNING, ANN))

    rows = await store.entries(OPERATOR, state=None, page=ALL)

    assert sorted((row.channel, row.to, row.kind) for row in rows) == [
        ("file", "acme.jsonl", "notice"),
        ("file", "other.jsonl", "notice"),
        (MAIL, ANN, "notice"),
        (MAIL, ANN, "warning"),
    ]
    assert len({row.event for row in rows if row.kind is EntryKind.NOTICE}) == 1
    assert len({row.event for row in rows}) == 2
    assert len({row.message_id for row in rows}) == 4


async def test_two_channels_may_call_a_destination_by_one_name(store: Store):
    await recorded(store, to_file("same"), NewEntry(EntryKind.NOTICE, "same", channel="hook", at_once=True))

    assert len(await store.entries(OPERATOR, state=None, page=ALL)) == 2


async def test_a_lane_gives_the_entries_of_its_channel_only(store: Store):
    await recorded(store, BY_MAIL, to_file())

    (by_file,) = await leased(store, now=NOON, count=9, until=LATER, lane=FILE)
    (by_mail,) = await leased(store, now=NOON, count=9, until=LATER)

    assert (by_file.row.to, by_mail.row.to) == ("acme.jsonl", ANN)
    assert by_file.letter is None
    assert by_mail.letter is not None
    assert by_file.bounces == by_mail.bounces != ()


async def test_a_lane_of_a_channel_is_a_destination(store: Store):
    await recorded(store, to_file("a"), to_file("b"), to_file("c"))

    (only,) = await leased(store, now=NOON, count=9, until=LATER, lane=Lane(frozenset({"b"}), channel="file"))
    others = await leased(
        store, now=NOON, count=9, until=LATER, lane=Lane(excluded=frozenset({"a", "b"}), channel="file")
    )

    assert only.row.to == "b"
    assert [job.row.to for job in others] == ["c"]


async def test_other_channels_get_each_event_at_once_and_take_no_room_in_a_mail_bucket(store: Store):
    """A hundred reports of which mail tells two and holds the rest for a digest."""
    await store.add_account(OPERATOR, Account("acme", (ANN,)), now=NOON)
    for _ in range(10):
        await recorded(store, BY_MAIL, to_file())

    by_file = await leased(store, now=NOON, count=99, until=LATER, lane=FILE)
    by_mail = await leased(store, now=NOON, count=99, until=LATER)
    (digest,) = await leased(store, now=LATER - MINUTE, count=99, until=LATER)

    assert (len(by_file), len(by_mail)) == (10, 2)
    assert digest.tally is not None
    assert digest.tally.count == 8


async def test_an_unscheduled_entry_is_not_leased_and_is_scheduled_once(store: Store):
    await recorded(store, BY_MAIL)
    ahead = {"now": NOON, "count": 9, "until": LATER}

    assert not await store.lease_entries(**ahead)
    first, second = await store.schedule_entries(now=NOON), await store.schedule_entries(now=NOON)

    assert (first.count, second.count) == (1, 0)
    assert len(await store.lease_entries(**ahead)) == 1


async def test_a_subscription_is_a_row_of_its_account(store: Store):
    await store.add_account(OPERATOR, Account("acme", (ANN,)), now=NOON)
    some = Subscription("acme", "file", "some.jsonl", ("hard", "block"))

    assert await store.subscribe(OPERATOR, BY_FILE, now=NOON)
    assert await store.subscribe(OPERATOR, some, now=NOON)
    assert not await store.subscribe(OPERATOR, Subscription("nobody", "file", "x"), now=NOON)
    assert (await store.directory(OPERATOR)).accounts["acme"].subscriptions == (BY_FILE, some)


async def test_subscribing_again_changes_the_topics_and_changing_the_account_does_not(store: Store):
    await store.add_account(OPERATOR, Account("acme", (ANN,)), now=NOON)
    await store.subscribe(OPERATOR, BY_FILE, now=NOON)
    changed = Subscription("acme", "file", "acme.jsonl", ("soft",))

    await store.subscribe(OPERATOR, changed, now=NOON)
    await store.set_account(OPERATOR, Account("acme", (ANN, "bob@acme.example")))

    assert (await store.directory(OPERATOR)).accounts["acme"].subscriptions == (changed,)


async def test_an_unsubscribed_destination_gets_none_of_the_waiting_entries(store: Store):
    await store.add_account(OPERATOR, Account("acme", (ANN,)), now=NOON)
    await store.subscribe(OPERATOR, BY_FILE, now=NOON)
    await recorded(store, BY_MAIL, to_file(), to_file("other.jsonl"))

    assert await store.unsubscribe(OPERATOR, "acme", "file", "acme.jsonl")
    assert not await store.unsubscribe(OPERATOR, "acme", "file", "acme.jsonl")

    states = {row.to: row.state for row in await store.entries(OPERATOR, state=None, page=ALL)}
    assert states == {
        ANN: EntryState.WAITING,
        "acme.jsonl": EntryState.DROPPED,
        "other.jsonl": EntryState.WAITING,
    }


async def test_a_later_account_of_a_name_inherits_no_subscription(store: Store):
    await store.add_account(OPERATOR, Account("acme", (ANN,)), now=NOON)
    await store.subscribe(OPERATOR, BY_FILE, now=NOON)
    await recorded(store, to_file())

    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", (ANN,)), now=NOON)

    assert (await store.directory(OPERATOR)).accounts["acme"].subscriptions == ()
    assert not await leased(store, now=NOON, count=9, until=LATER, lane=FILE)


def upgrade(path: Path, revision: str) -> None:
    """Bring a file to a revision by the migrations themselves."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


BEFORE = """
INSERT INTO outbox (id, letter_id, account, kind, forward_path, message_id, state, attempts, created_at, due, leased_until,
 ended_at, last_error, said, about, placed, digest_id, turn, domain, bucket)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@pytest.mark.parametrize("count", [0, 1, 3000])
async def test_an_outbox_of_before_channels_is_mail_with_the_same_numbers_and_ids(tmp_path: Path, count: int):
    path = tmp_path / "bouncer.db"
    upgrade(path, "0016")
    when, number = int(NOON.timestamp() * 1_000_000), 0x0123_4567_89AB_CDEF
    rows = [
        *((5 + n, None, "acme", "unsent", f"u{n}@acme.example", f"u{n}@mx", "held", 0) for n in range(min(count, 2))),
        *((100 + n, number, "acme", "notice", f"n{n}@x.example", f"{n}@mx", "waiting", 3) for n in range(count)),
        *((5000 + n, number, None, "warning", f"n{n}@x.example", f"w{n}@mx", "sent", 1) for n in range(count)),
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO letters (id, state, octets, return_path, path_kind, reverse_path, peer, helo, smtputf8, received_at)"
            " VALUES (?, 'retired', 0, '', 'alias', '', '', '', 0, 0)",
            [number],
        )
        connection.executemany(
            BEFORE,
            [(*row, when, when + 1, 7, 8, "e", "s", "a", True, 9, when + 2, "x.example", "digest") for row in rows],
        )
        connection.executemany(
            "INSERT INTO unsent VALUES (?, 'gone@example.org', 2, 'full', NULL, 's')",
            [(row[0],) for row in rows if row[3] == "unsent"],
        )
        before = connection.execute("SELECT * FROM outbox ORDER BY id").fetchall()
        unsent = connection.execute("SELECT * FROM unsent").fetchall()
        names = [column[1] for column in connection.execute("PRAGMA table_info(outbox)")]

    await (await open_store(StoreSettings(f"sqlite:///{path}"))).close()

    renamed = {"forward_path": "destination", "placed": "scheduled", "domain": "lane"}
    with closing(sqlite3.connect(path)) as connection:
        columns = ", ".join(renamed.get(name, name) for name in names)
        after = connection.execute(f"SELECT {columns} FROM outbox ORDER BY id").fetchall()  # noqa: S608 -- names of ours
        events = connection.execute("SELECT event, channel, letter_id, kind FROM outbox").fetchall()
        checks = [
            connection.execute(f"PRAGMA {check}").fetchall() for check in ("integrity_check", "foreign_key_check")
        ]
        assert connection.execute("SELECT * FROM unsent").fetchall() == unsent
    assert after == before
    assert {channel for _, channel, _, _ in events} <= {MAIL}
    assert {event for event, _, letter_id, kind in events if letter_id and kind == "notice"} <= {
        event_id(number, EntryKind.NOTICE)
    }
    assert checks == [[("ok",)], []]


async def test_an_entry_that_waited_before_channels_leaves_as_it_would_have(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    upgrade(path, "0016")
    when = int(NOON.timestamp() * 1_000_000)
    row = (
        1,
        None,
        "acme",
        "test",
        ANN,
        "1@mx",
        "waiting",
        0,
        when,
        when,
        *(None,) * 5,
        True,
        None,
        when,
        "acme.example",
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(BEFORE, (*row, "proven"))

    store = await open_store(StoreSettings(f"sqlite:///{path}"))
    (job,) = await leased(store, now=NOON + dt.timedelta(1), count=9, until=NOON + 2 * DAY)
    await store.close()

    assert (job.row.id, job.row.message_id, job.row.to, job.row.channel) == (1, "1@mx", ANN, MAIL)
