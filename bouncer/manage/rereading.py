"""Rereading: kept letters are read again with today's reader, and the differences are shown first."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from bouncer.mail.letter import spell_id
from bouncer.policy.records import Bounce, LetterState, Record
from bouncer.ports.letters import BounceFilter, BounceRow, KeptLetter, LetterFilter, Page, PendingDecision
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

PAGE = 200
"""Letters of one query."""
MOST_RECIPIENTS = 10_000
"""Rows of one letter that are compared."""
NOT_A_STATE_TO_REREAD = frozenset({LetterState.KEPT, LetterState.RETIRED})
"""The daemon reads letters in state kept; the octets of retired letters are gone."""

ReadAgain = Callable[[KeptLetter], Awaitable[PendingDecision]]
"""Reads a letter with today's reader, bounded in time and memory as the daemon's is."""


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A difference between two readings: of one recipient of a letter or, with recipient "-", of the letter itself."""

    letter: str
    recipient: str
    before: str
    now: str


NOTHING = "-"
"""Stands for a fact that is absent, and for the recipient where a change is about the letter itself."""


@dataclass(frozen=True, slots=True)
class RecipientReading:
    """The facts of a reading about one recipient; an absent fact is empty."""

    action: str
    category: str
    reason: str
    status: str
    belief: str

    @classmethod
    def parse(cls, words: str) -> "RecipientReading | None":
        """Read the words of a ``VerdictChange`` about a recipient; None for those of a letter, and where there was no reading."""
        facts = ["" if word == NOTHING else word for word in words.split(" ")]
        return cls(*facts) if len(facts) == len(cls.__dataclass_fields__) else None

    def __str__(self) -> str:
        """Write the facts in the form of a ``VerdictChange``."""
        return " ".join(fact or NOTHING for fact in (self.action, self.category, self.reason, self.status, self.belief))


@dataclass(frozen=True, slots=True)
class Reread:
    """The number of letters that were read again, and the changes that were made, or would be."""

    letters: int
    changes: tuple[VerdictChange, ...]

    @property
    def changed_letters(self) -> int:
        """Count the letters with at least one change."""
        return len({change.letter for change in self.changes})


async def reread(
    store: Store,
    scope: Scope,
    letters: AsyncIterator[KeptLetter],
    read: ReadAgain,
    *,
    dry_run: bool,
    now: Callable[[], dt.datetime],
) -> Reread:
    """Read *letters* inside *scope* again and replace what was recorded of those that changed; with *dry_run*, only compare.

    No notice is sent, and no suppression is lifted. Raises StoreError and ReaderError; the letters before stay changed.
    """
    count, changes = 0, list[VerdictChange]()
    async for letter in letters:
        count += 1
        case = await read(letter)
        record = await store.foresee(scope, case, now=now())
        if record is None:
            continue
        before = await store.bounces(scope, BounceFilter(letter_id=letter.id), Page(MOST_RECIPIENTS))
        differing = differences(letter, before, record)
        changes += differing
        if differing and not dry_run:
            await store.rerecord(scope, case, now=now())
    return Reread(count, tuple(changes))


async def letters_by_id(store: Store, scope: Scope, ids: Sequence[int]) -> AsyncIterator[KeptLetter]:
    """Give the letters with *ids*; those that are unknown, retired or outside *scope* are missing."""
    for letter_id in ids:
        if (letter := await store.letter(scope, letter_id)) is not None:
            yield letter


async def letters_to_reread(store: Store, scope: Scope, state: LetterState | None) -> AsyncIterator[KeptLetter]:
    """Give every letter inside *scope* that can be read again, newest first; only those in *state* where one is named."""
    before: int | None = None
    while rows := await store.letters(scope, LetterFilter(state), Page(PAGE, before)):
        readable = [row.letter_id for row in rows if row.state not in NOT_A_STATE_TO_REREAD]
        async for letter in letters_by_id(store, scope, readable):
            yield letter
        before = rows[-1].letter_id


def differences(letter: KeptLetter, before: Sequence[BounceRow], record: Record) -> list[VerdictChange]:
    """Compare the recorded reading of *letter* with the record that another reading would make; pure."""
    spelled, changes = spell_id(letter.id), list[VerdictChange]()
    if letter.state is not record.state:
        changes.append(VerdictChange(spelled, NOTHING, letter.state, f"{record.state}: {record.kind}"))
    old = {row.recipient: _words(row.action, row.category, row.reason, row.status, row.belief) for row in before}
    new = {bounce.recipient.recipient: _words_of(bounce) for bounce in record.bounces}
    for recipient in dict.fromkeys([*old, *new]):
        if old.get(recipient) != new.get(recipient):
            changes.append(VerdictChange(spelled, recipient, old.get(recipient, NOTHING), new.get(recipient, NOTHING)))
    return changes


def _words_of(bounce: Bounce) -> str:
    outcome, verdict = bounce.recipient, bounce.verdict
    category, reason = (verdict.category, verdict.reason) if verdict else (None, None)
    return _words(outcome.action, category, reason, str(outcome.status or ""), bounce.believed.belief)


def _words(action: str, category: str | None, reason: str | None, status: str | None, belief: str) -> str:
    return str(RecipientReading(action, category or "", reason or "", status or "", belief))
