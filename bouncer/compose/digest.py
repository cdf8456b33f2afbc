"""Digests: many reports in one mail, grouped by cause and not by address, with a table of all of them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bouncer.compose import providers, sentences
from bouncer.compose.inert import address, words
from bouncer.compose.language import Language, language
from bouncer.compose.plain_text import columns, line
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.compose.tally import DigestTally, Group
from bouncer.compose.view import MAX_CONTACT, MAX_NAME, MAX_PREVIEW, MAX_REPLY
from bouncer.verdict.verdict import Category

CAUSES = 10
"""Causes that are described in full."""
OVERVIEW = 20
"""Causes in the overview, which is to fit one screen; it gives the number of the others, and the table has all."""
_MINUTE = dt.timedelta(minutes=1)
_MINUTES_TOLD = 90
"""The longest time that is given in minutes."""
_HOURS_TOLD = 48
"""The longest time that is given in hours."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Many reports, in one mail to one owner."""

    to: str
    message_id: str  # the same in every delivery attempt, without angle brackets
    made_at: dt.datetime
    tally: DigestTally
    account: str | None = None
    language: str = "en"
    contact: str = ""


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A line of the overview; plain text throughout."""

    count: str
    title: str
    place: int  # of the cause among those described in full, from 1; 0: it is not described
    late: bool  # nothing has failed yet


@dataclass(frozen=True, slots=True)
class DigestCause:
    """One cause as the templates show it; plain text throughout."""

    count: str
    title: str
    why: str
    reply: str
    advice: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DigestView:
    """Everything that the templates show; plain text throughout."""

    subject: str
    preview: str  # the text that inboxes show beside the subject; not visible in the mail
    sentence: str
    tone: str
    overview: tuple[DigestLine, ...]
    count_columns: int  # of the widest count in the overview
    hidden: str  # the number of causes that are missing in the overview
    summary: tuple[str, ...]
    causes: tuple[DigestCause, ...]
    contact: str
    footer: tuple[str, ...]


def view(digest: Digest) -> DigestView:
    """Put *digest* into words."""
    tally = digest.tally
    speech = language(digest.language, tally.zone)
    groups = tally.groups()
    overview = tuple(_line(place, group, speech) for place, group in enumerate(groups[:OVERVIEW], 1))
    preview = speech.say(", ").join(f"{line.count} \u00b7 {line.title}" for line in overview)
    return DigestView(
        subject=_subject(tally, groups, speech),
        preview=line(preview, MAX_PREVIEW),
        sentence=_sentence(digest, groups, speech),
        tone=groups[0].tone if groups else Category.OTHER.value,
        overview=overview,
        count_columns=max((columns(line.count) for line in overview), default=0),
        hidden=_count_hidden(len(groups[OVERVIEW:]), speech),
        summary=tuple(_summary(digest, speech)),
        causes=tuple(_cause(group, speech) for group in groups[:CAUSES]),
        contact=line(digest.contact, MAX_CONTACT),
        footer=(speech.say("Account {account}", account=line(digest.account, MAX_NAME)),) if digest.account else (),
    )


def _line(place: int, group: Group, speech: Language) -> DigestLine:
    title = sentences.capitalize(_title(group, speech))
    return DigestLine(speech.number(group.count), title, place if place <= CAUSES else 0, group.is_late)


def _counts(tally: DigestTally, groups: Sequence[Group], speech: Language) -> str:
    """Count bounces, complaints, and delayed messages, which are no bounces, in words."""
    delayed_count = sum(group.count for group in groups if group.is_late)
    complaints = sum(group.count for group in groups if group.is_complaint)
    bounces = tally.count - delayed_count - complaints
    counts = []
    if bounces:
        counts.append(speech.count("{number} bounce", "{number} bounces", bounces))
    if complaints:
        counts.append(speech.count("{number} spam complaint", "{number} spam complaints", complaints))
    if delayed_count:
        counts.append(speech.count("{number} delayed message", "{number} delayed messages", delayed_count))
    return speech.say(", ").join(counts)


def _subject(tally: DigestTally, groups: Sequence[Group], speech: Language) -> str:
    """Write the subject: the counts, and the most frequent cause."""
    counts = _counts(tally, groups, speech)
    failed = [group for group in groups if not group.is_late and not group.is_complaint]
    if not failed:
        return counts or speech.say("Nothing came in.")
    why = _title(max(failed, key=lambda group: group.count), speech)
    if len(failed) == 1:
        return speech.say("{counts} \u00b7 {why}", counts=counts, why=why)
    return speech.say("{counts} \u00b7 most often: {why}", counts=counts, why=why)


def _sentence(digest: Digest, groups: Sequence[Group], speech: Language) -> str:
    """Write the headline: the counts, and the period."""
    tally = digest.tally
    if not groups:
        return speech.say("Nothing came in.")
    counts = _counts(tally, groups, speech)
    if tally.count == 1:
        return speech.say("{counts}.", counts=counts)
    return speech.say("{counts} in {period}.", counts=counts, period=_period(_times(digest), speech))


def _times(digest: Digest) -> tuple[dt.datetime, dt.datetime]:
    return digest.tally.first or digest.made_at, digest.tally.last or digest.made_at


def _period(times: tuple[dt.datetime, dt.datetime], speech: Language) -> str:
    minutes = max(1, -((times[0] - times[1]) // _MINUTE))  # rounded up
    if minutes <= _MINUTES_TOLD:
        return speech.count("{number} minute", "{number} minutes", minutes)
    hours = -(-minutes // 60)
    if hours <= _HOURS_TOLD:
        return speech.count("{number} hour", "{number} hours", hours)
    return speech.count("{number} day", "{number} days", -(-hours // 24))


def _summary(digest: Digest, speech: Language) -> Iterator[str]:
    first, last = map(speech.when, _times(digest))
    if first == last:
        yield speech.say("All of it came in on {time}.", time=first)
    else:
        yield speech.say("The first came in on {first}, the last on {last}.", first=first, last=last)
    if digest.tally.suppressed:
        put = (
            "{number} address was put on your suppression list.",
            "{number} addresses were put on your suppression list.",
        )
        yield speech.count(*put, digest.tally.suppressed)
    if digest.tally.unproven:
        doubt_line = (
            "{number} of these reports is not proven: anyone could have sent it.",
            "{number} of these reports are not proven: anyone could have sent them.",
        )
        yield speech.count(*doubt_line, digest.tally.unproven)
    yield _table(digest.tally, speech)


def _table(tally: DigestTally, speech: Language) -> str:
    if tally.rows == tally.count:
        return speech.say("The attached table lists all of them.")
    return speech.count(
        "The attached table lists the first {number} of them; those that are proven come first.",
        "The attached table lists the first {number} of them; those that are proven come first.",
        tally.rows,
    )


def _title(group: Group, speech: Language) -> str:
    title = speech.say(group.phrases.title)
    return speech.say("{why} ({provider})", why=title, provider=group.where) if group.where else title


def _cause(group: Group, speech: Language) -> DigestCause:
    phrases, reason = group.phrases, group.reason
    return DigestCause(
        count=speech.number(group.count),
        title=sentences.capitalize(_title(group, speech)),
        why=sentences.cause_sentences(phrases, providers.provider_fact(group.provider, phrases, reason), (), speech),
        reply=words(group.reply, MAX_REPLY, proven=group.proven),
        advice=sentences.advice(
            phrases,
            providers.signposts(group.provider, phrases, reason, group.reply),
            speech,
            is_doubted=not group.believed,
        ),
        addresses=tuple(address(recipient, MAX_ADDRESS, proven=group.proven) for recipient in group.addresses),
    )


def _count_hidden(many: int, speech: Language) -> str:
    return speech.count("... and {number} more cause", "... and {number} more causes", many) if many else ""
