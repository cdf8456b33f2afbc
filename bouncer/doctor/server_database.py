"""Checks a store in a server's database: whether it answers, is ours or empty, and whether our role may make tables there."""

from collections.abc import Iterator

import sqlalchemy as sa

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok
from bouncer.errors import ConfigError, StoreError
from bouncer.store.engine.backend import Transaction
from bouncer.store.engine.postgresql_errors import without_password
from bouncer.store.engine.postgresql_pool import direct_transaction
from bouncer.store.lifecycle.migrating import find_newest_revision
from bouncer.store.lifecycle.schema import recognize_schema
from bouncer.store.lifecycle.server_database import octets_of

_MAY_MAKE_TABLES = sa.text("SELECT has_schema_privilege('public', 'CREATE')")
_VERSION = sa.text("SHOW server_version")


def check_database(url: sa.URL, lock_seconds: float) -> Iterator[Finding]:
    """Check the database that *url* names, without changing it."""
    about = fill("store {what}", what=without_password(url))
    try:
        with direct_transaction(url, lock_seconds, Transaction.READING) as connection:
            yield _finding(about, without_password(url), connection)
    except StoreError as error:
        yield fail(about, fill("does not answer: {what}", what=error), "start the server, or put [store] url right")
    except ConfigError as error:
        says, _, remedy = error.faults[0].removeprefix(f"{without_password(url)}: ").partition("; ")
        yield fail(about, says, remedy or "put the setting right")


def _finding(about: str, place: str, connection: sa.Connection) -> Finding:
    schema = recognize_schema(connection, place)
    if schema.revision > find_newest_revision():
        says = fill("a newer bouncer made it (revision {what})", what=schema.revision)
        return fail(about, says, "update this bouncer to that version")
    if not schema.is_current and not connection.scalar(_MAY_MAKE_TABLES):
        return fail(about, "this role may make no tables in the schema public", "make the role the database's owner")
    text = (
        "answers: PostgreSQL {what}, {number} MB"
        if schema.is_current
        else "answers: PostgreSQL {what}, {number} MB; older tables, migrated at the next start"
        if schema.is_there
        else "answers: PostgreSQL {what}, {number} MB; no tables yet"
    )
    return ok(about, fill(text, what=connection.scalar(_VERSION), number=octets_of(connection) >> 20))
