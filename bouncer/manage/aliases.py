"""Aliases: registered, listed, unregistered; return paths that need no signature."""

import datetime as dt
from dataclasses import dataclass

from bouncer.errors import Conflict, InvalidValue, NotFound
from bouncer.mail.address import ascii_domain, comparable, is_plausible, split
from bouncer.mail.letter import OPERATOR_NAMES
from bouncer.manage.scopes import account_scope, require_account
from bouncer.ports.accounts import Alias, Directory
from bouncer.ports.scope import OPERATOR, Scope
from bouncer.ports.store import Store
from bouncer.settings.sections import SmtpSettings


@dataclass(frozen=True, slots=True)
class KeptFreeAlias:
    """An address that was an alias of a removed account, and until when no other account gets it."""

    address: str
    until: dt.datetime

    @property
    def sentence(self) -> str:
        """Say why the address cannot be an alias now."""
        return (
            f"{self.address} was an alias of a removed account, on whose mail reports may still come: it is kept free until "
            f"{self.until:%Y-%m-%d}"
        )


def kept_free_aliases(directory: Directory, account: str, now: dt.datetime) -> tuple[KeptFreeAlias, ...]:
    """Give the addresses account@ that are kept free after an earlier account of the name, by address."""
    return tuple(
        KeptFreeAlias(address, until)
        for address, until in sorted(directory.kept_free.items())
        if address.partition("@")[0] == account and address not in directory.aliases and until > now
    )


async def add_alias(
    store: Store, scope: Scope, address: str, account: str, smtp: SmtpSettings, *, now: dt.datetime
) -> Alias:
    """Register *address* as a return path of *account*; gives it in comparable form.

    Raises InvalidValue for an address that cannot be an alias here, NotFound for an unknown account, and Conflict where the address
    is registered already or kept free, which its field "kept_free" tells apart.
    """
    _refuse_unfit(address, smtp.domains)
    await require_account(store, scope, account)
    alias = Alias(comparable(address), account)
    until = (await store.directory(OPERATOR)).kept_free.get(alias.address)
    if until is not None and until > now:
        raise Conflict(KeptFreeAlias(alias.address, until).sentence, field="kept_free")
    if not await store.add_alias(scope, alias, now=now):
        raise Conflict(f"{address} is registered already", field="address")
    return alias


async def list_aliases(store: Store, scope: Scope, account: str | None) -> tuple[Alias, ...]:
    """Give the aliases of *account*, or of all inside *scope*, by address. Raises NotFound for an unknown account."""
    aliases = (await store.directory(await account_scope(store, scope, account))).aliases
    return tuple(Alias(*entry) for entry in sorted(aliases.items()))


async def remove_alias(store: Store, scope: Scope, address: str) -> str:
    """Unregister *address*, or, for the operator, keep it free no longer; gives it in comparable form. Raises NotFound."""
    if not await store.remove_alias(scope, comparable(address)):
        raise NotFound(f"there is no alias {address!r}")
    return comparable(address)


def _refuse_unfit(address: str, domains: tuple[str, ...]) -> None:
    local, domain = split(address)
    if not is_plausible(address) or "+" in local:
        reason = f"{address!r} cannot be an alias: it must be a local part without +, @ and a domain"
        raise InvalidValue(reason, field="address")
    if local.lower() in OPERATOR_NAMES:
        raise InvalidValue(f"{local}@ belongs to the operator (RFC 2142)", field="address")
    if ascii_domain(domain) not in map(ascii_domain, domains):
        reason = f"{domain} is none of the return-path domains: {', '.join(domains)}"
        raise InvalidValue(reason, field="address")
