"""Erasing addresses from registered messages, from lists of dropped mail, and from answers that are kept for repeated requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import NO_ACCOUNT, EntryKind, EntryState
from bouncer.ports.scope import Scope
from bouncer.store.engine.queries import with_pauses
from bouncer.store.engine.rows import write_rows
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.erasures.lists import Counts
from bouncer.store.erasures.records import ROWS_PER_SEARCH
from bouncer.store.scoping import scope_checks, without_index
from bouncer.store.sends.messages import UNNAMED
from bouncer.store.tables import api_answers, api_keys, outbox, sent_messages, unsent

ANSWERS_PER_SEARCH = 200
"""Answers that one query reads with their octets, a quarter of a megabyte each at most."""

_CHANGE = (
    sa.update(sent_messages)
    .where(sent_messages.c.id == sa.bindparam("_id"))
    .values({name: sa.bindparam(name) for name in ("recipients", "subject", "message_id")})
)


@dataclass(frozen=True, slots=True)
class MessageStep:
    """The registered messages that name an address among the rows of one step of a search, and the last row's id."""

    rows: Sequence[Any]
    last: int


def search_messages(connection: sa.Connection, scope: Scope, erased: ErasedAddresses, after: int) -> MessageStep | None:
    """Search the next messages after an id; None after the last ones. Only reads."""
    ids = sa.select(sent_messages.c.id).where(sent_messages.c.id > after).order_by(sent_messages.c.id)
    last = connection.scalar(sa.select(sa.func.max(ids.limit(ROWS_PER_SEARCH).subquery().c.id)))
    if last is None:
        return None
    of_account = scope_checks(scope, sent_messages.c.account)
    in_step = sent_messages.c.id > after, sent_messages.c.id <= last, *of_account
    query, naming = sa.select(sent_messages).where(*in_step), dict[int, Any]()
    for condition in erased.may_name([sent_messages.c.recipients, sent_messages.c.subject]):
        for row in with_pauses(connection.execute(query.where(condition)).all()):
            if any(_is_of(erased, address) for address in row.recipients) or erased.names(row.subject or ""):
                naming[row.id] = row
    return MessageStep(list(naming.values()), last)


def erase_messages(connection: sa.Connection, rows: Sequence[Any], erased: ErasedAddresses) -> Counts:
    """Take the addresses out of messages; of one that went to nobody else the reference stays, where it has one."""
    counts, changed_rows, deleted_ids = Counts(), list[dict[str, Any]](), list[int]()
    for row in rows:
        counts[row.account, "messages"] += 1
        recipients = tuple(dict.fromkeys(UNNAMED if _is_of(erased, address) else address for address in row.recipients))
        texts = {"subject": None if erased.names(row.subject or "") else row.subject, "message_id": row.message_id}
        if any(recipients):
            changed_rows.append({"_id": row.id, "recipients": recipients, **texts})
        elif row.reference:  # its recipient still holds the path, and other messages may have it
            changed_rows.append({"_id": row.id, "recipients": (UNNAMED,), "subject": None, "message_id": None})
        else:
            deleted_ids.append(row.id)
    write_rows(connection, _CHANGE, changed_rows)
    connection.execute(sa.delete(sent_messages).where(sent_messages.c.id.in_(deleted_ids)))
    return counts


def _is_of(erased: ErasedAddresses, recipient: str) -> bool:
    return erased.has(recipient) or erased.names(recipient)


def erase_unsent(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> Counts:
    """Take the addresses off the lists of dropped mail; a mail to an owner that would list nothing does not leave."""
    forms = [*erased.plain, *erased.folded]
    of_scope = sa.select(outbox.c.id).where(outbox.c.id == unsent.c.entry_id, *scope_checks(scope, outbox.c.account))
    where = sa.and_(unsent.c.address.in_(forms), of_scope.correlate(unsent).exists())
    query = sa.select(unsent.c.entry_id, outbox.c.account).join(outbox, outbox.c.id == unsent.c.entry_id).where(where)
    rows = connection.execute(query).all()
    connection.execute(sa.delete(unsent).where(where))
    is_empty = ~sa.exists().where(unsent.c.entry_id == outbox.c.id).correlate(outbox)
    waits = without_index(outbox.c.state).in_((EntryState.WAITING.value, EntryState.HELD.value))
    is_listed = outbox.c.id.in_(sorted({row.entry_id for row in rows}))
    connection.execute(sa.delete(outbox).where(is_listed, outbox.c.kind == EntryKind.UNSENT, waits, is_empty))
    return Counts((row.account or NO_ACCOUNT, "texts") for row in rows)


AnswerKey = tuple[str, str]
"""The key of a kept answer: that of the program, and the request's name."""
FIRST_ANSWER: AnswerKey = ("", "")


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """The kept answers that name an address among those of one step of a search, each with its account, and the last one's key."""

    answers: Sequence[tuple[AnswerKey, str]]
    last: AnswerKey


def search_answers(
    connection: sa.Connection, scope: Scope, erased: ErasedAddresses, after: AnswerKey
) -> AnswerStep | None:
    """Search the next kept answers; None after the last ones. Only reads."""
    order = (api_answers.c.key_id, api_answers.c.name)
    account = sa.select(api_keys.c.account).where(api_keys.c.id == api_answers.c.key_id).scalar_subquery()
    of_scope = [] if scope.account is None else [account == scope.account]
    query = sa.select(*order, api_answers.c.body, account.label("account"))
    query = query.where(sa.tuple_(*order) > sa.tuple_(*after), *of_scope)
    rows = connection.execute(query.order_by(*order).limit(ANSWERS_PER_SEARCH)).all()
    if not rows:
        return None
    answers = [
        ((row.key_id, row.name), row.account or NO_ACCOUNT)
        for row in with_pauses(rows)
        if erased.names(row.body.decode("utf-8", "replace"))
    ]
    return AnswerStep(answers, (rows[-1].key_id, rows[-1].name))


def erase_answers(connection: sa.Connection, answers: Sequence[tuple[AnswerKey, str]]) -> Counts:
    """Delete kept answers: a repeated request is then done again."""
    for (key_id, name), _ in answers:
        connection.execute(sa.delete(api_answers).where(api_answers.c.key_id == key_id, api_answers.c.name == name))
    return Counts((account, "texts") for _, account in answers)
