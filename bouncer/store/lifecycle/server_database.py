"""A store in a server's database as a whole: looks into it beside the daemon, its migration, and the programs that back it up.

A database is backed up and restored by PostgreSQL's own programs (https://www.postgresql.org/docs/current/backup-dump.html).
"""

import datetime as dt
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from bouncer.errors import ConfigError
from bouncer.store.engine.backend import Transaction
from bouncer.store.engine.postgresql_errors import without_password
from bouncer.store.engine.postgresql_pool import direct_transaction
from bouncer.store.lifecycle import revisions, schema
from bouncer.store.lifecycle.making import Upgrade
from bouncer.store.lifecycle.migrating import find_newest_revision
from bouncer.store.lifecycle.restoring import WAITING
from bouncer.store.lifecycle.store_facts import MARK, NEWEST_LETTER, NUMBER_OF_LETTERS, WholeStore, moment_of
from bouncer.store.presences import present_daemons

_OCTETS = sa.text("SELECT pg_database_size(current_database())")


@contextmanager
def open_current(url: sa.URL, lock_seconds: float) -> Iterator[sa.Connection]:
    """Give a connection that only reads a store of today's revision; raises ConfigError where it is none, StoreError."""
    with direct_transaction(url, lock_seconds, Transaction.READING) as connection:
        schema.require_current(connection, without_password(url))
        yield connection


def octets_of(connection: sa.Connection) -> int:
    """Give the octets of the database on the server's disk."""
    return int(connection.scalar(_OCTETS) or 0)


def show_database(url: sa.URL, lock_seconds: float, now: dt.datetime) -> WholeStore:
    """Inspect a store of any revision, and write nothing. Raises ConfigError where there is none, StoreError."""
    with direct_transaction(url, lock_seconds, Transaction.READING) as connection:
        tables = schema.recognize_ours(connection, without_password(url))
        newest_letter = connection.scalar(sa.text(NEWEST_LETTER))
        return WholeStore(
            path=without_password(url),
            id=connection.scalar(sa.text(MARK)),
            revision=tables.revision,
            is_current=tables.is_current,
            is_served=bool(present_daemons(connection, now=now)),
            octets=octets_of(connection),
            letters=connection.scalar(sa.text(NUMBER_OF_LETTERS)) or 0,
            waiting=connection.scalar(sa.text(WAITING)) or 0,
            newest_letter=moment_of(newest_letter),
            copies=(),
        )


def upgrade_database(url: sa.URL, lock_seconds: float) -> Upgrade | None:
    """Migrate a store; None where it is current. No copy is made. Raises as ``open_postgresql``."""
    with direct_transaction(url, lock_seconds, Transaction.DURABLE) as connection:
        before = schema.recognize_ours(connection, without_password(url))
        revisions.refuse_later(without_password(url), before.revision)
        if before.is_current:
            return None
        schema.bring_up_to_date(connection, without_password(url))
    return Upgrade(before.revision, find_newest_revision(), None)


def refuse_backup(url: sa.URL) -> ConfigError:
    """Make the error for a backup that only PostgreSQL can make; it names the command."""
    command = f"pg_dump --format=custom --file=FILE --dbname={_spell_for_libpq(url)}"
    return ConfigError(
        f"{without_password(url)}: this store is in a database of a server, and PostgreSQL backs it up: {command}"
    )


def refuse_restore(url: sa.URL) -> ConfigError:
    """Make the error for a backup that only PostgreSQL can restore; it names the command."""
    command = f"pg_restore --clean --if-exists --single-transaction --dbname={_spell_for_libpq(url)} FILE"
    place = without_password(url)
    return ConfigError(
        f"{place}: this store is in a database of a server; stop every daemon, and PostgreSQL restores it: {command}"
    )


def _spell_for_libpq(url: sa.URL) -> str:
    """Give the url as PostgreSQL's programs take it, without passwords: they ask for one, or find it in their own file."""
    plain = url.set(drivername="postgresql", password=None)
    return shlex.quote(plain.difference_update_query(("password", "sslpassword")).render_as_string(hide_password=False))
