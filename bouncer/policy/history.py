"""What is known before a letter is decided on: decisions take it as an argument, so that they are pure.

The store gathers it in the transaction in which the decision is written, so that two letters about one address never miss
each other.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.owner_bounces import OwnedAccount
from bouncer.policy.records import Suppression
from bouncer.verdict.verdict import Category


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What of the past a decision needs."""

    account: str | None = None
    addresses: tuple[str, ...] = ()
    token: str | None = None  # the MAC of the signed path, or of the returned mark
    shared: bool = False  # that is of a mail to several
    message_id: str | None = None
    reference: str | None = None
    notices: tuple[str, ...] = ()  # ids of mails that the letter is or returns, and that could be ours
    owner: str | None = None  # in comparable form: to whom the notice was sent that came back


@dataclass(frozen=True, slots=True)
class EarlierFailure:
    """A failure that was believed, and so counts."""

    at: dt.datetime
    category: Category
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the audit trail, as far as decisions need it."""

    at: dt.datetime
    freed: bool  # else suppressed
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """What is known of one address of one account; all of it oldest first."""

    failures: tuple[EarlierFailure, ...] = ()
    changes: tuple[Change, ...] = ()
    suppressions: tuple[Suppression, ...] = ()  # one for each stream, in force or run out
    allowed: bool = False


@dataclass(frozen=True, slots=True)
class SentMessage:
    """An outgoing message as it was registered when it was sent."""

    sent_at: dt.datetime
    message_id: str | None = None
    subject: str | None = None
    campaign: str = ""
    stream: str = ""
    recipients: frozenset[str] = frozenset()  # in comparable form
    reach: int = 0  # how many addresses this and all other messages with its reference went to; 0: nobody counted
    signed_for: bool = False  # found by the token's own reference, not by what the letter says

    @property
    def holders(self) -> int:
        """How many may hold what it was signed with; the letter's own claim, which message it is about, changes nothing."""
        return max(self.reach, len(self.recipients))


_NOTHING: Mapping[str, AddressHistory] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class History:
    """The answer to Asks; as it stands, that of a new account."""

    terms: AccountRules = field(default_factory=AccountRules)
    uses: int = 0  # letters that the token brought today, before this one
    message: SentMessage | None = None
    of: Mapping[str, AddressHistory] = field(default_factory=lambda: _NOTHING)  # by address as the account compares it
    blocked: Mapping[str, int] = field(default_factory=dict)  # by provider: blocks today, before this letter
    ours: bool = False  # it is one of our own notices, or a bounce of one: the outbox knows its id
    owned: tuple[OwnedAccount, ...] = ()  # accounts of the owner whose notice came back
    shared: bool = False  # the token is of a mail to several
    told: Mapping[str, int] = field(
        default_factory=dict
    )  # of such a token: how often it told today of whom, by comparable address
    told_of: int = 0  # and of how many addresses

    def about(self, key: str) -> AddressHistory:
        """Give what is known of one address, in the form in which the account compares it."""
        return self.of.get(key, AddressHistory())
