"""The recipient that a letter's token was made for, and the address that the report names as failed.

A path for one recipient tells who failed: the message went to nobody else. The report may name another address, because the
recipient's mail is forwarded, because a gateway respells the address, or because somebody made it up. The named address is
recorded beside the recipient and decides nothing.
"""

from dataclasses import dataclass

from bouncer.mail.mailbox import is_same_mailbox
from bouncer.mail.returnpath import Signed
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.address_match import Comparison
from bouncer.policy.history import SentMessage

_FAILURES = (Kind.BOUNCE, Kind.DELAY)
_NOT_ARRIVED = (Action.FAILED, Action.DELAYED)


@dataclass(frozen=True, slots=True)
class IntendedRecipient:
    """The recipient that the token was made for, as far as path, letter or registered message show it."""

    address: str | None = None
    failed: bool = False  # the report names this very mailbox as failed, so that its other addresses are other people's


UNKNOWN_RECIPIENT = IntendedRecipient()
"""The value for a letter without a token for one recipient, or with a token whose address is hidden and spelled nowhere."""


def intended_recipient(
    reading: Reading, token: Signed | None, compared: Comparison, message: SentMessage | None
) -> IntendedRecipient:
    """Find the recipient that *token* was made for; tests at most one address against its signature."""
    own_recipient = _own_recipient(token, compared, message)
    if own_recipient is None:
        return UNKNOWN_RECIPIENT
    failed = (
        recipient
        for recipient in reading.recipients
        if recipient.action is Action.FAILED and reported_address(recipient, compared)
    )
    return IntendedRecipient(
        own_recipient, any(not is_about_another(recipient, own_recipient, compared) for recipient in failed)
    )


def reported_address(recipient: Recipient, compared: Comparison) -> str | None:
    """Give the address that the report names as failed (of a forwarded mail the last one); None where it names none.

    The address of the message's sender, which some gateways name, does not count.
    """
    addresses = (recipient.actual_recipient, recipient.final_recipient, recipient.recipient)
    return next((address for address in addresses if address and address.lower() not in compared.senders), None)


def is_about_another(recipient: Recipient, own_recipient: str, compared: Comparison) -> bool:
    """Whether, as far as the report names an address, a mailbox other than *own_recipient* failed."""
    reported = reported_address(recipient, compared)
    if reported is None:
        return False
    form = compared.comparable(reported)
    if own_recipient == compared.intended_address:
        return form not in compared.spellings
    return not is_same_mailbox(compared.comparable(own_recipient), form)


def can_be_about(recipient: Recipient, reading: Reading, intended: IntendedRecipient, compared: Comparison) -> bool:
    """Whether the report about *recipient* can be about *intended*, though it names another address."""
    if reading.kind is Kind.COMPLAINT:
        return True
    if reading.kind not in _FAILURES or recipient.action not in _NOT_ARRIVED:
        return False
    return (
        not intended.failed or intended.address is None or not is_about_another(recipient, intended.address, compared)
    )


def _own_recipient(token: Signed | None, compared: Comparison, message: SentMessage | None) -> str | None:
    if token is None or compared.intended_address or message is None or len(message.recipients) != 1:
        return compared.intended_address if token else None
    (address,) = message.recipients
    if (
        not token.is_for_one_recipient
    ):  # signed for the message as a whole, and no other message with its reference had another recipient
        return address if message.found_by_reference and message.holders == 1 else None
    return address if token.is_for(address) else None
