"""A letter of many recipients is decided on before its transaction begins, and anew where the history has changed since."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from contract.factories import ALL, NOON, letter, record, suppression
from programs.empty_store import make_empty_store

from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.records import Record
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.bounces.foreseeing import FORESEEN_ADDRESSES
from bouncer.store.sql import open_store

JANE = "jane@example.org"


def can_write(path: Path) -> bool:
    """Whether another process can write now."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


@dataclass(frozen=True)
class Watched:
    """A letter about so many addresses; each decision on it notes who else could write, and how many suppressions it saw."""

    letter_id: int
    count: int
    path: Path
    then: Callable[[], None] = lambda: None
    noted: list[tuple[bool, int]] = field(default_factory=list, compare=False)

    @property
    def query(self) -> HistoryQuery:
        return HistoryQuery("acme", (JANE, *(f"r{n}@example.org" for n in range(self.count - 1))))

    def decide(self, history: History) -> Record:
        self.noted.append((can_write(self.path), len(history.history_of(JANE).suppressions)))
        self.then()
        return record(self.letter_id)


@pytest.mark.parametrize(
    ("count", "changes", "noted"),
    [
        (FORESEEN_ADDRESSES, False, [(False, 1)]),
        (FORESEEN_ADDRESSES + 1, False, [(True, 1)]),
        (FORESEEN_ADDRESSES + 1, True, [(True, 1), (False, 0)]),
    ],
    ids=["few", "many", "many, and it is freed meanwhile"],
)
async def test_others_can_write_while_a_letter_of_many_recipients_is_decided_on(
    tmp_path: Path, count: int, changes: bool, noted: list[tuple[bool, int]]
):
    path = tmp_path / "bouncer.db"
    store = await open_store(StoreSettings(make_empty_store(path)), now=lambda: NOON)
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.suppress(OPERATOR, suppression(JANE))
    (letter_id,) = await store.keep([letter()])

    def freed() -> None:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            if can_write(path):
                other.execute("DELETE FROM suppressions")

    watched = Watched(letter_id, count, path, freed if changes else lambda: None)
    recorded = await store.record([watched], now=NOON)
    rows = await store.bounces(OPERATOR, BounceFilter(), ALL)
    again = await store.record([watched], now=NOON)
    await store.close()

    assert watched.noted[: len(noted)] == noted
    assert [entry.letter_id for entry in recorded] == [letter_id]
    assert len(rows) == 1
    assert len(again) == 0, "it is recorded already"
