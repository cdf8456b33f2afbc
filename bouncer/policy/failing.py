"""What follows when our own mail to an owner comes back: the owner is marked, and somebody else is told, once.

Only with ``[forward] reverse_path = "signed"`` can that be known: such a return path names the owner. It ends whoever fails: an
owner that is marked already leads to nothing, the next is asked only as long as one is left, and the operator is no owner.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bouncer.mail.address import comparable
from bouncer.ndr.reading import Action, Kind, Reading
from bouncer.policy.record import Failing, Parcel, ParcelKind

UNSAID = "the report does not say why"


@dataclass(frozen=True, slots=True)
class Owned:
    """An account as far as it matters here."""

    name: str
    owners: tuple[str, ...]
    failing: tuple[str, ...] = ()


def failing(reading: Reading, owner: str | None, accounts: Iterable[Owned]) -> tuple[Failing, ...]:
    """Say whose notices come back, for every account that has this owner and does not know it yet."""
    failed = [one for one in reading.recipients if one.action is Action.FAILED]
    if owner is None or reading.kind is not Kind.BOUNCE or not failed:
        return ()
    why = failed[0].diagnostic_code or UNSAID
    return tuple(
        Failing(one.name, each, why)
        for one in accounts
        for each in one.owners
        if comparable(each) == comparable(owner) and each not in one.failing
    )


def warned(found: Iterable[Failing], accounts: Iterable[Owned], operator: str | None) -> tuple[Parcel, ...]:
    """Say who is told: the other owners whose mail does arrive, or else the operator."""
    by_name = {one.name: one for one in accounts}
    parcels: dict[str, Parcel] = {}
    for one in found:
        account = by_name[one.account]
        others = [each for each in account.owners if each not in (one.owner, *account.failing)]
        for to in others or ([operator] if operator else []):
            parcels[to] = Parcel(ParcelKind.FAILING, to, about=one.owner, account=one.account)
    return tuple(parcels.values())
