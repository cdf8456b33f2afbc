"""Rules that this installation was taught, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.ports.scope import Scope
from bouncer.verdict.taught_rule import TaughtRule


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A taught rule with its origin; *letters*: how many letters on record were read by it."""

    rule: TaughtRule
    taught_by: str
    taught_at: dt.datetime
    letter_id: int | None
    """The letter that it was made of; the letter may be forgotten meanwhile."""
    letters: int = 0


class TaughtRules(Protocol):
    """Keeps taught rules. They concern every account's letters: only the operator's scope sees and changes them.

    Each change is one durable commit, after which ``Accounts.changed_directory`` gives a directory with the rules of now.
    """

    async def add_rule(self, scope: Scope, rule: KeptRule, *, limit: int) -> bool:
        """Add a rule. False, and nothing changes, where there is one of its form, or *limit* of them, or for an account's scope."""
        ...

    async def remove_rule(self, scope: Scope, rule_id: str) -> bool:
        """Remove a rule; its readings stay recorded. Idempotent; False where there is none, or for an account's scope."""
        ...

    async def rules(self, scope: Scope) -> Sequence[KeptRule]:
        """Give the rules, oldest first; none for an account's scope."""
        ...

    async def letters_of_rule(self, scope: Scope, rule_id: str, *, limit: int) -> Sequence[int]:
        """Give the ids of the newest *limit* letters that a rule has read, newest first; none for an account's scope."""
        ...
