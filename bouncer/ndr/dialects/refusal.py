"""Refusals in the own words of an office, a filter or an administrator, sent as automatic answers (RFC 3834) from the null path.

"The employee you wrote to, jane@example.org, has left; your message was not delivered", from servicedesk@: no form, no field and
no mail system's name marks such a report. Three things distinguish it from a person's automatic answer: a sentence says that a
message was refused, the letter names one foreign address, and nobody is said to be away.
"""

from bouncer.ndr import blocks, codes, fallback, origin, phrases, refusals
from bouncer.ndr.challenge_phrases import CHALLENGES
from bouncer.ndr.lateness import action_of
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

_LONGEST = 2_000
"""Characters of a refusal in an office's own words: a few sentences and a signature."""
_OF_LISTS = frozenset({"list-id", "x-mailman-version", "list-unsubscribe"})


class Refusal:
    """Reads the only address that a refusal sent as an automatic answer names."""

    name = "refusal"

    def read(self, letter: Letter) -> Reading | None:
        """Read whose mail was refused; None for every other automatic answer."""
        refused = refused_address(letter)
        if refused is None:
            return None
        words = " ".join(letter.evidence.split())[: blocks.MAX_WORDS]
        recipient = Recipient(
            recipient=refused,
            action=action_of(letter),
            status=codes.status(words),
            reply_code=codes.reply_code(words),
            diagnostic_code=words,
        )
        return Reading(
            kind=Kind.BOUNCE if recipient.action is Action.FAILED else Kind.DELAY,
            dialect=self.name,
            original=letter.original,
            addressed_to=letter.addressed_to,
            recipients=(recipient,),
        )


def refused_address(letter: Letter) -> str | None:
    """Give the address that, by *letter*, a message was not delivered to; None where the letter is no such answer."""
    if not _is_automatic(letter) or "@" not in letter.evidence or len(letter.evidence) > _LONGEST:
        return None
    if refusals.is_absence_notice(letter.flat) or phrases.contains_any(CHALLENGES, letter.flat):
        return None
    sentences = refusals.sentences(letter.evidence)
    if not any(map(refusals.is_refusal, [letter.subject, *sentences])):
        return None
    elsewhere = " ".join(filter(refusals.names_other_contact, sentences))
    strangers = [address for address in fallback.from_text(letter) if address.lower() not in elsewhere]
    if len(strangers) != 1 or not _is_refused(strangers[0].lower(), sentences, letter):
        return None
    return strangers[0]


def _is_refused(address: str, sentences: list[str], letter: Letter) -> bool:
    """Whether *address* may be the refused one: a successor is named behind the refusal, in a sentence that tells no failure.

    Somebody who answers in his own name speaks of his own mailbox, wherever he names another.
    """
    naming = [number for number, sentence in enumerate(sentences) if address in sentence]
    if not naming or address in map(str.lower, fallback.from_returned_header(letter)):
        return True
    if any(_tells_failure(sentences[number]) for number in naming):
        return True
    if not origin.is_office(letter.headers) and not origin.may_be_from_mail_system(letter.headers):
        return False
    refusing = next(
        (number for number, sentence in enumerate(sentences) if refusals.is_refusal(sentence)), len(sentences)
    )
    return naming[0] <= refusing


def _tells_failure(sentence: str) -> bool:
    return phrases.contains_any(phrases.FAILED_OR_LATE, sentence) or refusals.is_refusal(sentence)


def _is_automatic(letter: Letter) -> bool:
    """Whether the letter is an automatic answer from the null reverse-path, neither of a list nor of a helpdesk."""
    headers = letter.headers
    null = origin.has_null_path(headers) or letter.envelope.reverse_path == ""
    answers = headers.raw("auto-submitted").lower().startswith("auto-replied")
    return (
        null
        and answers
        and not headers.any_of(_OF_LISTS)
        and not origin.is_from_helpdesk(headers)
        and not origin.answers_report(headers)
        and not letter.carries_program
    )
