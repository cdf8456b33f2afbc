"""Notices that name nobody: who failed follows from the returned message, where it went to one address.

Among them Verizon's and Vodafone's gateways, virus scanners' notices, Postfix with "Delivery report unavailable".
"""

from bouncer.ndr import phrases, said, testimony
from bouncer.ndr.dialects.notice import action_of
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient


class Implied:
    """The one recipient of the returned message."""

    name = "implied"

    def read(self, letter: Letter) -> Reading | None:
        """Take the returned message's only recipient; None where there are several, or the notice does not speak of failure."""
        if not letter.by_mail_system or not phrases.says(phrases.UNDELIVERED + phrases.LATE, letter.flat):
            return None
        named = letter.original.to or tuple(testimony.addressees(letter))
        own = letter.parties
        strangers = [address for address in named if address.lower() not in own] or list(named)
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
