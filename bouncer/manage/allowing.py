"""The allow-list as people and programs change it and ask about it, entry by entry."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence

from bouncer.errors import InvalidValue
from bouncer.mail.address import comparable, fold_comparable, folded, is_plausible, split
from bouncer.manage.change_values import ChangedBy, change_many, comparable_forms
from bouncer.manage.scopes import account_scope, require_account
from bouncer.ports.accounts import Account
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed

_NO_HOST = re.compile(r"@(?!\[).*[!-,/:-@\\^`{-~]")
"""A domain with a sign of ASCII that no name of a host has, as a wildcard: the entry would never cover an address."""


async def allow_addresses(
    store: Store, scope: Scope, name: str, entries: Sequence[str], *, why: str, by: ChangedBy, now: dt.datetime
) -> list[bool]:
    """Put *entries*, addresses or domains as @example.org, on the allow-list; gives for each whether it is new. Raises NotFound."""
    await require_account(store, scope, name)
    for entry in entries:
        if _NO_HOST.match(entry):
            raise _refusal(entry)
    added = _entries(name, entries, why, by, now)
    return await change_many(added, lambda entry: store.allow(scope, entry, source=by.source))


async def disallow_addresses(
    store: Store, scope: Scope, name: str, entries: Sequence[str], *, by: ChangedBy, now: dt.datetime
) -> list[bool]:
    """Take *entries* off the allow-list; gives for each whether it was on it. Raises NotFound."""
    await require_account(store, scope, name)
    removed = _entries(name, entries, "", by, now)
    return await change_many(removed, lambda entry: store.disallow(scope, entry, source=by.source))


async def list_allowed(store: Store, scope: Scope, name: str | None) -> list[Allowed]:
    """Give the allow-list of an account, or all inside *scope*, in order of address. Raises NotFound."""
    return list(await store.allow_list(await account_scope(store, scope, name)))


async def allow_entries(store: Store, account: Account, address: str) -> list[Allowed]:
    """Give the entries of an account's allow-list that cover *address*: its own entry, and the entry of its domain."""
    return list(await store.allow_entries(AccountScope(account.name), account.name, address))


def entry_forms(account: Account, address: str) -> tuple[str, str]:
    """Give the entries that can cover *address*, as the account compares them: by itself, and by its domain."""
    return entry_form(account, address), entry_form(account, f"@{split(comparable(address))[1]}")


def entry_form(account: Account, address: str) -> str:
    """Give the form in which the account compares an entry."""
    return folded(address) if account.terms.fold_gmail else comparable(address)


async def entries_by_form(account: Account, entries: Iterable[str]) -> Mapping[str, str]:
    """Give *entries* by the form in which the account compares them; others have their turns, however many there are."""
    folds = account.terms.fold_gmail
    forms = await comparable_forms(entries)
    return {fold_comparable(form) if folds else form: entry for entry, form in forms.items()}


def _refusal(entry: str) -> InvalidValue:
    return InvalidValue(f"{entry!r} is no mail address and no domain", field="addresses")


def _entries(name: str, entries: Sequence[str], why: str, by: ChangedBy, now: dt.datetime) -> list[Allowed]:
    for entry in entries:
        if not is_plausible(f"x{entry}" if entry.startswith("@") else entry):
            raise _refusal(entry)
    words = "; ".join(filter(None, (why, by.words)))
    return [Allowed(name, entry, now, words) for entry in entries]
