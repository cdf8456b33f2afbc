"""Erasing addresses from letters and all that was made of them: octets, records, notices and events.

A letter that names an address loses its octets. It goes as a whole where no bounce of another address is left of it; where one is,
the texts that name the address are emptied. Letters that are not read yet stay.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import NO_ACCOUNT, LetterState
from bouncer.ports.scope import Scope
from bouncer.store.engine.queries import with_pauses
from bouncer.store.engine.rows import write_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures import entries
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.erasures.lists import Counts
from bouncer.store.letters import chunks, unread
from bouncer.store.scoping import scope_checks, scope_conditions, without_index
from bouncer.store.tables import bounces, letters, outbox, raw_letters

ROWS_PER_COMMIT = 200
"""Bounces or letters of one commit: few enough that no letter that is being kept waits long."""
TEXTS_PER_COMMIT = 100
"""Bounces of one commit whose texts are emptied: some ten milliseconds, as one report may name 500 recipients in its texts."""
ROWS_AT_ONCE = 50
"""Rows that may name an address and are held at a time: a stranger's report can have texts of a hundred kilobytes."""
ROWS_PER_SEARCH = 5000
"""Rows of a table that one query searches for the address in their texts: some ten milliseconds."""

_LETTER_TEXTS = (
    *("return_path", "path_recipient", "path_recipient_hash", "reverse_path", "note", "original_envelope_id"),
    *("original_message_id", "original_subject", "original_from", "original_to", "custom_args"),
)
_SEARCHED = ("written_by", "subject", "beginning")
"""Further texts of a letter by which it is found; they go with its octets."""
_BOUNCE_TEXTS = ("original_recipient", "final_recipient", "evidence", "diagnostic_code", "said", "reported")
_BLANKS: dict[str, Any] = {"return_path": "", "reverse_path": ""}
"""The text that replaces a text that must not be null."""

_BLANK_LETTERS = (
    sa.update(letters)
    .where(letters.c.id == sa.bindparam("_id"))
    .values({name: sa.bindparam(name) for name in _LETTER_TEXTS})
)
_BLANK_BOUNCES = (
    sa.update(bounces)
    .where(bounces.c.id == sa.bindparam("_id"))
    .values({name: sa.bindparam(name) for name in _BOUNCE_TEXTS})
)


@dataclass(frozen=True, slots=True)
class ErasedBounces:
    """Bounces that were erased, with their letters: the rows that were erased, and the ids of the letters."""

    counts: Counts
    letters: Collection[int]


def erase_bounces(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> ErasedBounces:
    """Erase some bounces of the addresses, with their letters; ``search_bounces`` finds the texts of others that name them."""
    counts, letter_ids = Counts(), set[int]()
    for where in erased.rows(bounces.c.recipient_key, bounces.c.recipient_folded):
        query = sa.select(bounces.c.id, bounces.c.letter_id, bounces.c.account)
        query = query.where(where, *scope_checks(scope, bounces.c.account)).limit(ROWS_PER_COMMIT)
        some = connection.execute(query).all()
        first_ids = set(next(iter(entries.split_by_entries(connection, sorted({row.letter_id for row in some}))), ()))
        rows = [row for row in some if row.letter_id in first_ids]  # the next commit takes the others
        for row in rows:
            counts[row.account or NO_ACCOUNT, "bounces"] += 1
        connection.execute(sa.delete(bounces).where(bounces.c.id.in_([row.id for row in rows])))
        letter_ids |= {row.letter_id for row in rows}
    return ErasedBounces(counts + erase_letters(connection, sorted(letter_ids), erased), letter_ids)


@dataclass(frozen=True, slots=True)
class SearchStep:
    """The letters that name an address among the rows of one step of a search, and the last row's id."""

    ids: Sequence[int]
    last: int
    waiting: int = 0
    """Further letters that name it and are not read yet."""
    bounces: Sequence[int] = ()
    """The bounces of other addresses whose texts name it."""


Search = Callable[[sa.Connection, Scope, ErasedAddresses, int], SearchStep | None]
"""Searches the next rows after an id; None after the last ones. Only reads."""


def search_letters(connection: sa.Connection, scope: Scope, erased: ErasedAddresses, after: int) -> SearchStep | None:
    """Search letters for texts that name an address."""
    last = _last_of_step(connection, letters, scope, after)
    if last is None:
        return None
    columns = [letters.c[name] for name in (*_LETTER_TEXTS, *_SEARCHED)]
    rows = _naming(connection, letters.c.state, columns, scope, erased, (after, last))
    ids = [number for number, state in rows if state != LetterState.KEPT]
    return SearchStep(ids, last, len(rows) - len(ids))


def search_bounces(connection: sa.Connection, scope: Scope, erased: ErasedAddresses, after: int) -> SearchStep | None:
    """Search bounces of other addresses for texts that name one."""
    last = _last_of_step(connection, bounces, scope, after)
    if last is None:
        return None
    columns = [bounces.c[name] for name in _BOUNCE_TEXTS]
    rows = _naming(connection, bounces.c.letter_id, columns, scope, erased, (after, last))
    return SearchStep(sorted({letter_id for _, letter_id in rows}), last, bounces=sorted(number for number, _ in rows))


SEARCHES: tuple[Search, ...] = (search_letters, search_bounces)


def _last_of_step(connection: sa.Connection, table: sa.Table, scope: Scope, after: int) -> int | None:
    """Give the last id of the next step; None where no row is left."""
    ids = sa.select(table.c.id).where(table.c.id > after, *scope_conditions(scope, table.c.account))
    some = ids.order_by(table.c.id).limit(ROWS_PER_SEARCH).subquery()
    last: int | None = connection.scalar(sa.select(sa.func.max(some.c.id)))
    return last


def _naming(
    connection: sa.Connection,
    fact: sa.Column[Any],
    columns: Sequence[sa.Column[Any]],
    scope: Scope,
    erased: ErasedAddresses,
    between: tuple[int, int],
) -> list[tuple[int, Any]]:
    """Give id and *fact* of the rows of its table whose *columns* name an address, with ids between two: after the first one."""
    table = fact.table
    in_step = table.c.id > between[0], table.c.id <= between[1], *scope_conditions(scope, table.c.account)
    query, facts = sa.select(table.c.id, fact, *columns).where(*in_step), dict[int, Any]()
    for condition in erased.may_name(columns):
        rows = connection.execute(query.where(condition), execution_options={"yield_per": ROWS_AT_ONCE})
        for number, value, *texts in with_pauses(rows):
            if number not in facts and any(_names(erased, text) for text in texts):
                facts[number] = value
    return list(facts.items())


def _names(erased: ErasedAddresses, value: str | tuple[str, ...] | None) -> bool:
    texts = value if isinstance(value, tuple) else (value or "",)
    return any(map(erased.names, texts))


def erase_letters(connection: sa.Connection, letter_ids: Sequence[int], erased: ErasedAddresses) -> Counts:
    """Erase the octets of letters, and all else of them that names an address, but for the texts of bounces that are left."""
    counts = Counts()
    for some in in_parts(letter_ids):
        is_read = sa.and_(letters.c.id.in_(some), letters.c.state != LetterState.KEPT)
        rows = connection.execute(sa.select(letters).where(is_read)).all()
        for row in rows:
            counts[row.account or NO_ACCOUNT, "letters"] += 1
        ids = [row.id for row in rows]
        _erase_octets(connection, {row.raw_id for row in rows if row.raw_id is not None})
        has_bounce = sa.exists().where(bounces.c.letter_id == letters.c.id).correlate(letters)
        shared_ids = set(connection.scalars(sa.select(letters.c.id).where(letters.c.id.in_(ids), has_bounce)))
        unshared_ids = [number for number in ids if number not in shared_ids]
        counts += entries.erase_entries(connection, outbox.c.letter_id.in_(unshared_ids), but_digests=True)
        is_unsent_mail = sa.and_(outbox.c.recipient_key.is_(None), without_index(outbox.c.state).in_(entries.UNSENT))
        counts += entries.erase_entries(
            connection, outbox.c.letter_id.in_(shared_ids), is_unsent_mail, but_digests=True
        )
        connection.execute(sa.delete(letters).where(letters.c.id.in_(unshared_ids)))
        blank = [_blank_texts(row, _LETTER_TEXTS, erased) for row in rows if row.id in shared_ids]
        write_rows(connection, _BLANK_LETTERS, [{**texts, "path_recipient_hash": None} for texts in blank])
    return counts


def blank_bounces(connection: sa.Connection, bounce_ids: Sequence[int], erased: ErasedAddresses) -> Counts:
    """Empty the texts of bounces that name an address."""
    columns = (bounces.c.id, bounces.c.account, *(bounces.c[name] for name in _BOUNCE_TEXTS))
    rows = connection.execute(sa.select(*columns).where(bounces.c.id.in_(bounce_ids))).all()
    write_rows(connection, _BLANK_BOUNCES, [_blank_texts(row, _BOUNCE_TEXTS, erased) for row in rows])
    return Counts((row.account or NO_ACCOUNT, "texts") for row in rows)


def _blank_texts(row: Any, names: Sequence[str], erased: ErasedAddresses) -> dict[str, Any]:
    """Give the texts of a row, without those that name an address."""
    texts = dict[str, Any]()
    for name in names:
        value = getattr(row, name)
        if isinstance(value, tuple):
            texts[name] = tuple(text for text in value if not erased.names(text))
        else:
            texts[name] = _BLANKS.get(name) if value and erased.names(value) else value
    return {"_id": row.id, **texts}


def _erase_octets(connection: sa.Connection, raw_ids: Collection[int]) -> None:
    """Delete octets; a letter of the same DATA that is not read yet keeps them."""
    some = letters.c.raw_id.in_(raw_ids)
    change = {"state": LetterState.RETIRED.value, "raw_id": None, "left_octets": 0, **unread.FORGOTTEN}
    connection.execute(sa.update(letters).where(some, letters.c.state != LetterState.KEPT).values(change))
    is_needed = sa.exists().where(letters.c.raw_id == raw_letters.c.id).correlate(raw_letters)
    connection.execute(sa.delete(raw_letters).where(raw_letters.c.id.in_(raw_ids), ~is_needed))
    chunks.delete_chunks(connection, raw_ids)
