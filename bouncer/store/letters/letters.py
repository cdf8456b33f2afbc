"""Letters in the store: keeping, leasing and loading them. All functions run in the caller's transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.mail.host import client_of
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.policy.records import LetterState
from bouncer.ports.letters import KeptLetter
from bouncer.ports.scope import Scope
from bouncer.store.engine.columns import MAX_KEY, clean, microseconds
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import insert_rows
from bouncer.store.letters import chunks
from bouncer.store.letters.waiting import key_of
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import letters, raw_letters


@dataclass(frozen=True, slots=True)
class ReceivedBatch:
    """The letters of one DATA, and the octets of large ones, whose leading pieces are inserted first, each with its raw id."""

    letters: Sequence[Received]
    large: Sequence[tuple[bytes, int]]


def number_large(received: Sequence[Received], number: Callable[[], int]) -> ReceivedBatch:
    """Allocate raw ids for large letters; equal octets share one."""
    large: list[tuple[bytes, int]] = []
    for letter in received:
        if len(letter.raw) > chunks.CHUNK_OCTETS and _number_of(letter.raw, large) is None:
            large.append((letter.raw, number()))
    return ReceivedBatch(received, large)


def insert_letters(
    connection: sa.Connection, batches: Iterable[ReceivedBatch], number: Callable[[], int]
) -> list[tuple[int, ...]]:
    """Insert the letters of several DATAs; give the ids of each. Equal octets within one DATA are stored once."""
    raw_rows: list[tuple[int, bytes | memoryview]] = []
    rows: list[tuple[Any, ...]] = []
    ids: list[tuple[int, ...]] = []
    for batch in batches:
        numbers = tuple(number() for _ in batch.letters)
        raws = list(batch.large)
        for letter_id, received in zip(numbers, batch.letters, strict=True):
            raw_id = _number_of(received.raw, raws)
            if raw_id is None:
                raw_id = letter_id
                raws.append((received.raw, raw_id))
            rows.append(_row(letter_id, raw_id, received))
        for raw, raw_id in batch.large:
            chunks.require_leading(connection, raw_id, raw)
        raw_rows += [(raw_id, chunks.remainder(raw)) for raw, raw_id in raws]
        ids.append(numbers)
    insert_rows(connection, raw_letters, _RAW_KEPT, raw_rows)
    insert_rows(connection, letters, _KEPT, rows)
    return ids


def _number_of(raw: bytes, numbered: Iterable[tuple[bytes, int]]) -> int | None:
    """Give the raw id of equal octets. Not by a dict: hashing ten megabytes takes longer than comparing them."""
    return next((number for octets, number in numbered if octets == raw), None)


def load(connection: sa.Connection, ids: Sequence[int]) -> list[KeptLetter]:
    """Give the letters with their octets, oldest first, without retired and unknown ones."""
    rows = fetch_rows(connection, _WITH_OCTETS, {"ids": ids})
    large_ids = [row.raw_id for row in rows if row.octets > chunks.CHUNK_OCTETS]
    large = chunks.load(connection, large_ids) if large_ids else {}
    return [_letter(row, b"".join((*large.get(row.raw_id, ()), row.raw))) for row in rows]


_WITH_OCTETS = (
    sa.select(
        *(letters.c[name] for name in ("id", "raw_id", "state", "octets", "left_octets", "return_path", "path_kind")),
        *(
            letters.c[name]
            for name in ("path_account", "path_recipient", "path_recipient_hash", "reverse_path", "peer")
        ),
        *(letters.c[name] for name in ("helo", "tls", "smtputf8", "received_at")),
        raw_letters.c.octets.label("raw"),
    )
    .join(raw_letters, raw_letters.c.id == letters.c.raw_id)
    .where(letters.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(letters.c.id)
)


def is_inside(connection: sa.Connection, scope: Scope, letter_id: int) -> bool:
    """Whether the operator asks, or there is such a letter of the account that asks."""
    if scope.account is None:
        return True
    existing = sa.select(letters.c.id).where(letters.c.id == letter_id, *scope_conditions(scope, letters.c.account))
    return connection.scalar(existing) is not None


def load_one(connection: sa.Connection, scope: Scope, letter_id: int) -> KeptLetter | None:
    """Give a letter with its octets; None for one that is unknown, retired, or outside *scope*."""
    return next(iter(load(connection, [letter_id])), None) if is_inside(connection, scope, letter_id) else None


_RAW_KEPT = ("id", "octets")
_KEPT = (
    "id",
    "raw_id",
    "state",
    "octets",
    "return_path",
    "path_kind",
    "path_account",
    "path_recipient",
    "path_recipient_hash",
    "reverse_path",
    "peer",
    "helo",
    "tls",
    "smtputf8",
    "received_at",
    "account",
    "client_key",
    "path_key",
)


def _row(letter_id: int, raw_id: int, received: Received) -> tuple[Any, ...]:
    path = received.return_path
    account = path.account and clean(path.account, MAX_KEY)
    return (
        letter_id,
        raw_id,
        LetterState.KEPT.value,
        len(received.raw),
        clean(path.address),
        path.kind.value,
        account,
        path.recipient and clean(path.recipient),
        path.recipient_hash and clean(path.recipient_hash),
        clean(received.reverse_path),
        clean(received.peer),
        clean(received.helo),
        received.tls and clean(received.tls),
        received.smtputf8,
        microseconds(received.received_at),
        account,
        key_of(client_of(received.peer)),
        key_of(path.address),
    )


def _letter(row: Any, raw: bytes) -> KeptLetter:
    path = ReturnPath(
        row.return_path, PathKind(row.path_kind), row.path_account, row.path_recipient, row.path_recipient_hash
    )
    received = Received(path, row.reverse_path, row.peer, row.helo, row.tls, row.smtputf8, row.received_at, raw)
    is_cut = row.left_octets is not None and row.left_octets < row.octets
    return KeptLetter(row.id, LetterState(row.state), received, cut_from=row.octets if is_cut else None)
