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
    reference: str | None = None  # what stands in its return path
    dropped: tuple[str, ...] = ()  # recipients that it was not sent to, because they are suppressed
    refused: tuple[str, ...] = ()  # those of which whoever sent it heard so
    causes: tuple[Suppression, ...] = ()  # why each of dropped was: the account's owners are told of them


@dataclass(frozen=True, slots=True)
class SendFilter:
    """Which of the sends inside a scope a report is about; None means any."""

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
    what: SendEvent | Reason
    count: int


class SendCounts(Protocol):
    """What was sent, counted, so that failures can be seen against it."""

    async def count(self, scope: Scope, sends: Sequence[Sent]) -> None:
        """Count the sends and remember the messages, all or none; only a power cut may undo the last seconds. Raises StoreError.

        Not idempotent: each call counts. Sends of an account outside *scope* are passed over.
        """
        ...

    async def counts(self, scope: Scope, which: SendFilter, apart: Sequence[str]) -> Sequence[Count]:
        """Sum up inside *scope*, keeping *apart* some of hour, campaign, stream, domain; account and what always are."""
        ...

    async def roll_up(
        self, *, now: dt.datetime, days_before: dt.datetime, messages_before: dt.datetime, counts_before: dt.datetime
    ) -> None:
        """Make days of hours, and one of small domains, before the first; forget messages and counts before the others.

        Idempotent, one durable commit, for all accounts.
        """
        ...
