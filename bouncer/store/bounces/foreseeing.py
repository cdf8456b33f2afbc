"""Decisions about a letter of many recipients, made before the transaction that writes them.

A decision follows from the letter and the history alone. So the history is read and the decisions are made without the lock of the
writer. The transaction reads the history again. If it is unchanged, the decisions are written as they are; if not, they are made
anew. For five hundred recipients other writers, such as Keep, wait half as long.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.policy.records import Record
from bouncer.ports.letters import PendingDecision
from bouncer.store.bounces.ledger import Ledger, LedgerFacts

FORESEEN_ADDRESSES = 32
"""Addresses of a letter above which its decisions are made beforehand; for fewer, a second reading costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Decisions, with the cases and the history that they follow from."""

    cases: tuple[PendingDecision, ...]
    facts: LedgerFacts
    records: tuple[Record, ...]


def is_worthwhile(cases: Sequence[PendingDecision]) -> bool:
    """Whether a case names many addresses."""
    return any(len(case.query.addresses) > FORESEEN_ADDRESSES for case in cases)


def foresee(connection: sa.Connection, cases: Sequence[PendingDecision], *, now: dt.datetime) -> Foreseen:
    """Decide *cases* by the present history, and write nothing."""
    ledger = Ledger(connection, cases, now=now)
    facts = ledger.facts()
    return Foreseen(tuple(cases), facts, tuple(decide_all(ledger, cases)))


def decide(ledger: Ledger, cases: Sequence[PendingDecision], foreseen: Foreseen | None) -> Iterator[Record]:
    """Give the decisions on *cases*, noted in *ledger*: the *foreseen* ones if cases and history are the same."""
    if foreseen is None or foreseen.cases != tuple(cases) or foreseen.facts != ledger.facts():
        return decide_all(ledger, cases)
    return _note_each(ledger, foreseen.records)


def decide_all(ledger: Ledger, cases: Sequence[PendingDecision]) -> Iterator[Record]:
    """Decide case by case, each with the earlier decisions in its history."""
    return _note_each(ledger, (case.decide(ledger.history(case.query)) for case in cases))


def _note_each(ledger: Ledger, records: Iterator[Record] | tuple[Record, ...]) -> Iterator[Record]:
    for entry in records:
        ledger.add_decision(entry)
        yield entry
