"""Accounts: adding, changing, removing and showing them; an obstacle is reported in one sentence."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bouncer.errors import Conflict, InvalidValue, NotFound
from bouncer.mail.address import comparable
from bouncer.mail.former import former_name
from bouncer.manage.account_history import account_changes, note_of
from bouncer.manage.account_values import checked_name, checked_network, checked_owner, checked_sender
from bouncer.manage.aliases import KeptFreeAlias, kept_free_aliases
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.owner_preferences import PreferenceChange, changed_preferences
from bouncer.manage.scopes import known_account
from bouncer.own_hosts import describe_overlap
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.preferences import Preferences, preferences
from bouncer.ports.accounts import Account, Alias, Directory
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.settings.sections import SmtpSettings


@dataclass(frozen=True, slots=True)
class AccountChange:
    """A change of an account: None leaves a value as it is, an empty tuple takes all away.

    *rules* are fields of ``AccountRules`` by name.
    """

    owners: tuple[str, ...] | None = None
    senders: tuple[str, ...] | None = None
    forwarding: bool | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    preferences: PreferenceChange = field(default_factory=PreferenceChange)


@dataclass(frozen=True, slots=True)
class AddedAccount:
    """A new account, its own aliases, and those of earlier accounts of its name that it does not get yet."""

    account: Account
    aliases: tuple[str, ...]
    kept_free: tuple[KeptFreeAlias, ...]


@dataclass(frozen=True, slots=True)
class RemovedAccount:
    """An account that is gone, and the name under which its records are listed."""

    name: str
    former_name: str


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """An account with its aliases, in order, and the preferences of each of its owners."""

    account: Account
    aliases: tuple[str, ...]
    preferences: Mapping[str, Preferences]


async def add_account(
    store: Store,
    name: str,
    first: AccountChange,
    smtp: SmtpSettings,
    *,
    templates: Path | None,
    alias: bool,
    by: ChangedBy,
    now: dt.datetime,
) -> AddedAccount:
    """Add the account *name*, with the alias name@ in each return-path domain where *alias* is asked for; the operator's to do.

    *templates* is the folder of the accounts' own templates. Raises InvalidValue, and Conflict where the name or a sender is
    taken or the folder holds the templates of a removed account; then nothing is changed.
    """
    account = _apply_change(Account(checked_name(name), ()), first)
    _refuse_own_hosts(first, smtp)
    _refuse_claimed(await store.directory(OPERATOR), OPERATOR, name, first.senders or ())
    await _refuse_templates(store, templates, name)
    if not await store.add_account(OPERATOR, account, now=now, note=note_of(by, "it was added", now)):
        raise Conflict(f"there is an account {name} already", field="name")
    own_aliases = [Alias(comparable(f"{name}@{domain}"), name) for domain in (smtp.domains if alias else ())]
    registered = tuple([new.address for new in own_aliases if await store.add_alias(OPERATOR, new, now=now)])
    return AddedAccount(account, registered, kept_free_aliases(await store.directory(OPERATOR), name, now))


async def change_account(
    store: Store,
    scope: Scope,
    name: str,
    change: AccountChange,
    smtp: SmtpSettings,
    *,
    by: ChangedBy,
    now: dt.datetime,
) -> Account:
    """Change the account *name*; gives it as it is now. Its owners' mail counts as arriving again.

    The audit trail names what was changed, and by whom.

    Raises NotFound, InvalidValue, and Conflict where another account has one of the senders; then nothing is changed.
    """
    _refuse_own_hosts(change, smtp)
    account = await known_account(store, scope, name)
    _refuse_claimed(await store.directory(OPERATOR), scope, name, change.senders or ())
    changed = _apply_change(account, change)
    if not await store.set_account(scope, changed, note_of(by, account_changes(account, changed), now)):
        raise NotFound(f"there is no account {name!r}")
    return changed


async def remove_account(store: Store, scope: Scope, name: str, *, by: ChangedBy, now: dt.datetime) -> RemovedAccount:
    """Remove the account *name* with its aliases, suppressions and waiting notices; its records stay. Raises NotFound."""
    generation = (await store.directory(scope)).generation(name)
    if not await store.remove_account(scope, name, note_of(by, "it was removed", now)) or generation is None:
        raise NotFound(f"there is no account {name!r}")
    return RemovedAccount(name, former_name(name, generation.number))


async def list_accounts(store: Store, scope: Scope) -> tuple[Account, ...]:
    """Give the accounts, by name."""
    return tuple(sorted((await store.directory(scope)).accounts.values(), key=lambda account: account.name))


async def show_account(store: Store, scope: Scope, name: str) -> AccountDetails:
    """Give all of the account *name*. Raises NotFound."""
    account = await known_account(store, scope, name)
    directory = await store.directory(AccountScope(account.name))
    preferences_of = {owner: preferences(account.wishes, owner) for owner in account.owners}
    return AccountDetails(account, tuple(sorted(directory.aliases)), preferences_of)


def _apply_change(account: Account, change: AccountChange) -> Account:
    owners = account.owners if change.owners is None else _checked_owners(change.owners)
    senders = account.senders if change.senders is None else tuple(map(checked_sender, change.senders))
    with_owners = dataclasses.replace(account, owners=owners, senders=senders)
    return dataclasses.replace(
        with_owners,
        forwarding=account.forwarding if change.forwarding is None else change.forwarding,
        wishes=changed_preferences(with_owners, change.preferences),
        terms=_changed_rules(account.terms, change.rules),
    )


def _checked_owners(owners: Iterable[str]) -> tuple[str, ...]:
    """Give each owner once, as it is spelled first: one mailbox gets one copy of a notice."""
    spellings = dict[str, str]()
    for owner in owners:
        spellings.setdefault(comparable(owner), checked_owner(owner))
    return tuple(spellings.values())


def _changed_rules(rules: AccountRules, change: Mapping[str, Any]) -> AccountRules:
    for network in change.get("servers", ()):
        checked_network(network)
    return dataclasses.replace(rules, **change)


def _refuse_own_hosts(change: AccountChange, smtp: SmtpSettings) -> None:
    """Let no account trust this host: strangers' mail through a mail server in front of the daemon comes from it, too."""
    for network in change.rules.get("servers", ()):
        if why := describe_overlap(checked_network(network), smtp):
            remedy = "name servers that only your own mail leaves from (docs/milter.md)"
            raise InvalidValue(f"{network}: {why}; {remedy}", field="servers")


def _refuse_claimed(directory: Directory, scope: Scope, name: str, senders: tuple[str, ...]) -> None:
    """Let no two accounts claim one sender: the account of a mail must not depend on chance."""
    accounts_by_sender = directory.whose_senders()
    for sender in senders:
        if (other := accounts_by_sender.get(checked_sender(sender), name)) == name:
            continue
        if not scope.covers(other):
            raise Conflict(f"{sender} is already a sender of another account", field="senders")
        raise Conflict(f"{sender} is already a sender of account {other}; take it off {other} first", field="senders")


async def _refuse_templates(store: Store, templates: Path | None, name: str) -> None:
    """Let no account use the templates of a removed account: they hold the other's words and pictures."""
    folder = templates and templates / name
    if folder and folder.exists() and await store.former_generation(OPERATOR, name):
        reason = f"{folder} holds the templates of a removed account; move it away and restart the daemon"
        raise Conflict(reason, field="templates")
