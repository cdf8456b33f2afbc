"""Values that the store's tests keep and record."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bouncer.mail.address import comparable
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.records import (
    Belief,
    Believed,
    Bounce,
    ChangeSource,
    EntryKind,
    LetterState,
    NewEntry,
    Record,
    Release,
    Suppression,
)
from bouncer.ports.letters import Page
from bouncer.ports.outbox import EVERY_LANE, DeliveryJob, Lane
from bouncer.ports.store import Store
from bouncer.store.suppressions.importing import SuppressionImports
from bouncer.verdict.verdict import Reason, Verdict

NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
"""When everything happens, unless a test says otherwise."""
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
ALL = Page(limit=1000)


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> dt.datetime:
        return self.time


Opening = Callable[[], Awaitable[Store]]
"""Opens the same store once more."""


def steps(store: Store) -> SuppressionImports:
    """The steps of ``import_suppressions``, one at a time: a test looks at the store in between."""
    return store._imports  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001 -- the store's own


def letter(raw: bytes = b"Subject: failure\r\n\r\nno such user\r\n", account: str | None = "acme") -> Received:
    """A letter to a signed return path."""
    path = ReturnPath("acme-token-jane=example.org@rp.example.com", PathKind.SIGNED, account, "jane@example.org")
    tls = "TLSv1.3 TLS_AES_256_GCM_SHA384"
    return Received(path, "", "192.0.2.25", "mx.example.net", tls, smtputf8=True, received_at=NOON, raw=raw)


def bounce(recipient: str = "jane@example.org", reason: Reason = Reason.INVALID_RECIPIENT) -> Bounce:
    """A proven failure."""
    recipient_row = Recipient(
        recipient, Action.FAILED, reply_code=550, diagnostic_code="550 no such user", own_lines=("550 no", "x")
    )
    believed = Believed(Belief.PROVEN, "signed")
    return Bounce(recipient_row, Verdict(reason, "a-rule", "550 no"), believed, comparable(recipient), suppressed=True)


@dataclass(frozen=True, slots=True)
class Decided(Record):
    """A case that is decided already, whatever the past."""

    @property
    def query(self) -> HistoryQuery:
        return HistoryQuery()

    def decide(self, _history: History) -> Record:
        return self


def record(letter_id: int, *bounces: Bounce, **changed: object) -> Decided:
    """Make the record that a read bounce leads to."""
    original = Original("m1@acme.example", "Your order", "shop@acme.example", ("jane@example.org",), "Sun, 1 Mar 2026")
    reading = Reading(Kind.BOUNCE, "rfc3464", "mx.example.net", "Sat, 28 Feb 2026", None, original)
    facts: dict[str, object] = {
        "letter_id": letter_id,
        "state": LetterState.READ,
        "kind": Kind.BOUNCE,
        "account": "acme",
        "reading": reading,
        "bounces": bounces or (bounce(),),
        "entries": (NewEntry(EntryKind.NOTICE, "owner@acme.example"),),
    }
    return Decided(**{**facts, **changed})  # type: ignore[arg-type]


async def leased(
    store: Store, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane = EVERY_LANE
) -> Sequence[DeliveryJob]:
    """Schedule what was recorded, then lease: as the two stages do, one after the other."""
    while (await store.schedule_entries(now=now)).is_unfinished:
        pass
    return await store.lease_entries(now=now, count=count, until=until, lane=lane)


async def retired(
    store: Store, *, letters_before: dt.datetime, records_before: dt.datetime = NOON, count: int = 9
) -> tuple[int, int]:
    """Retire all that is old; give the number of raw letters and of records."""
    steps = [
        step async for step in store.retire(letters_before=letters_before, records_before=records_before, count=count)
    ]
    return sum(letters for letters, _ in steps), sum(records for _, records in steps)


def suppression(address: str = "jane@example.org", until: dt.datetime | None = None, **changed: object) -> Suppression:
    """A suppression from a bounce."""
    facts = {
        "account": "acme",
        "reason": "invalid-recipient",
        "source": ChangeSource.BOUNCE,
        "letter_id": None,
        "since": NOON,
    }
    return Suppression(address=address, until=until, **{**facts, **changed})  # type: ignore[arg-type]


def release(address: str = "jane@example.org", **changed: object) -> Release:
    """A person takes an address off the list."""
    facts = {"account": "acme", "source": ChangeSource.COMMAND, "letter_id": None, "at": NOON}
    return Release(address=address, **{**facts, **changed})  # type: ignore[arg-type]
