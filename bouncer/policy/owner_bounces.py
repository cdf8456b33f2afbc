"""Bounces of our own mail to an owner: the owner is marked as failing, and another person gets one mail about it.

They can be recognized only with ``[forward] reverse_path = "signed"``: such a return path names the owner. No loop is possible:
an owner is marked once, and a new mark leads to one mail to the owners without a mark or, if none is left, to the operator.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bouncer.mail.address import comparable
from bouncer.ndr.reading import Action, Kind, Reading
from bouncer.policy.notifications import Notification
from bouncer.policy.records import EntryKind, FailingOwner

NO_REPLY_TEXT = "the report does not say why"


@dataclass(frozen=True, slots=True)
class OwnedAccount:
    """The facts about an account that matter here."""

    name: str
    owners: tuple[str, ...]
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BouncedOwner:
    """An owner whose mail bounces, and his accounts."""

    owner: str
    accounts: tuple[str, ...]

    @classmethod
    def parse(cls, about: str, account: str) -> "BouncedOwner":
        """Parse the text in the outbox for an entry of *account*: the owner, then other accounts, one a line."""
        owner, *others = about.split("\n")
        return cls(owner, (account, *others))

    def __str__(self) -> str:
        return "\n".join((self.owner, *self.accounts[1:]))


def newly_failing(reading: Reading, owner: str | None, accounts: Iterable[OwnedAccount]) -> tuple[FailingOwner, ...]:
    """Give a failing owner for every account that has *owner* and has not marked him yet."""
    failed = [recipient for recipient in reading.recipients if recipient.action is Action.FAILED]
    if owner is None or reading.kind is not Kind.BOUNCE or not failed:
        return ()
    why = failed[0].diagnostic_code or NO_REPLY_TEXT
    return tuple(
        FailingOwner(account.name, name, why)
        for account in accounts
        for name in account.owners
        if comparable(name) == comparable(owner) and name not in account.failing
    )


def warnings_of_failing(
    failing_owners: Iterable[FailingOwner], accounts: Iterable[OwnedAccount], operator: str | None
) -> tuple[Notification, ...]:
    """Give the mails about new failing owners: to the account's other owners whose mail arrives, else to the operator."""
    by_name = {account.name: account for account in accounts}
    warnings: dict[str, list[FailingOwner]] = {}
    for failure in failing_owners:
        account = by_name[failure.account]
        others = [name for name in account.owners if name not in (failure.owner, *account.failing)]
        # without an operator nobody is left who could be told; ``bouncer account show`` shows the mark
        for to in others or ([operator] if operator else []):
            warnings.setdefault(to, []).append(failure)
    return tuple(_notification(to, failures) for to, failures in warnings.items())


def _notification(to: str, failures: list[FailingOwner]) -> Notification:
    """Make one mail for one person about all of an owner's accounts."""
    about = BouncedOwner(failures[0].owner, tuple(failure.account for failure in failures))
    return Notification(EntryKind.FAILING, to=to, about=str(about), account=about.accounts[0])
