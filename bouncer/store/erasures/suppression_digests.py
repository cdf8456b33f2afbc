"""Suppressions of erased addresses: kept, looked up and lifted by digests of the address."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import gmail_mailbox
from bouncer.policy.address_list import AddressList, is_wish, list_of
from bouncer.policy.ladder import COMPLAINT, UNSUBSCRIBE
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.engine import insert
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures.digests import all_digests, digest, digests_of, secret_of
from bouncer.store.tables import erased_suppressions
from bouncer.verdict.verdict import Reason

WHY = "the address was erased, and its suppression holds on"
"""The recorded cause of such a suppression; its own cause may name the person."""
REASON = "erased"
"""The reason of a suppression whose own reason is a person's words."""
_KEPT_REASONS = frozenset({*map(str, Reason), COMPLAINT, UNSUBSCRIBE})
"""Reasons that are kept, since they name nobody; any other reason is a person's words, and becomes REASON."""

_ROW = erased_suppressions.c
_BY_FORM = {
    column: sa.select(erased_suppressions).where(_ROW[column].in_(sa.bindparam("digests", expanding=True)))
    for column in ("digest", "folded")
}


def insert_digests(connection: sa.Connection, secret: bytes, rows: Sequence[Any]) -> None:
    """Keep suppressions, *rows* of the table of suppressions, without their addresses.

    If one is kept already, the later of the two ends counts, and a wish (a complaint, an unsubscription) gives the cause.
    """
    statement = insert(connection, erased_suppressions)
    for row in rows:
        reason = row.reason if row.reason in _KEPT_REASONS else REASON
        facts = {"account": row.account, "stream": row.stream, "reason": reason, "source": row.source}
        digests, times = digests_of(secret, row.account, row.address_key), {"since": row.since, "until": row.until}
        before = connection.execute(_KEPT, {"digest": digests["digest"], "stream": row.stream}).first()
        change = {**facts, **times, **_merge_values(before, row, reason)} if before else {**facts, **times}
        upsert = statement.values(**digests, **facts, **times)
        connection.execute(upsert.on_conflict_do_update(index_elements=["digest", "stream"], set_=change))


def _merge_values(before: Any, row: Any, reason: str) -> dict[str, Any]:
    """Give the values of *row* that change where *before* is kept already."""
    ends = before.until, row.until
    until = {"until": None if None in ends else max(ends)}
    if is_wish(before.reason) and not is_wish(reason):
        return {**until, "reason": before.reason, "source": before.source, "since": before.since}
    return until


def has_any(connection: sa.Connection) -> bool:
    """Whether a suppression was ever kept as a digest: one query of one row."""
    return secret_of(connection) is not None


def look_up(
    connection: sa.Connection,
    account: str,
    forms: Iterable[str],
    *,
    folds: bool,
    now: dt.datetime,
    stream: str | None = None,
) -> dict[str, list[Suppression]]:
    """Give the suppressions in force of erased addresses, by the forms that the account asks for; *stream* as in a LookUp.

    An account that folds Gmail's addresses asks for the mailbox.
    """
    secret = secret_of(connection)
    if secret is None:
        return {}
    streams = None if stream is None else ("", clean(stream, MAX_KEY))
    answers = dict[str, list[Suppression]]()
    for row, form in _rows(connection, secret, account, list(forms), folds=folds):
        if (row.until is None or row.until > now) and (streams is None or row.stream in streams):
            answers.setdefault(form, []).append(_suppression(row, form))
    return answers


def _rows(
    connection: sa.Connection, secret: bytes, account: str, forms: Sequence[str], *, folds: bool
) -> Iterable[tuple[Any, str]]:
    for column, query in _BY_FORM.items():
        column_forms = [form for form in forms if (column == "folded") is (folds and gmail_mailbox(form) is not None)]
        by_digest = all_digests(secret, account, column_forms)
        for some in in_parts(sorted(by_digest)):
            for row in connection.execute(query, {"digests": some}):
                yield row, by_digest[getattr(row, column)]


def _suppression(row: Any, address: str) -> Suppression:
    source = ChangeSource(row.source)
    return Suppression(row.account, address, row.reason, source, None, row.since, row.until, row.stream, None, WHY)


def lift(
    connection: sa.Connection,
    account: str,
    form: str,
    *,
    folds: bool,
    now: dt.datetime,
    listed_in: AddressList | None = None,
    stream: str | None = None,
) -> bool:
    """Delete the suppressions of an erased address, or of ``@`` and a domain; whether one was in force.

    With *listed_in* only those that would be on that list, with *stream* only the one for that stream.
    """
    secret = secret_of(connection)
    if secret is None:
        return False
    column = "domain" if form.startswith("@") else "folded" if folds and gmail_mailbox(form) else "digest"
    where = _ROW[column] == digest(secret, account, form)
    rows = [
        row
        for row in connection.execute(sa.select(erased_suppressions).where(where))
        if (listed_in is None or list_of(row.reason, row.stream) == listed_in) and stream in (None, row.stream)
    ]
    for row in rows:
        connection.execute(_FORGET, {"digest": row.digest, "stream": row.stream})
    return any(row.until is None or row.until > now for row in rows)


_OF_PLACE = _ROW.digest == sa.bindparam("digest"), _ROW.stream == sa.bindparam("stream")
_KEPT = sa.select(erased_suppressions).where(*_OF_PLACE)
_FORGET = sa.delete(erased_suppressions).where(*_OF_PLACE)
