"""Notices that name no recipient in a known form: the rest of the letter shows who failed.

The recipient is the one that a signed return path of ours was made for; else the returned message's only recipient; else the
only foreign address in the words, in any language; else the one in the subject; else the one in a VERP return path.
Such notices come from Verizon's and Vodafone's gateways, virus scanners, and Postfix with "Delivery report unavailable".
"""

import re
from collections.abc import Iterable

from bouncer.ndr import addresses, blocks, codes, fallback, origin, phrases
from bouncer.ndr.lateness import action_of
from bouncer.ndr.letter import Letter
from bouncer.ndr.lure import is_lure
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

_NO_REPLY = re.compile(
    r"\b(?:(?:no|do-?not)[-_.]?reply|ne[-_.]?pas[-_.]?repondre|no[-_.]?responder|n[aã]o[-_.]?respond(?:a|er)"
    r"|(?:non|no)[-_.]?rispondere|(?:nicht[-_.]?antworten|keine[-_.]?antwort))@",
    re.IGNORECASE,
)
_SENTENCE = 300
"""Characters of a notice of one or two sentences."""


class Implied:
    """Reads the only recipient that a notice can mean."""

    name = "implied"

    def read(self, letter: Letter) -> Reading | None:
        """Take the only address that the notice can mean; no recipient where it has several and came to a path of ours.

        None where the notice does not report a failure.
        """
        is_notice = letter.is_by_mail_system or _returns_what_it_names(letter)
        if not is_notice or not _says_undelivered(letter) or letter.tells_success:
            return None
        if is_lure(letter) and not origin.is_declared(letter.headers, letter.content_type):
            return None
        meant = _only_recipient(letter)
        if meant is None and fallback.came_to_our_path(letter):
            meant = ""
        if meant is None:
            return None
        words = " ".join(_words(letter, meant).split())[: blocks.MAX_WORDS]
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


def _words(letter: Letter, meant: str) -> str:
    """Give the notice's words: with its subject, where that alone names the recipient, and no server is quoted."""
    subject, words = letter.headers.get("subject"), letter.evidence
    quotes = codes.reply_code(words) is not None or codes.status(words) is not None
    is_in_subject = bool(meant) and meant.lower() in subject.lower() and "@" not in words
    return f"{subject}\n{words}" if is_in_subject and not quotes else words


def _says_undelivered(letter: Letter) -> bool:
    if phrases.contains_any(phrases.UNDELIVERED_OR_LATE, letter.flat) or codes.status(letter.evidence) is not None:
        return True
    if origin.may_be_from_mail_system(letter.headers) and origin.has_subject_of_report(letter.headers):
        return True
    return _is_one_sentence(letter) or _returns_what_it_names(letter)


def _is_one_sentence(letter: Letter) -> bool:
    """Whether a mail system sent, from the null path, one or two sentences that report a failure: they can mean nothing else.

    In a language of which no word is known, a letter that names one stranger and has no link counts as such a report.
    """
    headers = letter.headers
    null = origin.has_null_path(headers) or letter.envelope.reverse_path == ""
    if not (null and origin.is_system(headers) and len(letter.evidence) <= _SENTENCE):
        return False
    if letter.is_about_failure:
        return True
    return "://" not in letter.evidence and len(fallback.from_text(letter)) == 1


def _returns_what_it_names(letter: Letter) -> bool:
    """Whether a program, from the null path, writes a few words and names only recipients of the message that it returns.

    Such a letter is a notice, whatever its language: no other mail looks like that.
    """
    headers = letter.headers
    null = origin.has_null_path(headers) or letter.envelope.reverse_path == ""
    is_program = origin.may_be_from_mail_system(headers) or _NO_REPLY.search(headers.get("from")) is not None
    if not (null and is_program and letter.returned and len(letter.evidence) <= _SENTENCE):
        return False
    quoted = {address.lower() for address in addresses.find(letter.evidence)}
    return bool(quoted) and quoted == {address.lower() for address in letter.original.to}


def _only_recipient(letter: Letter) -> str | None:
    if (recipient := fallback.from_return_path(letter)) is not None:
        return _recipient_in_words(recipient, letter)
    returned_to = letter.original.to or fallback.from_returned_header(letter)
    strangers = _strangers(returned_to, letter) or list(returned_to)
    if len(strangers) > 1:
        strangers = [address for address in fallback.from_text(letter) if address in strangers]
    elif (
        not strangers
        and origin.may_be_from_mail_system(letter.headers)
        and origin.has_null_or_system_path(letter.headers)
    ):
        ways = (fallback.from_text, fallback.from_subject, fallback.from_verp)
        strangers = next((candidates for way in ways if (candidates := _strangers(way(letter), letter))), [])
    return strangers[0] if len(strangers) == 1 else None


def _recipient_in_words(recipient: str, letter: Letter) -> str:
    """Give the only foreign address in the words outside quoted headers; else the *recipient* that the path was made for."""
    quoted = (*letter.original.to, *fallback.from_returned_header(letter))
    strangers = [address for address in fallback.from_text(letter) if address not in quoted]
    return strangers[0] if len(strangers) == 1 else recipient


def _strangers(candidates: Iterable[str], letter: Letter) -> list[str]:
    """Give the addresses in *candidates* that neither send nor receive the report."""
    return [address for address in candidates if address.lower() not in letter.parties]
