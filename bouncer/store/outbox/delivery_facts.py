"""The facts that a mail is composed of: the outbox entry, its letter, the letter's bounces, and the addressee's preferences."""

import sqlalchemy as sa

from bouncer.policy.preferences import Overrides, preferences, zone_of
from bouncer.policy.records import ParcelKind
from bouncer.ports.outbox import DeliveryJob
from bouncer.store.bounces import bounces
from bouncer.store.letters import unread
from bouncer.store.letters.letters import load
from bouncer.store.outbox import digests, unsent
from bouncer.store.outbox.rows import entry_of
from bouncer.store.tables import accounts, letters, outbox

NO_LETTER = 0
"""No letter has this number."""

_LISTING = frozenset({ParcelKind.DIGEST, ParcelKind.LISTED, *unread.KINDS})
"""Kinds of mails that list letters, and need the octets of none."""


def delivery_jobs(connection: sa.Connection, ids: list[int], *, with_letters: bool = True) -> list[DeliveryJob]:
    """Give entries with their facts, in the order of *ids*; the octets of their letters only *with_letters*."""
    rows = [entry_of(row) for row in connection.execute(sa.select(outbox).where(outbox.c.id.in_(ids)))]
    rows.sort(key=lambda row: ids.index(row.id))
    letter_ids = sorted({row.letter_id for row in rows if row.kind not in _LISTING and row.letter_id is not None})
    loaded = {letter.id: letter for letter in load(connection, letter_ids if with_letters else [])}
    recorded = bounces.of_letters(connection, letter_ids)
    with_kinds = connection.execute(sa.select(letters.c.id, letters.c.kind).where(letters.c.id.in_(letter_ids)))
    kinds = {row.id: row.kind for row in with_kinds}
    wishes = _wishes(connection, {row.account for row in rows if row.account})
    held = {row.id: preferences(wishes.get(row.account or "", {}), row.to) for row in rows}
    return [
        DeliveryJob(
            row,
            loaded.get(row.letter_id or NO_LETTER),
            recorded.get(row.letter_id or NO_LETTER, ()),
            kind=kinds.get(row.letter_id or NO_LETTER),
            preferences=held[row.id],
            earlier=bounces.earlier(connection, recorded.get(row.letter_id or NO_LETTER, ())),
            tally=digests.tally(connection, row.id, zone_of(held[row.id])) if row.kind is ParcelKind.DIGEST else None,
            listing=digests.listing(connection, row.id) if row.kind is ParcelKind.LISTED else None,
            unread=unread.listing(connection, row) if row.kind in unread.KINDS else None,
            unsent=unsent.unsent_of_entry(connection, row.id) if row.kind is ParcelKind.UNSENT else None,
        )
        for row in rows
    ]


def _wishes(connection: sa.Connection, names: set[str]) -> dict[str, Overrides]:
    query = sa.select(accounts.c.name, accounts.c.wishes).where(accounts.c.name.in_(sorted(names)))
    return {row.name: row.wishes for row in connection.execute(query)}
