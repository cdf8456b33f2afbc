"""Accounts and aliases, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from bouncer.mail.returnpath import Generation
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.notifications import Subscription
from bouncer.policy.preferences import Overrides


@dataclass(frozen=True, slots=True)
class Account:
    """Whose mail it is: its name stands in return paths, its owners get the notices."""

    name: str
    owners: tuple[str, ...]
    forwarding: bool = True
    created_at: dt.datetime | None = None
    senders: tuple[str, ...] = ()
    """Logins, addresses and domains whose outgoing mail is this account's, in comparable form."""
    terms: AccountRules = field(default_factory=AccountRules)
    wishes: Overrides = field(default_factory=dict)
    failing: tuple[str, ...] = ()
    """Owners whose mail from us comes back; changing the account takes the mark off."""
    generation: Generation = field(default_factory=Generation)
    """Which of the accounts of this name it is; the store says it."""
    subscriptions: tuple[Subscription, ...] = ()
    """What hears of its events beside its owners' mails; changed by ``subscribe`` and ``unsubscribe`` alone."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A registered return path: ``address`` is whole, in comparable form."""

    address: str
    account: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All accounts and aliases, as the door needs them at RCPT."""

    accounts: dict[str, Account]
    aliases: dict[str, str]  # comparable address -> account name
    kept_free: dict[str, dt.datetime] = field(default_factory=dict)
    """Addresses that were aliases of removed accounts, and until when no other account gets them."""

    def generation(self, name: str) -> Generation | None:
        """Say which of the accounts of a name is there now; None where there is none."""
        account = self.accounts.get(name)
        return account.generation if account else None

    def whose_senders(self) -> dict[str, str]:
        """Give every sender with its account; where two claim one, as no command lets them, it is the older one's."""
        oldest_last = sorted(self.accounts.values(), key=_age, reverse=True)
        return {sender: account.name for account in oldest_last for sender in account.senders}


def _age(account: Account) -> tuple[float, str]:
    return account.created_at.timestamp() if account.created_at else 0, account.name


class Accounts(Protocol):
    """Accounts, aliases, suppressions: what people manage."""

    async def directory(self) -> Directory:
        """Give all accounts and aliases."""
        ...

    async def add_account(self, account: Account, *, now: dt.datetime) -> bool:
        """Add it, as the next generation of its name; False where the name is taken."""
        ...

    async def set_account(self, account: Account) -> bool:
        """Change it; False where it is unknown."""
        ...

    async def remove_account(self, name: str) -> bool:
        """Remove it with its aliases and suppressions; what waits for its owners never leaves. False where it is unknown.

        Its records stay under ``mail.former.former_name``: an account that is added under its name inherits none of them.
        """
        ...

    async def former_generation(self, name: str) -> int:
        """Say which generation of accounts called *name* was removed last; 0 where none was."""
        ...

    async def subscribe(self, subscription: Subscription, *, now: dt.datetime) -> bool:
        """Let a destination hear of an account's events from now on; where it does already, its topics are changed.

        False where the account is unknown. Nobody has looked whether the channel can use the destination.
        """
        ...

    async def unsubscribe(self, account: str, channel: str, destination: str) -> bool:
        """Let a destination hear of nothing more, also of what waits for it; False where it did not hear of the account."""
        ...

    async def add_alias(self, alias: Alias, *, now: dt.datetime) -> bool:
        """Register it; False where the address is taken, or kept free since its account was removed."""
        ...

    async def remove_alias(self, address: str) -> bool:
        """Unregister it, or keep it free no longer; False where it is unknown."""
        ...
