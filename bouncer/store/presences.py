"""The presences of daemons at the store: each daemon renews its row once a minute (heartbeat), and deletes it when it ends."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bouncer.ports.presences import Presence
from bouncer.store.engine.engine import Engine, insert
from bouncer.store.tables import presences

GONE_AFTER = dt.timedelta(minutes=3)
"""A daemon without a heartbeat for this long was killed, or its machine is off."""


class SqlPresences:
    """The presences of the port Store."""

    _engine: Engine

    async def attend(self, presence: Presence) -> None:
        """Write a daemon's presence, and delete the presences of daemons that are gone."""
        await self._engine.write_unsynced(attend, presence)

    async def leave(self, name: str) -> None:
        """Delete the presence of the daemon *name*."""
        await self._engine.write_unsynced(leave, name)

    async def presences(self, *, now: dt.datetime) -> Sequence[Presence]:
        """Give the daemons that are not gone."""
        return await self._engine.read(present_daemons, now=now)


def attend(connection: sa.Connection, presence: Presence) -> None:
    """Write a daemon's presence, and delete the presences of daemons that are gone."""
    row = {field: getattr(presence, field) for field in Presence.__dataclass_fields__}
    statement = insert(connection, presences)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row), row)
    connection.execute(sa.delete(presences).where(presences.c.seen_at < presence.seen_at - GONE_AFTER))


def leave(connection: sa.Connection, name: str) -> None:
    """Delete the presence of the daemon *name*."""
    connection.execute(sa.delete(presences).where(presences.c.name == name))


def present_daemons(connection: sa.Connection, *, now: dt.datetime) -> Sequence[Presence]:
    """Give the daemons with a recent heartbeat, in order of their start."""
    query = sa.select(presences).where(presences.c.seen_at >= now - GONE_AFTER).order_by(presences.c.started_at)
    return [Presence(**row) for row in connection.execute(query).mappings()]
