"""Digests: many reports told in one mail, grouped by cause and not by address, with a table of all of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from bouncer.mail.address import split
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import sentences
from bouncer.policy.compose.language import Language, language
from bouncer.policy.compose.plain import line
from bouncer.policy.compose.sentences import MAX_ADDRESS
from bouncer.policy.compose.table import Table
from bouncer.policy.compose.view import MAX_CONTACT, MAX_NAME, MAX_SAID
from bouncer.policy.provider import provider
from bouncer.policy.verdict import Category, Reason

CAUSES = 10
"""Causes shown; how many more there are is said, and the table has all."""
EXAMPLES = 5
"""Addresses shown for a cause."""
MOST_CAUSES = 1000
"""Causes that are told apart: of more providers than that, what they refuse is counted together."""
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
    provider: str
    count: int = 0
    said: str = ""
    addresses: list[str] = field(default_factory=list)

    def add(self, row: DigestRow) -> None:
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
        self._groups: dict[tuple[Kind, Action, Reason | None, str], _Group] = {}

    def add(self, row: DigestRow) -> None:
        """Count one more."""
        self.count += 1
        self.suppressed += row.suppressed
        self.first = min(self.first or row.at, row.at)
        self.last = max(self.last or row.at, row.at)
        self._table.add(_cells(row))
        whose = provider(split(row.recipient)[1]) if _is_the_providers(row) else ""
        key = (row.kind, row.action, row.reason, whose)
        if key not in self._groups and len(self._groups) >= MOST_CAUSES:
            key = (row.kind, row.action, row.reason, "")
        self._groups.setdefault(key, _Group(*key)).add(row)

    def groups(self) -> Sequence[_Group]:
        """Give the causes, the most frequent first."""
        return sorted(self._groups.values(), key=lambda one: one.count, reverse=True)

    def table(self) -> tuple[str, str, bytes]:
        """Give the table's file name, media type and octets; nothing can be added after that."""
        return self._table.finish()


def _is_the_providers(row: DigestRow) -> bool:
    """Whether the cause lies between sender and provider, so that it matters who the provider is."""
    return row.reason is not None and row.reason.category in (Category.BLOCK, Category.TECHNICAL)


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
    times = {
        "first": speech.when(tally.first or digest.made_at),
        "last": speech.when(tally.last or digest.made_at),
    }
    return DigestView(
        subject=speech.count(
            "{number} bounce, most often: {why}", "{number} bounces, most often: {why}", tally.count, why=most
        ),
        sentence=speech.count(
            "{number} bounce came in between {first} and {last}.",
            "{number} bounces came in between {first} and {last}.",
            tally.count,
            **times,
        ),
        tone=(groups[0].reason.category if groups and groups[0].reason else Category.OTHER).value,
        summary=tuple(_summary(tally, groups, most, speech)),
        causes=tuple(_cause(one, speech) for one in groups[:CAUSES]),
        hidden=_hidden(len(groups[CAUSES:]), speech),
        contact=line(digest.contact, MAX_CONTACT),
        footer=(speech.say("Account {account}", account=line(digest.account, MAX_NAME)),) if digest.account else (),
    )


def _summary(tally: Tally, groups: Sequence[_Group], most: str, speech: Language) -> list[str]:
    said = []
    if len(groups) > 1:
        same = ("{number} of them says: {why}.", "{number} of them say the same: {why}.")
        said.append(speech.count(*same, groups[0].count, why=most))
    if tally.suppressed:
        put = (
            "{number} address was put on your suppression list.",
            "{number} addresses were put on your suppression list.",
        )
        said.append(speech.count(*put, tally.suppressed))
    return [*said, speech.say("The attached table has all of them.")]


def _title(group: _Group, speech: Language) -> str:
    title = speech.say(sentences.words(group.kind, group.action, group.reason).title)
    if not group.provider:
        return title
    return speech.say("{provider}: {why}", provider=line(group.provider, MAX_NAME), why=title)


def _cause(group: _Group, speech: Language) -> DigestCause:
    words = sentences.words(group.kind, group.action, group.reason)
    return DigestCause(
        count=speech.number(group.count),
        title=sentences.capital(_title(group, speech)),
        why=speech.say(words.why),
        said=group.said,
        advice=tuple(map(speech.say, words.advice)),
        addresses=tuple(group.addresses),
    )


def _hidden(many: int, speech: Language) -> str:
    return speech.count("... and {number} more cause", "... and {number} more causes", many) if many else ""
