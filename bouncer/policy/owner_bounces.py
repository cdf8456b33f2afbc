"""What follows when our own mail to an owner comes back: the owner is marked, and somebody else is told, once.

Only with ``[forward] reverse_path = "signed"`` can that be known: such a return path names the owner. It ends whoever fails: an
owner that is marked already leads to nothing, the next is asked only as long as one is left, and the operator is no owner.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bouncer.mail.address import comparable
from bouncer.ndr.reading import Action, Kind, Reading
from bouncer.policy.notifications import Notification
from bouncer.policy.records import FailingOwner, ParcelKind

UNSAID = "the report does not say why"


@dataclass(frozen=True, slots=True)
class OwnedAccount:
    """An account as far as it matters here."""

    name: str
    owners: tuple[str, ...]
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CameBack:
    """Whose mail comes back, and of which accounts that is an owner."""

    owner: str
    accounts: tuple[str, ...]

    @classmethod
    def parse(cls, about: str, account: str) -> "CameBack":
        """Read what stands in the outbox of a parcel of *account*: the owner, then any other accounts, line by line."""
        owner, *others = about.split("\n")
        return cls(owner, (account, *others))

    def __str__(self) -> str:
        return "\n".join((self.owner, *self.accounts[1:]))


def failing(reading: Reading, owner: str | None, accounts: Iterable[OwnedAccount]) -> tuple[FailingOwner, ...]:
    """Say whose notices come back, for every account that has this owner and does not know it yet."""
    failed = [one for one in reading.recipients if one.action is Action.FAILED]
    if owner is None or reading.kind is not Kind.BOUNCE or not failed:
        return ()
    why = failed[0].diagnostic_code or UNSAID
    return tuple(
        FailingOwner(one.name, each, why)
        for one in accounts
        for each in one.owners
        if comparable(each) == comparable(owner) and each not in one.failing
    )


def warned(
    found: Iterable[FailingOwner], accounts: Iterable[OwnedAccount], operator: str | None
) -> tuple[Notification, ...]:
    """Say who is told: the other owners whose mail does arrive, or else the operator."""
    by_name = {one.name: one for one in accounts}
    told: dict[str, list[FailingOwner]] = {}
    for one in found:
        account = by_name[one.account]
        others = [each for each in account.owners if each not in (one.owner, *account.failing)]
        # without an operator nobody is left who could be told; the mark is shown by ``bouncer account show``
        for to in others or ([operator] if operator else []):
            told.setdefault(to, []).append(one)
    return tuple(_notification(to, failures) for to, failures in told.items())


def _notification(to: str, failures: list[FailingOwner]) -> Notification:
    """Make one mail of all that one person is told: an owner may have several accounts."""
    about = CameBack(failures[0].owner, tuple(failure.account for failure in failures))
    return Notification(ParcelKind.FAILING, to=to, about=str(about), account=about.accounts[0])
