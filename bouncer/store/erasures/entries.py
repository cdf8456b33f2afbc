"""Erasing entries of the outbox: notices and events about letters and addresses that are erased."""

from collections import Counter
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from bouncer.policy.records import NO_ACCOUNT, EntryKind, EntryState
from bouncer.policy.webhooks import CHANNEL
from bouncer.ports.scope import Scope
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.erasures.lists import Counts
from bouncer.store.scoping import scope_checks, without_index
from bouncer.store.tables import outbox, webhook_attempts

LETTERS_PER_COMMIT = 200
"""Letters of one commit: few enough that no letter that is being kept waits long."""
ENTRIES_PER_COMMIT = 2000
"""Entries of the outbox that one commit deletes with their letters: some ten milliseconds. A letter with more has its own
commit: one that names hundreds of recipients has an entry for each of them and each endpoint."""
UNSENT = (EntryState.WAITING.value, EntryState.HELD.value, EntryState.BUNDLED.value)
"""The states of entries that have not left."""
_DIGESTS = tuple(
    kind.value for kind in (EntryKind.DIGEST, EntryKind.WARNINGS, EntryKind.LISTED, EntryKind.UNREAD_DIGEST)
)


def split_by_entries(connection: sa.Connection, letter_ids: Sequence[int]) -> Sequence[Sequence[int]]:
    """Split letters into groups for a commit each, by how many entries of the outbox they have."""
    counts = Counter[int]()
    for some in in_parts(letter_ids):
        query = sa.select(outbox.c.letter_id, sa.func.count().label("number")).where(outbox.c.letter_id.in_(some))
        counts.update({row.letter_id: row.number for row in connection.execute(query.group_by(outbox.c.letter_id))})
    groups, room = list[list[int]](), 0
    for number in letter_ids:
        if not groups or counts[number] > room or len(groups[-1]) == LETTERS_PER_COMMIT:
            groups.append([])
            room = ENTRIES_PER_COMMIT
        groups[-1].append(number)
        room -= counts[number]
    return groups


def erase_events(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> Counts:
    """Erase some events for programs about the addresses."""
    of_address = outbox.c.recipient_key.in_([*erased.plain, *erased.folded])
    return erase_entries(connection, of_address, *scope_checks(scope, outbox.c.account), limit=ENTRIES_PER_COMMIT)


def erase_entries(
    connection: sa.Connection, *where: sa.ColumnElement[bool], limit: int | None = None, but_digests: bool = False
) -> Counts:
    """Delete entries of the outbox, at most *limit*, with the attempts to post them, and digests that nothing is left of.

    A digest stays with *but_digests*, and belongs to no letter any more.
    """
    names = ("id", "account", "event", "channel", "kind", "digest_id")
    query = sa.select(*(outbox.c[name] for name in names)).where(*where).limit(limit)
    rows = connection.execute(query).all()
    digests = [row.id for row in rows if but_digests and row.kind in _DIGESTS]
    deleted_rows = [row for row in rows if row.id not in set(digests)]
    counts = Counts()
    for row in deleted_rows:
        counts[row.account or NO_ACCOUNT, "notices"] += 1
    connection.execute(sa.update(outbox).where(outbox.c.id.in_(digests)).values(letter_id=None))
    for some in in_parts(deleted_rows):
        connection.execute(sa.delete(outbox).where(outbox.c.id.in_([row.id for row in some])))
        events = [row.event for row in some if row.channel == CHANNEL]
        connection.execute(sa.delete(webhook_attempts).where(webhook_attempts.c.event.in_(events)))
    _drop_empty_digests(connection, {row.digest_id for row in deleted_rows if row.digest_id is not None})
    return counts


def _drop_empty_digests(connection: sa.Connection, digests: Collection[int]) -> None:
    entries = outbox.alias()
    is_empty = ~sa.exists().where(entries.c.digest_id == outbox.c.id).correlate(outbox)
    connection.execute(
        sa.delete(outbox).where(outbox.c.id.in_(digests), without_index(outbox.c.state).in_(UNSENT), is_empty)
    )
