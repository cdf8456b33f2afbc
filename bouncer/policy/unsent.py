"""The content of a notice about dropped mail: to whom, how often, why; a few addresses by name, the others by number."""

import datetime as dt
from dataclasses import dataclass

MOST_NAMED = 25
"""Addresses that a mail names: nobody reads more, and the report by command counts them all."""


@dataclass(frozen=True, slots=True)
class UnsentTo:
    """The mail that was not sent to one address."""

    address: str
    count: int
    reason: str  # of the suppression
    until: dt.datetime | None = None  # of the suppression; None: until it is removed
    subject: str = ""  # of the last mail


@dataclass(frozen=True, slots=True)
class Unsent:
    """An account's mail that was not sent since the last notice; ``others`` counts mails to addresses that are not named."""

    addresses: tuple[UnsentTo, ...]
    others: int = 0

    @property
    def count(self) -> int:
        """The number of mails in all."""
        return sum(to.count for to in self.addresses) + self.others
