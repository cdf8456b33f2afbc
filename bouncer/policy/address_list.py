"""The lists of addresses that other providers keep apart, and the list that has each of our suppressions. Pure.

Each suppression is on one list. Blocks suppress nobody: their list is that of the reports on record.

    >>> list_of("mailbox-full", ""), list_of("complaint", ""), list_of("asked by phone", "")
    (<AddressList.BOUNCES: 'bounces'>, <AddressList.COMPLAINTS: 'complaints'>, <AddressList.UNSUBSCRIBES: 'unsubscribes'>)
"""

from enum import StrEnum

from bouncer.verdict.verdict import Reason


class AddressList(StrEnum):
    """A list of an account's addresses."""

    BOUNCES = "bounces"  # mail to them failed
    INVALID = "invalid"  # no mail can have them as its address
    COMPLAINTS = "complaints"
    UNSUBSCRIBES = "unsubscribes"  # a person wants no mail, or somebody suppressed the address in his own words
    BLOCKS = "blocks"  # a server refused a message because of its sender or content


FAILURES = (AddressList.BOUNCES, AddressList.INVALID)
"""The lists of addresses that failed; the addresses of the other lists are there by a person's wish."""
INVALID_REASONS = (Reason.ADDRESS_ERROR, Reason.BAD_DOMAIN)
"""Reasons that lie in the address's text: its form, and a domain that does not exist."""
OF_A_STREAM = "stream"
"""The value for a wish that is about the mail of one stream only: such a wish is on none of these lists."""

BOUNCED = "bounce"
"""The reason of an address that another service calls bounced, and says no more: a failure, and no wish."""

REASON_OF = {
    AddressList.BOUNCES: Reason.INVALID_RECIPIENT.value,
    AddressList.INVALID: Reason.ADDRESS_ERROR.value,
    AddressList.COMPLAINTS: "complaint",
    AddressList.UNSUBSCRIBES: "unsubscribe",
}
"""The reason of an address that somebody puts on a list."""


def list_of(reason: str, stream: str) -> AddressList | str:
    """Give the list of a suppression with this reason, for mail of *stream* (empty: all mail); OF_A_STREAM where it is on none."""
    if reason in INVALID_REASONS:
        return AddressList.INVALID
    if reason in set(Reason) or reason == BOUNCED:
        return AddressList.BOUNCES
    if reason == REASON_OF[AddressList.COMPLAINTS]:
        return AddressList.COMPLAINTS
    return OF_A_STREAM if stream else AddressList.UNSUBSCRIBES


def is_wish(reason: str) -> bool:
    """Whether a suppression with this reason is a person's wish: a complaint, an unsubscription, or somebody's own words."""
    return list_of(reason, "") not in FAILURES
