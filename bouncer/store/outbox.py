"""The outbox: parcels are leased, told, and marked; at least once, each with its one Message-ID."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bouncer.policy.record import ParcelKind, ParcelState
from bouncer.ports import OutboxRow, Page, Told
from bouncer.store import bounces
from bouncer.store.ids import MAX_ID
from bouncer.store.letters import load, within
from bouncer.store.tables import letters, outbox

LEASED_OCTETS = 64 << 20
"""Octets of the letters that go along with one lease of parcels: what is held in memory at once."""


def lease(connection: sa.Connection, *, now: dt.datetime, count: int, until: dt.datetime) -> list[int]:
    """Hide parcels that are due from others till *until*, with one more try counted; give their ids."""
    due = connection.execute(
        sa.select(outbox.c.id, letters.c.octets)
        .join(letters, letters.c.id == outbox.c.letter_id)
        .where(
            outbox.c.state == ParcelState.WAITING,
            outbox.c.due <= now,
            sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now),
        )
        .order_by(outbox.c.due)
        .limit(count)
        .with_for_update(skip_locked=True, of=outbox)
    )
    ids = within(LEASED_OCTETS, due)
    if ids:
        taken = {"attempts": outbox.c.attempts + 1, "leased_until": until}
        connection.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(taken))
    return ids


def told(connection: sa.Connection, ids: list[int]) -> list[Told]:
    """Give parcels with their facts, longest waiting first."""
    rows = [_parcel(row) for row in connection.execute(sa.select(outbox).where(outbox.c.id.in_(ids)))]
    of = sorted({row.letter_id for row in rows})
    kept = {letter.id: letter for letter in load(connection, of)}
    recorded = bounces.of_letters(connection, of)
    rows.sort(key=lambda row: ids.index(row.id))
    return [Told(row, kept.get(row.letter_id), recorded.get(row.letter_id, ())) for row in rows]


def mark_sent(connection: sa.Connection, parcel_id: int, *, now: dt.datetime, said: str) -> None:
    """It left, whatever was thought of it before."""
    sent = {"state": ParcelState.SENT.value, "ended_at": now, "said": said, "last_error": None}
    connection.execute(sa.update(outbox).where(outbox.c.id == parcel_id).values(sent))


def mark_waiting(connection: sa.Connection, parcel_id: int, *, due: dt.datetime, said: str) -> None:
    """It did not leave; a parcel that left or was given up in the meantime stays so."""
    connection.execute(_waiting(parcel_id).values(due=due, leased_until=None, last_error=said))


def mark_given_up(connection: sa.Connection, parcel_id: int, *, now: dt.datetime, said: str) -> None:
    """It will not leave; one that left in the meantime stays so."""
    given_up = {"state": ParcelState.GIVEN_UP.value, "ended_at": now, "last_error": said}
    connection.execute(_waiting(parcel_id).values(given_up))


def release(connection: sa.Connection) -> None:
    """Take back every lease."""
    leased = sa.and_(outbox.c.state == ParcelState.WAITING, outbox.c.leased_until.is_not(None))
    connection.execute(sa.update(outbox).where(leased).values(leased_until=None))


def listed(connection: sa.Connection, *, state: str | None, page: Page) -> list[OutboxRow]:
    """List parcels, newest first."""
    wanted = sa.select(outbox).where(outbox.c.id < (MAX_ID if page.before is None else page.before))
    if state is not None:
        wanted = wanted.where(outbox.c.state == state)
    return [_parcel(row) for row in connection.execute(wanted.order_by(outbox.c.id.desc()).limit(page.limit))]


def _waiting(parcel_id: int) -> sa.Update:
    return sa.update(outbox).where(outbox.c.id == parcel_id, outbox.c.state == ParcelState.WAITING)


def _parcel(row: sa.Row[Any]) -> OutboxRow:
    return OutboxRow(
        row.id,
        row.letter_id,
        row.account,
        ParcelKind(row.kind),
        row.forward_path,
        row.message_id,
        ParcelState(row.state),
        row.attempts,
        row.created_at,
        row.due,
        row.last_error,
        row.said,
        row.about,
    )
