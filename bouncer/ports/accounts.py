"""Accounts and aliases, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from bouncer.mail.returnpath import Generation
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.notifications import Subscription
from bouncer.policy.preferences import Overrides
from bouncer.ports.scope import Scope


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
    """Accounts and aliases: what people manage.

    Each change is one durable commit. Every method raises StoreError when the store does not answer; then nothing changed.
    """

    async def directory(self, scope: Scope) -> Directory:
        """Give the accounts and aliases inside *scope*. Addresses that are kept free are the operator's to see."""
        ...

    async def add_account(self, scope: Scope, account: Account, *, now: dt.datetime) -> bool:
        """Add *account*, as the next generation of its name. Only the operator adds accounts.

        False, and nothing changes, where the name is taken or *scope* is one account's.
        """
        ...

    async def set_account(self, scope: Scope, account: Account) -> bool:
        """Replace what is stored of *account*, all but its name, age and generation; no owner counts as failing any more.

        Idempotent. False, and nothing changes, where the account is unknown or outside *scope*.
        """
        ...

    async def remove_account(self, scope: Scope, name: str) -> bool:
        """Remove the account with its aliases and suppressions; mail that waits for its owners never leaves.

        The account is gone with the first commit. Its records are then moved, part by part, under
        ``mail.former.former_name``: an account that is added under its name inherits none of them. Where that is interrupted,
        a second call, or the next ``add_account`` of the name, goes on with it. False where the account is unknown or outside
        *scope*.
        """
        ...

    async def subscribe(self, scope: Scope, subscription: Subscription, *, now: dt.datetime) -> bool:
        """Let a destination hear of an account's events from now on; of a destination that does already, change the topics.

        False, and nothing changes, where the account is unknown or outside *scope*. Whether the channel can use the destination
        is not checked here.
        """
        ...

    async def unsubscribe(self, scope: Scope, account: str, channel: str, destination: str) -> bool:
        """Let a destination hear of no more events; entries that wait for it are dropped.

        False, and nothing changes, where the destination did not hear of the account, or the account is outside *scope*.
        """
        ...

    async def former_generation(self, scope: Scope, name: str) -> int:
        """Give the generation of the account that was removed last under *name*; 0 for none. The operator's to ask.

        To an account it is always 0, also of its own name: it inherits nothing. Records under
        ``former_name(name, n)`` exist for each n up to it.
        """
        ...

    async def add_alias(self, scope: Scope, alias: Alias, *, now: dt.datetime) -> bool:
        """Register *alias* for its account.

        False, and nothing changes, where the address is taken or kept free since its account was removed, and where the
        account is unknown or outside *scope*.
        """
        ...

    async def remove_alias(self, scope: Scope, address: str) -> bool:
        """Unregister *address*, given in comparable form; an address that was kept free is free, which the operator alone may do.

        False, and nothing changes, where the address is unknown or another account's.
        """
        ...
