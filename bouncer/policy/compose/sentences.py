"""The sentences of a notice: its subject, its first line, what was done, how sure it is; in any language."""

from collections.abc import Sequence

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import reasons
from bouncer.policy.compose.language import Language
from bouncer.policy.compose.notice import Earlier, NoticeRecipient
from bouncer.policy.compose.plain import line
from bouncer.policy.compose.reasons import WORDS, Words
from bouncer.policy.record import Belief
from bouncer.policy.verdict import Category, Reason

MAX_ADDRESS = 254
"""Characters; RFC 5321 section 4.5.3.1.3 without the angle brackets."""
MAX_WHY = 200
"""Characters of why a report is doubted."""

Groups = Sequence[Sequence[NoticeRecipient]]
"""Recipients that share a cause, the largest group first."""


def words(kind: Kind, action: Action, reason: Reason | None) -> Words:
    """Choose what is said of one recipient."""
    if kind is Kind.COMPLAINT:
        return reasons.COMPLAINT
    if action is Action.DELAYED:
        return reasons.DELAY
    if action is not Action.FAILED:
        return reasons.ARRIVED
    return WORDS[reason or Reason.UNKNOWN]


def titles(kind: Kind, groups: Groups, language: Language) -> str:
    """Name the causes in the fewest words: one, two, or one and how many others."""
    first = (group[0] for group in groups)
    found = [language.say(one) for one in dict.fromkeys(words(kind, one.action, one.reason).title for one in first)]
    if len(found) > 2:  # noqa: PLR2004 -- a third does not fit into a subject
        return language.count(
            "{reason} and {number} other reason",
            "{reason} and {number} other reasons",
            len(found) - 1,
            reason=found[0],
        )
    return language.say(", ").join(found)


def subject(kind: Kind, groups: Groups, language: Language) -> str:
    """Write the subject that says it all."""
    whom = _whom(groups, language) or language.say("a message of yours")
    match kind:
        case Kind.BOUNCE:
            why = titles(kind, groups, language)
            if not why:
                return language.say("Not delivered: {whom}", whom=whom)
            return language.say("Not delivered: {whom} \u00b7 {why}", whom=whom, why=why)
        case Kind.DELAY:
            return language.say("Not delivered yet: {whom}", whom=whom)
        case Kind.COMPLAINT:
            return language.say("Marked as spam: {whom}", whom=whom)
        case _:
            return language.say("Report on your message: {whom}", whom=whom)


_SENTENCES: dict[Kind, tuple[str, str]] = {  # where somebody is named, and where nobody is
    Kind.BOUNCE: ("Your message to {whom} was not delivered: {why}.", "A message of yours was not delivered."),
    Kind.DELAY: (
        "Your message to {whom} has not been delivered yet. It is still being tried.",
        "A message of yours has not been delivered yet. It is still being tried.",
    ),
    Kind.COMPLAINT: ("Your message to {whom} was marked as spam.", "A message of yours was marked as spam."),
    Kind.OTHER: ("A report on your message to {whom} came in.", "A report on a message of yours came in."),
}


def sentence(kind: Kind, groups: Groups, language: Language) -> str:
    """Write the first line."""
    named, unnamed = _SENTENCES.get(kind, _SENTENCES[Kind.OTHER])
    whom = _whom(groups, language)
    return language.say(named, whom=whom, why=titles(kind, groups, language)) if whom else language.say(unnamed)


def texts() -> tuple[str, ...]:
    """Give the first lines, for translators."""
    return tuple(text for pair in _SENTENCES.values() for text in pair)


def _whom(groups: Groups, language: Language) -> str:
    many = sum(map(len, groups))
    if many > 1:
        return language.count("{number} recipient", "{number} recipients", many)
    return line(groups[0][0].recipient, MAX_ADDRESS) if many else ""


def done(kind: Kind, one: NoticeRecipient, many: int, language: Language) -> str:
    """Say what was done about *many* addresses that share the fate of *one*."""
    if one.suppressed and one.suppressed_until:
        return language.count(
            "The address is now on your suppression list, until {end}. Send nothing more to it.",
            "The addresses are now on your suppression list, until {end}. Send nothing more to them.",
            many,
            end=language.when(one.suppressed_until),
        )
    if one.suppressed:
        return language.count(
            "The address is now on your suppression list, until it is taken off. Send nothing more to it.",
            "The addresses are now on your suppression list, until they are taken off. Send nothing more to them.",
            many,
        )
    if kind is Kind.DELAY or one.action is not Action.FAILED:
        return language.say("This was recorded. It does not count as a failure.")
    if one.counted:
        return language.say(
            "This was recorded. It counts as failure {count} of {limit}; after {limit} the address is suppressed.",
            count=language.number(one.counted[0]),
            limit=language.number(one.counted[1]),
        )
    if one.reason and one.reason.category is Category.BLOCK:
        return language.count(
            "This was recorded. The address is not suppressed: the fault does not lie there.",
            "This was recorded. The addresses are not suppressed: the fault does not lie there.",
            many,
        )
    return language.count(
        "This was recorded. The address is not suppressed.",
        "This was recorded. The addresses are not suppressed.",
        many,
    )


def doubt(one: NoticeRecipient, language: Language) -> str:
    """Say how sure the report is; empty where it is proven."""
    why = language.say(line(one.belief_why, MAX_WHY)) if one.belief_why else ""
    match one.belief:
        case Belief.PROVEN:
            return ""
        case Belief.PLAUSIBLE:
            return language.say("This report is plausible, but not proven: {why}.", why=why)
        case Belief.CONTRADICTED:
            return language.say("This report contradicts itself and may be forged: {why}.", why=why)
        case _:
            return language.say(
                "This report is not proven: {why}. Anyone can send one, so nothing is suppressed on its word.", why=why
            )


def history(earlier: Earlier | None, language: Language) -> str:
    """Say what came before; empty where nothing did."""
    if earlier is None or not earlier.count:
        return ""
    return language.count(
        "{number} report came before, on {last}.",
        "{number} reports came before, from {first} to {last}.",
        earlier.count,
        first=language.date(earlier.first),
        last=language.date(earlier.last),
    )


def capital(text: str) -> str:
    """Begin *text* with a capital letter."""
    return text[:1].upper() + text[1:]
