"""The records of one letter: the rows that are written in one commit when the letter has been read."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bouncer.ndr.reading import Kind, Reading, Recipient, Written
from bouncer.verdict.verdict import Verdict

MAX_STREAM = 640
"""Octets of a stream's name that the store keeps in its indexes; a longer name in a mail's header is cut."""


def is_possible_stream(name: str) -> bool:
    """Whether mail can be of a stream of this name; a suppression for any other would stop nothing.

    Blanks at the ends of a field's value are those of its folding (RFC 5322 section 2.2.3), and of no mail's stream.
    """
    return len(name.encode("utf-8", "replace")) <= MAX_STREAM and "\0" not in name and name == name.strip()


NO_ACCOUNT = ""
"""The account of mail to the operator."""
MAIL = "mail"
"""The channel of owners and operator; the only one that holds entries for digests."""


class Belief(StrEnum):
    """How far a report can be believed."""

    PROVEN = "proven"  # a valid signature, and the letter does not contradict it
    PLAUSIBLE = "plausible"  # an alias, and the returned headers are those of a message of ours
    UNPROVEN = "unproven"
    CONTRADICTED = "contradicted"  # a valid signature, but the letter speaks of somebody else


class LetterState(StrEnum):
    """The state of a letter; every letter is always in one of these."""

    KEPT = "kept"
    READ = "read"
    SHUNTED = "shunted"  # nobody could read it
    RETIRED = "retired"  # the raw octets are forgotten


class EntryState(StrEnum):
    """The state of an entry of the outbox."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"
    HELD = "held"  # until a digest takes it
    BUNDLED = "bundled"  # told in a digest
    DROPPED = "dropped"  # the owner, or the operator, does not want it


class EntryKind(StrEnum):
    """The kind of a notification."""

    NOTICE = "notice"  # a bounce notice, to the account's owner
    DIGEST = "digest"  # many reports in one mail, to the account's owner
    WARNING = "warning"  # providers block an account's mail often; to its owners and the operator
    WARNINGS = "warnings"  # many warnings in one mail
    FAILING = "failing"  # mail of ours to an owner comes back; to another owner or the operator
    OPERATOR = "operator"  # mail to postmaster@ or abuse@, passed on to the operator
    LISTED = "listed"  # many mails to postmaster@ or abuse@, only listed in one mail
    TEST = "test"  # a test notice, asked for by command
    SIGN_IN = "sign-in"  # a link that signs an owner in, asked for on the web pages; of no letter
    UNREAD = "unread"  # a letter that a person has to see, to the account's owner or the operator
    UNREAD_DIGEST = "unread-digest"  # several such letters, listed in one mail
    EVENT = "event"  # the outcome for one recipient, to a webhook's endpoint
    ENDPOINT = "endpoint"  # an endpoint gets nothing any more; to the account's owner; of no letter
    UNSENT = "unsent"  # mails to suppressed addresses were dropped; to the account's owner; of no letter


class Bucket(StrEnum):
    """The token bucket that bounds how many mails leave; each person has one of each kind, so that no kind uses up another's.

    Strangers can use up every bucket but the first.
    """

    PROVEN = "proven"  # proven reports
    UNPROVEN = "unproven"  # reports that anyone may have made up
    DIGEST = "digest"  # reports that are never told at once, because their return path was used too often today
    WARNING = "warning"
    OPERATOR = "operator"  # mail to postmaster@ or abuse@
    UNREAD = "unread"  # letters that a person has to see


class Unread(StrEnum):
    """The reason why a person has to see a letter that no program can act on; the order is that of lists."""

    WISH = "wish"  # it asks to be taken off
    ANSWER = "answer"  # a person answers a mail
    UNREADABLE = "unreadable"  # no reader knows what it is
    WRITTEN = "written"  # other mail without a sign that a program wrote it


class Effect(StrEnum):
    """The effect of a report on one address."""

    SUPPRESSED = "suppressed"
    ALREADY = "already-suppressed"  # the address was suppressed before, for as long or longer
    COUNTED = "counted"  # one more of the failures that suppress together
    NEVER = "never"  # failures of this kind do not suppress
    DOUBTED = "doubted"  # the report is not believed enough
    ALLOWED = "allowed"  # the address is on the allow-list
    FREED = "freed"  # the address was freed after the letter had come
    NONE = "none"  # the report tells of no failure, or of the failure of a mail of ours


@dataclass(frozen=True, slots=True)
class Counted:
    """How far an address is from being suppressed: on *day* different days of *needed*, inside *window* days, mail failed."""

    day: int
    needed: int
    window: int


@dataclass(frozen=True, slots=True)
class Believed:
    """A belief with its reasons in words."""

    belief: Belief
    why: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient's outcome: the letter's statement, its verdict, its belief, and its effect."""

    recipient: Recipient
    verdict: Verdict | None  # None for one that did not fail
    believed: Believed
    key: str  # the recipient in comparable form
    reported: str | None = (
        None  # the address that failed as the report names it, where that is another; it decides on nobody
    )
    suppressed_until: dt.datetime | None = None
    suppressed: bool = False
    is_counted: bool = False  # believed enough to count towards a suppression
    effect: Effect = Effect.NONE
    counted: Counted | None = None  # where the effect is COUNTED
    stream: str = ""
    campaign: str = ""


class ChangeSource(StrEnum):
    """The kind of program or event that changed a suppression or the allow-list."""

    BOUNCE = "bounce"  # a letter, of any kind
    COMMAND = "command"
    IMPORT = "import"
    KEY = "key"  # a program, by an API key
    PAGE = "page"  # a person, on the web pages
    UPGRADE = "upgrade"  # a migration of the store, whose newer rules free addresses


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that an account's mail must no longer go to, and the cause."""

    account: str
    address: str
    reason: str  # a Reason, "complaint", "unsubscribe", or the operator's own word
    source: ChangeSource
    letter_id: int | None
    since: dt.datetime
    until: dt.datetime | None  # None: until removed
    stream: str = ""  # empty: all mail of the account
    rule: str | None = None  # the rule of classification that decided on the bounce
    why: str = ""  # in words


@dataclass(frozen=True, slots=True)
class Release:
    """An address that mail may go to again, and the cause."""

    account: str
    address: str
    source: ChangeSource
    letter_id: int | None
    at: dt.datetime
    why: str = ""
    stream: str | None = (
        None  # lifts only the suppression for this stream, empty: the one for all mail; None: every one
    )


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A new entry of the outbox: a mail or an event, mostly about a letter, and its destination."""

    kind: EntryKind
    to: str  # a mail address; for another channel its own form of a destination
    about: str | None = None  # facts beside the letter, such as the provider that blocks
    account: str | None = None  # where it is not the letter's; NO_ACCOUNT: it is of no account
    bucket: Bucket = Bucket.PROVEN
    channel: str = MAIL
    at_once: bool = False  # the entry is neither held nor bounded, whatever its kind is
    recipient_key: str | None = None  # of a webhook's event: the address; events about one address leave in order
    place: int = 0  # of a webhook's event: the number of the outcome in its letter, from 1
    event: str = ""  # the event's id, where neither the letter nor the Message-ID gives one
    is_given_up: bool = False  # the entry is recorded, and leaves when somebody replays it


@dataclass(frozen=True, slots=True)
class CountedOutcome:
    """One more outcome in the counts of sends: a failure, for instance, beside the sends that it belongs to."""

    account: str
    at: dt.datetime  # when the message was sent, where that is known
    domain: str
    kind: str  # a Reason, "complaint", "unsubscribe", "confirmed", "unproven"
    campaign: str = ""
    stream: str = ""


@dataclass(frozen=True, slots=True)
class FailingOwner:
    """An owner whose mail comes back."""

    account: str
    owner: str
    why: str


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
    releases: tuple[Release, ...] = ()
    entries: tuple[NewEntry, ...] = ()
    counts: tuple[CountedOutcome, ...] = ()
    token: str | None = None  # the MAC of the signed path or header field, which is believed for a few letters a day
    is_of_own_server: bool = False  # a server of the account's own brought the letter: such letters are counted apart
    reported_addresses: tuple[str, ...] = ()  # a token for several is believed about each a few times a day only
    blocked: tuple[str, ...] = ()  # providers that blocked, one for each recipient
    failing: tuple[FailingOwner, ...] = ()
    note: str | None = None  # for people: why the letter was shunted, why no notice is sent
    unread: Unread | None = None  # None: nobody has to see the letter
    written: Written | None = None  # the extract that this person sees
