"""Notices that name nobody in a form that we know: who failed follows from what else the letter holds.

Whom the return path was made for, where it is a signed one of ours. Else the returned message's recipient, where it went to one;
the only stranger whom the words name, in whatever language; the subject; the return path, where VERP wrote the recipient into it.
Among them Verizon's and Vodafone's gateways, virus scanners' notices, Postfix with "Delivery report unavailable".
"""

from collections.abc import Iterable

from bouncer.ndr import addresses, codes, fallback, notice_text, origin, phrases
from bouncer.ndr.dialects.notice import action_of
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

_SENTENCE = 300
"""Characters of a notice that has no more than a sentence or two."""


class Implied:
    """The one recipient of the returned message."""

    name = "implied"

    def read(self, letter: Letter) -> Reading | None:
        """Take the only address that the notice can mean; none, where there are several and the letter came to a path of ours.

        None where it does not speak of failure.
        """
        if not letter.by_mail_system or not _undelivered(letter) or letter.tells_success:
            return None
        meant = _meant(letter)
        if meant is None and fallback.is_of_ours(letter):
            meant = ""
        if meant is None:
            return None
        words = " ".join(letter.evidence.split())[: notice_text.MAX_WORDS]
        recipient = Recipient(
            recipient=meant,
            action=action_of(letter),
            status=codes.status(words),
            reply_code=codes.reply_code(words),
            diagnostic_code=words or None,
        )
        kind = Kind.BOUNCE if recipient.action is Action.FAILED else Kind.DELAY
        return Reading(
            kind=kind,
            dialect=self.name,
            original=letter.original,
            addressed_to=letter.addressed_to,
            recipients=(recipient,),
        )


def _undelivered(letter: Letter) -> bool:
    if phrases.says(phrases.UNDELIVERED + phrases.LATE, letter.flat) or codes.status(letter.evidence) is not None:
        return True
    if origin.from_mail_system(letter.headers) and origin.has_subject_of_report(letter.headers):
        return True
    return _is_one_sentence(letter) or _returns_what_it_names(letter)


def _is_one_sentence(letter: Letter) -> bool:
    """Whether a mail system wrote no more than a sentence that tells a failure, from the null path: nothing else is meant."""
    headers = letter.headers
    null = origin.has_null_path(headers) or letter.envelope.reverse_path == ""
    return null and origin.is_system(headers) and len(letter.evidence) <= _SENTENCE and letter.tells_failure


def _returns_what_it_names(letter: Letter) -> bool:
    """Whether a mail system, from the null path, names in a few words nobody but whom the message that it returns went to.

    That is a notice in whatever language: nothing else is sent so.
    """
    headers = letter.headers
    null = origin.has_null_path(headers) or letter.envelope.reverse_path == ""
    if not (null and origin.from_mail_system(headers) and len(letter.evidence) <= _SENTENCE):
        return False
    named = {address.lower() for address in addresses.find(letter.evidence)}
    return bool(named) and named == {address.lower() for address in letter.original.to}


def _meant(letter: Letter) -> str | None:
    if (recipient := fallback.of_path(letter)) is not None:
        return _named_beside(recipient, letter)
    named = letter.original.to or fallback.addressees(letter)
    strangers = _strangers(named, letter) or list(named)
    if len(strangers) > 1:
        strangers = [each for each in fallback.strangers(letter) if each in strangers]
    elif not strangers and origin.from_mail_system(letter.headers) and origin.speaks_for_nobody(letter.headers):
        ways = (fallback.strangers, fallback.titled, fallback.embedded)
        strangers = next((candidates for way in ways if (candidates := _strangers(way(letter), letter))), [])
    return strangers[0] if len(strangers) == 1 else None


def _named_beside(recipient: str, letter: Letter) -> str:
    """Give the only stranger whom the words name, out of no quoted header; else the *recipient* that the path was made for."""
    quoted = (*letter.original.to, *fallback.addressees(letter))
    strangers = [address for address in fallback.strangers(letter) if address not in quoted]
    return strangers[0] if len(strangers) == 1 else recipient


def _strangers(named: Iterable[str], letter: Letter) -> list[str]:
    """Give those of *named* who do not report and are not reported to."""
    return [address for address in named if address.lower() not in letter.parties]
