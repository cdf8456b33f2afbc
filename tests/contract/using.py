"""The queries of a filled store while everything of it is used: each query once, with its values."""

import dataclasses
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from contract import filled
from contract.factories import DAY, MINUTE, NOON, Clock, bounce, letter, record, release, suppression
from contract.sent_statements import noting_statements
from contract.use_queries import (
    Asking,
    use_every_list,
    use_the_book,
    use_the_erasures,
    use_the_filters,
    use_the_filters_of_changes,
    use_the_lists_of_addresses,
    use_the_taught_rules,
)

from bouncer.policy.history import HistoryQuery
from bouncer.policy.records import EntryKind, LetterState, NewEntry
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.outbox import Lane
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.engine import Engine
from bouncer.store.letters import retiring
from bouncer.store.sql import SqlStore, open_store
from bouncer.store.standing import read_standing

COPIES = 200
"""With 500 letters that are copied: 100,500 bounces."""
LATER = NOON + 5 * MINUTE
STORE = "bouncer/store/"
ONLY_READS = "only reads"
"""Among what is noted of a connection: whether its transaction only reads."""

LARGE = {table.name for table in filled.LARGE}
"""The tables that grow with the mail, and the allow-list."""


@dataclass(frozen=True, slots=True)
class Query:
    """A statement that the store executed, with its values; *name* is the function that executed it.

    *in_reading*: in a transaction that only reads, where the database is told so.
    """

    name: str
    sql: str
    values: Any
    in_reading: bool = False


@dataclass
class Statements:
    """Takes down the queries of a store, each text once for each kind of transaction."""

    queries: dict[tuple[str, bool], Query] = field(default_factory=dict)

    def note(self, connection: sa.Connection, sql: str, values: Any) -> None:
        verb = sql.split(None, 1)[0]
        if verb == "BEGIN":
            connection.info[ONLY_READS] = "READ ONLY" in sql
        elif verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            in_reading = connection.info.get(ONLY_READS, False)
            self.queries[sql, in_reading] = Query(_name_of_caller(), sql, values, in_reading)


def _name_of_caller() -> str:
    """Give the innermost function of the store that is being called, without those that serve all: module.function."""
    frame = sys._getframe()  # noqa: SLF001 -- no other way to the caller's name
    while frame.f_back is not None:
        frame = frame.f_back
        path = frame.f_code.co_filename
        if STORE in path and "/engine/" not in path:
            return f"{Path(path).stem}.{frame.f_code.co_qualname.partition('.<locals>')[0]}"
    return "?"


@contextmanager
def noted() -> Iterator[Statements]:
    """Take down what every store of this process asks."""
    statements = Statements()
    with noting_statements(statements.note):
        yield statements


async def _open(url: str, clock: Clock, seed: int) -> SqlStore:
    """Open a store that gives the same ids each time, so that the same letters and notices are chosen."""
    settings, chance = StoreSettings(url), random.Random(seed).getrandbits  # noqa: S311 -- no secrets
    return await open_store(settings, hostname="mx.rp.example.com", now=clock, chance=chance)


async def fill(url: str) -> None:
    """Fill the store at *url*, which has no rows yet."""
    store = await _open(url, Clock(), 1)
    await filled.fill(store, copies=COPIES)
    counts = await store._engine.read(filled.counts)  # noqa: SLF001 -- no method counts
    assert counts["bounces"] > 100_000, counts
    await store.close()


async def use(url: str) -> tuple[Query, ...]:
    """Use everything of a copy of the filled store, and give its queries."""
    clock = Clock()
    clock.time += DAY  # so that an import has another name than the one that is staged
    with noted() as statements:
        store = await _open(url, clock, 2)
        try:
            await use_filled(store)
        finally:
            await store.close()
    return tuple(statements.queries.values())


async def use_filled(store: Store) -> None:
    """Do the work of letters, the milter, commands and stages: every method, and every choice of filters."""
    await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)
    await store.release_leases()
    await store.bring_back(now=NOON)
    await store.forget_unfinished()
    await store.has_work(now=LATER, since=NOON)
    await use_letters(store)
    for page in (Page(1000), Page(1000, before=1 << 62)):
        await use_every_list(store, page)
        await use_the_filters(store, dataclasses.replace(page, limit=20))
    await use_the_filters_of_changes(store, 20)
    await use_the_lists_of_addresses(store)
    await use_the_book(store)
    await use_the_taught_rules(store)
    engine: Engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- some queries have no method of their own
    await engine.read(read_standing, now=NOON)
    for retirement in (*retiring.OCTETS, *retiring.RECORDS):
        step = await engine.read(retirement.find, filled.letters_end(COPIES), retiring.START, 100)
        if step is not None:
            await engine.write(retirement.delete, step)
    await store.cut(before=NOON + DAY, count=100)
    await store.octets_between(NOON, NOON + MINUTE, limit=9)
    await store.add_account(OPERATOR, Account("small", ("s@small.example",)), now=NOON)
    (number,) = await store.keep([letter(account="small")])
    await store.record([record(number, account="small", suppressions=(suppression(account="small"),))], now=NOON)
    await store.remove_account(OPERATOR, "small")
    await use_the_erasures(store)


async def use_letters(store: Store) -> None:
    """Lease, record, read again, schedule, lease notices, mark them."""
    await store.lease_letters(now=NOON, count=64, octets=1 << 20, until=LATER)
    ids = [(await store.keep([letter(b"%d" % n)]))[0] for n in range(8)]
    cases = [
        record(
            letter_id,
            bounce(f"user{n}@example.org"),
            suppressions=(suppression(f"user{n}@example.org"), suppression(f"u{n}@gmail.com", account="folding")),
            entries=(NewEntry(EntryKind.NOTICE, "ann@acme.example"),),
            state=LetterState.READ if n % 2 else LetterState.SHUNTED,
        )
        for n, letter_id in enumerate(ids)
    ]
    await store.record(cases, now=NOON)
    await store.rerecord(OPERATOR, cases[0], now=NOON)
    await store.letter(OPERATOR, ids[0])
    for name in ("acme", "folding"):
        for reference in ("r1", None):
            addresses = ("user1@gmail.com", "user5@example.org")
            query = HistoryQuery(name, addresses, "token1", message_id="m1@acme.example", reference=reference)
            await store.foresee(OPERATOR, Asking(record(ids[0]), query), now=NOON)
    for scope, name in ((OPERATOR, "acme"), (AccountScope("acme"), "acme"), (AccountScope("folding"), "folding")):
        for category in (None, "hard"):
            await store.bounces(scope, BounceFilter(recipient="user1@gmail.com", category=category), Page(50))
        await store.suppressions_of_address(scope, name, "user1@gmail.com", now=NOON)
        await store.trail(scope, address="user1@gmail.com", page=Page(50))
        await store.suppressions_of(scope, name, ["c7xuser1@gmail.com", "user5@example.org"], now=NOON)
    await store.schedule_entries(now=NOON)
    for only, but in ((frozenset({"a"}), frozenset()), (frozenset(), frozenset({"a"}))):
        await store.lease_entries(now=NOON, count=9, until=LATER, lane=Lane(only, but, "file", letters=False))
    jobs = await store.lease_entries(now=NOON + DAY, count=50, until=NOON + DAY + MINUTE)
    assert jobs
    for job in jobs:
        await store.mark_waiting(job.row.id, due=NOON, reply="")
        await store.mark_given_up(job.row.id, now=NOON, reply="")
        await store.mark_sent(job.row.id, now=NOON, reply="")
        await store.entry(OPERATOR, job.row.id)
        await store.retry_entry(OPERATOR, job.row.id, now=NOON)
        await store.drop_entry(OPERATOR, job.row.id, now=NOON)
    await store.release(OPERATOR, release("user1@gmail.com", account="folding"))
    await store.suppress(OPERATOR, suppression("user1@gmail.com", account="folding"))
