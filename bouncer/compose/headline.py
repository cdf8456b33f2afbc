"""The headline and the subject of a notice: who did not get the message, and why; in any language.

An unproven failure is not stated as a fact: it "was reported".
"""

from collections.abc import Sequence

from bouncer.compose import inert
from bouncer.compose.language import Language
from bouncer.compose.notice import NoticeRecipient
from bouncer.compose.sentences import MAX_ADDRESS, words_of
from bouncer.ndr.reading import Kind
from bouncer.policy.records import Belief

Groups = Sequence[Sequence[NoticeRecipient]]
"""Recipients that share a cause, the largest group first."""


def titles(kind: Kind, groups: Groups, language: Language) -> str:
    """Name one cause, two causes, or one cause and the number of the others, in few words."""
    first = (words_of(kind, group[0]) for group in groups)
    titles = [language.say(title) for title in dict.fromkeys(words.title for words in first)]
    if len(titles) > 2:  # noqa: PLR2004 -- a third does not fit into a subject
        return language.count(
            "{reason} and {number} other reason",
            "{reason} and {number} other reasons",
            len(titles) - 1,
            reason=titles[0],
        )
    return language.say(", ").join(titles)


def subject(kind: Kind, groups: Groups, language: Language) -> str:
    """Write the subject, which tells the whole result; an unproven result is told as a report."""
    whom = _recipients(groups, language) or language.say("one of your messages")
    why = titles(kind, groups, language) if kind is Kind.BOUNCE else ""
    proven, reported = _SUBJECTS.get((kind, bool(why)), _SUBJECTS[Kind.OTHER, False])
    return language.say(proven if is_proven(groups) else reported, whom=whom, why=why)


_REPORT = "Report about your message: {whom}"
_SUBJECTS: dict[tuple[Kind, bool], tuple[str, str]] = {  # by (kind, with a reason): the proven form, the reported one
    (Kind.BOUNCE, True): ("Not delivered: {whom} \u00b7 {why}", "Reported as not delivered: {whom} \u00b7 {why}"),
    (Kind.BOUNCE, False): ("Not delivered: {whom}", "Reported as not delivered: {whom}"),
    (Kind.DELAY, False): ("Not delivered yet: {whom}", "Reported as not delivered yet: {whom}"),
    (Kind.COMPLAINT, False): ("Marked as spam: {whom}", "Spam complaint reported: {whom}"),
    (Kind.OTHER, False): (_REPORT, _REPORT),
}
_UNREADABLE = (
    "Mail about {whom} came in that could not be read.",
    "Mail came in that could not be read. It may be a report about your mail.",
)
_OTHER = ("A report about your message to {whom} came in.", "A report about one of your messages came in.")
_SENTENCES: dict[tuple[Kind, bool], tuple[str, str]] = {  # by (kind, proven): with a named recipient, without one
    (Kind.BOUNCE, True): (
        "Your message to {whom} was not delivered: {why}.",
        "One of your messages was not delivered.",
    ),
    (Kind.BOUNCE, False): (
        "Your message to {whom} was reported as not delivered: {why}.",
        "One of your messages was reported as not delivered.",
    ),
    (Kind.DELAY, True): (
        "Your message to {whom} has not been delivered yet. Delivery is still being attempted.",
        "One of your messages has not been delivered yet. Delivery is still being attempted.",
    ),
    (Kind.DELAY, False): (
        "Your message to {whom} was reported as not delivered yet.",
        "One of your messages was reported as not delivered yet.",
    ),
    (Kind.COMPLAINT, True): ("Your message to {whom} was marked as spam.", "One of your messages was marked as spam."),
    (Kind.COMPLAINT, False): (
        "A spam complaint about your message to {whom} was reported.",
        "A spam complaint about one of your messages was reported.",
    ),
    **dict.fromkeys(((Kind.UNREADABLE, True), (Kind.UNREADABLE, False)), _UNREADABLE),
    **dict.fromkeys(((Kind.OTHER, True), (Kind.OTHER, False)), _OTHER),
}


def sentence(kind: Kind, groups: Groups, language: Language) -> str:
    """Write the headline; an unproven result is told as a report."""
    proven = is_proven(groups)
    named_form, unnamed_form = _SENTENCES.get((kind, proven), _OTHER)
    whom = _recipients(groups, language)
    return (
        language.say(named_form, whom=whom, why=titles(kind, groups, language)) if whom else language.say(unnamed_form)
    )


def is_proven(groups: Groups) -> bool:
    """Whether everything in the notice is proven; False for a notice without recipients."""
    beliefs = [recipient.belief for group in groups for recipient in group]
    return bool(beliefs) and set(beliefs) == {Belief.PROVEN}


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return tuple(text for pair in (*_SUBJECTS.values(), *_SENTENCES.values()) for text in pair)


def _recipients(groups: Groups, language: Language) -> str:
    many = len({recipient.recipient for group in groups for recipient in group})
    if many > 1:
        return language.count("{number} recipient", "{number} recipients", many)
    if not many:
        return ""
    first = groups[0][0]
    return inert.address(first.recipient, MAX_ADDRESS, proven=first.belief is Belief.PROVEN)
