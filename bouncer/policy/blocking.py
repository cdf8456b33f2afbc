"""Blocks: a provider that refuses mail because of the sender or the message suppresses nobody, but people must know soon.

Owner and operator are warned when one provider's blocks of one account reach the account's number on one day (UTC), and again
at ten times as many, and so on.
"""

from collections import Counter
from dataclasses import dataclass

from bouncer.policy.past import Past
from bouncer.policy.record import Parcel, ParcelKind

_LATER = 10
"""How many times more it takes until the same is told again."""
_MOST = 10**9
"""More blocks a day than anyone has."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """How many mails of an account a provider has refused on one day."""

    provider: str
    count: int

    @classmethod
    def parse(cls, about: str) -> "Blocked":
        """Read what stands in the outbox; what is none counts nothing."""
        count, _, provider = about.partition(" ")
        return cls(provider, int(count)) if count.isascii() and count.isdigit() else cls(about, 0)

    def __str__(self) -> str:
        return f"{self.count} {self.provider}"


def warnings(blocked: tuple[str, ...], past: Past, *, to: tuple[str, ...]) -> tuple[Parcel, ...]:
    """Give the warnings that *blocked*, the providers of one letter's blocks, add to what the day has seen."""
    parcels: list[Parcel] = []
    for provider, more in Counter(blocked).items():
        before = past.blocked.get(provider, 0)
        if not _crosses(before, before + more, past.terms.block_warning):
            continue
        about = Blocked(provider, before + more)
        parcels += (Parcel(ParcelKind.WARNING, one, str(about)) for one in to)
    return tuple(parcels)


def _crosses(before: int, after: int, step: int) -> bool:
    if step < 1:
        return False
    while step <= min(after, _MOST):
        if before < step:
            return True
        step *= _LATER
    return False
