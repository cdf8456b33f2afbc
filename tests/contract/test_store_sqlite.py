"""SQLite's store beyond the contract: its file, its migrations, its commits."""

import asyncio
import datetime as dt
import shutil
import sqlite3
import stat
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import ALL, DAY, MINUTE, NOON, Clock, bounce, leased, letter, record, retired, suppression
from contract.older import back_to
from contract.webhook_rows import endpoint
from patience import until
from programs.empty_store import make_empty_store

from bouncer.errors import ConfigError, StoreError
from bouncer.mail.returnpath import Generation
from bouncer.ndr.reading import Kind
from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import ChangeSource, EntryKind, LetterState, NewEntry
from bouncer.policy.sign_in import Role
from bouncer.policy.webhooks import EventType
from bouncer.ports.accounts import Account
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.outbox import Lane
from bouncer.ports.saved_filters import SavedFilter
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import SendFilter, Sent
from bouncer.ports.shares import Share
from bouncer.ports.sign_ins import SignInLink
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed
from bouncer.ports.taught_rules import KeptRule
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine import disk_room, wal
from bouncer.store.engine.columns import microseconds
from bouncer.store.engine.sqlite import open_sqlite
from bouncer.store.letters import chunks, cutting
from bouncer.store.letters.chunks import CHUNK_OCTETS
from bouncer.store.lifecycle.migrating import SCRIPTS, migrate
from bouncer.store.sql import open_store
from bouncer.store.tables import meta
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

NEWEST = max(script.name[:4] for script in (SCRIPTS / "versions").glob("[0-9]*.py"))
"""Revision of the last migration."""


def schema(path: Path) -> dict[str, str]:
    """Every table and index of a file, as SQLite spells it."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def settings(path: Path) -> StoreSettings:
    return StoreSettings(f"sqlite:///{path}")


def settings_of_store(path: Path) -> StoreSettings:
    """Make an empty store at *path* where there is none."""
    if not path.exists():
        make_empty_store(path)
    return settings(path)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://x:secret@y/z",
        "mysql://y/z",
        "sqlite+aiosqlite:///x.db",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/x.db",
        "sqlite:///x.db?mode=ro",
        "sqlite:///file:x.db",
    ],
)
async def test_a_url_that_names_no_store_is_refused(url: str):
    with pytest.raises(ConfigError, match=r"\[store\] url") as raised:
        await open_store(StoreSettings(url))

    assert "secret" not in str(raised.value)


async def test_the_file_is_its_owners_alone(tmp_path: Path):
    """Letters are private: folder 0700; file, log and index 0600."""
    store = await open_store(settings(tmp_path / "new" / "bouncer.db"))
    await store.keep([letter()])

    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in (tmp_path / "new").iterdir()}
    assert modes == {f"bouncer.db{ending}": 0o600 for ending in ("", "-wal", "-shm", ".lock")}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    await store.close()


async def test_a_relative_path_begins_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    store = await open_store(StoreSettings("sqlite:///var/bouncer.db"))
    await store.close()

    assert (tmp_path / "var" / "bouncer.db").is_file()


async def test_commits_are_on_the_disk_and_the_log_is_written_ahead(tmp_path: Path):
    engine = await open_sqlite(
        sa.make_url(f"sqlite:///{tmp_path}/bouncer.db"), StoreSettings(busy_seconds=7), make_at=NOON
    )

    async def pragma(name: str) -> object:
        return await engine.write(lambda connection: connection.exec_driver_sql(f"PRAGMA {name}").scalar())

    async def jotted(name: str) -> object:
        return await engine.write_unsynced(lambda connection: connection.exec_driver_sql(f"PRAGMA {name}").scalar())

    normal, full = 1, 2
    assert await pragma("synchronous") == full
    assert await jotted("synchronous") == normal
    with pytest.raises(StoreError):
        await engine.write_unsynced(lambda connection: connection.exec_driver_sql("SELECT * FROM nothing"))
    assert await pragma("synchronous") == full
    assert await pragma("journal_mode") == "wal"
    assert await pragma("foreign_keys") == 1
    assert await engine.read(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout").scalar()) == 7000
    await engine.close()


async def test_a_transaction_waits_for_another_process_s_as_long_as_the_setting_says(tmp_path: Path):
    url = sa.make_url(f"sqlite:///{tmp_path}/bouncer.db")
    patient = await open_sqlite(url, StoreSettings(busy_seconds=30), make_at=NOON)
    hasty = await open_sqlite(url, StoreSettings(busy_seconds=0.05), make_at=NOON)
    with closing(sqlite3.connect(tmp_path / "bouncer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(patient.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()))
        with pytest.raises(StoreError, match="locked"):
            await hasty.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        assert not waiting.done()
        other.execute("COMMIT")
    assert await waiting == 1
    await patient.close()
    await hasty.close()


async def test_a_closed_store_says_so(tmp_path: Path):
    store = await open_store(settings(tmp_path / "bouncer.db"))
    await store.close()

    with pytest.raises(StoreError, match="closed"):
        await store.keep([letter()])


async def test_the_migrations_make_exactly_the_tables(tmp_path: Path):
    store = await open_store(settings(tmp_path / "migrated.db"))
    await store.close()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/made.db")
    meta.create_all(engine)
    engine.dispose()

    assert schema(tmp_path / "migrated.db") == schema(tmp_path / "made.db")


async def test_an_upgrade_keeps_the_rows(tmp_path: Path):
    """A file of today is brought to a form of tomorrow."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    (letter_id,) = await store.keep([letter()])
    await store.close()
    scripts = tmp_path / "100% tomorrow"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "9999_tomorrow.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '9999', '{NEWEST}'\n"
        "def upgrade():\n    op.add_column('letters', sa.Column('colour', sa.Text))\n"
    )

    engine = sa.create_engine(f"sqlite:///{tmp_path}/bouncer.db")
    with engine.begin() as connection:
        migrate(connection, scripts)
        rows = connection.exec_driver_sql("SELECT id, colour FROM letters").all()
    engine.dispose()

    assert rows == [(letter_id, None)]
    with pytest.raises(ConfigError, match="newer"):
        await open_store(settings_of_store(tmp_path / "bouncer.db"))


async def test_entries_of_before_lanes_leave_by_their_domain(tmp_path: Path):
    """A file from before the outbox had lanes: what waits is found by its domain, in the order in which it is due."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    (letter_id,) = await store.keep([letter()])
    await store.close()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/bouncer.db")
    with engine.begin() as connection:
        for step in back_to("0007"):
            connection.exec_driver_sql(step)
        connection.exec_driver_sql("DROP TABLE raw_pieces")
        connection.exec_driver_sql("DROP INDEX ix_outbox_turn")
        for column in ("turn", "domain"):
            connection.exec_driver_sql(f"ALTER TABLE outbox DROP COLUMN {column}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
        for n, (kind, to) in enumerate([("notice", "b\u00fc@B\u00fccher.example"), ("warning", "x@acme.example")]):
            connection.exec_driver_sql(
                "INSERT INTO outbox (letter_id, kind, forward_path, message_id, state, attempts, created_at, due, placed)"
                " VALUES (?, ?, ?, 'm@mx', 'waiting', 0, 0, ?, ?)",
                (letter_id, kind, to, 9 - n, kind == "notice"),
            )
    engine.dispose()

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    ahead = {"now": NOON, "count": 9, "until": NOON + MINUTE}
    lane_jobs = await leased(store, **ahead, lane=Lane(frozenset({"xn--bcher-kva.example"})))
    others = await leased(store, **ahead, lane=Lane(excluded=frozenset({"xn--bcher-kva.example"})))
    await store.close()

    assert [[job.row.to for job in leased] for leased in (lane_jobs, others)] == [
        ["b\u00fc@B\u00fccher.example"],
        ["x@acme.example"],
    ]


async def test_entries_that_waited_before_the_buckets_leave_within_bounds(tmp_path: Path):
    """Owners' buckets go on as they are; a flood of mail to postmaster that was recorded before is told in a list."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"), now=lambda: NOON)
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    ids = await store.keep([letter(), letter(), letter()] + [letter(account=None) for _ in range(20)])
    proven, unproven, tried = ids[:3]
    await store.record([record(proven)], now=NOON)
    await store.close()
    when = microseconds(NOON)
    rows = [
        *((letter_id, "notice", "ann@acme.example", "acme", 0, False) for letter_id in (proven, unproven)),
        (tried, "operator", "op@example.com", None, 3, True),
        *((letter_id, "operator", "op@example.com", None, 0, True) for letter_id in ids[3:]),
    ]
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in (*back_to("0009"), "DELETE FROM outbox"):
            connection.execute(step)
        full = when + 9 * 3600 * 1_000_000
        connection.execute(
            "INSERT INTO owners (account, address, full_at) VALUES ('acme', 'ann@acme.example', ?)", [full]
        )
        connection.execute("INSERT INTO owners (account, address) VALUES ('acme', 'bob@acme.example')")
        for letter_id, kind, to, account, attempts, placed in rows:
            connection.execute(
                "INSERT INTO outbox (letter_id, kind, forward_path, account, message_id, state, attempts, created_at, due,"
                " turn, placed) VALUES (?, ?, ?, ?, 'm@mx', 'waiting', ?, ?, ?, ?, ?)",
                (letter_id, kind, to, account, attempts, when, when, when, placed),
            )

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"), now=lambda: NOON)
    jobs = await leased(store, now=NOON, count=100, until=NOON + MINUTE)
    held_rows = await store.entries(OPERATOR, state="held", page=Page(100))
    await store.close()

    assert Counter(job.row.kind for job in jobs) == {EntryKind.OPERATOR: 4, EntryKind.NOTICE: 1}
    assert [job.row.letter_id for job in jobs if job.row.kind is EntryKind.NOTICE] == [unproven]
    assert len(held_rows) == len(rows) - 5


async def test_letters_of_before_cuts_are_all_there_and_cut_when_they_are_old(tmp_path: Path):
    """A file from before: nothing is lost, small letters are left alone, and the clock of its newest letter is known."""
    path, raws = tmp_path / "bouncer.db", (b"small", b"x" * 100_000, b"y" * (3 * CHUNK_OCTETS + 5))
    store = await open_store(settings(path), now=Clock())
    letter_ids = [(await store.keep([letter(raw)]))[0] for raw in raws]
    for number in letter_ids:
        await store.record([record(number, kind=Kind.OTHER, bounces=(), entries=())], now=NOON)
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for step in back_to("0010"):
            connection.execute(step)

    store = await open_store(settings(path))
    before_cut = [row.received.raw for number in letter_ids if (row := await store.letter(OPERATOR, number))]
    clock_state = await store.look_at_clock(now=NOON + 2 * DAY)
    decided = await store.cut(before=NOON + DAY, count=9)
    left = [len(row.received.raw) for number in letter_ids if (row := await store.letter(OPERATOR, number))]
    await store.close()

    assert before_cut == list(raws)
    assert (clock_state.leapt_from, clock_state.is_trusted) == (NOON, False)
    assert (decided, left) == (2, [5, 65_536, 65_536])


async def test_rows_that_are_to_be_cut_are_found_without_a_look_at_the_others(tmp_path: Path):
    engine = await open_sqlite(sa.make_url(f"sqlite:///{tmp_path}/bouncer.db"), StoreSettings(), make_at=NOON)
    statements: list[Any] = []

    def cut(connection: sa.Connection) -> list[str]:
        sa.event.listen(connection, "before_cursor_execute", lambda *args: statements.append((args[2], args[3])))
        cutting.cut(connection, before=NOON, count=9)
        statement, values = statements[0]
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]

    plan = await engine.write(cut)
    await engine.close()

    assert plan[0].startswith("SEARCH letters USING INDEX ix_letters_uncut")


async def test_suppressions_of_before_one_form_are_found_by_it(tmp_path: Path):
    """A file whose keys were made by IDNA 2003, without NFC and with quotes: the addresses as written say whom they mean."""
    rows = {
        "kim@fa\u00df.example": "kim@fass.example",
        "jose\u0301@example.org": "jose\u0301@example.org",
        '"jane"@example.org': '"jane"@example.org',
        "ann@b\u00fccher.example": "ann@xn--bcher-kva.example",
        "plain@example.org": "plain@example.org",
    }
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0007"):
            connection.execute(step)
        for n, (address, key) in enumerate(rows.items()):
            _suppress_as_before(connection, n, address, key, None)
        _suppress_as_before(connection, 8, "jane@example.org", "jane@example.org", 1)
        _suppress_as_before(connection, 9, "kim@fass.example", "kim@fass.example", None, "news")

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    addresses = [*rows, "jane@example.org", "jos\u00e9@EXAMPLE.org", "kim@xn--fa-hia.example", "kim@fass.example"]
    suppressed = set(await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON, stream=""))
    of_stream = await store.suppressions_of(OPERATOR, "acme", ["kim@fass.example"], now=NOON, stream="news")
    await store.close()

    assert suppressed == {*addresses} - {"kim@fass.example"}
    # written for that address: nothing tells that it was meant otherwise
    assert [suppression.address for suppression in of_stream.values()] == ["kim@fass.example"]


def _suppress_as_before(
    connection: sqlite3.Connection,
    n: int,
    address: str,
    key: str,
    until: int | None,
    stream: str = "",
    account: str = "acme",
) -> None:
    connection.execute(
        "INSERT INTO suppressions (id, account, address, address_key, address_domain, reason, source, since, until, stream, why)"
        " VALUES (?, ?, ?, ?, ?, 'hard', 'import', 0, ?, ?, '')",
        (n + 1, account, address, key, key.partition("@")[2], until, stream),
    )


@pytest.mark.parametrize(
    ("revision", "name", "value"),
    [("0008", "reported", None), ("0028", "custom_args", {})],
    ids=["reported", "custom_args"],
)
async def test_bounces_of_before_a_column_stay_and_have_nothing_in_it(
    tmp_path: Path, revision: str, name: str, value: object
):
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id)], now=NOON)
    before = await store.bounces(OPERATOR, BounceFilter(), ALL)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to(revision):
            connection.execute(step)

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    after = await store.bounces(OPERATOR, BounceFilter(), ALL)
    await store.close()

    assert [getattr(row, name) for row in after] == [value]
    assert after == before


async def test_records_of_accounts_removed_before_generations_are_inherited_by_nobody(tmp_path: Path):
    """A filled file of before: what is there stays its account's, what was left behind goes under the former name."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    for name in ("acme", "gone"):
        (letter_id,) = await store.keep([letter(account=name)])
        await store.record([record(letter_id, account=name, suppressions=(suppression(account=name),))], now=NOON)
        await store.count(OPERATOR, [Sent(name, NOON, ("jane@example.org",), reference="r1")])
    waiting = (await store.keep([letter(account="gone")]))[0]
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0011"):
            connection.execute(step)

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    was = {name: await counts_of(store, name) for name in ("acme", "gone", "gone/removed-1")}
    today = (dt.datetime.now(dt.UTC) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).days
    acme = (await store.directory(OPERATOR)).accounts["acme"]
    assert await store.add_account(OPERATOR, Account("gone", ()), now=NOON)
    anew = (await store.directory(OPERATOR)).accounts["gone"]
    path = (await store.letter(OPERATOR, waiting)).received.return_path  # type: ignore[union-attr]
    await store.close()

    assert was == {"acme": [1, 1, 1, 1], "gone": [0, 0, 0, 0], "gone/removed-1": [2, 1, 1, 1]}
    assert acme.generation.number == 1
    assert acme.generation.underived_until in (today + 400, today + 399)
    assert anew.generation == Generation(2)
    assert path.account == "gone/removed-1"


async def counts_of(store: Store, account: str) -> list[int]:
    """How many letters, bounces, changes and sends the account has."""
    return [
        len(await store.letters(AccountScope(account), LetterFilter(), ALL)),
        len(await store.bounces(AccountScope(account), BounceFilter(), ALL)),
        len(await store.trail(AccountScope(account), address=None, page=ALL)),
        sum(count.count for count in await store.counts(AccountScope(account), SendFilter(), ())),
    ]


async def test_letters_of_before_a_person_had_to_see_some_stay_and_are_listed(tmp_path: Path):
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, state=LetterState.SHUNTED, note="no reader")], now=NOON)
    before = await store.letters(OPERATOR, LetterFilter(), ALL)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0013"):
            connection.execute(step)

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    after = await store.letters(OPERATOR, LetterFilter(), ALL)
    unread = await store.letters(OPERATOR, LetterFilter(unread=True), ALL)
    waiting = await leased(store, now=NOON, count=9, until=NOON + DAY)
    await store.close()

    assert after == before
    assert unread == []
    assert [job.row.letter_id for job in waiting] == [letter_id]


async def test_a_store_of_before_api_keys_gets_them_and_keeps_the_rest(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    store = await open_store(settings(path))
    (letter_id,) = await store.keep([letter()])
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in back_to("0021"):
            connection.execute(statement)

    store = await open_store(settings(path))
    assert await store.letter(OPERATOR, letter_id)
    assert await store.keys(OPERATOR) == []
    assert await store.add_key(OPERATOR, ApiKey("k", "acme", KeyAccess.READ, "", NOON), "digest")
    await store.close()


async def test_a_store_of_before_the_pages_gets_sessions_and_keeps_the_rest(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    store = await open_store(settings(path))
    (letter_id,) = await store.keep([letter()])
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.add_key(OPERATOR, ApiKey("k", "acme", KeyAccess.READ, "", NOON), "digest")
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in back_to("0023"):
            connection.execute(statement)

    store = await open_store(settings(path))
    assert await store.letter(OPERATOR, letter_id)
    assert [key.id for key in await store.keys(OPERATOR)] == ["k"]
    assert await store.sessions(OPERATOR) == []
    assert await store.add_link(OPERATOR, SignInLink("acme", Role.OWNER, "ann@acme.example", NOON + DAY), "digest")
    await store.close()


async def test_a_store_of_before_share_links_and_saved_filters_gets_them_and_keeps_the_rest(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    store = await open_store(settings(path))
    (letter_id,) = await store.keep([letter()])
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.add_link(OPERATOR, SignInLink("acme", Role.OWNER, "ann@acme.example", NOON + DAY), "digest")
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in back_to("0028"):
            connection.execute(statement)

    store = await open_store(settings(path))
    assert await store.letter(OPERATOR, letter_id)
    assert await store.use_link("digest", "session", "", now=NOON, forget_before=NOON)
    assert await store.shares(OPERATOR, now=NOON) == []
    share = Share("id", "acme", "jane@example.org", "ann@acme.example", NOON, NOON + DAY)
    assert await store.add_share(OPERATOR, share, "digest", limit=1)
    saved = SavedFilter("id", "acme", "ann@acme.example", "blocks", "category=block", NOON)
    assert await store.save_filter(OPERATOR, saved, limit=1)
    await store.close()


async def test_a_store_of_before_the_taught_rules_gets_them_and_keeps_the_rest(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    store = await open_store(settings(path))
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id)], now=NOON)
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in back_to("0028"):
            connection.execute(statement)

    store = await open_store(settings(path))
    form = TaughtForm(("ei ole talossa",), RecipientPlace.ONLY)
    assert [row.letter_id for row in await store.bounces(OPERATOR, BounceFilter(), Page())] == [letter_id]
    assert await store.rules(OPERATOR) == []
    assert await store.add_rule(OPERATOR, KeptRule(TaughtRule(form, Reason.POLICY), "root", NOON, letter_id), limit=9)
    assert await store.letters_of_rule(OPERATOR, form.id, limit=9) == []
    await store.close()


async def test_suppressions_of_before_both_forms_keep_the_address_that_was_named(tmp_path: Path):
    """A file of two accounts: acme folds, and its keys are mailboxes; other does not; one was turned between two rows."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", (), terms=AccountRules(fold_gmail=True)), now=NOON)
    await store.add_account(OPERATOR, Account("other", ()), now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, bounce("J.Doe@gmail.com"))], now=NOON)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0012"):
            connection.execute(step)
        for n, (account, address, key, until) in enumerate(
            [
                ("acme", "Z.z.z+9@gmail.com", "zzz@gmail.com", None),
                ("acme", "x@googlemail.com", "x@gmail.com", None),
                ("acme", "m.m@gmail.com", "mm@gmail.com", 1),
                ("acme", "m.m@gmail.com", "m.m@gmail.com", None),  # from before it folded
                ("acme", "plain@example.org", "plain@example.org", None),
                ("other", "k.k@gmail.com", "k.k@gmail.com", None),
            ]
        ):
            _suppress_as_before(connection, n, address, key, until, account=account)
            connection.execute(
                "INSERT INTO trail (at, account, address, address_key, stream, change, reason, source, why)"
                " VALUES (0, ?, ?, ?, '', 'suppressed', 'hard', 'import', '')",
                (account, address, key),
            )
        for account, address, key in [
            ("acme", "@googlemail.com", "@gmail.com"),
            ("acme", "v.i.p@gmail.com", "vip@gmail.com"),
        ]:
            connection.execute("INSERT INTO allowed VALUES (?, ?, ?, 0, '')", (account, key, address))

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    forms = ["z.z.z+9@gmail.com", "zzz@gmail.com", "x@googlemail.com", "m.m@gmail.com", "k.k@gmail.com", "kk@gmail.com"]
    suppressed = set[tuple[str, str, bool]]()
    for folds in (False, True):
        for account in ("acme", "other"):
            await store.set_account(OPERATOR, Account(account, (), terms=AccountRules(fold_gmail=folds)))
            suppressed |= {
                (account, form, folds)
                for form in await store.suppressions_of(OPERATOR, account, forms, now=NOON, stream="")
            }
    await store.set_account(OPERATOR, Account("other", ()))
    rows = {entry.address for _, entry in await store.suppressions(OPERATOR, now=NOON, page=ALL)}
    story = await store.trail(AccountScope("acme"), address="z.z.z+9@googlemail.com", page=ALL)
    bounced = [
        len(await store.bounces(AccountScope("acme"), BounceFilter(form), ALL))
        for form in ("jdoe@gmail.com", "jd@gmail.com")
    ]
    allowed = [
        await store.disallow(OPERATOR, Allowed("acme", form, NOON), source="x")
        for form in ("vip@gmail.com", "@gmail.com")
    ]
    await store.close()

    assert {(account, form) for account, form, folds in suppressed if not folds} == {
        ("acme", "z.z.z+9@gmail.com"),
        ("acme", "x@googlemail.com"),
        ("acme", "m.m@gmail.com"),
        ("other", "k.k@gmail.com"),
    }
    assert {(account, form) for account, form, folds in suppressed if folds} == {
        ("acme", "z.z.z+9@gmail.com"),
        ("acme", "zzz@gmail.com"),
        ("acme", "x@googlemail.com"),
        ("acme", "m.m@gmail.com"),
        ("other", "k.k@gmail.com"),
        ("other", "kk@gmail.com"),
    }
    assert rows == {"Z.z.z+9@gmail.com", "x@googlemail.com", "m.m@gmail.com", "plain@example.org", "k.k@gmail.com"}
    assert (len(story), bounced, allowed) == (1, [1, 0], [True, True])


async def test_a_migration_is_all_or_nothing(tmp_path: Path):
    scripts = tmp_path / "broken"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "9999_broken.py").write_text(
        f"from alembic import op\nrevision, down_revision = '9999', '{NEWEST}'\n"
        "def upgrade():\n    op.execute('ALTER TABLE nothing ADD COLUMN x')\n"
    )
    engine = await open_sqlite(sa.make_url(f"sqlite:///{tmp_path}/bouncer.db"), StoreSettings(), make_at=NOON)
    await engine.write(meta.drop_all)
    await engine.write(lambda connection: connection.exec_driver_sql("DROP TABLE alembic_version"))

    with pytest.raises(StoreError, match="nothing"):
        await engine.write(migrate, scripts)

    await engine.close()
    assert schema(tmp_path / "bouncer.db") == {}


async def test_a_reader_is_not_held_up_by_a_writer(tmp_path: Path):
    """Another process is in the middle of a long write; lists come all the same."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    (letter_id,) = await store.keep([letter()])

    with closing(sqlite3.connect(tmp_path / "bouncer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE letters SET state = 'read'")
        rows = await store.letters(OPERATOR, LetterFilter(state=LetterState.KEPT), ALL)

    assert [row.letter_id for row in rows] == [letter_id]
    await store.close()


async def test_keepers_share_commits(tmp_path: Path):
    """Hundreds at once need a handful of transactions, each within its bounds."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    commits: list[object] = []

    def count(connection: object) -> None:
        commits.append(connection)

    sa.event.listen(sa.Engine, "commit", count)
    try:
        await asyncio.gather(*(store.keep([letter()]) for _ in range(600)))
    finally:
        sa.event.remove(sa.Engine, "commit", count)
    await store.close()

    assert len(commits) in range(2, 10)


async def test_letters_of_one_data_share_their_octets(tmp_path: Path):
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.keep([letter(), letter(account="other"), letter(b"else")])
    await store.close()

    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        assert connection.execute("SELECT count(*) FROM raw_letters").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM letters").fetchone() == (3,)


def count_pieces(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM raw_pieces").fetchone()[0])


async def test_a_large_letter_of_several_paths_is_kept_once(tmp_path: Path):
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.keep([letter(bytes(3 * CHUNK_OCTETS)), letter(bytes(3 * CHUNK_OCTETS), account="other")])
    await store.close()

    assert count_pieces(tmp_path / "bouncer.db") == 2


async def test_the_chunks_of_a_large_letter_that_could_not_be_kept_are_gone_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """On a full disk it would stand in the way of the small ones. Here the last of its pieces finds no place."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))

    def insert_chunk(connection: sa.Connection, raw_id: int, place: int, octets: memoryview) -> None:
        if place == 2:
            raise sqlite3.OperationalError("database or disk is full")
        insert_really(connection, raw_id, place, octets)

    insert_really = chunks.insert_chunk
    monkeypatch.setattr(chunks, "insert_chunk", insert_chunk)
    with pytest.raises(StoreError):
        await store.keep([letter(bytes(4 * CHUNK_OCTETS))])

    assert count_pieces(tmp_path / "bouncer.db") == 0
    assert await store.keep([letter()])
    await store.close()


async def test_pieces_of_a_letter_that_a_crash_cut_off_are_forgotten_at_the_next_start(tmp_path: Path):
    """Pieces of letters that were kept are not forgotten."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    (large_id,) = await store.keep([letter(bytes(3 * CHUNK_OCTETS))])
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as crashed:
        crashed.execute("INSERT INTO raw_pieces VALUES (7, 0, x'00')")
        crashed.commit()

    await store.release_leases()
    assert count_pieces(tmp_path / "bouncer.db") == 3
    await store.forget_unfinished()

    assert count_pieces(tmp_path / "bouncer.db") == 2
    assert len((await store.letter(OPERATOR, large_id)).received.raw) == 3 * CHUNK_OCTETS  # type: ignore[union-attr]
    await store.close()


async def test_the_pieces_of_an_old_letter_go_with_it(tmp_path: Path):
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    old, young = [(await store.keep([letter(bytes(3 * CHUNK_OCTETS))]))[0] for _ in range(2)]
    await store.record([record(old, entries=())], now=NOON)

    await retired(store, letters_before=dt.datetime.now(dt.UTC) + DAY, records_before=NOON, count=9)

    assert count_pieces(tmp_path / "bouncer.db") == 2
    assert len((await store.letter(OPERATOR, young)).received.raw) == 3 * CHUNK_OCTETS  # type: ignore[union-attr]
    await store.close()


async def test_a_letter_whose_pieces_went_is_not_kept(tmp_path: Path):
    """Another daemon that starts on the same file may take them for lost ones: then its sender tries again."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    keeping = asyncio.create_task(store.keep([letter(bytes(9 * CHUNK_OCTETS))]))
    (small,) = await store.keep([letter()])  # behind the first piece

    await store.forget_unfinished()

    with pytest.raises(StoreError):
        await keeping
    assert [row.letter_id for row in await store.letters(OPERATOR, LetterFilter(), ALL)] == [small]
    await store.close()


async def test_processes_that_meet_in_one_number_take_another(tmp_path: Path, clock: Clock):
    """Same millisecond, same chance: the second takes the next number, of letters as of bounces."""
    migrated = await open_store(settings_of_store(tmp_path / "bouncer.db"), now=clock, chance=lambda bits: bits)
    two = await open_store(settings_of_store(tmp_path / "bouncer.db"), now=clock, chance=lambda bits: bits)

    (first,) = await migrated.keep([letter()])
    (second,) = await two.keep([letter()])

    assert first != second
    assert len(await migrated.letters(OPERATOR, LetterFilter(state=LetterState.KEPT), ALL)) == 2

    assert len(await migrated.record([record(first)], now=NOON)) == 1
    assert len(await two.record([record(second)], now=NOON)) == 1
    assert {row.letter_id for row in await migrated.bounces(OPERATOR, BounceFilter(), ALL)} == {first, second}
    await migrated.close()
    await two.close()


async def test_the_log_is_carried_over_while_letters_pour_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Or it would grow for as long as the daemon runs."""
    monkeypatch.setattr(wal, "EVERY_SECONDS", 0)
    monkeypatch.setattr(wal, "LONG_PAGES", 10)
    path = tmp_path / "letters.db"
    file = tmp_path / "letters.db-wal"
    store = await open_store(settings(path))

    sizes = []
    for _ in range(60):
        await store.keep([letter(bytes(100_000))])
        store._engine._backend._log.running.result()  # noqa: SLF001 -- the next letter comes when the log has been looked at
        sizes.append(file.stat().st_size)
    await store.close()

    assert max(sizes) < 10 * 100_000


async def test_a_disk_without_room_makes_the_writer_wait_for_a_checkpoint_that_is_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """SQLite refuses a second checkpoint at once; the letter would be refused while the log still holds the last of the room."""
    path = tmp_path / "letters.db"
    monkeypatch.setattr(disk_room.DiskRoom, "is_short", lambda *_: True)
    monkeypatch.setattr(wal, "EVERY_SECONDS", float("inf"))  # the store begins no checkpoint of its own
    store = await open_store(settings(path))
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as reader,
        closing(sqlite3.connect(path, 60, isolation_level=None, check_same_thread=False)) as other,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM letters").fetchone()
        await store.keep([letter(bytes(100_000))])
        checkpoint = asyncio.create_task(asyncio.to_thread(other.execute, "PRAGMA wal_checkpoint(RESTART)"))
        await until(lambda: tried_checkpoint(path) == -1)  # it waits for the reader
        keeping = asyncio.create_task(store.keep([letter()]))
        await asyncio.sleep(0.1)
        reader.execute("COMMIT")
        await asyncio.gather(checkpoint, keeping)
    size = (tmp_path / "letters.db-wal").stat().st_size
    await store.close()

    assert size < 100_000


def tried_checkpoint(path: Path) -> int:
    """Try a checkpoint; gives the number of pages in the log, -1 while another checkpoint is running."""
    with closing(sqlite3.connect(path, 0, isolation_level=None)) as connection:
        pages: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
        return pages


async def test_addresses_that_one_message_was_too_large_for_are_free_after_the_upgrade(tmp_path: Path):
    """By a report or an import; what a person did, and what anything else did, stays, and so does every story."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, bounce("large@example.org"), bounce("full@example.org"))], now=NOON)
    for address, reason, source, ends_at in [
        ("large@example.org", "message-too-large", "bounce", None),
        ("malformed@example.org", "format-error", "import", None),
        ("over@example.org", "message-too-large", "bounce", NOON - 9 * DAY),
        ("full@example.org", "mailbox-full", "bounce", None),
        ("by-hand@example.org", "message-too-large", "command", None),
    ]:
        await store.suppress(OPERATOR, suppression(address, reason=reason, source=source, until=ends_at))
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        connection.execute("UPDATE bounces SET counts = 1, reason = 'mailbox-full'")
        connection.execute("UPDATE bounces SET reason = 'message-too-large' WHERE recipient LIKE 'large@%'")
        for step in back_to("0013"):
            connection.execute(step)

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    left = {entry.address for _, entry in await store.suppressions(OPERATOR, now=NOON, page=ALL)}
    stories = {
        address: [
            (row.change, row.source, row.why)
            for row in await store.trail(AccountScope("acme"), address=address, page=ALL)
        ]
        for address in ("large@example.org", "malformed@example.org", "over@example.org", "full@example.org")
    }
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        counts = dict(connection.execute("SELECT recipient, counts FROM bounces"))

    assert left == {"full@example.org", "by-hand@example.org"}
    assert counts == {"large@example.org": 0, "full@example.org": 1}
    for address, changes in (("large@example.org", 2), ("malformed@example.org", 2), ("over@example.org", 1)):
        assert len(stories[address]) == changes
    assert stories["large@example.org"][0] == (
        "freed",
        "upgrade",
        "what one message was too large or too badly made for says nothing of the address",
    )
    assert [change for change, _, _ in stories["full@example.org"]] == ["suppressed"]


async def test_entries_of_before_stay_when_others_may_be_of_no_letter(tmp_path: Path):
    """NOT NULL is taken off the column of a table that is full, and nothing is copied."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    ids = [number for _ in range(50) for number in await store.keep([letter()])]
    entries = (NewEntry(EntryKind.NOTICE, "ann@acme.example"),)
    await store.record([record(number, bounce(), entries=entries) for number in ids], now=NOON)
    before = await store.entries(OPERATOR, state=None, page=ALL)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0013"):
            connection.execute(step)
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE outbox SET letter_id = NULL")

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.count(OPERATOR, [Sent("acme", NOON, (), dropped=("gone@example.org",), causes=(suppression(),))])
    new, *after = await store.entries(OPERATOR, state=None, page=ALL)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        checked = [
            connection.execute(f"PRAGMA {check}").fetchall() for check in ("integrity_check", "foreign_key_check")
        ]

    assert len(before) == 50
    assert after == list(before)
    assert (new.kind, new.letter_id) == (EntryKind.UNSENT, None)
    assert checked == [[("ok",)], []]


async def test_accounts_of_before_their_version_are_read_and_their_changes_seen(tmp_path: Path):
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    before = await store.directory(OPERATOR)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0017"):
            connection.execute(step)

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    last_directory = await store.directory(OPERATOR)
    assert last_directory == before
    assert await store.changed_directory(OPERATOR, last_directory) is None
    await store.add_account(OPERATOR, Account("later", ()), now=NOON)
    changed = await store.changed_directory(OPERATOR, last_directory)
    await store.close()

    assert changed is not None
    assert changed.accounts.keys() == {"acme", "later"}


async def test_entries_that_waited_before_webhooks_leave_and_accounts_can_have_webhooks(tmp_path: Path):
    """A filled file: letters, bounces and waiting notices stay, and its account gets an endpoint."""
    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, suppressions=(suppression(),))], now=NOON)
    before = [await store.bounces(OPERATOR, BounceFilter(), ALL), await store.entries(OPERATOR, state=None, page=ALL)]
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0021"):
            connection.execute(step)

    store = await open_store(settings_of_store(tmp_path / "bouncer.db"))
    after = [await store.bounces(OPERATOR, BounceFilter(), ALL), await store.entries(OPERATOR, state=None, page=ALL)]
    (waiting,) = await leased(store, now=NOON, count=9, until=NOON + DAY)
    added = await store.add_webhook(OPERATOR, endpoint())
    await store.close()

    assert after == before
    assert waiting.row.letter_id == letter_id
    assert added


async def test_a_store_of_before_erasures_keeps_all_and_can_erase(tmp_path: Path):
    store = await open_store(settings(tmp_path / "bouncer.db"))
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, suppressions=(suppression(),))], now=NOON)
    before = [await store.bounces(OPERATOR, BounceFilter(), ALL), await store.entries(OPERATOR, state=None, page=ALL)]
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0023"):
            connection.execute(step)

    store = await open_store(settings(tmp_path / "bouncer.db"))
    after = [await store.bounces(OPERATOR, BounceFilter(), ALL), await store.entries(OPERATOR, state=None, page=ALL)]
    order = ErasureOrder(["jane@example.org"], ChangeSource.COMMAND, "by command", NOON)
    result = await store.erase(OPERATOR, order)
    await store.close()

    assert after == before
    assert (result.bounces, result.kept_suppressions) == (1, 1)


async def test_endpoints_from_before_are_told_of_the_ends_of_suppressions_from_the_upgrade_on(tmp_path: Path):
    """A filled file: endpoints, suppressions and waiting events stay as they are."""
    clock = Clock()
    clock.time = dt.datetime.now(dt.UTC)
    old, new = clock.time - DAY, clock.time + DAY
    store = await open_store(settings(tmp_path / "bouncer.db"), now=clock)
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    added = endpoint(events=(EventType.SUPPRESSION_RELEASED, EventType.SUPPRESSION_CREATED))
    await store.add_webhook(OPERATOR, added)
    for address, ends_at in (("old@example.org", old), ("new@example.org", new), ("ever@example.org", None)):
        await store.suppress(OPERATOR, suppression(address, ends_at, source=ChangeSource.COMMAND))
    before = [await store.webhooks(OPERATOR), await store.entries(OPERATOR, state=None, page=ALL)]
    listed = await store.suppressions(OPERATOR, now=NOON, page=ALL)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection, connection:
        for step in back_to("0023"):
            connection.execute(step)

    store = await open_store(settings(tmp_path / "bouncer.db"), now=clock)
    after = [await store.webhooks(OPERATOR), await store.entries(OPERATOR, state=None, page=ALL)]
    assert await store.suppressions(OPERATOR, now=NOON, page=ALL) == listed
    released = await store.tell_ended_suppressions(now=new + DAY)
    events = await store.entries(OPERATOR, state=None, page=ALL)
    await store.close()

    assert after == before
    assert len(listed) == len(before[1]) == 3
    assert released == 1
    assert events[0].recipient_key == "new@example.org"
