"""Sends: the mail that accounts sent, counted, and the port that keeps the counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.policy.rates import SendEvent
from bouncer.policy.records import Suppression
from bouncer.ports.scope import Scope
from bouncer.verdict.verdict import Reason


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
    reference: str | None = None  # the reference in its return path
    path_until: dt.datetime | None = (
        None  # the end of a path that may be used for further mails; see ``store.sends.messages``
    )
    dropped: tuple[str, ...] = ()  # recipients taken off the message, because they are suppressed
    refused: tuple[str, ...] = ()  # the recipients of *dropped* that the sender got a refusal for
    causes: tuple[Suppression, ...] = ()  # the suppressions of *dropped*, which the account's owners are notified of
    refusal_causes: tuple[Suppression, ...] = ()  # the suppressions of *refused*


@dataclass(frozen=True, slots=True)
class RegisteredMessage:
    """A message that was registered when it was sent, as an address's story tells of it."""

    account: str
    at: dt.datetime
    message_id: str | None  # without angle brackets
    subject: str | None
    campaign: str
    stream: str
    recipients: int  # how many it went to


MOST_LOOKED_THROUGH = 5000
"""Registered messages, the newest of all accounts, in which those to an address are looked for: some four milliseconds."""


@dataclass(frozen=True, slots=True)
class SendFilter:
    """A filter of the sends inside a scope; None means any."""

    campaign: str | None = None
    stream: str | None = None
    domains: Sequence[str] | None = None  # one of these
    since: dt.datetime | None = None
    before: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A count of sends; dimensions that the query did not keep apart are empty."""

    account: str
    hour: dt.datetime | None  # when they were sent: an hour, or the beginning of a day that was rolled up
    campaign: str
    stream: str
    domain: str
    event: SendEvent | Reason
    count: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """A count of all that was sent on a UTC day; *day* is that of sending."""

    day: dt.date
    event: SendEvent | Reason
    count: int


@dataclass(frozen=True, slots=True)
class FailingDomains:
    """The recipient domains with the most failures, those with most first, and the number of all domains with failures."""

    names: Sequence[str]
    number: int


class SendCounts(Protocol):
    """Counts of sends, which failures are compared with."""

    async def count(self, scope: Scope, sends: Sequence[Sent]) -> None:
        """Count the sends and remember the messages, all or none; only a power cut may undo the last seconds. Raises StoreError.

        Not idempotent: each call counts. Sends of an account outside *scope* are passed over.
        """
        ...

    async def counts(self, scope: Scope, criteria: SendFilter, group_by: Sequence[str]) -> Sequence[Count]:
        """Sum up inside *scope*, by account and event, and by the dimensions *group_by*: some of hour, campaign, stream, domain."""
        ...

    async def daily_counts(self, scope: Scope, first: dt.date, *, days: int) -> Sequence[DayCount]:
        """Sum up inside *scope*, all of its accounts together, by event and by UTC day: *days* (at least 1) from *first* on."""
        ...

    async def failing_domains(self, scope: Scope, since: dt.datetime, *, limit: int) -> FailingDomains:
        """Give the *limit* domains inside *scope* with the most failures of mail that was sent from the hour *since* on.

        Where there are extraordinarily many counts, the method looks at some of them, so that its work is bounded.
        """
        ...

    async def messages_to(self, scope: Scope, address: str, *, limit: int) -> Sequence[RegisteredMessage]:
        """Give the *limit* newest registered messages inside *scope* that went to *address*, newest first.

        They are looked for among MOST_LOOKED_THROUGH messages, since no index finds recipients: it would be written for each
        recipient of every mail.
        """
        ...

    async def roll_up(
        self, *, now: dt.datetime, days_before: dt.datetime, messages_before: dt.datetime, counts_before: dt.datetime
    ) -> None:
        """Merge the counts of hours and of small domains before *days_before*; delete old messages and older counts.

        Idempotent, for all accounts, in steps between which other writers have their turn. A power cut may undo the last steps; a
        later call does them again.
        """
        ...
