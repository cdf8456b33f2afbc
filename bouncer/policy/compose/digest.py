"""Digests: many reports told in one mail, grouped by cause and not by address, with a table of all of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from bouncer.mail.address import split
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import providers, sentences
from bouncer.policy.compose.language import Language, language
from bouncer.policy.compose.plain import line
from bouncer.policy.compose.sentences import MAX_ADDRESS
from bouncer.policy.compose.table import Table
from bouncer.policy.compose.view import MAX_CONTACT, MAX_NAME, MAX_SAID
from bouncer.verdict.provider import provider_behind
from bouncer.verdict.verdict import Category, Reason

CAUSES = 10
"""Causes shown; how many more there are is said, and the table has all."""
EXAMPLES = 5
"""Addresses shown for a cause."""
_HOUR = dt.timedelta(hours=1)
_HOURS_TOLD = 48
"""Up to so many, a time is told in hours."""
HEAD = (
    *("reported", "recipient", "kind", "category", "reason", "status", "reply_code", "server", "words"),
    *("suppressed", "subject", "message_id", "report"),
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


@dataclass(slots=True)
class _Group:
    """A cause and how often it came."""

    kind: Kind
    action: Action
    reason: Reason | None
    provider: str | None  # one of those that are known by name, where it matters
    count: int = 0
    domain: str | None = None  # the one domain that it happened at; empty where there are several
    said: str = ""
    addresses: list[str] = field(default_factory=list)

    @property
    def where(self) -> str:
        """At whose servers it happened, where that is one."""
        if self.provider:
            return providers.shown_name(self.provider)
        return line(self.domain or "", MAX_NAME) if _is_the_providers(self.reason) else ""

    def add(self, row: DigestRow) -> None:
        domain = split(row.recipient)[1].lower()
        self.domain = domain if self.domain in (None, domain) else ""
        self.count += 1
        self.said = self.said or line(row.diagnostic_code or "", MAX_SAID)
        if len(self.addresses) < EXAMPLES:
            self.addresses.append(line(row.recipient, MAX_ADDRESS))


class Tally:
    """Counts reports as they come, one by one, in bounded memory: a storm has a hundred thousand."""

    def __init__(self) -> None:
        self.count = 0
        self.suppressed = 0
        self.first: dt.datetime | None = None
        self.last: dt.datetime | None = None
        self._table = Table(HEAD)
        self._groups: dict[tuple[Kind, Action, Reason | None, str | None], _Group] = {}

    def add(self, row: DigestRow) -> None:
        """Count one more."""
        self.count += 1
        self.suppressed += row.suppressed
        self.first = min(self.first or row.at, row.at)
        self.last = max(self.last or row.at, row.at)
        self._table.add(_cells(row))
        domain = split(row.recipient)[1]
        whose = provider_behind(domain, row.remote_mta) if _is_the_providers(row.reason) else None
        key = (row.kind, row.action, row.reason, whose)
        self._groups.setdefault(key, _Group(*key)).add(row)

    def groups(self) -> Sequence[_Group]:
        """Give the causes, the most frequent first."""
        return sorted(self._groups.values(), key=lambda one: one.count, reverse=True)

    def table(self) -> tuple[str, str, bytes]:
        """Give the table's file name, media type and octets; nothing can be added after that."""
        return self._table.finish()


def _is_the_providers(reason: Reason | None) -> bool:
    """Whether the cause lies between sender and provider, so that it matters who the provider is."""
    return reason is not None and reason.category in (Category.BLOCK, Category.TECHNICAL)


def _cells(row: DigestRow) -> tuple[str, ...]:
    return (
        row.at.isoformat(timespec="seconds"),
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
        row.message_id or "",
        row.report,
    )


@dataclass(frozen=True, slots=True)
class Digest:
    """Many reports, told to one owner."""

    to: str
    message_id: str  # stable over every try, without angle brackets
    made_at: dt.datetime
    tally: Tally
    account: str | None = None
    language: str = "en"
    contact: str = ""


@dataclass(frozen=True, slots=True)
class DigestCause:
    """One cause as the templates show it; plain text throughout."""

    count: str
    title: str
    why: str
    said: str
    advice: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DigestView:
    """Everything that the templates show; plain text throughout."""

    subject: str
    sentence: str
    tone: str
    summary: tuple[str, ...]
    causes: tuple[DigestCause, ...]
    hidden: str
    contact: str
    footer: tuple[str, ...]


def view(digest: Digest) -> DigestView:
    """Put *digest* into words."""
    speech, tally = language(digest.language), digest.tally
    groups = tally.groups()
    most = _title(groups[0], speech) if groups else ""
    return DigestView(
        subject=speech.count(
            "{number} bounce, most often: {why}", "{number} bounces, most often: {why}", tally.count, why=most
        ),
        sentence=_sentence(digest, groups, speech),
        tone=(groups[0].reason.category if groups and groups[0].reason else Category.OTHER).value,
        summary=tuple(_summary(digest, speech)),
        causes=tuple(_cause(one, speech) for one in groups[:CAUSES]),
        hidden=_hidden(len(groups[CAUSES:]), speech),
        contact=line(digest.contact, MAX_CONTACT),
        footer=(speech.say("Account {account}", account=line(digest.account, MAX_NAME)),) if digest.account else (),
    )


def _sentence(digest: Digest, groups: Sequence[_Group], speech: Language) -> str:
    """Write the first line: how many, in what time, and what most of them say."""
    tally = digest.tally
    if not groups:
        return speech.say("Nothing came in.")
    facts = {"period": _period(_times(digest), speech), "why": _title(groups[0], speech)}
    if len(groups) == 1:
        said = ("{number} bounce in {period}: {why}.", "{number} bounces in {period}, and all say the same: {why}.")
        return speech.count(*said, tally.count, **facts)
    said = (
        "{number} bounce in {period}, of which {same} says: {why}.",
        "{number} bounces in {period}, of which {same} say the same: {why}.",
    )
    return speech.count(*said, tally.count, same=speech.number(groups[0].count), **facts)


def _times(digest: Digest) -> tuple[dt.datetime, dt.datetime]:
    return digest.tally.first or digest.made_at, digest.tally.last or digest.made_at


def _period(times: tuple[dt.datetime, dt.datetime], speech: Language) -> str:
    hours = -((times[0] - times[1]) // _HOUR)  # rounded up
    if hours <= 1:
        return speech.say("an hour")
    if hours <= _HOURS_TOLD:
        return speech.count("{number} hour", "{number} hours", hours)
    return speech.count("{number} day", "{number} days", -(-hours // 24))


def _summary(digest: Digest, speech: Language) -> list[str]:
    first, last = _times(digest)
    said = [
        speech.say("The first came on {first}, the last on {last}.", first=speech.when(first), last=speech.when(last))
    ]
    if digest.tally.suppressed:
        put = (
            "{number} address was put on your suppression list.",
            "{number} addresses were put on your suppression list.",
        )
        said.append(speech.count(*put, digest.tally.suppressed))
    return [*said, speech.say("The attached table has all of them.")]


def _title(group: _Group, speech: Language) -> str:
    title = speech.say(sentences.words(group.kind, group.action, group.reason).title)
    return speech.say("{why} ({provider})", why=title, provider=group.where) if group.where else title


def _cause(group: _Group, speech: Language) -> DigestCause:
    words = sentences.words(group.kind, group.action, group.reason)
    return DigestCause(
        count=speech.number(group.count),
        title=sentences.capital(_title(group, speech)),
        why=sentences.why(words, providers.fact(group.provider, group.reason), speech),
        said=group.said,
        advice=sentences.advice(words, providers.signposts(group.provider, group.reason, group.said), speech),
        addresses=tuple(group.addresses),
    )


def _hidden(many: int, speech: Language) -> str:
    return speech.count("... and {number} more cause", "... and {number} more causes", many) if many else ""
