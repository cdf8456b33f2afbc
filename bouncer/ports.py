"""The ports: what stages, doors and commands ask of stores, couriers and channels, and the values that pass there.

An adapter on floor 4 implements a port; a stage calls it; neither knows the other. Every method of a Store raises
StoreError when the store is locked, full or away, and then nothing of the call was kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bouncer.mail.letter import PathKind, Received, ReturnPath, spell_id
from bouncer.mail.parcel import Mail
from bouncer.mail.returnpath import Generation
from bouncer.policy.compose.notice import Earlier
from bouncer.policy.opened import Opened
from bouncer.policy.past import Asks, Past
from bouncer.policy.record import LetterState, ParcelKind, ParcelState, Record, Release, Suppression
from bouncer.policy.steady import Steady
from bouncer.policy.tell import Preferences, Wishes
from bouncer.policy.terms import Terms
from bouncer.policy.unsent import Unsent

if TYPE_CHECKING:  # every command loads the ports, and few of them compose mail
    from bouncer.policy.compose.custom import Shown
    from bouncer.policy.compose.listing import Listing
    from bouncer.policy.compose.tally import Tally
    from bouncer.policy.compose.unread import UnreadListing


@dataclass(frozen=True, slots=True)
class Account:
    """Whose mail it is: its name stands in return paths, its owners get the notices."""

    name: str
    owners: tuple[str, ...]
    forwarding: bool = True
    created_at: dt.datetime | None = None
    senders: tuple[str, ...] = ()
    """Logins, addresses and domains whose outgoing mail is this account's, in comparable form."""
    terms: Terms = field(default_factory=Terms)
    wishes: Wishes = field(default_factory=dict)
    failing: tuple[str, ...] = ()
    """Owners whose mail from us comes back; changing the account takes the mark off."""
    generation: Generation = field(default_factory=Generation)
    """Which of the accounts of this name it is; the store says it."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A registered return path: ``address`` is whole, in comparable form."""

    address: str
    account: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All accounts and aliases, as the door needs them at RCPT."""

    accounts: dict[str, Account]
    aliases: dict[str, str]  # comparable address -> account name
    kept_free: dict[str, dt.datetime] = field(default_factory=dict)
    """Addresses that were aliases of removed accounts, and until when no other account gets them."""

    def generation(self, name: str) -> Generation | None:
        """Say which of the accounts of a name is there now; None where there is none."""
        account = self.accounts.get(name)
        return account.generation if account else None

    def whose_senders(self) -> dict[str, str]:
        """Give every sender with its account; where two claim one, as no command lets them, it is the older one's."""
        oldest_last = sorted(self.accounts.values(), key=_age, reverse=True)
        return {sender: account.name for account in oldest_last for sender in account.senders}


def _age(account: Account) -> tuple[float, str]:
    return account.created_at.timestamp() if account.created_at else 0, account.name


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter out of the store."""

    id: int
    state: LetterState
    received: Received
    cut_from: int | None = None
    """How many octets it had, where only its beginning is left."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as lists show it, without its octets."""

    letter_id: int
    state: str
    kind: str | None
    dialect: str | None
    account: str | None
    return_path: str
    reverse_path: str
    peer: str
    received_at: dt.datetime
    octets: int
    note: str | None
    left_octets: int | None = None  # once that is decided; fewer than octets: it was cut, 0: forgotten
    unread: str | None = None  # why a person has to see it, where one has to; and how it looks to that person:
    written_by: str | None = None
    subject: str | None = None
    beginning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BounceRow:
    """One recipient's outcome as lists and notices show it."""

    id: int
    letter_id: int
    at: dt.datetime
    account: str | None
    kind: str
    recipient: str
    original_recipient: str | None
    final_recipient: str | None
    action: str
    status: str | None
    reply_code: int | None
    category: str | None
    reason: str | None
    rule: str | None
    evidence: str | None
    diagnostic_code: str | None
    remote_mta: str | None
    reporting_mta: str | None
    belief: str
    belief_why: str
    suppressed: bool = field(metadata={"shown": "suppresses"})  # by this report: the address may have been before
    suppressed_until: dt.datetime | None
    message_id: str | None
    subject: str | None
    original_from: str | None = None
    original_date: str | None = None
    arrival_date: str | None = None
    will_retry_until: str | None = None
    said: tuple[str, ...] = ()
    stream: str = ""
    campaign: str = ""
    effect: str | None = None
    counted_day: int | None = None
    counted_needed: int | None = None
    counted_window: int | None = None
    reported: str | None = None  # the address that failed as the report names it, where that is not the recipient


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox: a parcel on its way."""

    id: int
    letter_id: int | None  # None: it tells of no letter
    account: str | None
    kind: ParcelKind
    to: str
    message_id: str  # stable over every try, without angle brackets
    state: ParcelState
    attempts: int
    created_at: dt.datetime
    due: dt.datetime
    last_error: str | None
    said: str | None  # the receiver's words when it left; the file, for a Maildir
    about: str | None = None  # what it tells beside the letter

    @property
    def report(self) -> str:
        """The letter's id as people see it; empty where it is of none."""
        return spell_id(self.letter_id) if self.letter_id is not None else ""


@dataclass(frozen=True, slots=True)
class ParcelFilter:
    """Which parcels are meant; None means any."""

    states: tuple[ParcelState, ...]
    account: str | None = None
    to: str | None = None  # the owner's or operator's address, compared without case


@dataclass(frozen=True, slots=True)
class Lane:
    """Which parcels leave by one courier: those to ``domains``, or, where there are none, to any but ``but``."""

    domains: frozenset[str] = frozenset()  # as they are compared
    but: frozenset[str] = frozenset()

    def has(self, domain: str) -> bool:
        """Whether parcels to *domain*, in comparable form, leave by it."""
        return domain in self.domains if self.domains else domain not in self.but


EVERY_LANE = Lane()
"""All parcels."""


@dataclass(frozen=True, slots=True)
class Page:
    """How much of a list: newest first, ``limit`` rows, older than ``before``."""

    limit: int = 50
    before: int | None = None  # an id


@dataclass(frozen=True, slots=True)
class BounceFilter:
    """Which bounces a list shows; None means any."""

    account: str | None = None
    recipient: str | None = None
    category: str | None = None
    letter_id: int | None = None
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A parcel's facts for the channel that tells them: the row, the letter, what was recorded of it."""

    row: OutboxRow
    letter: KeptLetter | None  # None when it is already retired
    bounces: tuple[BounceRow, ...]
    kind: str | None = None  # of the letter
    wanted: Preferences = field(default_factory=Preferences)
    earlier: Mapping[str, Earlier] = field(default_factory=dict)  # by recipient: what came before
    tally: Tally | None = None  # what a digest tells
    listing: Listing | None = None  # what one of mail to the operator names
    unread: UnreadListing | None = None  # letters that a person has to see
    unsent: Unsent | None = None  # what was dropped


class Reader(Protocol):
    """Reads letters somewhere where a hostile one can hurt nobody."""

    async def open(self, letters: Sequence[Received]) -> Sequence[Opened | None]:
        """Read each letter, in order. Never raises for what is in one: that is a judgement of kind unreadable.

        None for a letter that has to wait: others of its peer or path took what time there was. A letter alone never waits.
        Raises ReaderError when no letter can be read now.
        """
        ...

    async def close(self) -> None:
        """Stop reading."""
        ...


class Drawer(Protocol):
    """Draws accounts' own templates somewhere where a hostile one can hurt nobody."""

    def has(self, account: str) -> bool:
        """Whether the account has any."""
        ...

    async def draw(self, account: str, shown: Shown) -> Mapping[str, str]:
        """Give what the account's templates make of *shown*, by name; those that it has not, or that fail, are left out."""
        ...


class Outcome(StrEnum):
    """What became of handing a mail over."""

    SENT = "sent"
    LATER = "later"  # 4yz: this mail may be taken another time
    AWAY = "away"  # no connection, 421, no login, refused whoever it is for: no mail can be handed over now
    REFUSED = "refused"  # 5yz about this mail: trying again will not help


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of handing one mail over, with the receiver's words; for our records, never for a peer."""

    outcome: Outcome
    said: str


class Courier(Protocol):
    """Hands one mail over. Never raises for what the other side does: that is a Handed value."""

    name: str

    async def deliver(self, mail: Mail) -> Handed:
        """Hand *mail* over, durably where the means allow it; bounded in time."""
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...


class Channel(Protocol):
    """Tells an owner or the operator what was recorded."""

    name: str

    async def tell(self, told: Told) -> Handed:
        """Compose and hand over; the same *told* gives the same Message-ID."""
        ...

    async def close(self) -> None:
        """Let go of what it holds."""
        ...


class Case(Protocol):
    """A letter that has been read, to be decided on as soon as the past is known. A Record is one that is decided."""

    @property
    def letter_id(self) -> int:
        """Which letter."""
        ...

    @property
    def asks(self) -> Asks:
        """What of the past the decision needs."""
        ...

    def decide(self, past: Past) -> Record:
        """Decide; pure."""
        ...


@dataclass(frozen=True, slots=True)
class DayOctets:
    """Octets of letters that came, the largest sums first: of each peer, signed for one recipient or not, and to each path."""

    peers: tuple[tuple[str, bool, int], ...]
    paths: tuple[tuple[ReturnPath, int], ...]  # any address of an account's that counts for the same


class LetterStore(Protocol):
    """Keeping letters and recording what they say."""

    async def keep(self, letters: Sequence[Received]) -> Sequence[int]:
        """Commit the letters of one DATA, all or none, durably; give their ids. Many callers share one commit."""
        ...

    async def lease_letters(
        self, *, now: dt.datetime, count: int, octets: int, until: dt.datetime
    ) -> Sequence[KeptLetter]:
        """Take up to *count* letters in state kept, of *octets* in all or one, oldest first; hidden from others till *until*.

        Where more wait, each client and each return path has its turn, so that a flood of one keeps nobody else waiting.
        """
        ...

    async def give_back_letters(self, ids: Sequence[int], *, until: dt.datetime) -> None:
        """End the leases of letters that were taken *until* then; those that somebody else has taken since stay his."""
        ...

    async def record(self, cases: Sequence[Case], *, now: dt.datetime) -> Sequence[Record]:
        """Decide on letters, in order, and commit what follows, all in one; one that is no longer kept is passed over.

        Each is decided on what is known in that same commit, the letters before it among that. Gives what was recorded.
        """
        ...

    async def rerecord(self, case: Case, *, now: dt.datetime) -> None:
        """Replace what was recorded of a letter (its bounces, state, kind); adds no parcels and lifts no suppressions."""
        ...

    async def foresee(self, case: Case, *, now: dt.datetime) -> Record:
        """Give what would be recorded of a letter now; nothing is written."""
        ...

    async def letter(self, letter_id: int) -> KeptLetter | None:
        """Give one letter with its octets; None when unknown or retired."""
        ...

    async def letters(
        self,
        *,
        state: str | None,
        account: str | None,
        page: Page,
        path_kind: PathKind | None = None,
        unread: bool = False,
    ) -> Sequence[LetterRow]:
        """List letters, newest first; *unread*: only those that a person has to see."""
        ...

    async def bounces(self, which: BounceFilter, page: Page) -> Sequence[BounceRow]:
        """List bounces, newest first."""
        ...

    async def retire(self, *, letters_before: dt.datetime, records_before: dt.datetime, count: int) -> tuple[int, int]:
        """Forget up to *count* raw letters and *count* records older than that; give how many of each. Kept letters stay."""
        ...

    async def octets_between(self, since: dt.datetime, before: dt.datetime, *, most: int) -> DayOctets:
        """Sum up the octets of the letters that came from *since* on and *before* then; *most* sums of each kind."""
        ...

    async def cut(self, *, before: dt.datetime, count: int) -> int:
        """Of up to *count* large letters older than that leave the beginning, unless they are reports that are believed.

        Gives on how many was decided. Letters that are not read or told yet stay for now.
        """
        ...

    async def look_at_clock(self, *, now: dt.datetime) -> Steady:
        """Write down that the clock says *now*, and give what was seen of it."""
        ...


class Outbox(Protocol):
    """Parcels on their way."""

    async def lease_parcels(
        self, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane = EVERY_LANE
    ) -> Sequence[Told]:
        """Take up to *count* waiting parcels of *lane* that are due, with their facts, in their turn (``policy.turn``).

        Due again at *until* if nobody says more.
        """
        ...

    async def mark_sent(self, parcel_id: int, *, now: dt.datetime, said: str) -> None:
        """It left."""
        ...

    async def mark_waiting(self, parcel_id: int, *, due: dt.datetime, said: str) -> None:
        """It did not leave; try at *due*."""
        ...

    async def mark_given_up(self, parcel_id: int, *, now: dt.datetime, said: str) -> None:
        """It will not leave any more."""
        ...

    async def outbox(
        self, *, state: str | None, page: Page, account: str | None = None, to: str | None = None
    ) -> Sequence[OutboxRow]:
        """List parcels, newest first; only in that state, of that account, to that address."""
        ...

    async def post_test(self, to: str, account: str | None, *, now: dt.datetime) -> int:
        """Put a test notice to *to*, an owner of *account*, in the outbox; give its number. It is about no letter."""
        ...

    async def count_parcels(self, which: ParcelFilter) -> int:
        """Count the parcels that are meant."""
        ...

    async def retry_parcels(self, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Do what ``retry_parcel`` does with all that are meant and do not leave at this moment; give how many there were."""
        ...

    async def drop_parcels(self, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Do what ``drop_parcel`` does with all that are meant; give how many there were."""
        ...

    async def parcel(self, parcel_id: int) -> OutboxRow | None:
        """Give one parcel; None when unknown."""
        ...

    async def retry_parcel(self, parcel_id: int, *, now: dt.datetime) -> bool:
        """Let one that waits, or was given up or dropped, leave now; False where there is none such."""
        ...

    async def drop_parcel(self, parcel_id: int, *, now: dt.datetime) -> bool:
        """Let one that has not left never leave; False where there is none such."""
        ...


class Accounts(Protocol):
    """Accounts, aliases, suppressions: what people manage."""

    async def directory(self) -> Directory:
        """Give all accounts and aliases."""
        ...

    async def add_account(self, account: Account, *, now: dt.datetime) -> bool:
        """Add it, as the next generation of its name; False where the name is taken."""
        ...

    async def set_account(self, account: Account) -> bool:
        """Change it; False where it is unknown."""
        ...

    async def remove_account(self, name: str) -> bool:
        """Remove it with its aliases and suppressions; what waits for its owners never leaves. False where it is unknown.

        Its records stay under ``mail.former.former_name``: an account that is added under its name inherits none of them.
        """
        ...

    async def former_generation(self, name: str) -> int:
        """Say which generation of accounts called *name* was removed last; 0 where none was."""
        ...

    async def add_alias(self, alias: Alias, *, now: dt.datetime) -> bool:
        """Register it; False where the address is taken, or kept free since its account was removed."""
        ...

    async def remove_alias(self, address: str) -> bool:
        """Unregister it, or keep it free no longer; False where it is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class TrailRow:
    """An entry of the audit trail: one change of what an account sends to an address."""

    id: int
    at: dt.datetime
    account: str
    address: str
    stream: str
    change: str  # "suppressed", "freed", "allowed", "disallowed"
    reason: str
    until: dt.datetime | None
    source: str  # "bounce", "command", "import", "key"
    letter_id: int | None
    rule: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """An entry of the allow-list: an address, or all of a domain as ``@example.org``."""

    account: str
    address: str
    at: dt.datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """How far an import is that is in force: what was brought to its place now, and what of all so far."""

    count: int
    left: bool
    new: int  # or longer than what stood there
    kept_out: int  # by the allow-list


class SuppressionList(Protocol):
    """Whom an account's mail must not go to; every change of it is in the audit trail."""

    def suppressed_now(
        self, account: str, form: str, stream: str, *, folds: bool = False, now: dt.datetime
    ) -> Suppression | None:
        """Give a suppression in force for an address in comparable form. Without leaving the event loop.

        *folds*: one of any spelling of its mailbox at Gmail, as the account asks today. Raises StoreError.
        """
        ...

    async def warm(self) -> None:
        """Have what ``suppressed_now`` looks into where it is quick to look into; it answers before that, too."""
        ...

    async def suppress(self, suppression: Suppression) -> bool:
        """Suppress an address; False where it already was (the longer of the two times stays) or is on the allow-list."""
        ...

    async def release(self, release: Release) -> bool:
        """Lift the suppressions of an address; False where there was none."""
        ...

    async def suppressions(
        self, *, account: str | None, now: dt.datetime, page: Page
    ) -> Sequence[tuple[int, Suppression]]:
        """List suppressions in force, newest first, each with its id."""
        ...

    async def suppressed(
        self, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
    ) -> dict[str, Suppression]:
        """Say which of *addresses* are suppressed now, keyed as they were asked; in any stream where none is named."""
        ...

    async def in_force(self, account: str, address: str, *, now: dt.datetime) -> Sequence[Suppression]:
        """Give every suppression of one address, of all streams."""
        ...

    async def allow(self, allowed: Allowed, *, source: str) -> bool:
        """Never suppress it again, and lift what stands; False where it was on the allow-list."""
        ...

    async def disallow(self, allowed: Allowed, *, source: str) -> bool:
        """Take it off the allow-list; False where it was not on it."""
        ...

    async def allow_list(self, account: str | None) -> Sequence[Allowed]:
        """Give the allow-list, in order of address."""
        ...

    async def trail(self, *, account: str | None, address: str | None, page: Page) -> Sequence[TrailRow]:
        """List changes, newest first."""
        ...

    async def open_import(self, *, now: dt.datetime) -> str:
        """Begin an import; gives its name."""
        ...

    async def stage(self, name: str, suppressions: Sequence[Suppression]) -> None:
        """Lay a part of the import *name* ready, and let others write; nothing of it is in force."""
        ...

    async def take_staged(self, name: str, *, now: dt.datetime) -> None:
        """Put all of the import *name* in force at once, for every process."""
        ...

    async def place_staged(self, name: str) -> Placed:
        """Bring a part of an import that is in force to its place, and let others write; until nothing is left.

        Where nobody does, the next who changes or lists suppressions does.
        """
        ...

    async def drop_staged(self, name: str) -> None:
        """Forget what was laid ready and is not in force."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """One outgoing message of an account, as the milter or the owner's own mailer counts it."""

    account: str
    at: dt.datetime
    recipients: tuple[str, ...]
    message_id: str | None = None
    subject: str | None = None
    campaign: str | None = None  # the sender's own word for the mailing
    stream: str | None = None  # the sender's own word for the kind of mail: news, receipts
    reference: str | None = None  # what stands in its return path
    dropped: tuple[str, ...] = ()  # recipients that it was not sent to, because they are suppressed
    refused: tuple[str, ...] = ()  # those of which whoever sent it heard so
    causes: tuple[Suppression, ...] = ()  # why each of dropped was: the account's owners are told of them


@dataclass(frozen=True, slots=True)
class SendFilter:
    """Which sends a report is about; None means any."""

    account: str | None = None
    campaign: str | None = None
    stream: str | None = None
    domain: str | None = None
    since: dt.datetime | None = None
    before: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """So many of something in the book of sends; what was not asked to be kept apart is empty."""

    account: str
    hour: dt.datetime | None  # when they were sent: an hour, or the beginning of a day that was rolled up
    campaign: str
    stream: str
    domain: str
    what: str  # "sent", "dropped", "refused", a Reason, "complaint", "unsubscribe", "confirmed", "unproven"
    count: int


class SendBook(Protocol):
    """What was sent, counted, so that failures can be seen against it."""

    async def count(self, sends: Sequence[Sent]) -> None:
        """Count the sends and remember the messages, all or none; only a power cut may undo the last seconds. Raises StoreError."""
        ...

    async def counts(self, which: SendFilter, apart: Sequence[str]) -> Sequence[Count]:
        """Sum up, keeping *apart* some of hour, campaign, stream, domain; account and what always are."""
        ...

    async def roll_up(
        self, *, now: dt.datetime, days_before: dt.datetime, messages_before: dt.datetime, counts_before: dt.datetime
    ) -> None:
        """Make days of hours, and one of small domains, before the first; forget messages and counts before the others."""
        ...


@dataclass(frozen=True, slots=True)
class Presence:
    """A daemon that serves the store: *name* is of this start of it, *process* its number on *host*.

    It is *listening* at these addresses for SMTP, host:port.
    """

    name: str
    host: str
    process: int
    version: str
    listening: tuple[str, ...]
    started_at: dt.datetime
    seen_at: dt.datetime


class Presences(Protocol):
    """Which daemons serve the store."""

    async def attend(self, presence: Presence) -> None:
        """Say that a daemon is there, as of its ``seen_at``."""
        ...

    async def leave(self, name: str) -> None:
        """Say that it is not there any more."""
        ...

    async def presences(self, *, now: dt.datetime) -> Sequence[Presence]:
        """Give the daemons that said so in the last minutes before *now*, the first to start first."""
        ...


class Store(LetterStore, Outbox, Accounts, SuppressionList, SendBook, Presences, Protocol):
    """The whole port; opened and closed by whoever builds it."""

    def astray(self) -> str | None:
        """Say why nothing can be kept until the store is as it was, or is opened anew; None where all is well. At once."""
        ...

    async def release_leases(self) -> None:
        """Take back every lease: for the one daemon of a store, at its start, when whoever held them is gone."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go."""
        ...
