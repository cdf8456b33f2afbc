"""The facts that a mail is composed of: the outbox entry, its letter, the letter's bounces, and the addressee's preferences."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from bouncer.compose.notice import Earlier
from bouncer.policy.preferences import Overrides, preferences, zone_of
from bouncer.policy.records import EntryKind
from bouncer.ports.letters import BounceRow
from bouncer.ports.outbox import DeliveryJob
from bouncer.store.bounces import bounces
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.letters import unread
from bouncer.store.letters.letters import load
from bouncer.store.outbox import digests, unsent
from bouncer.store.outbox.rows import entry_of
from bouncer.store.tables import accounts, letters, outbox
from bouncer.store.tables import bounces as bounce_rows

NO_LETTER = 0
"""No letter has this number."""

_LISTING = frozenset({EntryKind.DIGEST, EntryKind.LISTED, *unread.KINDS})
"""Kinds of mails that list letters, and need the octets of none."""


def delivery_jobs(connection: sa.Connection, ids: list[int], *, with_letters: bool = True) -> list[DeliveryJob]:
    """Give entries with their facts, in the order of *ids*; letters' octets, and earlier reports, only *with_letters*."""
    by_id = {row.id: entry_of(row) for row in fetch_rows(connection, _ENTRIES, {"ids": ids})}
    rows = [by_id[number] for number in ids if number in by_id]
    letter_ids = sorted({row.letter_id for row in rows if row.kind not in _LISTING and row.letter_id is not None})
    loaded = {letter.id: letter for letter in load(connection, letter_ids)} if with_letters else {}
    recorded = bounces.read_of_letters(connection, letter_ids)
    kinds = {row.id: row.kind for row in fetch_rows(connection, _KINDS_OF, {"ids": letter_ids})}
    earlier = _find_earlier(connection, recorded) if with_letters else {}  # for mails to people
    wishes = _wishes(connection, {row.account for row in rows if row.account})
    preferences_of = {row.id: preferences(wishes.get(row.account or "", {}), row.to) for row in rows}
    return [
        DeliveryJob(
            row,
            loaded.get(row.letter_id or NO_LETTER),
            recorded.get(row.letter_id or NO_LETTER, ()),
            kind=kinds.get(row.letter_id or NO_LETTER),
            preferences=preferences_of[row.id],
            earlier=earlier.get(row.letter_id or NO_LETTER, {}),
            tally=digests.tally(connection, row.id, zone_of(preferences_of[row.id]))
            if row.kind is EntryKind.DIGEST
            else None,
            listing=digests.listing(connection, row.id) if row.kind is EntryKind.LISTED else None,
            unread=unread.listing(connection, row) if row.kind in unread.KINDS else None,
            unsent=unsent.unsent_of_entry(connection, row.id) if row.kind is EntryKind.UNSENT else None,
        )
        for row in rows
    ]


def _wishes(connection: sa.Connection, names: set[str]) -> dict[str, Overrides]:
    return {row.name: row.wishes for row in fetch_rows(connection, _WISHES, {"names": sorted(names)})}


def _find_earlier(
    connection: sa.Connection, reports: Mapping[int, Sequence[BounceRow]]
) -> dict[int, Mapping[str, Earlier]]:
    """Give the histories of the addresses of each report that has any, by letter: one query finds those reports."""
    numbers = [bounce.id for report in reports.values() for bounce in report[: bounces.EARLIER_OF]]
    letter_ids = {row.letter_id for row in fetch_rows(connection, _WITH_EARLIER, {"ids": numbers})} if numbers else ()
    return {number: bounces.find_earlier(connection, reports[number]) for number in letter_ids}


_IDS: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)
_ENTRIES = sa.select(outbox).where(outbox.c.id.in_(_IDS))
_KINDS_OF = sa.select(letters.c.id, letters.c.kind).where(letters.c.id.in_(_IDS))
_WISHES = sa.select(accounts.c.name, accounts.c.wishes).where(
    accounts.c.name.in_(sa.bindparam("names", expanding=True))
)
_before = bounce_rows.alias("earlier")
_WITH_EARLIER = sa.select(bounce_rows.c.letter_id).where(
    bounce_rows.c.id.in_(_IDS),
    sa.exists().where(
        _before.c.recipient_key == bounce_rows.c.recipient_key,
        # in a form that no index has: by the account SQLite would go through all of its bounces
        sa.func.coalesce(_before.c.account, "") == sa.func.coalesce(bounce_rows.c.account, ""),
        _before.c.id < bounce_rows.c.id,
    ),
)
"""Letters about an address that the account has an earlier bounce of. Building a query takes longer than running it."""
