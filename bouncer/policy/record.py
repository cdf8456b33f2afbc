"""What one letter leads to: the rows that are written in one commit when it has been read."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bouncer.ndr.reading import Kind, Reading, Recipient
from bouncer.policy.verdict import Verdict


class Belief(StrEnum):
    """How far a report can be believed."""

    PROVEN = "proven"  # a valid signature, and the letter does not contradict it
    PLAUSIBLE = "plausible"  # an alias, and the returned headers are those of a message of ours
    UNPROVEN = "unproven"
    CONTRADICTED = "contradicted"  # a valid signature, but the letter speaks of somebody else


class LetterState(StrEnum):
    """Where a letter is on its path; every letter is always in one of these."""

    KEPT = "kept"
    READ = "read"
    SHUNTED = "shunted"  # nobody could read it
    RETIRED = "retired"  # the raw octets are forgotten


class ParcelState(StrEnum):
    """Where a row of the outbox is."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


class ParcelKind(StrEnum):
    """What is to be sent."""

    NOTICE = "notice"  # a bounce notice, to the account's owner
    OPERATOR = "operator"  # mail to postmaster@ or abuse@, passed on to the operator


@dataclass(frozen=True, slots=True)
class Believed:
    """A belief with its reasons in words."""

    belief: Belief
    why: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient's outcome: what the letter says, what it is taken for, how far it is believed, what was done."""

    recipient: Recipient
    verdict: Verdict | None  # None for one that did not fail
    believed: Believed
    suppressed_until: dt.datetime | None = None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that an account's mail must no longer go to."""

    account: str
    address: str
    reason: str  # a Reason, "complaint", or the operator's own word
    source: str  # "bounce", "command", ...
    letter_id: int | None
    since: dt.datetime
    until: dt.datetime | None  # None: until removed


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row of the outbox to be: what is to be told to whom about a letter."""

    kind: ParcelKind
    to: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that follows from one letter."""

    letter_id: int
    state: LetterState
    kind: Kind
    account: str | None
    reading: Reading
    bounces: tuple[Bounce, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    note: str | None = None  # for people: why it was shunted, why nothing is forwarded
