"""Digests: the entries that are held for one person become one entry for each kind; its rows are counted when it leaves."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.compose.listing import MOST_LISTED, ListedMail, Listing
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.blocking import Blocking, merge_warnings
from bouncer.policy.priority import priority
from bouncer.policy.records import NO_ACCOUNT, Belief, Bucket, EntryKind, EntryState, NewEntry
from bouncer.store.outbox.buckets import owners_of, write_buckets
from bouncer.store.outbox.rows import add_row, new_row
from bouncer.store.tables import bounces, letters, outbox, raw_letters, raw_pieces
from bouncer.verdict.verdict import Reason

ROWS = 500
"""Rows of a digest that are held in memory at once, while they are counted."""
MOST_MERGED = 1000
"""Warnings that are merged into one: a mail names far fewer blocks than so many warnings do."""
MAX_HEADER = 16 * 1024
"""Octets at the beginning of a listed mail in which its subject is searched."""

AT_A_TIME = 1000
"""Entries that are put into digests in one commit: each takes some ten microseconds, and after a flood 100,000 may be held."""
MOST_TOLD = 100_000
"""Rows of a digest that are counted one by one; each takes some microseconds and a row of the attached table."""

_GROUP = ("account", "channel", "destination", "kind")
_KINDS = {
    EntryKind.WARNING: EntryKind.WARNINGS,
    EntryKind.OPERATOR: EntryKind.LISTED,
    EntryKind.UNREAD: EntryKind.UNREAD_DIGEST,
}
"""The kind of the entry that many entries of a kind become; all others become a DIGEST."""
_OF_MANY = frozenset({EntryKind.DIGEST, *_KINDS.values()})
"""The kinds of entries that many entries became."""
_TOLD = outbox.join(letters, letters.c.id == outbox.c.letter_id).outerjoin(bounces, bounces.c.letter_id == letters.c.id)

_DIGESTS = (
    sa.select(
        *(outbox.c[name] for name in _GROUP), sa.func.count().label("many"), sa.func.max(outbox.c.id).label("newest")
    )
    .where(outbox.c.state == EntryState.HELD, outbox.c.due <= sa.bindparam("now"), outbox.c.kind != EntryKind.UNSENT)
    .group_by(*(outbox.c[name] for name in _GROUP))
)


@dataclass(frozen=True, slots=True)
class Bundled:
    """The number of digests that leave, and whether more entries are to be put into them."""

    count: int
    is_unfinished: bool


def bundle(connection: sa.Connection, *, now: dt.datetime, limit: int) -> Bundled:
    """Make the digests that are due: one entry for each person and kind, of all held entries.

    Takes *limit* entries: keeping a letter waits no longer than that. A digest whose entries are more is held meanwhile, and leaves
    with the last of them.
    """
    groups = connection.execute(_DIGESTS, {"now": now}).all()
    newest_of_digests = {_key(group, group.kind): group.newest for group in groups if group.kind in _OF_MANY}
    count, room = 0, limit
    for group in groups:
        if group.kind in _OF_MANY:
            continue
        if not room:
            return Bundled(count, is_unfinished=True)
        digest = newest_of_digests.pop(_key(group, _digest_kind(group)), None)
        if group.many > room and group.kind != EntryKind.WARNING:  # warnings are few, and merged at once
            _take(
                connection, digest or _begin(connection, group, now), _choose_oldest(connection, group, now, room), now
            )
            return Bundled(count, is_unfinished=True)
        room = max(0, room - group.many)
        _finish(connection, group, digest, now)
        count += 1
    for digest in newest_of_digests.values():  # the entries that were left for it were dropped meanwhile
        _let_leave(connection, [digest], now)
    return Bundled(count + len(newest_of_digests), is_unfinished=False)


def _finish(connection: sa.Connection, group: Any, digest: int | None, now: dt.datetime) -> None:
    """Let the held entries of a group leave: in the digest that was begun for them, in a new one, or a single entry by itself."""
    is_due = _is_due(group, now)
    if digest is None and group.many == 1:
        entry_ids = connection.scalars(sa.select(outbox.c.id).where(is_due)).all()
        buckets = connection.scalars(sa.select(outbox.c.bucket).where(is_due)).all()
    else:
        about = str(_merge_held(connection, is_due)) if group.kind == EntryKind.WARNING else None
        digest = digest or _begin(connection, group, now, about)
        _take(connection, digest, is_due, now)
        entry_ids, of_digest = [digest], outbox.c.digest_id == digest
        buckets = connection.scalars(sa.select(outbox.c.bucket).where(of_digest).distinct()).all()
    _let_leave(connection, entry_ids, now)
    told_to = owners_of(connection, {(group.account or NO_ACCOUNT, group.destination)})
    for owner in told_to.values():
        for bucket in buckets:
            owner.send(Bucket(bucket), now)
    write_buckets(connection, told_to)


def _take(connection: sa.Connection, digest: int, chosen: sa.ColumnElement[bool], now: dt.datetime) -> None:
    new_values = {"state": EntryState.BUNDLED.value, "digest_id": digest, "ended_at": now}
    connection.execute(sa.update(outbox).where(chosen).values(new_values))


def _let_leave(connection: sa.Connection, ids: Sequence[int], now: dt.datetime) -> None:
    for row in connection.execute(sa.select(outbox.c.id, outbox.c.kind).where(outbox.c.id.in_(ids))).all():
        new_values = {"state": EntryState.WAITING.value, "due": now, "turn": priority(EntryKind(row.kind), now)}
        connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(new_values))


def _is_due(group: Any, now: dt.datetime) -> sa.ColumnElement[bool]:
    is_due_group = (outbox.c.state == EntryState.HELD, outbox.c.due <= now)
    return sa.and_(*is_due_group, *(outbox.c[name] == getattr(group, name) for name in _GROUP))


def _choose_oldest(connection: sa.Connection, group: Any, now: dt.datetime, count: int) -> sa.ColumnElement[bool]:
    """Choose the *count* entries of a group that are held for the longest time."""
    ids = sa.select(outbox.c.id).where(_is_due(group, now)).order_by(outbox.c.due, outbox.c.id).limit(count)
    return outbox.c.id.in_(connection.scalars(ids).all())


def _key(group: Any, kind: str) -> tuple[Any, ...]:
    return group.account, group.channel, group.destination, kind


def _digest_kind(group: Any) -> EntryKind:
    return _KINDS.get(EntryKind(group.kind), EntryKind.DIGEST)


def _begin(connection: sa.Connection, group: Any, now: dt.datetime, about: str | None = None) -> int:
    """Add the entry of a digest, held. It takes the Message-ID of the group's newest entry, which is never sent by itself."""
    row = connection.execute(sa.select(outbox).where(outbox.c.id == group.newest)).one()
    digest = NewEntry(
        _digest_kind(group), row.destination, about, row.account or NO_ACCOUNT, Bucket(row.bucket), row.channel
    )
    state = EntryState.HELD
    row_values = new_row(digest, letter_id=row.letter_id, account=None, message_id=row.message_id, now=now, state=state)
    return add_row(connection, outbox, row_values)


def _merge_held(connection: sa.Connection, is_due: sa.ColumnElement[bool]) -> Blocking:
    """Merge the held warnings of the condition *is_due* into one, the newest first."""
    count = connection.scalar(sa.select(sa.func.count()).where(is_due)) or 0
    newest = sa.select(outbox.c.about, outbox.c.account).where(is_due).order_by(outbox.c.id.desc()).limit(MOST_MERGED)
    rows = connection.execute(newest)
    return merge_warnings(((row.about or "", row.account) for row in rows), unread=max(0, count - MOST_MERGED))


def listing(connection: sa.Connection, digest: int) -> Listing:
    """List the mails of a digest: the first MOST_LISTED, and the number of all."""
    of_digest = outbox.c.digest_id == digest
    count = connection.scalar(sa.select(sa.func.count()).where(of_digest)) or 0
    first_octets = sa.func.coalesce(raw_pieces.c.octets, raw_letters.c.octets)
    columns = (letters.c[name] for name in ("id", "return_path", "reverse_path", "peer", "received_at", "octets"))
    rows = connection.execute(
        sa.select(*columns, sa.func.substr(first_octets, 1, MAX_HEADER, type_=sa.LargeBinary).label("beginning"))
        .select_from(
            outbox.join(letters, letters.c.id == outbox.c.letter_id)
            .outerjoin(raw_letters, raw_letters.c.id == letters.c.raw_id)
            .outerjoin(raw_pieces, sa.and_(raw_pieces.c.raw_id == letters.c.raw_id, raw_pieces.c.place == 0))
        )
        .where(of_digest)
        .order_by(outbox.c.id)
        .limit(MOST_LISTED)
    )
    return Listing(count, tuple(_listed_mail(row) for row in rows))


def _listed_mail(row: Any) -> ListedMail:
    return ListedMail(
        report=spell_id(row.id),
        came_to=row.return_path,
        reverse_path=row.reverse_path,
        peer=row.peer,
        arrived_at=row.received_at,
        octets=row.octets,
        beginning=row.beginning or b"",
    )


def tally(connection: sa.Connection, digest: int, zone: dt.tzinfo) -> DigestTally:
    """Count the rows of a digest for a reader in *zone*, row by row, so that they take no more memory than the table.

    Proven reports go first. Past MOST_TOLD rows, only the number of the others is known.
    """
    tally = DigestTally(zone)
    for row in _rows(connection, digest):
        tally.add(row)
    if tally.count == MOST_TOLD:
        everything = connection.scalar(
            sa.select(sa.func.count()).select_from(_TOLD).where(outbox.c.digest_id == digest)
        )
        tally.add_unread((everything or 0) - MOST_TOLD)
    return tally


def _rows(connection: sa.Connection, digest: int) -> Iterator[DigestRow]:
    columns = (
        *(bounces.c[name] for name in ("at", "recipient", "action", "reason", "status", "reply_code", "remote_mta")),
        *(bounces.c[name] for name in ("diagnostic_code", "suppressed", "belief", "rule", "reported")),
        outbox.c.letter_id,
        *(
            letters.c[name]
            for name in ("kind", "original_subject", "original_from", "original_message_id", "received_at")
        ),
    )
    unproven = sa.case((outbox.c.bucket == Bucket.PROVEN, 0), else_=1)
    query = (
        sa.select(*columns)
        .select_from(_TOLD)
        .where(outbox.c.digest_id == digest)
        .order_by(unproven, outbox.c.id, bounces.c.id)
        .limit(MOST_TOLD)
    )
    rows = connection.execute(
        query, execution_options={"yield_per": ROWS}
    )  # of the query: the connection is used again
    yield from map(_make_row, rows)


def _make_row(row: Any) -> DigestRow:
    return DigestRow(
        at=row.at or row.received_at,
        recipient=row.recipient or "",
        kind=Kind(row.kind),
        action=Action(row.action) if row.action else Action.FAILED,
        reason=Reason.from_record(row.reason),
        status=row.status,
        reply_code=row.reply_code,
        remote_mta=row.remote_mta,
        diagnostic_code=row.diagnostic_code,
        suppressed=bool(row.suppressed),
        subject=row.original_subject,
        message_id=row.original_message_id,
        report=spell_id(row.letter_id),
        belief=Belief(row.belief) if row.belief else Belief.UNPROVEN,
        original_from=row.original_from,
        rule=row.rule,
        reported=row.reported,
    )
