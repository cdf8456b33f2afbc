"""The detectors of flufl.bounce (https://gitlab.com/warsaw/flufl.bounce): the last resort.

They yield addresses and nothing else; the words of a notice of a few sentences are added. They raise on mail without From, so
it is added; they walk MIME by recursion, so they get the text alone. They need the standard library's Message object, which
only this module makes. Few letters come this far, so both are imported for the first such letter.
"""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bouncer.mail.address import is_plausible
from bouncer.ndr import around, codes
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

if TYPE_CHECKING:
    from email.message import Message

_BLANK_LINES = re.compile(r"\n{3,}+")
_MAX_TEXT = 16 * 1024
_MAX_LINES = 1_000
_MAX_LINE = 400
"""Limits of the text that the detectors get: characters, lines, and characters of a line.

Their expressions are many and not all of linear time; the formats that they know are recognized on a letter's first pages."""
_MAX_HEADER = 4 * 1024
"""Characters of a header field. ``email`` parses a list of addresses character by character: 16 kB take it 7 ms."""
_HEADERS = ("from", "subject", "x-failed-recipients", "x-mailer")


class Flufl:
    """Formats that only flufl.bounce knows."""

    name = "flufl"

    def read(self, letter: Letter) -> Reading | None:
        """Take the addresses that flufl.bounce detects; None where it detects none, and for letters that no mail server sent."""
        if not letter.is_by_mail_system or not letter.is_about_failure:
            return None
        from flufl.bounce import all_failures  # noqa: PLC0415 -- see above

        temporary, permanent = all_failures(_as_message(letter))
        failed = [_recipient(address, Action.FAILED) for address in sorted(permanent)]
        delayed = [_recipient(address, Action.DELAYED) for address in sorted(temporary - permanent)]
        recipients = tuple(recipient for recipient in failed + delayed if _is_plausible(recipient.recipient, letter))
        if not recipients:
            return None
        if len(recipients) == 1:
            recipients = (_with_words(recipients[0], letter),)
        kind = Kind.BOUNCE if failed else Kind.DELAY
        return Reading(kind=kind, dialect=self.name, original=letter.original, recipients=recipients)


def _with_words(recipient: Recipient, letter: Letter) -> Recipient:
    """Give *recipient* all words of a notice of a few sentences, which can be about nobody else."""
    words = around.words_of_short_notice(recipient.recipient, letter)
    if not words:
        return recipient
    return replace(recipient, diagnostic_code=words, status=codes.status(words), reply_code=codes.reply_code(words))


def _is_plausible(address: str, letter: Letter) -> bool:
    return is_plausible(address) and address.lower() not in letter.parties


def _as_message(letter: Letter) -> "Message":
    from email.message import Message  # noqa: PLC0415 -- see above

    message = Message()
    for name in _HEADERS:
        if value := letter.headers.raw(name):
            message[name] = _cut(value)
    if "from" not in message:
        message["From"] = "MAILER-DAEMON"
    evidence = _BLANK_LINES.sub("\n\n", letter.evidence[:_MAX_TEXT])
    text = "\n".join(line[:_MAX_LINE] for line in evidence.split("\n", _MAX_LINES)[:_MAX_LINES])
    message.set_payload(text.encode("ascii", "replace").decode("ascii"))
    return message


def _cut(value: str) -> str:
    """Cut a header field's value to _MAX_HEADER, behind a whole address where it is a list of addresses."""
    if len(value) <= _MAX_HEADER:
        return value
    cut = value[:_MAX_HEADER]
    return cut.rpartition(",")[0] or cut


def _recipient(address: bytes, action: Action) -> Recipient:
    return Recipient(recipient=address.decode("utf-8", "replace"), action=action)
