"""Teaching: rules of this installation are tried on the letters that are kept, kept themselves, listed and removed.

A rule concerns the reader, which reads the letters of all accounts; so only the operator has rules.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.errors import Conflict, NotFound
from bouncer.mail.letter import spell_id
from bouncer.manage.rereading import (
    MOST_RECIPIENTS,
    NOT_A_STATE_TO_REREAD,
    ReadAgain,
    Reread,
    VerdictChange,
    differences,
    letters_by_id,
    reread,
)
from bouncer.manage.rule_rows import RuleExport, export_of
from bouncer.ndr.taught_form import Outline
from bouncer.ports.letters import BounceFilter, KeptLetter, LetterFilter, Page
from bouncer.ports.scope import OPERATOR, Scope
from bouncer.ports.store import Store
from bouncer.ports.taught_rules import KeptRule
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.teaching import Marks, checked_rule, derive_rule

MOST_RULES = 100
"""Rules of an installation: each is compared with every letter in which the reader finds nothing."""
MOST_TRIED = 100
"""Unread letters, and as many others, that a trial reads: some seconds at worst, while the person waits."""
MOST_OCTETS = 256 * 1024
"""Octets of a letter that a trial looks at; reports are smaller."""
MOST_REREAD = 1000
"""Letters that are read again after a rule was kept or removed: with more, `bouncer reread` goes on."""


class TaughtReader(Protocol):
    """Reads letters by rules that are not kept yet, each letter within its bounds of memory and time."""

    async def outline(self, letter: KeptLetter) -> Outline:
        """Give the lines of a letter, and whether a rule can read it."""
        ...

    def reading_by(self, rules: Sequence[TaughtRule]) -> ReadAgain:
        """Give a function that reads letters by *rules* beside those that are kept."""
        ...


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """The changes that a rule would make to unread letters and to others; with the numbers of letters that were looked at."""

    unread: tuple[VerdictChange, ...]
    others: tuple[VerdictChange, ...]
    unread_looked_at: int
    others_looked_at: int

    @property
    def letters(self) -> tuple[str, ...]:
        """The unread letters that the rule reads."""
        return tuple(dict.fromkeys(change.letter for change in self.unread))


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule that was kept, and how many letters were read by it at once."""

    entry: KeptRule
    letters: int


async def outline_of(store: Store, scope: Scope, reader: TaughtReader, letter_id: int) -> Outline:
    """Give the lines of a letter. Raises NotFound for one that is unknown or retired, and for an account's *scope*."""
    _require_operator(scope)
    letter = await store.letter(OPERATOR, letter_id)
    if letter is None:
        raise NotFound(f"there is no letter {spell_id(letter_id)}, or it is not kept any more")
    return await reader.outline(letter)


async def proposed_rule(store: Store, scope: Scope, reader: TaughtReader, letter_id: int, marks: Marks) -> TaughtRule:
    """Make the rule that *marks* on a letter describe. Raises as ``outline_of``, and InvalidValue for marks that make none."""
    return derive_rule(await outline_of(store, scope, reader, letter_id), marks)


async def try_rule(
    store: Store,
    scope: Scope,
    reader: TaughtReader,
    rule: TaughtRule,
    *,
    letter_id: int,
    now: Callable[[], dt.datetime],
) -> RuleTrial:
    """Show what *rule*, made of the letter *letter_id*, would change, and change nothing.

    Raises InvalidValue for a rule that would fit too much, ReaderError.
    """
    _require_operator(scope)
    checked = checked_rule(rule)
    unread_ids = await _find_unread(store, letter_id, MOST_TRIED)
    other_ids = [
        number for number in await _find_newest(store, LetterFilter(), MOST_TRIED) if number not in set(unread_ids)
    ]
    unread = await _read_by(store, reader, checked, unread_ids, now=now)
    others = await _read_by(store, reader, checked, other_ids, now=now)
    return RuleTrial(unread.changes, others.changes, unread.letters, others.letters)


async def keep_rule(
    store: Store,
    scope: Scope,
    reader: TaughtReader,
    rule: TaughtRule,
    *,
    by: str,
    letter_id: int,
    now: Callable[[], dt.datetime],
) -> RuleResult:
    """Keep *rule*, made of the letter *letter_id* by the person *by*, and read the unread letters again.

    Raises InvalidValue, and Conflict where there is such a rule, or MOST_RULES of them.
    """
    _require_operator(scope)
    entry = KeptRule(checked_rule(rule), by, now(), letter_id)
    if not await store.add_rule(OPERATOR, entry, limit=MOST_RULES):
        raise Conflict(f"there is such a rule already, or there are {MOST_RULES}; bouncer rule list shows them")
    ids = await _find_unread(store, letter_id, MOST_REREAD)
    outcome = await _read_by(store, reader, entry.rule, ids, now=now, records=True)
    return RuleResult(entry, outcome.changed_letters)


async def _read_by(
    store: Store,
    reader: TaughtReader,
    rule: TaughtRule,
    ids: Sequence[int],
    *,
    now: Callable[[], dt.datetime],
    records: bool = False,
) -> Reread:
    """Read letters again, and compare the readings by *rule* with the recorded ones; with *records*, record them.

    Letters that this version reads in another way than an earlier version did stay as they are: the rule did not change them.
    """
    read, count, changes = reader.reading_by((rule,)), 0, list[VerdictChange]()
    async for letter in letters_by_id(store, OPERATOR, ids):
        count += 1
        case = await read(letter)
        record = await store.foresee(OPERATOR, case, now=now())
        if record is None or record.reading.dialect != rule.form.dialect:
            continue
        before = await store.bounces(OPERATOR, BounceFilter(letter_id=letter.id), Page(MOST_RECIPIENTS))
        differing = differences(letter, before, record)
        changes += differing
        if differing and records:
            await store.rerecord(OPERATOR, case, now=now())
    return Reread(count, tuple(changes))


async def list_rules(store: Store, scope: Scope) -> Sequence[KeptRule]:
    """Give the rules, oldest first."""
    _require_operator(scope)
    return await store.rules(OPERATOR)


async def kept_rule(store: Store, scope: Scope, rule_id: str) -> KeptRule:
    """Give one rule. Raises NotFound."""
    entry = next((entry for entry in await list_rules(store, scope) if entry.rule.id == rule_id), None)
    if entry is None:
        raise NotFound(f"there is no rule {rule_id!r}")
    return entry


async def export_rule(store: Store, scope: Scope, reader: TaughtReader, rule_id: str) -> RuleExport:
    """Give a rule and its letter as a pull request has them, with example names for all addresses. Raises NotFound."""
    entry = await kept_rule(store, scope, rule_id)
    letter = None if entry.letter_id is None else await store.letter(OPERATOR, entry.letter_id)
    return export_of(entry, None if letter is None else await reader.outline(letter))


async def remove_rule(
    store: Store, scope: Scope, reader: TaughtReader, rule_id: str, *, now: Callable[[], dt.datetime]
) -> int:
    """Remove a rule, and read the letters again that it had read; give how many changed. Raises NotFound.

    Suppressions that followed from them stay: each is listed with its report, and can be lifted.
    """
    ids = await store.letters_of_rule(OPERATOR, (await kept_rule(store, scope, rule_id)).rule.id, limit=MOST_REREAD)
    if not await store.remove_rule(OPERATOR, rule_id):
        raise NotFound(f"there is no rule {rule_id!r}")
    outcome = await reread(
        store, OPERATOR, letters_by_id(store, OPERATOR, ids), reader.reading_by(()), dry_run=False, now=now
    )
    return outcome.changed_letters


async def _find_unread(store: Store, letter_id: int, limit: int) -> list[int]:
    """Give the ids of a letter, however old it is, and of the newest unread ones."""
    return list(dict.fromkeys((letter_id, *await _find_newest(store, LetterFilter(unread=True), limit))))


async def _find_newest(store: Store, criteria: LetterFilter, limit: int) -> list[int]:
    """Give the ids of the newest letters that can be read again and are not large."""
    rows = await store.letters(OPERATOR, criteria, Page(limit))
    return [row.letter_id for row in rows if row.state not in NOT_A_STATE_TO_REREAD and row.octets <= MOST_OCTETS]


def _require_operator(scope: Scope) -> None:
    if scope.account is not None:
        raise NotFound("rules are the operator's: they read the letters of all accounts")
