"""The addresses that a letter names, each with its comparable form.

They are made once, in the process that reads: a stranger decides how many there are, and one beyond ASCII takes up to a
millisecond.
"""

from bouncer.mail.address import comparable
from bouncer.ndr.fields import readable
from bouncer.ndr.reading import Reading, Recipient


def names(recipient: Recipient) -> tuple[str, ...]:
    """Every address that the report gives for one recipient."""
    addresses = (
        recipient.original_recipient,
        recipient.recipient,
        recipient.final_recipient,
        recipient.actual_recipient,
    )
    return tuple(dict.fromkeys(address for address in addresses if address))


def named(reading: Reading) -> dict[str, str]:
    """Give the comparable form of each address as it stands in the letter: first the recipients', then the returned To's."""
    of_recipients = (address for recipient in reading.recipients for address in names(recipient))
    addresses = dict.fromkeys((*of_recipients, *reading.original.to))
    return {address: comparable(readable(address)) for address in addresses}
