"""Facts in words, as notices say them: a reason, a report on one recipient, a change of the lists."""

import datetime as dt
from dataclasses import dataclass

from bouncer.compose import reasons
from bouncer.compose.beliefs import translate_reason
from bouncer.compose.language import Language
from bouncer.compose.sentences import capitalize, consequence, doubt, words_of
from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Action, Kind
from bouncer.notify.facts import notice_recipient
from bouncer.policy.ladder import COMPLAINT, UNSUBSCRIBE
from bouncer.policy.records import Belief, ChangeSource, Suppression
from bouncer.policy.sign_in import Role
from bouncer.policy.suppression_formats import IMPORTED
from bouncer.ports.letters import BounceRow
from bouncer.ports.suppressions import TrailChange, TrailRow
from bouncer.verdict.verdict import Category, Reason

GOOD, DELAYED = "good", "delayed"
"""Tones of outcomes that are no failure; a failure has the tone of its category, a complaint, which suppresses, that of hard."""
_BELIEFS = {
    Belief.PROVEN: "proven",
    Belief.PLAUSIBLE: "plausible",
    Belief.UNPROVEN: "not proven",
    Belief.CONTRADICTED: "contradicted",
}
_CATEGORIES = {
    Category.HARD: "will never arrive",
    Category.SOFT: "mailbox trouble",
    Category.TECHNICAL: "server trouble",
    Category.BLOCK: "blocked",
    Category.OTHER: "unclear",
}


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """A report on one recipient in words; *tone* is the colour of its *label*, *proof* why it is proven, if it is."""

    title: str
    tone: str
    label: str
    why: str
    consequence: str
    doubt: str
    proof: str
    belief: str


def tell(row: BounceRow, language: Language) -> OutcomeWords:
    """Put a report on one recipient into words."""
    recipient = notice_recipient(row)
    words = words_of(row.kind, recipient)
    failed = row.action is Action.FAILED and row.category in set(Category)
    tone = str(row.category) if failed else _tone(row)
    label = _CATEGORIES[Category(row.category)] if failed and row.category else ""
    return OutcomeWords(
        title=capitalize(language.say(words.title)),
        tone=tone,
        label=language.say(label) if label else "",
        why=language.say(words.why),
        consequence=consequence(row.kind, recipient, 1, language),
        doubt=doubt(recipient, language),
        proof=translate_reason(row.belief_why, language) if row.belief is Belief.PROVEN else "",
        belief=belief_label(row.belief, language),
    )


def category_label(category: Category, language: Language) -> str:
    """Give the words that stand for a category."""
    return language.say(_CATEGORIES[category])


def _tone(row: BounceRow) -> str:
    """Give the tone of an outcome that is no failure."""
    if row.kind is Kind.COMPLAINT:
        return Category.HARD
    return DELAYED if row.action is Action.DELAYED else GOOD


def belief_label(belief: Belief, language: Language) -> str:
    """Give the word that stands for how far a report is believed."""
    return language.say(_BELIEFS[belief])


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return (*_BELIEFS.values(), *_CATEGORIES.values(), *_SOURCES.values(), *Role)


BY_HAND = "manual"
"""The reason of a suppression by a person or a program that names no other."""


def reason_title(reason: str, language: Language) -> str:
    """Give the title of a suppression's reason; a word of the operator's own stays as it is."""
    if reason == COMPLAINT:
        return language.say(reasons.COMPLAINT.title)
    if reason == UNSUBSCRIBE:
        return language.say(reasons.ASKED)
    if reason == BY_HAND:
        return language.say("suppressed by hand")
    if reason == IMPORTED:
        return language.say("imported")
    recorded = Reason.from_record(reason)
    is_own_word = recorded is None or (recorded is Reason.UNKNOWN and reason != Reason.UNKNOWN)
    return reason if is_own_word else language.say(reasons.WORDS[recorded or Reason.UNKNOWN].title)


def words_of_end(until: dt.datetime | None, language: Language) -> str:
    """Say until when a suppression lasts."""
    return language.say("until {end}", end=language.date(until)) if until else language.say("until somebody frees it")


_SOURCES = {
    ChangeSource.BOUNCE: "by a report",
    ChangeSource.COMMAND: "by command",
    ChangeSource.IMPORT: "by an import",
    ChangeSource.KEY: "by a program",
    ChangeSource.PAGE: "on these pages",
    ChangeSource.UPGRADE: "by an upgrade",
}


def source_words(source: ChangeSource, language: Language) -> str:
    """Name the kind of program or event that changed the list."""
    return language.say(_SOURCES[source])


def standing_words(suppression: Suppression, language: Language) -> str:
    """Say since when an address is suppressed, and the source of the suppression."""
    source, date = source_words(suppression.source, language), language.date(suppression.since)
    return language.say("Suppressed {source} on {date}.", source=source, date=date)


def change_words(row: TrailRow, language: Language) -> str:
    """Say what was changed, and name the source."""
    source = source_words(row.source, language)
    match row.change:
        case TrailChange.SUPPRESSED:
            until, reason = words_of_end(row.until, language), reason_title(row.reason, language)
            return language.say("Suppressed {source}, {until}: {reason}.", source=source, until=until, reason=reason)
        case TrailChange.FREED:
            return language.say("Freed {source}: mail may go to it again.", source=source)
        case TrailChange.ALLOWED:
            return language.say("Put on the allow-list {source}.", source=source)
        case TrailChange.DISALLOWED:
            return language.say("Taken off the allow-list {source}.", source=source)
        case TrailChange.ERASED:
            return language.say("All that named an address was erased {source}.", source=source)
        case TrailChange.ACCOUNT:
            return language.say("The account was changed {source}.", source=source)


def letter_of(row: TrailRow | Suppression) -> str | None:
    """Give the id of the report that led to a change, as URLs have it."""
    return spell_id(row.letter_id) if row.letter_id else None
