"""Notices that name nobody: who failed follows from the returned message, where it went to one address.

Among them Verizon's and Vodafone's gateways, virus scanners' notices, Postfix with "Delivery report unavailable".
"""

from collections.abc import Iterable

from bouncer.ndr import origin, phrases, said, testimony
from bouncer.ndr.dialects.notice import action_of
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient


class Implied:
    """The one recipient of the returned message."""

    name = "implied"

    def read(self, letter: Letter) -> Reading | None:
        """Take the returned message's only recipient; None where there are several, or the notice does not speak of failure."""
        if not letter.by_mail_system or not _undelivered(letter):
            return None
        named = letter.original.to or testimony.addressees(letter)
        strangers = _strangers(named, letter) or list(named)
        if not strangers and origin.speaks_for_nobody(letter.headers):
            strangers = _strangers(testimony.titled(letter), letter) or testimony.embedded(letter)
        if len(strangers) != 1:
            return None
        words = " ".join(letter.evidence.split())[: testimony.MAX_WORDS]
        recipient = Recipient(
            recipient=strangers[0],
            action=action_of(letter),
            status=said.status(words),
            reply_code=said.reply_code(words),
            diagnostic_code=words or None,
        )
        kind = Kind.BOUNCE if recipient.action is Action.FAILED else Kind.DELAY
        return Reading(kind=kind, dialect=self.name, original=letter.original, recipients=(recipient,))


def _undelivered(letter: Letter) -> bool:
    return phrases.says(phrases.UNDELIVERED + phrases.LATE, letter.flat) or said.status(letter.evidence) is not None


def _strangers(named: Iterable[str], letter: Letter) -> list[str]:
    """Give those of *named* who do not report and are not reported to."""
    return [address for address in named if address.lower() not in letter.parties]
