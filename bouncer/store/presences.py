"""Which daemons serve the store: each says so once a minute, and takes its word back when it ends."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bouncer.ports.presences import Presence
from bouncer.store.engine.engine import Engine, insert
from bouncer.store.tables import presences

GONE_AFTER = dt.timedelta(minutes=3)
"""A daemon that said nothing for so long was killed, or its machine is off."""


class SqlPresences:
    """That part of the port Store."""

    _engine: Engine

    async def attend(self, presence: Presence) -> None:
        """Write it, and forget who is gone."""
        await self._engine.jot(attend, presence)

    async def leave(self, name: str) -> None:
        """Forget one."""
        await self._engine.jot(leave, name)

    async def presences(self, *, now: dt.datetime) -> Sequence[Presence]:
        """Give those that are not gone."""
        return await self._engine.read(present, now=now)


def attend(connection: sa.Connection, presence: Presence) -> None:
    """Write that a daemon serves the store, and forget those that are gone."""
    row = {field: getattr(presence, field) for field in Presence.__dataclass_fields__}
    adding = insert(connection, presences)
    connection.execute(adding.on_conflict_do_update(index_elements=["name"], set_=row), row)
    connection.execute(sa.delete(presences).where(presences.c.seen_at < presence.seen_at - GONE_AFTER))


def leave(connection: sa.Connection, name: str) -> None:
    """Forget a daemon that ends."""
    connection.execute(sa.delete(presences).where(presences.c.name == name))


def present(connection: sa.Connection, *, now: dt.datetime) -> Sequence[Presence]:
    """Give the daemons that were seen of late, the first to start first."""
    asked = sa.select(presences).where(presences.c.seen_at >= now - GONE_AFTER).order_by(presences.c.started_at)
    return [Presence(**row) for row in connection.execute(asked).mappings()]
