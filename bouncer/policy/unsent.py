"""What an account's owners are told of mail that was dropped: to whom, how often, why; a few by address, all others by number."""

import datetime as dt
from dataclasses import dataclass

MOST_NAMED = 25
"""Addresses that a mail names: more are read by nobody, and the report by command counts them all."""


@dataclass(frozen=True, slots=True)
class UnsentTo:
    """What was not sent to one address."""

    address: str
    count: int
    reason: str  # of the suppression
    until: dt.datetime | None = None  # of the suppression; None: until it is taken off
    subject: str = ""  # of the last one


@dataclass(frozen=True, slots=True)
class Unsent:
    """What was not sent, of one account, since the mail before; ``others`` went to addresses that are not named."""

    addresses: tuple[UnsentTo, ...]
    others: int = 0

    @property
    def count(self) -> int:
        """How many mails in all."""
        return sum(to.count for to in self.addresses) + self.others
