"""Connections to PostgreSQL, each prepared for our transactions, and SQLAlchemy's engines on them.

Each connection is in psycopg's autocommit mode: the Backend begins each transaction itself, of the kind that it needs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from bouncer.errors import ConfigError
from bouncer.store.engine.async_engine import AsyncEngine, create_async_engine
from bouncer.store.engine.backend import Transaction
from bouncer.store.engine.postgresql_errors import failure_of

STATEMENT_SECONDS = 300
"""Time for one statement; the longest of ours, the daily roll-up of counts, takes some seconds on a large store."""
IDLE_SECONDS = 60
"""Time that a transaction of ours may stand still, as when the process is stopped: it holds up all that write."""
DEAD_SECONDS = 30
"""Time after which a connection whose other end does not answer is given up."""

WRITERS_LOCK = 0x626E6372
"""The advisory lock of those who write, "bncr"; each database has advisory locks of its own."""

_BEGIN_WRITING = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = {flush};"
    f" SELECT pg_advisory_xact_lock({WRITERS_LOCK})"
)
_BEGIN_READING = (
    "BEGIN ISOLATION LEVEL {isolation} READ ONLY; SET LOCAL plan_cache_mode = force_custom_plan"  # see below
)
_BEGIN = {
    Transaction.READING: _BEGIN_READING.format(isolation="REPEATABLE READ"),
    Transaction.DURABLE: _BEGIN_WRITING.format(flush="on"),
    Transaction.UNSYNCED: _BEGIN_WRITING.format(flush="off"),
}
"""By kind: one trip to the server, in which the lock is taken before the work's first snapshot.

psycopg prepares statements that are executed often, and the server then may plan a statement once for all values, although an
account, a state or a receiver has all the rows of a table or none. So in transactions that only read, each query is planned for its
values, which costs a tenth of a millisecond. A transaction that writes many rows by one statement would pay that for each row.
"""
_ASKING = (
    "SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = on;"
    " SET plan_cache_mode = force_custom_plan; SET random_page_cost = 1.1"
)
"""For the connection of short questions, of which each statement is a transaction of its own: one trip to the server, not three.

They search indexes that are in memory, by thousands of values at a time: at the server's usual price for a page it would
rather read a table of some hundred thousand rows from end to end.
"""
_ASKS = "bouncer asks"
"""The name of the mark of a connection that was made ready for questions."""
_CONNECTING: dict[str, Any] = {
    "application_name": "bouncer",
    "connect_timeout": 10,
    "keepalives_idle": DEAD_SECONDS,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": DEAD_SECONDS * 1000,
}
"""libpq's parameters (https://www.postgresql.org/docs/current/libpq-connect.html), each unless the url has it."""


def begin(connection: sa.Connection, kind: Transaction) -> None:
    """Begin a transaction of that *kind*; one that writes waits for the end of others that do, in any process.

    For questions the connection is made ready, once: it is used for nothing else.
    """
    if kind is not Transaction.ASKING:
        connection.exec_driver_sql(_BEGIN[kind])
    elif not connection.info.get(_ASKS):
        connection.exec_driver_sql(_ASKING)
        connection.info[_ASKS] = True


def require_open(connection: sa.Connection) -> None:
    """Raise the driver's OperationalError where the server has ended the connection.

    Only octets that have arrived are looked at: no round trip to the server, and an end that is still on its way is not seen.
    """
    driver: Any = connection.connection.driver_connection
    for _ in range(2):  # the first may read the server's last words, and the second finds the end behind them
        driver.pgconn.consume_input()


@contextmanager
def direct_transaction(url: sa.URL, lock_seconds: float, kind: Transaction) -> Iterator[sa.Connection]:
    """Give a connection in a transaction, all in the caller's thread; for migrations and looks.

    Raises StoreError where the database does not answer, ConfigError where psycopg is missing.
    """
    with required_driver():
        engine = sa.create_engine(url, poolclass=sa.NullPool, **_arguments(url))
    _prepare_each(engine, lock_seconds)
    try:
        with engine.connect() as connection, connection.begin():
            begin(connection, kind)
            yield connection
    except sa.exc.DBAPIError as error:
        if (failure := failure_of(error, url)) is None:
            raise
        raise failure from error
    finally:
        engine.dispose()


@contextmanager
def required_driver() -> Iterator[None]:
    """Raise ConfigError where psycopg, which comes with an extra, is not there."""
    try:
        yield
    except ImportError as error:
        raise ConfigError(
            f"[store] url: postgresql+psycopg: needs pip install 'bouncer-mx[postgresql]' ({error})"
        ) from None


def make_pool(url: sa.URL, lock_seconds: float, connections: int) -> AsyncEngine:
    """Make an engine with at most *connections* connections; a statement waits *lock_seconds* for a lock."""
    engine = create_async_engine(url, pool_size=connections, max_overflow=0, **_arguments(url))
    _prepare_each(engine.sync_engine, lock_seconds)
    return engine


def _arguments(url: sa.URL) -> dict[str, Any]:
    connecting = {name: setting for name, setting in _CONNECTING.items() if name not in url.query}
    return {
        "connect_args": {**connecting, "autocommit": True, "client_encoding": "utf8"},
        "paramstyle": "format",  # rows are sequences, as on SQLite
        "use_native_hstore": False,  # saves a query at the start
        "hide_parameters": True,  # a traceback must not show letters
        "execution_options": {"preserve_rowcount": True},  # of an INSERT, too: psycopg forgets it with the cursor
    }


def _prepare_each(engine: sa.Engine, lock_seconds: float) -> None:
    """Have the settings of each new connection set, whatever the role's and the database's own are."""
    settings = {
        "search_path": "public",
        "lock_timeout": f"{max(1, round(lock_seconds * 1000))}ms",  # 0 would be: for ever
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        "standard_conforming_strings": "on",
        "plan_cache_mode": "auto",  # of transactions that write
        # our queries read some thousand rows at most: starting helpers for one, or compiling it, takes longer than running it
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
    }
    chosen = ", ".join(f"set_config('{name}', '{setting}', false)" for name, setting in settings.items())

    def prepare(driver: Any, _record: object) -> None:
        cursor = driver.cursor()
        cursor.execute(f"SELECT {chosen}")
        cursor.close()

    sa.event.listen(engine, "connect", prepare)
