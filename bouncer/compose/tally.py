"""Counting the reports of a digest by cause, one by one, with a table of all of them; in bounded memory."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from bouncer.compose import providers, sentences
from bouncer.compose.inert import words
from bouncer.compose.particular_causes import FailureSigns
from bouncer.compose.plain_text import line
from bouncer.compose.reasons import COMPLAINT, DELAY, ReasonText
from bouncer.compose.table import Table
from bouncer.compose.view import MAX_NAME, MAX_REPLY
from bouncer.mail.address import split
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief
from bouncer.verdict.provider import provider_behind
from bouncer.verdict.verdict import Category, Reason

EXAMPLES = 5
"""Addresses shown for a cause."""
HEAD = (
    *("reported", "recipient", "kind", "category", "reason", "status", "reply_code", "server", "words"),
    *("suppressed", "subject", "original_from", "message_id", "report", "belief"),
)
"""The table's columns: the names of a bounce's fields in ``bounces --json``, where they are the same."""


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One recipient of one report."""

    at: dt.datetime
    recipient: str
    kind: Kind
    action: Action
    reason: Reason | None = None
    status: str | None = None
    reply_code: int | None = None
    remote_mta: str | None = None
    diagnostic_code: str | None = None
    suppressed: bool = False
    subject: str | None = None
    message_id: str | None = None
    report: str = ""
    belief: Belief = Belief.UNPROVEN
    original_from: str | None = None  # the returned message's From
    rule: str | None = None
    reported: str | None = None  # as in a NoticeRecipient


@dataclass(slots=True)
class Group:
    """A cause and the number of its reports."""

    phrases: ReasonText
    reason: Reason | None  # None where nothing failed
    provider: str | None  # one with a common name, where the cause concerns it
    count: int = 0
    domain: str | None = None  # the only recipient domain; empty where there are several
    proven: bool = True  # of all reports
    believed: bool = False  # of at least one report, as proven or plausible
    reply: str = ""
    addresses: list[str] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether no mail has failed yet."""
        return self.phrases is DELAY

    @property
    def is_complaint(self) -> bool:
        """Whether a reader marked the mail as spam."""
        return self.phrases is COMPLAINT

    @property
    def tone(self) -> str:
        """The name by which colours are chosen, as in a notice."""
        if self.is_late or self.is_complaint:
            return (Kind.DELAY if self.is_late else Kind.COMPLAINT).value
        return (self.reason.category if self.reason else Category.OTHER).value

    @property
    def urgency(self) -> int:
        """The sort key: blocks and complaints first, which grow worse with every mail; delays, which need no action, last."""
        urgent = self.is_complaint or (self.reason is not None and self.reason.category is Category.BLOCK)
        return 0 if urgent else 2 if self.is_late else 1

    @property
    def where(self) -> str:
        """The provider or domain with the failure, where there is only one."""
        if self.provider:
            return providers.shown_name(self.provider)
        return words(self.domain or "", MAX_NAME, proven=self.proven) if _is_the_providers(self.reason) else ""

    def add(self, row: DigestRow) -> None:
        """Count one more report."""
        domain = split(row.recipient)[1].lower()
        self.domain = domain if self.domain in (None, domain) else ""
        self.count += 1
        self.proven = self.proven and row.belief is Belief.PROVEN
        self.believed = self.believed or row.belief in (Belief.PROVEN, Belief.PLAUSIBLE)
        self.reply = self.reply or line(row.diagnostic_code or "", MAX_REPLY)
        if len(self.addresses) < EXAMPLES:
            self.addresses.append(row.recipient)


class DigestTally:
    """Counts reports one by one in bounded memory: a storm has a hundred thousand."""

    def __init__(self, zone: dt.tzinfo = dt.UTC) -> None:
        """Show times in *zone*, the reader's."""
        self.zone = zone
        self.count = 0
        self.suppressed = 0
        self.unproven = 0
        self.unread = 0  # reports that are only counted, as there are too many
        self.first: dt.datetime | None = None
        self.last: dt.datetime | None = None
        self._table = Table(HEAD)
        self._groups: dict[tuple[ReasonText, str | None], Group] = {}

    def add(self, row: DigestRow) -> None:
        """Count one more report."""
        self.count += 1
        self.suppressed += row.suppressed
        self.unproven += row.belief is not Belief.PROVEN
        self.first = min(self.first or row.at, row.at)
        self.last = max(self.last or row.at, row.at)
        self._table.add(self._cells(row))
        phrases = _phrases(row)
        reason = None if phrases in (DELAY, COMPLAINT) else row.reason
        domain = split(row.recipient)[1]
        responsible = provider_behind(domain, row.remote_mta) if _is_the_providers(reason) else None
        self._groups.setdefault((phrases, responsible), Group(phrases, reason, responsible)).add(row)

    def add_unread(self, count: int) -> None:
        """Count *count* more reports whose content was not read."""
        self.count += count
        self.unread += count

    def groups(self) -> Sequence[Group]:
        """Give the causes: the urgent ones first, among them the most frequent."""
        return sorted(self._groups.values(), key=lambda group: (group.urgency, -group.count))

    @property
    def rows(self) -> int:
        """The number of rows in the table."""
        return self._table.rows

    def table(self) -> tuple[str, str, bytes]:
        """Give the table's file name, media type and octets; no row can be added after that."""
        return self._table.finish()

    def _cells(self, row: DigestRow) -> tuple[str, ...]:
        return (
            row.at.astimezone(self.zone).isoformat(timespec="seconds"),
            row.recipient,
            row.kind.value,
            row.reason.category.value if row.reason else "",
            row.reason.value if row.reason else "",
            row.status or "",
            str(row.reply_code or ""),
            row.remote_mta or "",
            row.diagnostic_code or "",
            "yes" if row.suppressed else "no",
            row.subject or "",
            row.original_from or "",
            row.message_id or "",
            row.report,
            row.belief.value,
        )


def _is_the_providers(reason: Reason | None) -> bool:
    """Whether the cause lies between sender and provider, so that the provider matters."""
    return reason is not None and reason.category in (Category.BLOCK, Category.TECHNICAL)


def _phrases(row: DigestRow) -> ReasonText:
    believed = row.action is Action.FAILED and row.belief is not Belief.CONTRADICTED
    forwarded = believed and bool(sentences.failed_address_behind(row.recipient, row.reported))
    grounds = FailureSigns(row.reason, row.status, row.reply_code, row.rule, row.diagnostic_code or "", forwarded)
    return sentences.words(row.kind, row.action, grounds)
