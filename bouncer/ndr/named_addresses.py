"""The addresses that a letter names, each with its comparable form.

The process that reads letters makes them, once: a stranger decides how many there are, and an address beyond ASCII takes up to
a millisecond.
"""

from bouncer.mail.address import comparable
from bouncer.ndr.fields import decode_address
from bouncer.ndr.reading import Reading, Recipient


def addresses_of(recipient: Recipient) -> tuple[str, ...]:
    """Every address that the report gives for one recipient."""
    addresses = (
        recipient.original_recipient,
        recipient.recipient,
        recipient.final_recipient,
        recipient.actual_recipient,
    )
    return tuple(dict.fromkeys(address for address in addresses if address))


def comparable_forms(reading: Reading) -> dict[str, str]:
    """Map each address in the letter to its comparable form: first the recipients' addresses, then those of the returned To."""
    of_recipients = (address for recipient in reading.recipients for address in addresses_of(recipient))
    addresses = dict.fromkeys((*of_recipients, *reading.original.to))
    return {address: comparable(decode_address(address)) for address in addresses}
