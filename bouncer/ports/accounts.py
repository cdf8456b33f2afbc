"""Accounts and aliases, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bouncer.mail.returnpath import Generation
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.notifications import Subscription
from bouncer.policy.preferences import Overrides
from bouncer.policy.records import ChangeSource
from bouncer.policy.webhooks import Endpoint
from bouncer.ports.scope import Scope
from bouncer.verdict.taught_rule import TaughtRule


@dataclass(frozen=True, slots=True)
class Account:
    """An account that sends mail: its name is part of its return paths, its owners get the notices."""

    name: str
    owners: tuple[str, ...]
    forwarding: bool = True
    created_at: dt.datetime | None = None
    senders: tuple[str, ...] = ()
    """Logins, addresses and domains whose outgoing mail is this account's, in comparable form."""
    terms: AccountRules = field(default_factory=AccountRules)
    wishes: Overrides = field(default_factory=dict)
    failing: tuple[str, ...] = ()
    """Owners whose notices bounce; a change of the account clears the mark."""
    generation: Generation = field(default_factory=Generation)
    """The number of this account among the successive accounts of its name; the store counts them."""
    subscriptions: tuple[Subscription, ...] = ()
    """Channels that its events go to, besides the mail to its owners; only ``subscribe`` and ``unsubscribe`` change them."""
    endpoints: tuple[Endpoint, ...] = ()
    """Endpoints of its webhooks that get events (``ports.webhooks``)."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A registered return path: ``address`` is whole, in comparable form."""

    address: str
    account: str


@dataclass(frozen=True, slots=True)
class AccountNote:
    """An entry of the audit trail about an account itself: when it was changed, by what kind of program, and in words."""

    at: dt.datetime
    source: ChangeSource
    words: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All accounts and aliases, as the SMTP server needs them at RCPT."""

    accounts: dict[str, Account]
    aliases: dict[str, str]  # comparable address -> account name
    kept_free: dict[str, dt.datetime] = field(default_factory=dict)
    """Addresses that were aliases of removed accounts, each with the time until which no other account can have it."""
    rules: tuple[TaughtRule, ...] = ()
    """The rules that this installation was taught, oldest first; only the operator's directory has them."""
    version: int = field(default=-1, compare=False)
    """A number that differs after each change; negative for a directory that the store did not give."""

    def generation(self, name: str) -> Generation | None:
        """Give the generation of the present account of a name; None where there is none."""
        account = self.accounts.get(name)
        return account.generation if account else None

    def whose_senders(self) -> dict[str, str]:
        """Give each sender's account. No command lets two accounts name one sender; if two do, the older account has it."""
        oldest_last = sorted(self.accounts.values(), key=_age, reverse=True)
        return {sender: account.name for account in oldest_last for sender in account.senders}


def _age(account: Account) -> tuple[float, str]:
    return account.created_at.timestamp() if account.created_at else 0, account.name


class Accounts(Protocol):
    """Accounts and aliases, which people manage.

    Each change is one durable commit. Every method raises StoreError when the store does not answer; then nothing changed.
    """

    async def directory(self, scope: Scope) -> Directory:
        """Give the accounts and aliases inside *scope*. Only the operator sees the addresses that are kept free."""
        ...

    async def has_account(self, scope: Scope, name: str) -> bool:
        """Whether there is an account called *name* inside *scope*; its aliases and endpoints are not read."""
        ...

    async def account_names(self, scope: Scope, *, limit: int) -> Sequence[str]:
        """Give the names of accounts inside *scope*, the first *limit* in their order; nothing else of them is read."""
        ...

    async def changed_directory(self, scope: Scope, last_directory: Directory) -> Directory | None:
        """Give the directory inside *scope* if it changed since *last_directory* was read; else None, after one small query."""
        ...

    async def add_account(
        self, scope: Scope, account: Account, *, now: dt.datetime, note: AccountNote | None = None
    ) -> bool:
        """Add *account*, as the next generation of its name. Only the operator adds accounts.

        The audit trail gets *note*, in the same commit. False, and nothing changes, where the name is taken or *scope* is one
        account's.
        """
        ...

    async def set_account(self, scope: Scope, account: Account, note: AccountNote | None = None) -> bool:
        """Replace all of *account* but its name, age and generation; no owner counts as failing any more.

        The audit trail gets *note*, in the same commit; but for that it is idempotent. False, and nothing changes, where the
        account is unknown or outside *scope*.
        """
        ...

    async def remove_account(self, scope: Scope, name: str, note: AccountNote | None = None) -> bool:
        """Remove the account with its aliases and suppressions; mail that waits for its owners is never sent.

        The account is gone with the first commit. Its records are then moved, part by part, under
        ``mail.former.former_name``: an account that is added under its name inherits none of them. After an interruption
        a second call, or the next ``add_account`` of the name, continues. The audit trail gets *note*, in the first commit.
        False where the account is unknown or outside *scope*.
        """
        ...

    async def subscribe(self, scope: Scope, subscription: Subscription, *, now: dt.datetime) -> bool:
        """Send an account's events to a destination from now on; for a destination that gets them already, change the topics.

        False, and nothing changes, where the account is unknown or outside *scope*. Whether the channel can use the destination
        is not checked here.
        """
        ...

    async def unsubscribe(self, scope: Scope, account: str, channel: str, destination: str) -> bool:
        """Send no more events to a destination; entries that wait for it are dropped.

        False, and nothing changes, where the destination is not subscribed to the account, or the account is outside *scope*.
        """
        ...

    async def former_generation(self, scope: Scope, name: str) -> int:
        """Give the generation of the account that was removed last under *name*; 0 for none.

        For the scope of an account it is always 0, also for its own name: an account inherits nothing. Records under
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
        """Unregister *address*, given in comparable form; an address that was kept free becomes free, if *scope* is the operator's.

        False, and nothing changes, where the address is unknown or another account's.
        """
        ...
