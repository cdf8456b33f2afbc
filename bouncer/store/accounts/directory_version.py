"""The version of the directory, a number: every change of the directory raises it in the change's own transaction.

A process that holds the directory reads it again only when the version is another one. The version follows the clock: a change
after a backup was restored gets a number that no change before it had.
"""

import datetime as dt

import sqlalchemy as sa

from bouncer.store.engine.columns import microseconds
from bouncer.store.engine.engine import insert
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.tables import directory_version

NEVER_CHANGED = 0
"""The version of a store without a change since it has the table."""
ONLY_ID = 1
"""The id of the table's only row."""


def read_version(connection: sa.Connection) -> int:
    """Give the version."""
    rows = fetch_rows(connection, _CURRENT, {})
    return rows[0].version if rows else NEVER_CHANGED


def renew(connection: sa.Connection, now: dt.datetime) -> None:
    """Give the directory a new version: *now* in microseconds, or the last version and one, if that is larger."""
    insertion = insert(connection, directory_version)
    last_version, next_version = directory_version.c.version, insertion.excluded.version
    version = sa.case((last_version >= next_version, last_version + 1), else_=next_version)
    row = {"id": ONLY_ID, "version": microseconds(now)}
    connection.execute(insertion.on_conflict_do_update(index_elements=["id"], set_={"version": version}), row)


_CURRENT = sa.select(directory_version.c.version)
