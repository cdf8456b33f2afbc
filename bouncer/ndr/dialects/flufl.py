"""What flufl.bounce's detectors find (https://gitlab.com/warsaw/flufl.bounce): the last resort.

It knows addresses only, so nothing else is said of them, and it raises on mail without From: it gets one. It wants the
standard library's Message object, which costs more than everything before, and so is made only here.
"""

from email import message_from_bytes

from flufl.bounce import all_failures

from bouncer.mail.address import plausible
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

_MAX_OCTETS = 64 * 1024
"""Its expressions are not all of linear time; what it knows stands in a letter's first pages."""


class Flufl:
    """Formats that only flufl.bounce knows."""

    name = "flufl"

    def read(self, letter: Letter) -> Reading | None:
        """Take the addresses that it finds; None where it finds none, and for letters that no mail server sent."""
        message = message_from_bytes(letter.raw[:_MAX_OCTETS])
        if "from" not in message:
            message["From"] = "MAILER-DAEMON"
        temporary, permanent = all_failures(message)
        failed = [_recipient(found, Action.FAILED) for found in sorted(permanent)]
        delayed = [_recipient(found, Action.DELAYED) for found in sorted(temporary - permanent)]
        recipients = tuple(recipient for recipient in failed + delayed if plausible(recipient.recipient))
        if not recipients:
            return None
        kind = Kind.BOUNCE if failed else Kind.DELAY
        return Reading(kind=kind, dialect=self.name, original=letter.original, recipients=recipients)


def _recipient(found: bytes, action: Action) -> Recipient:
    return Recipient(recipient=found.decode("utf-8", "replace"), action=action)
