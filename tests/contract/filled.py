"""A store with as many rows as years leave in it, made in seconds: some real rows of each kind, multiplied in the database."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from contract.factories import DAY, MINUTE, NOON, bounce, leased, letter, record, steps, suppression

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import ChangeSource, CountedOutcome, EntryKind, EntryState, LetterState, NewEntry, Unread
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed
from bouncer.store.engine.ids import COUNT_BITS
from bouncer.store.tables import (
    allowed,
    bounces,
    day_counts,
    letters,
    outbox,
    raw_letters,
    send_counts,
    send_totals,
    sent_messages,
    staged,
    suppressions,
    trail,
)

ACCOUNTS = ("acme", "folding", "other", "shop")
DOMAINS = ("example.org", "gmail.com", "mail.example", "users.example", "zoo.example")
SEED = 500
"""Letters that are kept and recorded one by one; all others are copies of them."""
LARGE = (
    raw_letters,
    letters,
    bounces,
    outbox,
    suppressions,
    trail,
    allowed,
    staged,
    sent_messages,
    send_counts,
    send_totals,
    day_counts,
)
"""The tables that are filled."""
STEP_MINUTES = 20
"""Minutes between a letter and its next copy, by id."""
OCTETS = 200
"""Octets of a letter, unless a caller wants others."""


async def fill(store: Store, *, copies: int, octets: int = OCTETS) -> None:
    """Fill a new *store* with ``SEED`` letters and *copies* of each, with all that follows from them."""
    for name in ACCOUNTS:
        terms = AccountRules(fold_gmail=name == "folding")
        await store.add_account(OPERATOR, Account(name, (f"ann@{name}.example",), terms=terms), now=NOON)
    await record_letters(store, octets)
    await send_notices(store)
    for account in ACCOUNTS:
        for n in range(25):
            entry = Allowed(account, f"friend{n}@{DOMAINS[n % len(DOMAINS)]}", NOON)
            await store.allow(OPERATOR, entry, source=ChangeSource.COMMAND)
    name = await steps(store).open()  # an import that is not in force
    await steps(store).stage(name, [suppression(f"i{n}@example.org") for n in range(SEED)])
    await store._engine.write(multiply, copies)  # type: ignore[attr-defined]  # noqa: SLF001 -- no other way is as fast


async def record_letters(store: Store, octets: int) -> None:
    """Keep and record the letters; of some, people have to see them, and some are of nobody."""
    for start in range(0, SEED, 50):
        numbers = range(start, start + 50)
        ids = [(await store.keep([letter(b"Subject: %d\r\n\r\n" % n + bytes(octets))]))[0] for n in numbers]
        await store.record([_record(n, letter_id) for n, letter_id in zip(numbers, ids, strict=True)], now=NOON)
    for n in range(20):  # some wait to be read
        await store.keep([letter(b"Subject: waiting %d" % n)])


def _record(n: int, letter_id: int) -> Any:
    account, address = ACCOUNTS[n % len(ACCOUNTS)], f"user{n}@{DOMAINS[n % len(DOMAINS)]}"
    owner = NewEntry(EntryKind.NOTICE, f"ann@{account}.example")
    return record(
        letter_id,
        bounce(address),
        account=account,
        state=LetterState.SHUNTED if n % 50 == 0 else LetterState.READ,
        unread=Unread.WRITTEN if n % 50 == 1 else None,
        suppressions=(suppression(address, account=account, letter_id=letter_id, since=NOON - DAY),),
        entries=() if n % 4 == 0 else (owner,),
        counts=(CountedOutcome(account, NOON, DOMAINS[n % len(DOMAINS)], "invalid-recipient"),),
        token=f"token{n}",
    )


async def send_notices(store: Store) -> None:
    """Bring the notices into every state, and count the sends of many messages."""
    notices = await leased(store, now=NOON, count=200, until=NOON + MINUTE)
    for n, job in enumerate(notices):
        if n % 10 == 0:
            await store.mark_given_up(job.row.id, now=NOON, reply="550 no")
        elif n % 10 == 1:
            await store.mark_waiting(job.row.id, due=NOON + DAY, reply="451 later")
        else:
            await store.mark_sent(job.row.id, now=NOON, reply="250 ok")
    for n in range(SEED):
        address = f"user{n}@{DOMAINS[n % len(DOMAINS)]}"
        sent = Sent(ACCOUNTS[n % 4], NOON, (address,), f"<m{n}@acme.example>", reference=f"r{n}", campaign=f"c{n % 7}")
        await store.count(OPERATOR, [sent])


def multiply(connection: sa.Connection, copies: int) -> None:
    """Copy every row *copies* times, with other ids and other addresses, at later times."""
    numbers = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < copies))
    n, mark = numbers.c.n, "c" + sa.cast(numbers.c.n, sa.Text) + "x"
    later = sa.literal(STEP_MINUTES * 60_000 << COUNT_BITS) * n
    moments = sa.literal(STEP_MINUTES * 60_000_000, sa.BigInteger) * n
    hours = sa.literal(3600 * 1_000_000, sa.BigInteger) * (n // (60 // STEP_MINUTES))

    def copy(table: sa.Table, **changes: Any) -> None:
        marked = ("address_key", "address_folded", "recipient_key", "recipient_folded")
        changes |= {name: mark + sa.type_coerce(table.c[name], sa.Text) for name in marked if name in table.c}
        for name in ("address", "recipient"):
            if name in table.c:
                changes[name] = mark + sa.type_coerce(table.c[name], sa.Text)
        # an id that is not given is the database's
        columns = {
            column.name: changes.get(column.name, column)
            for column in table.columns
            if column.name != "id" or "id" in changes
        }
        rows = sa.select(*(sa.type_coerce(value, sa.types.NullType()) for value in columns.values()))
        connection.execute(
            sa.insert(table).from_select(list(columns), rows.select_from(table.join(numbers, sa.true())))
        )

    copy(raw_letters, id=raw_letters.c.id + later)
    times = {name: _number(letters.c[name]) + moments for name in ("received_at", "recorded_at")}
    copy(letters, id=letters.c.id + later, raw_id=letters.c.raw_id + later, **times)
    at = _number(bounces.c.at) + moments
    copy(bounces, id=bounces.c.id + later, letter_id=bounces.c.letter_id + later, at=at)
    event = mark + outbox.c.event
    copy(outbox, letter_id=outbox.c.letter_id + later, event=event, message_id=mark + outbox.c.message_id)
    copy(suppressions, letter_id=suppressions.c.letter_id + later)
    copy(trail, letter_id=trail.c.letter_id + later, at=_number(trail.c.at) + moments)
    copy(allowed)
    copy(staged)
    copy(day_counts, subject=mark + sa.type_coerce(day_counts.c.subject, sa.Text))
    domain = mark + sa.type_coerce(send_counts.c.domain, sa.Text)
    copy(send_counts, domain=domain, hour=_number(send_counts.c.hour) + hours)
    add_totals(connection)
    texts = {name: mark + sa.type_coerce(sent_messages.c[name], sa.Text) for name in ("message_id", "reference")}
    # a campaign has one reference for all of its mails
    is_shared = sent_messages.c.reference == "r1"
    texts["reference"] = sa.case(
        (is_shared, sa.type_coerce(sent_messages.c.reference, sa.Text)), else_=texts["reference"]
    )
    copy(sent_messages, **texts)


def _number(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.type_coerce(column, sa.BigInteger)


def add_totals(connection: sa.Connection) -> None:
    """Sum up the counts of sends anew, where they were written past the store."""
    key = [column for column in send_counts.primary_key if column.name in send_totals.c]
    summed = sa.select(*key, sa.func.sum(send_counts.c["count"])).group_by(*key)
    connection.execute(sa.delete(send_totals))
    connection.execute(sa.insert(send_totals).from_select([*(column.name for column in key), "count"], summed))


async def end_notices(store: Store) -> None:
    """Have every notice sent."""
    sent = sa.update(outbox).values(state=EntryState.SENT.value)
    await store._engine.write(lambda connection: connection.execute(sent))  # type: ignore[attr-defined]  # noqa: SLF001 -- as above


def counts(connection: sa.Connection) -> dict[str, int]:
    """Give the number of rows of each large table."""
    return {table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in LARGE}


def letters_end(copies: int) -> dt.datetime:
    """Give a moment after the youngest letter's id."""
    return NOON + DAY + dt.timedelta(minutes=STEP_MINUTES * copies)
