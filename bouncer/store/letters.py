"""Letters in the store: keeping, leasing, loading and listing them. All take the caller's transaction."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.policy.record import LetterState
from bouncer.ports import KeptLetter, LetterRow, Page
from bouncer.store.ids import MAX_ID
from bouncer.store.tables import letters, raw_letters

_LISTED = tuple(
    letters.c[name]
    for name in (
        "id",
        "state",
        "kind",
        "dialect",
        "account",
        "return_path",
        "reverse_path",
        "peer",
        "received_at",
        "octets",
        "note",
    )
)


def keep(
    connection: sa.Connection, batches: Iterable[Sequence[Received]], number: Callable[[], int]
) -> list[tuple[int, ...]]:
    """Insert the letters of several DATAs; give the ids of each. Equal octets within one DATA are kept once."""
    raw_rows: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    ids: list[tuple[int, ...]] = []
    for batch in batches:
        numbers = tuple(number() for _ in batch)
        raw_of: dict[bytes, int] = {}
        for letter_id, received in zip(numbers, batch, strict=True):
            raw_id = raw_of.setdefault(received.raw, letter_id)
            if raw_id == letter_id:
                raw_rows.append({"id": raw_id, "octets": received.raw})
            rows.append(_row(letter_id, raw_id, received))
        ids.append(numbers)
    connection.execute(sa.insert(raw_letters), raw_rows)
    connection.execute(sa.insert(letters), rows)
    return ids


def lease(connection: sa.Connection, *, now: dt.datetime, count: int, octets: int, until: dt.datetime) -> list[int]:
    """Hide the oldest letters in state kept from others till *until*; give their ids."""
    waiting = connection.execute(
        sa.select(letters.c.id, letters.c.octets)
        .where(
            letters.c.state == LetterState.KEPT,
            sa.or_(letters.c.leased_until.is_(None), letters.c.leased_until <= now),
        )
        .order_by(letters.c.id)
        .limit(count)
    )
    ids = within(octets, waiting)
    if ids:
        connection.execute(sa.update(letters).where(letters.c.id.in_(ids)).values(leased_until=until))
    return ids


def within(octets: int, sized: Iterable[tuple[int, int]]) -> list[int]:
    """Of (id, octets) give the first ids that are of *octets* in all; the very first whatever its size."""
    ids: list[int] = []
    for one, size in sized:
        octets -= size
        if ids and octets < 0:
            break
        ids.append(one)
    return ids


def load(connection: sa.Connection, ids: Sequence[int]) -> list[KeptLetter]:
    """Give the letters with their octets, oldest first; those retired or unknown are missing."""
    found = connection.execute(
        sa.select(letters, raw_letters.c.octets.label("raw"))
        .join(raw_letters, raw_letters.c.id == letters.c.raw_id)
        .where(letters.c.id.in_(ids))
        .order_by(letters.c.id)
    )
    return [_letter(row) for row in found]


def listed(connection: sa.Connection, *, state: str | None, account: str | None, page: Page) -> list[LetterRow]:
    """List letters, newest first."""
    wanted = sa.select(*_LISTED).where(letters.c.id < (MAX_ID if page.before is None else page.before))
    if state is not None:
        wanted = wanted.where(letters.c.state == state)
    if account is not None:
        wanted = wanted.where(letters.c.account == account)
    found = connection.execute(wanted.order_by(letters.c.id.desc()).limit(page.limit))
    return [LetterRow(**row) for row in found.mappings()]


def _row(letter_id: int, raw_id: int, received: Received) -> dict[str, Any]:
    path = received.return_path
    return {
        "id": letter_id,
        "raw_id": raw_id,
        "state": LetterState.KEPT.value,
        "octets": len(received.raw),
        "return_path": path.address,
        "path_kind": path.kind.value,
        "path_account": path.account,
        "path_recipient": path.recipient,
        "path_recipient_hash": path.recipient_hash,
        "reverse_path": received.reverse_path,
        "peer": received.peer,
        "helo": received.helo,
        "tls": received.tls,
        "smtputf8": received.smtputf8,
        "received_at": received.received_at,
        "account": path.account,
    }


def _letter(row: sa.Row[Any]) -> KeptLetter:
    path = ReturnPath(
        row.return_path, PathKind(row.path_kind), row.path_account, row.path_recipient, row.path_recipient_hash
    )
    received = Received(
        path, row.reverse_path, row.peer, row.helo, row.tls, row.smtputf8, row.received_at, bytes(row.raw)
    )
    return KeptLetter(row.id, LetterState(row.state), received)
