"""PostgreSQL's store beyond the contract: its tables, its transactions, and its answers about other databases."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import ALL, NOON, letter, record, suppression
from contract.postgresql import Databases
from contract.sent_statements import noting_statements
from patience import until

from bouncer.errors import ConfigError, NotNow, StoreError
from bouncer.policy.records import EntryKind, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.letters import LetterFilter
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.connecting import make_engine
from bouncer.store.engine.databases import place_of
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.postgresql import open_postgresql
from bouncer.store.engine.rows import insert_rows
from bouncer.store.lifecycle.migrating import SCRIPTS, find_newest_revision, migrate
from bouncer.store.sql import create_store, find_store, open_store
from bouncer.store.tables import identity, meta, raw_letters, sent_messages

pytestmark = pytest.mark.real("postgresql")

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default,
        row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
"""


@pytest.fixture
def new(databases: Databases) -> Iterator[str]:
    """The url of a database without tables."""
    with databases.new() as url:
        yield url


@pytest.fixture
async def engine(databases: Databases) -> AsyncIterator[Engine]:
    store = await open_postgresql(sa.make_url(databases.emptied()), StoreSettings(busy_seconds=20))
    yield store
    await store.close()


def database_of(url: str) -> str:
    return str(sa.make_url(url).database)


def run(url: str, *statements: str) -> list[Any]:
    """Run statements as the owner of the database; gives the rows of the last."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        rows: list[Any] = []
        for statement in statements:
            cursor = connection.exec_driver_sql(statement)
            rows = list(cursor.all()) if cursor.returns_rows else []
    engine.dispose()
    return rows


def with_partial_indexes() -> sa.MetaData:
    """The tables with what the migrations alone say: which rows PostgreSQL's partial indexes have."""
    tables = sa.MetaData()
    for table in meta.tables.values():
        for index in table.to_metadata(tables).indexes:
            if (where := index.dialect_options["sqlite"]["where"]) is not None:
                index.dialect_options["postgresql"]["where"] = where
    return tables


def make_directly(settings: StoreSettings) -> None:
    """Make the tables without the migrations."""
    engine = sa.create_engine(settings.url, poolclass=sa.NullPool)
    with_partial_indexes().create_all(engine)
    engine.dispose()


def test_the_migrations_make_exactly_the_tables(databases: Databases):
    shapes = []
    for make in (create_store, make_directly):
        with databases.new() as url:
            make(StoreSettings(url))
            shapes.append([sorted(run(url, query)) for query in (COLUMNS, INDEXES, CONSTRAINTS)])

    migrated, fresh = shapes
    for part, expected in zip(migrated, fresh, strict=True):
        assert part == expected
    assert [len(part) > 20 for part in migrated] == [True] * 3


FIRST = {
    "raw_letters": [{"id": 4_194_304, "octets": b"Subject: \xff\0"}, {"id": 8_388_608, "octets": b"y"}],
    "letters": [
        {
            "id": number,
            "raw_id": number,
            "state": "read",
            "octets": 10,
            "return_path": "acme-x@rp.example.com",
            "path_kind": "signed",
            "path_account": account,
            "reverse_path": "",
            "peer": "192.0.2.1",
            "helo": "b\\\u00fc",
            "smtputf8": True,
            "received_at": 1_700_000_000_000_000,
            "account": account,
        }
        for number, account in ((4_194_304, "acme"), (8_388_608, "gone"))
    ],
    "bounces": [
        {
            "id": 4_194_305,
            "letter_id": 4_194_304,
            "at": 1_700_000_000_000_001,
            "account": "acme",
            "recipient": "J.Doe+x@GoogleMail.com",
            "recipient_key": "j.doe+x@googlemail.com",
            "recipient_domain": "googlemail.com",
            "action": "failed",
            "reason": "message-too-large",
            "belief": "proven",
            "belief_why": "",
            "suppressed": True,
        }
    ],
    "outbox": [
        {
            "letter_id": number,
            "account": account,
            "kind": kind,
            "forward_path": to,
            "message_id": f"{number}@mx",
            "state": "waiting",
            "attempts": 0,
            "created_at": 1_700_000_000_000_000,
            "due": 1_700_000_000_000_002,
        }
        for number, account, kind, to in (
            (4_194_304, "acme", "notice", "ann@B\u00fccher.example"),
            (4_194_304, "acme", "warning", "ann@acme.example"),
            (8_388_608, None, "operator", "op@example.com"),
        )
    ],
    "suppressions": [
        {
            "account": "acme",
            "address": address,
            "address_key": key,
            "address_domain": key.partition("@")[2],
            "reason": reason,
            "source": "bounce",
            "since": 1_700_000_000_000_000,
            "until": until,
        }
        for address, key, reason, until in (
            ("jane@example.org", "jane@example.org", "invalid-recipient", None),
            ("j.doe+x@gmail.com", "j.doe+x@gmail.com", "invalid-recipient", 1_800_000_000_000_000),
            ("jos\u00e9\\@fa\u00df.example", "jos\u00e9\\@fass.example", "invalid-recipient", None),
            ("large@example.org", "large@example.org", "message-too-large", None),
        )
    ],
    "accounts": [{"name": "acme", "owners": '["ann@acme.example"]', "forwarding": True, "created_at": 1}],
    "aliases": [{"address": "b@rp.example.com", "account": "acme", "created_at": 1}],
}
"""Rows of the first revision; later ones are filled by what the migrations make of them."""


def scripts_up_to(revision: str, folder: Path) -> Path:
    """The migrations as a version of that time had them."""
    shutil.copytree(SCRIPTS, folder)
    for script in (folder / "versions").glob("[0-9]*.py"):
        if script.name[:4] > revision:
            script.unlink()
    return folder


def fill_and_migrate(engine: sa.Engine, tmp_path: Path) -> None:
    """A store of the first revision, with rows, is brought to each later one."""
    with engine.begin() as connection:
        migrate(connection, scripts_up_to("0001", tmp_path / f"{engine.dialect.name} 0001"))
        for name, rows in FIRST.items():
            connection.execute(sa.insert(sa.Table(name, sa.MetaData(), autoload_with=connection)), rows)
    with engine.begin() as connection:
        migrate(connection, scripts_up_to("0014", tmp_path / f"{engine.dialect.name} 0014"))
        entry = "SELECT min(id), 'ann@acme.example', 2, 'too-old', 'Hi' FROM outbox"
        connection.execute(sa.text("UPDATE accounts SET forwarding = false"))
        assert connection.execute(sa.text(entry)).one()[0] == 1
    with engine.begin() as connection:
        migrate(connection)


def contents(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows, except what is drawn or depends on the day of the migration."""
    drawn = {"trail": {"at"}, "former_accounts": {"removed_at"}, "accounts": {"underived_until"}}
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (
                    tuple(value for name, value in row.items() if name not in drawn.get(table.name, ()))
                    for row in connection.execute(sa.select(table)).mappings()
                ),
                key=repr,
            )
            for table in meta.sorted_tables
            if table is not identity
        }


async def test_an_upgrade_makes_of_older_rows_what_it_makes_on_sqlite(new: str, tmp_path: Path):
    on_file, on_server = make_engine(tmp_path / "bouncer.db", 5), sa.create_engine(new)
    for engine in (on_file, on_server):
        fill_and_migrate(engine, tmp_path)

    expected = contents(on_file)
    assert contents(on_server) == expected
    assert {name for name, rows in expected.items() if rows} >= {*FIRST, "trail", "former_accounts"}
    on_file.dispose()
    on_server.dispose()
    store = await open_store(StoreSettings(new))
    await store.suppress(OPERATOR, suppression("new@example.org"))  # its number is none that is taken
    (number,) = await store.keep([letter()])
    await store.record([record(number)], now=NOON)
    waiting = await store.entries(OPERATOR, state="waiting", page=ALL)
    await store.close()
    assert {entry.message_id for entry in waiting} > {"4194304@mx", "8388608@mx"}


@pytest.mark.parametrize("how", ["C", "POSIX"])
async def test_a_database_in_the_order_of_octets_is_a_store(databases: Databases, how: str):
    databases.server.sql(f"CREATE DATABASE ordered OWNER bouncer TEMPLATE template0 ENCODING 'UTF8' LOCALE '{how}'")
    store = await open_store(StoreSettings(databases.server.url("ordered")))
    await store.close()
    databases.server.drop_database("ordered")


@pytest.mark.parametrize("locale", ["ENCODING 'UTF8' LOCALE 'C.UTF-8'", "ENCODING 'SQL_ASCII' LOCALE 'C'"])
async def test_a_database_in_another_order_or_encoding_is_refused_and_left_alone(databases: Databases, locale: str):
    databases.server.sql(f"CREATE DATABASE odd OWNER bouncer TEMPLATE template0 {locale}")
    settings = StoreSettings(databases.server.url("odd"))
    try:
        for opening in (open_store, find_store):
            with pytest.raises(ConfigError, match="TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"):
                await opening(settings)
        with pytest.raises(ConfigError, match="LOCALE"):
            create_store(settings)
        assert databases.server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "odd") == ""
    finally:
        databases.server.drop_database("odd")


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE recipes (name text)"],
        ["CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('1975ea83b712')"],
        [f"CREATE TABLE {name} (id int)" for name in ("alembic_version", "letters", "accounts", "bounces")],
    ],
)
async def test_another_programs_database_is_refused_and_left_alone(new: str, statements: list[str]):
    run(new, *statements)
    before = run(new, COLUMNS)

    for opening in (open_store, find_store):
        with pytest.raises(ConfigError, match="this is no store of bouncer's, it is another program's database"):
            await opening(StoreSettings(new))
    with pytest.raises(ConfigError, match="no store of bouncer's"):
        create_store(StoreSettings(new))

    assert run(new, COLUMNS) == before


async def test_a_command_makes_no_tables_and_says_who_does(new: str):
    place = place_of(StoreSettings(new))

    with pytest.raises(ConfigError) as raised:
        await find_store(StoreSettings(new))

    assert (
        str(raised.value) == f"there is no store at {place}; 'bouncer init' makes a store, and so does 'bouncer serve'"
    )
    assert run(new, COLUMNS) == []
    assert [create_store(StoreSettings(new)) for _ in range(2)] == [True, False]
    await (await find_store(StoreSettings(new))).close()


async def test_an_older_store_is_migrated_by_the_daemon_alone(new: str, tmp_path: Path):
    engine = sa.create_engine(new, poolclass=sa.NullPool)
    with engine.begin() as connection:
        migrate(connection, scripts_up_to("0016", tmp_path / "0016"))

    with pytest.raises(
        ConfigError,
        match=rf"older version \(revision 0016, today's is {find_newest_revision()}\): 'bouncer store migrate'",
    ):
        await find_store(StoreSettings(new))
    assert not create_store(StoreSettings(new))
    await (await open_store(StoreSettings(new))).close()
    await (await find_store(StoreSettings(new))).close()


async def test_a_store_of_a_newer_program_is_refused(new: str):
    create_store(StoreSettings(new))
    run(new, "UPDATE alembic_version SET version_num = '9999'")

    for opening in (open_store, find_store):
        with pytest.raises(
            ConfigError,
            match=f"a newer bouncer made this database: it is at 9999, we know up to {find_newest_revision()}",
        ):
            await opening(StoreSettings(new))


async def test_an_older_store_that_others_serve_is_not_migrated(new: str):
    serving = await open_store(StoreSettings(new))
    await serving.letters(OPERATOR, LetterFilter(), ALL)
    run(new, "UPDATE alembic_version SET version_num = '0016'")

    with pytest.raises(NotNow, match="end it first"):
        await open_store(StoreSettings(new))

    run(new, f"UPDATE alembic_version SET version_num = '{find_newest_revision()}'")  # noqa: S608 -- a revision of ours
    await (await open_store(StoreSettings(new))).close()
    await serving.close()


async def test_a_password_is_shown_to_nobody(databases: Databases):
    port, secret = databases.server.port, "se%2Fcret"
    for url in (
        f"postgresql+psycopg://bouncer:{secret}@127.0.0.1:{port}/postgres",
        f"postgresql+psycopg://bouncer@127.0.0.1:{port}/postgres?password={secret}",
        f"postgresql+psycopg://bouncer:{secret}@127.0.0.1:1/postgres",
    ):
        settings = StoreSettings(url)
        with pytest.raises(StoreError) as raised:
            await open_store(settings)
        words = f"{raised.value} {place_of(settings)}"
        assert "cret" not in words
        assert "127.0.0.1" in words


async def test_a_database_that_is_missing_says_so(databases: Databases):
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        await open_store(StoreSettings(databases.server.url("nowhere")))


async def test_the_passwords_place_can_be_a_file(databases: Databases, tmp_path: Path):
    secret = tmp_path / "pgpass"
    secret.write_text("*:*:*:bouncer:bouncer\n")
    secret.chmod(0o600)
    with databases.new() as url:
        name, port = database_of(url), databases.server.port
        settings = StoreSettings(f"postgresql+psycopg://bouncer@127.0.0.1:{port}/{name}?passfile={secret}")
        store = await open_store(settings)
        await store.keep([letter()])
        await store.close()


HOSTILE_ROLE = (
    "ALTER ROLE bouncer SET search_path = elsewhere",
    "ALTER ROLE bouncer SET default_transaction_read_only = on",
    "ALTER ROLE bouncer SET default_transaction_isolation = 'serializable'",
    "ALTER ROLE bouncer SET synchronous_commit = off",
    "ALTER ROLE bouncer SET lock_timeout = 1",
    "ALTER ROLE bouncer SET client_encoding = 'LATIN1'",
)


async def test_connections_that_only_read_have_each_query_planned_for_its_values(databases: Databases):
    """However often it is asked: an account may have all rows or none. A look at the plans themselves is in the tests of plans."""

    def mode(connection: sa.Connection) -> str:
        return str(connection.exec_driver_sql("SHOW plan_cache_mode").scalar_one())

    try:
        databases.server.sql("ALTER ROLE bouncer SET plan_cache_mode = force_generic_plan")
        engine = await open_postgresql(sa.make_url(databases.emptied()), StoreSettings())
        modes = [
            await work(mode) for work in (engine.read, engine.write, engine.ask, engine.write_unsynced, engine.read)
        ]
        await engine.close()
    finally:
        databases.server.sql("ALTER ROLE bouncer RESET ALL")

    assert modes == ["force_custom_plan", "auto", "force_custom_plan", "auto", "force_custom_plan"]


async def test_no_query_starts_helpers_or_is_compiled(databases: Databases):
    """Ours are short: a server that thinks otherwise makes a check of 10,000 addresses ten times as long."""

    def settings_of(connection: sa.Connection) -> list[str]:
        names = "max_parallel_workers_per_gather", "jit"
        return [str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in names]

    try:
        databases.server.sql("ALTER ROLE bouncer SET max_parallel_workers_per_gather = 4")
        databases.server.sql("ALTER ROLE bouncer SET jit = on")
        engine = await open_postgresql(sa.make_url(databases.emptied()), StoreSettings())
        settings = [await work(settings_of) for work in (engine.read, engine.ask, engine.write)]
        await engine.close()
    finally:
        databases.server.sql("ALTER ROLE bouncer RESET ALL")

    assert settings == 3 * [["0", "off"]]


async def test_transactions_are_of_their_kind_whatever_the_roles_settings_are(databases: Databases):
    names = ("transaction_isolation", "transaction_read_only", "synchronous_commit", "lock_timeout", "client_encoding")

    def settings_of(connection: sa.Connection) -> list[str]:
        return [connection.exec_driver_sql(f"SHOW {name}").scalar_one().lower() for name in names]

    try:
        for statement in HOSTILE_ROLE:
            databases.server.sql(statement)
        engine = await open_postgresql(sa.make_url(databases.emptied()), StoreSettings(busy_seconds=7))
        reading, durable = await engine.read(settings_of), await engine.write(settings_of)
        unsynced, again = await engine.write_unsynced(settings_of), await engine.write(settings_of)
        asking = [await engine.ask(settings_of) for _ in range(2)]
        await engine.close()
    finally:
        databases.server.sql("ALTER ROLE bouncer RESET ALL")

    assert reading[:2] == ["repeatable read", "on"]
    assert [settings[:2] for settings in asking] == 2 * [["read committed", "on"]]
    assert durable == again == ["read committed", "off", "on", "7s", "utf8"]
    assert unsynced == ["read committed", "off", "off", "7s", "utf8"]


async def test_a_question_is_one_trip_and_outlives_the_end_of_its_connection(databases: Databases):
    engine = await open_postgresql(sa.make_url(databases.emptied()), StoreSettings())
    sent = list[str]()

    def process(connection: sa.Connection) -> int:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())

    try:
        first = await engine.ask(process)
        with noting_statements(lambda _connection, sql, _values: sent.append(sql)):
            assert await engine.ask(process) == first
        databases.server.end_process(first)  # its last words have come then
        assert await engine.ask(process) != first
    finally:
        await engine.close()

    assert sent == ["SELECT pg_backend_pid()"]


def insert(connection: sa.Connection, *ids: int) -> None:
    connection.execute(sa.insert(raw_letters), [{"id": number, "octets": b"x"} for number in ids])


def ids(connection: sa.Connection) -> list[int]:
    return list(connection.scalars(sa.select(raw_letters.c.id).order_by(raw_letters.c.id)))


async def test_a_reader_has_one_snapshot_and_waits_for_no_writer(engine: Engine):
    await engine.write(insert, 1)
    loop = asyncio.get_running_loop()
    began, may_end = asyncio.Event(), asyncio.Event()

    def slow(connection: sa.Connection) -> tuple[list[int], list[int]]:
        first = ids(connection)
        began.set()
        sa.util.await_only(may_end.wait())
        return first, ids(connection)

    reading = loop.create_task(engine.read(slow))
    await began.wait()
    await engine.write(insert, 2)
    may_end.set()

    assert await reading == ([1], [1])
    assert await engine.read(ids) == [1, 2]


async def test_one_of_two_processes_writes_at_a_time_and_sees_all_that_was_before(databases: Databases, engine: Engine):
    """Each adds one to what it reads, with no lock on the row: none is lost."""
    other = await open_postgresql(sa.make_url(databases.server.url(database_of(databases.emptied()))), StoreSettings())

    def count_on(connection: sa.Connection) -> None:
        connection.execute(sa.insert(raw_letters).values(id=len(ids(connection)) + 1, octets=b"x"))

    await asyncio.gather(*(store.write(count_on) for store in (engine, other) for _ in range(50)))
    await other.close()

    assert await engine.read(ids) == list(range(1, 101))


async def test_a_row_that_is_there_already_undoes_the_whole_transaction(engine: Engine):
    await engine.write(insert, 2)

    with pytest.raises(sa.exc.IntegrityError):
        await engine.write(insert, 1, 2)

    await engine.write(insert, 3)
    assert await engine.read(ids) == [2, 3]


@pytest.mark.parametrize("turns", range(0, 60, 4))
async def test_a_caller_is_cancelled_at_any_moment_and_the_next_ones_are_served(engine: Engine, turns: int):
    def two(connection: sa.Connection) -> None:
        insert(connection, 1)
        ids(connection)
        insert(connection, 2)

    caller = asyncio.create_task(engine.write(two))
    reader = asyncio.create_task(engine.read(ids))
    for _ in range(turns):
        await asyncio.sleep(0)
    for task in (caller, reader, *engine._tasks):  # noqa: SLF001 -- as an event loop does that ends
        task.cancel()
    await asyncio.wait([caller, reader])

    await engine.write(insert, 3)
    assert await engine.read(ids) in ([3], [1, 2, 3])


@pytest.mark.parametrize("failing", [1, 2, 3])
@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_transaction_that_meets_another_one_is_tried_again(engine: Engine, state: str, failing: int):
    attempts = list[int]()

    def work(connection: sa.Connection) -> None:
        insert(connection, 1)
        attempts.append(1)
        if len(attempts) <= failing:
            connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '{state}'; END $$")

    if failing == 3:
        with pytest.raises(StoreError, match="met"):
            await engine.write(work)
    else:
        await engine.write(work)

    assert len(attempts) == min(failing + 1, 3)
    assert await engine.read(ids) == ([] if failing == 3 else [1])


async def test_rows_that_are_written_by_the_driver_are_those_that_sqlalchemy_reads(engine: Engine):
    columns = ("account", "sent_at", "message_id", "reference", "subject", "campaign", "stream", "recipients")
    row = ("acme", 1, "a@b", None, "100%; DROP TABLE letters; --\\", "", "", '["jane@example.org"]')

    await engine.write(insert_rows, sent_messages, columns, [row])
    await engine.write(insert_rows, sent_messages, columns, [])

    (read,) = await engine.read(lambda connection: connection.execute(sa.select(sent_messages)).all())
    assert (read.subject, read.recipients) == (row[4], ("jane@example.org",))


async def test_lists_are_in_the_order_of_octets(databases: Databases):
    """As on SQLite: Z before a, and what is beyond ASCII last."""
    store = await open_store(StoreSettings(databases.emptied()))
    for name in ("b", "a-b", "ab", "a1"):
        await store.add_account(OPERATOR, Account(name, ()), now=NOON)
    directory = await store.directory(OPERATOR)
    await store.close()

    assert list(directory.accounts) == sorted(directory.accounts)


async def test_no_connection_is_left_of_a_closed_store(databases: Databases):
    url = databases.emptied()
    store = await open_store(StoreSettings(url))
    (number,) = await store.keep([letter()])
    await store.record([record(number, entries=(NewEntry(EntryKind.NOTICE, "ann@acme.example"),))], now=NOON)
    asking = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bouncer'"
    before = int(databases.server.sql(asking, database_of(url)))
    await store.close()

    await until(lambda: databases.server.sql(asking, database_of(url)) == "0")
    assert 1 <= before <= 3


OPENING = """
import asyncio, sys
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import find_store

async def main():
    await (await find_store(StoreSettings(sys.argv[1]))).close()

asyncio.run(main())
print([name for name in ("psycopg", "sqlalchemy.dialects.postgresql") if name in sys.modules])
"""


def test_psycopg_is_imported_only_where_such_a_url_is_used(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/bouncer.db"
    create_store(StoreSettings(url))
    result = subprocess.run(
        [sys.executable, "-c", OPENING, url], capture_output=True, text=True, check=True, timeout=60
    )

    assert result.stdout == "[]\n"


def test_without_psycopg_it_is_said_how_to_get_it(databases: Databases, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(ConfigError, match=r"pip install 'bouncer-mx\[postgresql\]'"):
        create_store(StoreSettings(databases.server.url("postgres")))
