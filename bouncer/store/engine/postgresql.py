"""PostgreSQL: opening a database, its transactions, and the meaning of its errors.

A transaction that writes first takes an advisory lock of the database (https://www.postgresql.org/docs/current/explicit-locking.html
section 13.3.5) until its end: one writes at a time, whichever process it is in, as on SQLite under BEGIN IMMEDIATE. So it runs in
READ COMMITTED: whatever it reads is what the last writer committed. Reading transactions have one snapshot (REPEATABLE READ, READ
ONLY) and wait for nobody; each statement of a question is a transaction of its own. ``synchronous_commit`` is set for each
transaction that writes, as the caller wants it.
"""

import datetime as dt

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.async_engine import AsyncEngine
from bouncer.store.engine.backend import Transaction
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.postgresql_errors import TRANSIENT, failure_of, sqlstate_of, without_password
from bouncer.store.engine.postgresql_pool import begin, direct_transaction, make_pool, require_open, required_driver
from bouncer.store.lifecycle.schema import bring_up_to_date, make_missing, require_current


class LostConnection(Exception):
    """The server had ended a connection before a transaction began on it: nothing was done, and another connection will do."""


async def open_postgresql(url: sa.URL, settings: StoreSettings, *, make_at: dt.datetime | None = None) -> Engine:
    """Open the database; with a moment *make_at*, as in the daemon, missing tables are made, and old ones migrated.

    Raises ConfigError for another program's database, and without *make_at* also for tables that are missing or not of today's
    revision; NotNow where they are to be migrated and others use them; StoreError where the database does not answer.
    """
    with required_driver():
        engine = Engine(PostgresqlDatabase(url, settings.busy_seconds, make=make_at is not None))
    try:
        await engine.open()
    except BaseException as error:
        await engine.close()
        if isinstance(error, StoreError):
            raise StoreError(f"{without_password(url)}: {error}", full=error.full) from error
        raise
    return engine


def create_postgresql(url: sa.URL, settings: StoreSettings) -> bool:
    """Make the tables in an empty database; False where a store is there, of any revision. Raises as ``open_postgresql``."""
    with direct_transaction(url, settings.busy_seconds, Transaction.DURABLE) as connection:
        return make_missing(connection, without_password(url))


def _require_open(connection: sa.Connection) -> None:
    try:
        require_open(connection)
    except connection.dialect.loaded_dbapi.OperationalError as error:
        connection.invalidate()
        raise LostConnection from error


class PostgresqlDatabase:
    """The port Backend on one database of a server; with *make*, missing tables are made and old ones migrated."""

    def __init__(self, url: sa.URL, lock_seconds: float, *, make: bool) -> None:
        self._url = url
        self._lock_seconds = lock_seconds
        self._make = make

    def make_engine(self, connections: int, *, writes: bool) -> AsyncEngine:  # noqa: ARG002 -- its connections do both
        """Make a pool of connections."""
        return make_pool(self._url, self._lock_seconds, connections)

    def open(self) -> None:
        """Find the tables, or make or migrate them where the caller of this class wants that."""
        kind = Transaction.DURABLE if self._make else Transaction.READING
        with direct_transaction(self._url, self._lock_seconds, kind) as connection:
            (bring_up_to_date if self._make else require_current)(connection, without_password(self._url))

    def begin(self, connection: sa.Connection, kind: Transaction) -> None:
        """Begin the transaction at once; raises LostConnection where the server was started anew since the last one.

        The beginning of a question asks nothing of the server, so the local end of the connection is looked at.
        """
        if kind is Transaction.ASKING:
            _require_open(connection)
        try:
            begin(connection, kind)
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise LostConnection from error
            raise

    def after_commit(self) -> None:
        """Do nothing: the server checkpoints its log itself."""

    def is_short_of_room(self, octets: int) -> bool:  # noqa: ARG002 -- the disk is the server's
        """Give False: the server's disk is not ours to look at."""
        return False

    def require_room(self, octets: int, leaving: int) -> None:
        """Do nothing: the server says by its errors that its disk is full."""

    def empty_log(self) -> bool:
        """Do nothing: the server keeps its log as its settings say."""
        return True

    def is_transient(self, error: Exception) -> bool:
        """Whether a retry will do: the transaction conflicted with another one, or the server had ended the connection before."""
        return isinstance(error, LostConnection) or sqlstate_of(error) in TRANSIENT

    def failure(self, error: Exception) -> StoreError | None:
        """Give the error's meaning, with PostgreSQL's own name for it."""
        cause = error.__cause__ if isinstance(error, LostConnection) else error
        return failure_of(cause or error, self._url)

    def lost_files(self) -> str | None:
        """Give None: the files are the server's, which says by its errors what is wrong with them."""
        return None

    def close(self) -> None:
        """Do nothing: all connections are the pools'."""
