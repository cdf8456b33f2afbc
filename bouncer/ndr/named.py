"""The addresses that a letter names, each with its comparable form.

They are made once, in the process that reads: a stranger decides how many there are, and one beyond ASCII takes up to a
millisecond.
"""

from bouncer.mail.address import comparable
from bouncer.ndr.reading import Reading, Recipient


def names(recipient: Recipient) -> tuple[str, ...]:
    """Every address that the report gives for one recipient."""
    given = (recipient.original_recipient, recipient.recipient, recipient.final_recipient)
    return tuple(dict.fromkeys(one for one in given if one))


def named(reading: Reading) -> dict[str, str]:
    """Give the comparable form of each address as it stands in the letter: first the recipients', then the returned To's."""
    of_recipients = (one for each in reading.recipients for one in names(each))
    return {one: comparable(one) for one in dict.fromkeys((*of_recipients, *reading.original.to))}
