"""Blocks: a provider that refuses mail because of the sender or the message suppresses nobody, but people must know soon.

Owner and operator are warned when one provider's blocks of one account reach the account's number on one day (UTC), and again
at ten times as many, and so on.
"""

from collections import Counter

from bouncer.policy.past import Past
from bouncer.policy.record import Parcel, ParcelKind

_LATER = 10
"""How many times more it takes until the same is told again."""
_MOST = 10**9
"""More blocks a day than anyone has."""


def warnings(blocked: tuple[str, ...], past: Past, *, account: str, to: tuple[str, ...]) -> tuple[Parcel, ...]:
    """Give the warnings that *blocked*, the providers of one letter's blocks, add to what the day has seen."""
    parcels: list[Parcel] = []
    for provider, more in Counter(blocked).items():
        before = past.blocked.get(provider, 0)
        if not _crosses(before, before + more, past.terms.block_warning):
            continue
        about = f"{provider} has refused {before + more} mails of account {account} today"
        parcels += (Parcel(ParcelKind.WARNING, one, about) for one in to)
    return tuple(parcels)


def _crosses(before: int, after: int, step: int) -> bool:
    if step < 1:
        return False
    while step <= min(after, _MOST):
        if before < step:
            return True
        step *= _LATER
    return False
