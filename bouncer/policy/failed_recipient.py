"""Whom a letter tells of: the recipient that its token was made for, and the address that the report names as the one that failed.

A path for one recipient knows who failed: the message went to nobody else. The report may name another address, because the
recipient has mail sent on, because a gateway spells it in its own way, or because it was made up; whatever it names is written
down beside the recipient and decides on nobody.
"""

from dataclasses import dataclass

from bouncer.mail.mailbox import is_same_mailbox
from bouncer.mail.returnpath import Signed
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.compared import Compared
from bouncer.policy.history import SentMessage

_FAILURES = (Kind.BOUNCE, Kind.DELAY)
_NOT_ARRIVED = (Action.FAILED, Action.DELAYED)


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom the token was made for, as far as path, letter or the registered message say it."""

    address: str | None = None
    failed: bool = False  # the report says so of this very mailbox, so that what else it names is somebody else


NOBODY = Whom()
"""Of a letter without a token for one recipient, or whose token hides the address and nothing spells it."""


def whom(reading: Reading, token: Signed | None, compared: Compared, message: SentMessage | None) -> Whom:
    """Say whom *token* was made for; asks its signature about one address at most."""
    own = _own(token, compared, message)
    if own is None:
        return NOBODY
    failed = (
        recipient
        for recipient in reading.recipients
        if recipient.action is Action.FAILED and names_failed(recipient, compared)
    )
    return Whom(own, any(not is_of_another(recipient, own, compared) for recipient in failed))


def names_failed(recipient: Recipient, compared: Compared) -> str | None:
    """Give the address that failed as the report names it: of a forwarded mail the last one; None where it names nobody.

    A gateway that names the message's sender names nobody.
    """
    named = (recipient.actual_recipient, recipient.final_recipient, recipient.recipient)
    return next((address for address in named if address and address.lower() not in compared.senders), None)


def is_of_another(recipient: Recipient, own: str, compared: Compared) -> bool:
    """Whether another mailbox than *own* failed, as far as the report names one."""
    named = names_failed(recipient, compared)
    if named is None:
        return False
    form = compared.form(named)
    if own == compared.whose:
        return form not in compared.spelled
    return not is_same_mailbox(compared.form(own), form)


def may_be_about(recipient: Recipient, reading: Reading, of: Whom, compared: Compared) -> bool:
    """Whether what the report says of *recipient* is about *of*, though it names another address."""
    if reading.kind is Kind.COMPLAINT:
        return True
    if reading.kind not in _FAILURES or recipient.action not in _NOT_ARRIVED:
        return False
    return not of.failed or of.address is None or not is_of_another(recipient, of.address, compared)


def _own(token: Signed | None, compared: Compared, message: SentMessage | None) -> str | None:
    if token is None or compared.whose or message is None or len(message.recipients) != 1:
        return compared.whose if token else None
    (address,) = message.recipients
    if not token.names_one:  # signed for the message as a whole, and no other with its reference went to anybody else
        return address if message.signed_for and message.holders == 1 else None
    return address if token.is_for(address) else None
