"""Digests: many reports told in one mail, grouped by cause and not by address, with a table of all of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.policy.compose import providers, sentences
from bouncer.policy.compose.inert import address, words
from bouncer.policy.compose.language import Language, language
from bouncer.policy.compose.plain import line
from bouncer.policy.compose.sentences import MAX_ADDRESS
from bouncer.policy.compose.tally import Group, Tally
from bouncer.policy.compose.view import MAX_CONTACT, MAX_NAME, MAX_SAID
from bouncer.verdict.verdict import Category

CAUSES = 10
"""Causes shown; how many more there are is said, and the table has all."""
_HOUR = dt.timedelta(hours=1)
_HOURS_TOLD = 48
"""Up to so many, a time is told in hours."""


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


def _sentence(digest: Digest, groups: Sequence[Group], speech: Language) -> str:
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
    if digest.tally.unproven:
        doubted = (
            "{number} of them is not proven: anyone may have written it.",
            "{number} of them are not proven: anyone may have written them.",
        )
        said.append(speech.count(*doubted, digest.tally.unproven))
    return [*said, _table(digest.tally, speech)]


def _table(tally: Tally, speech: Language) -> str:
    if tally.rows == tally.count:
        return speech.say("The attached table has all of them.")
    return speech.count(
        "The attached table has the first {number} of them; those that are proven come first.",
        "The attached table has the first {number} of them; those that are proven come first.",
        tally.rows,
    )


def _title(group: Group, speech: Language) -> str:
    title = speech.say(sentences.words(group.kind, group.action, group.reason).title)
    return speech.say("{why} ({provider})", why=title, provider=group.where) if group.where else title


def _cause(group: Group, speech: Language) -> DigestCause:
    phrases = sentences.words(group.kind, group.action, group.reason)
    return DigestCause(
        count=speech.number(group.count),
        title=sentences.capital(_title(group, speech)),
        why=sentences.why(phrases, providers.fact(group.provider, group.reason), speech),
        said=words(group.said, MAX_SAID, proven=group.proven),
        advice=sentences.advice(phrases, providers.signposts(group.provider, group.reason, group.said), speech),
        addresses=tuple(address(one, MAX_ADDRESS, proven=group.proven) for one in group.addresses),
    )


def _hidden(many: int, speech: Language) -> str:
    return speech.count("... and {number} more cause", "... and {number} more causes", many) if many else ""
