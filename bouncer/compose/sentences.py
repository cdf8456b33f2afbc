"""The sentences of a notice: the cause, the consequences, the advice, the degree of belief; in any language."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from bouncer.compose import inert, providers, reasons
from bouncer.compose.beliefs import translate_reason
from bouncer.compose.language import Language
from bouncer.compose.notice import Earlier, NoticeRecipient
from bouncer.compose.particular_causes import FORWARDED, FORWARDING_AND_SPF, FailureSigns, find_particular_cause
from bouncer.compose.providers import Signpost
from bouncer.compose.reasons import WORDS, ReasonText
from bouncer.mail.address import comparable
from bouncer.mail.mailbox import is_same_mailbox
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.ladder import OF_THE_MESSAGE
from bouncer.policy.records import Belief, Effect
from bouncer.verdict.verdict import Category, Reason

MAX_ADDRESS = 254
"""Characters of an address: the limit of RFC 5321 section 4.5.3.1.3, without the angle brackets."""


def words(kind: Kind, action: Action, grounds: FailureSigns) -> ReasonText:
    """Choose the words about one recipient."""
    if kind is Kind.COMPLAINT:
        return reasons.COMPLAINT
    if kind is Kind.UNREADABLE:
        return reasons.UNREADABLE
    if action is Action.DELAYED:
        return reasons.DELAY
    if action is not Action.FAILED:
        return reasons.ARRIVED
    return find_particular_cause(grounds) or WORDS[grounds.reason or Reason.UNKNOWN]


def words_of(kind: Kind, recipient: NoticeRecipient) -> ReasonText:
    """Choose the words about *recipient*."""
    facts = (recipient.reason, recipient.status, recipient.reply_code, recipient.rule, recipient.diagnostic_code or "")
    return words(kind, recipient.action, FailureSigns(*facts, is_forwarded=bool(forwarded_to(recipient))))


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return (*_PASSED_ON, *_NOTHING.values(), *_ONE_BY_ONE)


def cause_sentences(words: ReasonText, fact: Signpost | None, targets: Iterable[str], language: Language) -> str:
    """Explain the cause: in general, the provider's own fact, and the failed addresses behind the one that was written to."""
    special = signpost_sentences((fact,), language) if fact else ()
    general = () if words is FORWARDED and targets else (language.say(words.why),)
    return join_sentences((*general, *special, *targets), language)


_GONE, _FAILED_THERE = _PASSED_ON = (
    "According to this report, mail to {whom} is forwarded to {reported}, which does not exist.",
    "According to this report, mail to {whom} is forwarded to {reported} and could not be delivered there.",
)


def forwarding(recipient: NoticeRecipient, language: Language) -> str:
    """Say that mail was forwarded, and another address failed; empty where no other did, or the report is contradicted."""
    reported = forwarded_to(recipient)
    if not reported:
        return ""
    proven = recipient.belief is Belief.PROVEN
    whom, where = (inert.address(text, MAX_ADDRESS, proven=proven) for text in (recipient.recipient, reported))
    is_forwarded_failure = words_of(Kind.BOUNCE, recipient) is FORWARDED
    return language.say(_GONE if is_forwarded_failure else _FAILED_THERE, whom=whom, reported=where)


def forwarded_to(recipient: NoticeRecipient) -> str:
    """Give the failed address, where it is not the recipient's own; empty where the report is contradicted."""
    if recipient.action is not Action.FAILED or recipient.belief is Belief.CONTRADICTED:
        return ""
    return failed_address_behind(recipient.recipient, recipient.reported)


def failed_address_behind(recipient: str, reported: str | None) -> str:
    """Give the address that a report names as failed, where it is not the *recipient*'s in another spelling."""
    if not reported:
        return ""
    recipient_form, reported_form = comparable(recipient), comparable(reported)
    return reported if reported_form and not is_same_mailbox(recipient_form, reported_form) else ""


def join_sentences(texts: Iterable[str], language: Language) -> str:
    """Join sentences as the language does."""
    return reduce(lambda before, text: language.say("{general} {special}", general=before, special=text), texts)


def advice(
    words: ReasonText,
    signposts: Sequence[Signpost],
    language: Language,
    *,
    is_doubted: bool = False,
    forwarded: bool = False,
) -> tuple[str, ...]:
    """List the advice. Known contacts replace general advice to ask somebody."""
    beside_the_point = set()
    if any(signpost.text in (providers.LISTED, providers.ASK) for signpost in signposts):
        beside_the_point.add(reasons.BLOCK_LIST)
    if is_doubted:
        beside_the_point |= {reasons.CORRECT_OR_REMOVE, reasons.KEEP}
    general = [text for text in words.advice if text not in beside_the_point]
    careful = [reasons.CAREFUL] if is_doubted else []
    of_forwarding = [FORWARDING_AND_SPF] if forwarded and words is WORDS[Reason.AUTHENTICATION_FAILED] else []
    return (*map(language.say, (*careful, *general, *of_forwarding)), *signpost_sentences(signposts, language))


def signpost_sentences(signposts: Iterable[Signpost], language: Language) -> Iterator[str]:
    """Give the text of each signpost with its provider and its page."""
    return (language.say(signpost.text, provider=signpost.provider, page=signpost.page) for signpost in signposts)


def consequence(kind: Kind, recipient: NoticeRecipient, many: int, language: Language) -> str:
    """Tell the consequence for *many* addresses like *recipient*'s, which share it."""
    if recipient.suppressed and recipient.suppressed_until:
        return language.count(
            "The address is now on your suppression list until {end}. Please stop sending to it.",
            "The addresses are now on your suppression list until {end}. Please stop sending to them.",
            many,
            end=language.date(recipient.suppressed_until),
        )
    if recipient.suppressed:
        return language.count(
            "The address is now on your suppression list until somebody removes it. Please stop sending to it.",
            "The addresses are now on your suppression list until somebody removes them. Please stop sending to them.",
            many,
        )
    if recipient.counted:
        return language.say(
            "This counts as {count} of {limit}: an address goes on your suppression list when mail to it fails on {limit} "
            "different days within {window} days.",
            count=language.number(recipient.counted.day),
            limit=language.number(recipient.counted.needed),
            window=language.number(recipient.counted.window),
        )
    if recipient.effect is Effect.ALREADY:
        return language.count(
            "The address was already on your suppression list and stays there. Please stop sending to it.",
            "The addresses were already on your suppression list and stay there. Please stop sending to them.",
            many,
        )
    return language.say(_no_effect(kind, recipient))


_NOTHING: dict[Effect, str] = {
    Effect.DOUBTED: "Your suppression list was not changed, because this report is not proven (see below).",
    Effect.ALLOWED: "Your suppression list was not changed, because the address is on your allow-list.",
    Effect.FREED: "Your suppression list was not changed: the address was removed from it after this report had come in.",
}
_NO_FAILURE = "This was recorded. It does not count as a failure."
_NOT_THE_ADDRESS = "Your suppression list was not changed: the address is not at fault."
_TOO_LITTLE = "Your suppression list was not changed: the report says too little for that."
_RECORDED = "This was recorded. Your suppression list was not changed."
_ONE_BY_ONE = (_NO_FAILURE, _NOT_THE_ADDRESS, _TOO_LITTLE, _RECORDED)


def _no_effect(kind: Kind, recipient: NoticeRecipient) -> str:
    """Explain why no address was suppressed."""
    if kind is not Kind.COMPLAINT and recipient.action is not Action.FAILED:
        return _NO_FAILURE
    if recipient.effect in _NOTHING:
        return _NOTHING[recipient.effect]
    if recipient.reason and (recipient.reason.category is Category.BLOCK or recipient.reason in OF_THE_MESSAGE):
        return _NOT_THE_ADDRESS
    return _TOO_LITTLE if recipient.effect is Effect.NEVER else _RECORDED


def doubt(recipient: NoticeRecipient, language: Language) -> str:
    """Tell how far the report is believed; empty where it is proven."""
    reason = translate_reason(recipient.belief_why, language)
    match recipient.belief:
        case Belief.PROVEN:
            return ""
        case Belief.PLAUSIBLE:
            return language.say("This report is plausible, but not proven: {why}.", why=reason)
        case Belief.CONTRADICTED:
            return language.say("This report contradicts itself and may be forged: {why}.", why=reason)
        case _:
            return language.say(
                "This report is not proven: {why}. Anyone can send such a report, so it suppresses no address.",
                why=reason,
            )


def history(earlier: Earlier | None, language: Language) -> str:
    """Say how many earlier reports there are about the address, and since when; empty where there are none."""
    if earlier is None or not earlier.count:
        return ""
    return language.count(
        "There was {number} earlier report, on {last}.",
        "There were {number} earlier reports, from {first} to {last}.",
        earlier.count,
        first=language.date(earlier.first),
        last=language.date(earlier.last),
    )


def capitalize(text: str) -> str:
    """Begin *text* with a capital letter."""
    return text[:1].upper() + text[1:]
