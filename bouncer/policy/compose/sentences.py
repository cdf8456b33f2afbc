"""The sentences of a notice: its subject, its first line, what was done, how sure it is; in any language."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from bouncer.mail.address import comparable
from bouncer.mail.mailbox import is_same_mailbox
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import inert, providers, reasons
from bouncer.policy.compose.beliefs import retold
from bouncer.policy.compose.language import Language
from bouncer.policy.compose.notice import Earlier, NoticeRecipient
from bouncer.policy.compose.providers import Signpost
from bouncer.policy.compose.reasons import WORDS, Words
from bouncer.policy.ladder import OF_THE_MESSAGE
from bouncer.policy.record import Belief, Effect
from bouncer.verdict.verdict import Category, Reason

MAX_ADDRESS = 254
"""Characters; RFC 5321 section 4.5.3.1.3 without the angle brackets."""

Groups = Sequence[Sequence[NoticeRecipient]]
"""Recipients that share a cause, the largest group first."""


def words(kind: Kind, action: Action, reason: Reason | None) -> Words:
    """Choose what is said of one recipient."""
    if kind is Kind.COMPLAINT:
        return reasons.COMPLAINT
    if kind is Kind.UNREADABLE:
        return reasons.UNREADABLE
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
    Kind.UNREADABLE: (
        "A letter about {whom} came in that nobody could read.",
        "A letter came in that nobody could read. It may be a report on your mail.",
    ),
    Kind.OTHER: ("A report on your message to {whom} came in.", "A report on a message of yours came in."),
}


def sentence(kind: Kind, groups: Groups, language: Language) -> str:
    """Write the first line."""
    named, unnamed = _SENTENCES.get(kind, _SENTENCES[Kind.OTHER])
    whom = _whom(groups, language)
    return language.say(named, whom=whom, why=titles(kind, groups, language)) if whom else language.say(unnamed)


def texts() -> tuple[str, ...]:
    """Give the texts that no call here names, for translators."""
    first_lines = (text for pair in _SENTENCES.values() for text in pair)
    return (*first_lines, *_PASSED_ON, *_NOTHING.values(), _NO_FAILURE, _NOT_THE_ADDRESS, _TOO_LITTLE, _RECORDED)


def _whom(groups: Groups, language: Language) -> str:
    many = len({recipient.recipient for group in groups for recipient in group})
    if many > 1:
        return language.count("{number} recipient", "{number} recipients", many)
    if not many:
        return ""
    first = groups[0][0]
    return inert.address(first.recipient, MAX_ADDRESS, proven=first.belief is Belief.PROVEN)


def why(words: Words, fact: Signpost | None, language: Language) -> str:
    """Say why: in general, and what is peculiar to the provider."""
    special = pointed((fact,), language) if fact else ()
    return joined((language.say(words.why), *special), language)


_GONE, _FAILED_THERE = _PASSED_ON = (
    "By this report, your mail to {whom} is passed on to {reported}, which does not exist any more.",
    "By this report, your mail to {whom} is passed on to {reported}, and could not be delivered there.",
)
_NO_MAILBOX = (Reason.INVALID_RECIPIENT, Reason.CLOSED_ACCOUNT, Reason.BAD_DOMAIN)


def passed_on(one: NoticeRecipient, language: Language) -> str:
    """Say that another address failed than the recipient's own; empty where none did, or where the report is contradicted."""
    own, named = comparable(one.recipient), comparable(one.reported or "")
    if one.action is not Action.FAILED or one.belief is Belief.CONTRADICTED or not named or is_same_mailbox(own, named):
        return ""
    proven = one.belief is Belief.PROVEN
    whom, reported = (inert.address(text, MAX_ADDRESS, proven=proven) for text in (one.recipient, one.reported or ""))
    return language.say(_GONE if one.reason in _NO_MAILBOX else _FAILED_THERE, whom=whom, reported=reported)


def joined(texts: Iterable[str], language: Language) -> str:
    """Put sentences one behind the other, as the language does."""
    return reduce(lambda before, text: language.say("{general} {special}", general=before, special=text), texts)


def advice(
    words: Words, signposts: Sequence[Signpost], language: Language, *, doubted: bool = False
) -> tuple[str, ...]:
    """List what to do. Where it is known who is to be asked, that stands in the place of general advice to ask."""
    beside_the_point = set()
    if any(one.text in (providers.LISTED, providers.ASK) for one in signposts):
        beside_the_point.add(reasons.BLOCK_LIST)
    if doubted:
        beside_the_point.add(reasons.CORRECT_OR_REMOVE)
    general = [one for one in words.advice if one not in beside_the_point]
    careful = [reasons.CAREFUL] if doubted else []
    return (*map(language.say, (*careful, *general)), *pointed(signposts, language))


def pointed(signposts: Iterable[Signpost], language: Language) -> Iterator[str]:
    """Say each with its provider and its page."""
    return (language.say(one.text, provider=one.provider, page=one.page) for one in signposts)


def done(kind: Kind, one: NoticeRecipient, many: int, language: Language) -> str:
    """Say what was done about *many* addresses that share the fate of *one*."""
    if one.suppressed and one.suppressed_until:
        return language.count(
            "The address is now on your suppression list, until {end}. Send nothing more to it.",
            "The addresses are now on your suppression list, until {end}. Send nothing more to them.",
            many,
            end=language.date(one.suppressed_until),
        )
    if one.suppressed:
        return language.count(
            "The address is now on your suppression list, until it is taken off. Send nothing more to it.",
            "The addresses are now on your suppression list, until they are taken off. Send nothing more to them.",
            many,
        )
    if one.counted:
        return language.say(
            "This counts as {count} of {limit}. When mail to the address has failed on {limit} different days within "
            "{window} days, it goes on your suppression list.",
            count=language.number(one.counted.day),
            limit=language.number(one.counted.needed),
            window=language.number(one.counted.window),
        )
    if one.effect is Effect.ALREADY:
        return language.count(
            "The address was on your suppression list already, and stays there. Send nothing more to it.",
            "The addresses were on your suppression list already, and stay there. Send nothing more to them.",
            many,
        )
    return language.say(_nothing(kind, one))


_NOTHING: dict[Effect, str] = {
    Effect.DOUBTED: "Nothing was put on your suppression list, because this report is not proven; see below.",
    Effect.ALLOWED: "Nothing was put on your suppression list, because it stands on your allow-list.",
    Effect.FREED: "Nothing was put on your suppression list: it was taken off after this report had come.",
}
_NO_FAILURE = "This was recorded. It does not count as a failure."
_NOT_THE_ADDRESS = "Nothing was put on your suppression list: the fault does not lie with the address."
_TOO_LITTLE = "Nothing was put on your suppression list: the report says too little for that."
_RECORDED = "This was recorded. Nothing was put on your suppression list."


def _nothing(kind: Kind, one: NoticeRecipient) -> str:
    """Say why nothing was suppressed."""
    if kind is not Kind.COMPLAINT and one.action is not Action.FAILED:
        return _NO_FAILURE
    if one.effect in _NOTHING:
        return _NOTHING[one.effect]
    if one.reason and (one.reason.category is Category.BLOCK or one.reason in OF_THE_MESSAGE):
        return _NOT_THE_ADDRESS
    return _TOO_LITTLE if one.effect is Effect.NEVER else _RECORDED


def doubt(one: NoticeRecipient, language: Language) -> str:
    """Say how sure the report is; empty where it is proven."""
    why = retold(one.belief_why, language)
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
