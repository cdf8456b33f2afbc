"""The history that a decision on a letter needs, passed as an argument, so that decisions are pure.

The store collects the history in the transaction that writes the decision, so that of two letters about one address the later
one always sees the earlier.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.owner_bounces import OwnedAccount
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.verdict.verdict import Category

DAILY_FAILURES = 10
"""Failures of one address, category and day (UTC) that count: days decide, the holder of many paths may report any number, and all
that count are loaded for each decision on the address."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The parts of the history that a decision needs."""

    account: str | None = None
    addresses: tuple[str, ...] = ()
    token: str | None = None  # the MAC of the signed path, or of the returned header field
    is_shared: bool = False  # the token is of a mail to several recipients
    peer: str = ""  # the client that brought the letter
    message_id: str | None = None
    reference: str | None = None
    notices: tuple[str, ...] = ()  # Message-IDs of the letter or its returned messages that may be notices of ours
    owner: str | None = None  # in comparable form: the addressee of the notice that bounced
    is_partly_forgotten: bool = False  # messages with the token's reference may have been forgotten


@dataclass(frozen=True, slots=True)
class EarlierFailure:
    """A failure that was believed and so counts."""

    at: dt.datetime
    category: Category
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the audit trail, as far as decisions need it."""

    at: dt.datetime
    is_release: bool  # else suppressed
    reason: str
    source: ChangeSource


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """The history of one address of one account; each list begins with the oldest."""

    failures: tuple[EarlierFailure, ...] = ()
    changes: tuple[Change, ...] = ()
    suppressions: tuple[Suppression, ...] = ()  # one for each stream, in force or expired
    allowed: bool = False

    def failures_of_day(self, category: Category, now: dt.datetime) -> list[EarlierFailure]:
        """Give the failures of one category on the day of *now* (UTC)."""
        today = now.astimezone(dt.UTC).date()
        return [
            failure
            for failure in self.failures
            if failure.category is category and failure.at.astimezone(dt.UTC).date() == today
        ]

    def counts_another(self, category: Category, now: dt.datetime) -> bool:
        """Whether a failure of *now* counts: DAILY_FAILURES a day do, and as many since the address was suppressed or freed."""
        changed = max((change.at for change in self.changes), default=None)
        earlier = self.failures_of_day(category, now)
        return sum(changed is None or failure.at >= changed for failure in earlier) < DAILY_FAILURES


@dataclass(frozen=True, slots=True)
class SentMessage:
    """An outgoing message as it was registered when it was sent."""

    sent_at: dt.datetime
    message_id: str | None = None
    subject: str | None = None
    campaign: str = ""
    stream: str = ""
    recipients: frozenset[str] = frozenset()  # in comparable form
    address_count: int = 0  # addresses that this and all other messages with its reference went to; 0: not counted
    found_by_reference: bool = False  # found by the token's own reference, not by the letter's words

    @property
    def holders(self) -> int:
        """The number of recipients that may hold the signature; the letter's claim about its message does not change it."""
        return max(self.address_count, len(self.recipients))


_NOTHING: Mapping[str, AddressHistory] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class History:
    """The result of a HistoryQuery; the defaults are those of a new account."""

    rules: AccountRules = field(default_factory=AccountRules)
    uses: int = 0  # earlier letters of today with the token; of the account's own servers, where one of those brought the letter
    message: SentMessage | None = None
    by_address: Mapping[str, AddressHistory] = field(
        default_factory=lambda: _NOTHING
    )  # by address, in the account's comparable form
    blocked: Mapping[str, int] = field(default_factory=dict)  # by provider: today's blocks before this letter
    is_our_own: bool = False  # the letter is a notice of ours, or a bounce of one: the outbox has its Message-ID
    owned: tuple[OwnedAccount, ...] = ()  # accounts of the owner whose notice bounced
    shared: bool = False  # the token is of a mail to several recipients
    reports_today: Mapping[str, int] = field(
        default_factory=dict
    )  # by comparable address: today's reports about it that came with a shared token
    addresses_today: int = 0  # addresses that the shared token brought reports about today

    def history_of(self, key: str) -> AddressHistory:
        """Give the history of one address, in the account's comparable form."""
        return self.by_address.get(key, AddressHistory())
