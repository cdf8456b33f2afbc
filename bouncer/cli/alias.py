"""Aliases: return paths that need no signature, for senders that cannot make one. Anyone may write to them."""

import click

from bouncer.cli.account import said_kept_free
from bouncer.cli.context import account_of, nothing_found, with_store
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.address import ascii_domain, comparable, plausible, split
from bouncer.ports.accounts import Alias
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings import Settings
from bouncer.stages.admit import OPERATOR_NAMES


@click.group(cls=SentenceGroup)
def alias() -> None:
    """Register return paths that need no signature."""


@alias.command(epilog="Example: bouncer alias add news@rp.example.com --account acme")
@click.argument("address")
@click.option("--account", metavar="NAME", required=True, help="The account whose return path it is.")
@click.pass_context
def add(context: click.Context, address: str, account: str) -> None:
    """Register ADDRESS as a return path of an account.

    The form that Postfix's VERP makes of it, news+jane=example.org@rp.example.com, is then known too.
    """

    async def ask(store: Store, settings: Settings) -> bool:
        _check(address, settings.smtp.domains)
        await account_of(store, account)
        until = (await store.directory(OPERATOR)).kept_free.get(comparable(address))
        if until is not None and until > now():
            raise BouncerError(said_kept_free(comparable(address), until))
        return await store.add_alias(OPERATOR, Alias(comparable(address), account), now=now())

    if not with_store(context, ask):
        raise BouncerError(f"{address} is registered already")
    click.echo(f"added {comparable(address)} for {account}")


@alias.command("list", epilog="Example: bouncer alias list --account acme")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@as_json
@click.pass_context
def list_(context: click.Context, account: str | None, as_json: bool) -> None:
    """List the aliases."""

    async def ask(store: Store, _settings: Settings) -> list[Alias]:
        if account is not None:
            await account_of(store, account)
        aliases = (await store.directory(OPERATOR)).aliases
        return [Alias(*one) for one in sorted(aliases.items()) if account in (None, one[1])]

    nothing = nothing_found(context, "There is no alias.", f"{account} has no alias.", account)
    show(with_store(context, ask), ("address", "account"), as_json=as_json, nothing=nothing)


@alias.command(epilog="Example: bouncer alias remove news@rp.example.com")
@click.argument("address")
@click.pass_context
def remove(context: click.Context, address: str) -> None:
    """Remove the alias ADDRESS; mail to it is refused from then on.

    An alias that is kept free because its account was removed can then be given to another account.
    """

    async def ask(store: Store, _settings: Settings) -> bool:
        return await store.remove_alias(OPERATOR, comparable(address))

    if not with_store(context, ask):
        raise BouncerError(f"there is no alias {address!r}")
    click.echo(f"removed {comparable(address)}")


def _check(address: str, domains: tuple[str, ...]) -> None:
    local, domain = split(address)
    if not plausible(address) or "+" in local:
        raise BouncerError(f"{address!r} cannot be an alias: it must be a local part without +, @ and a domain")
    if local.lower() in OPERATOR_NAMES:
        raise BouncerError(f"{local}@ belongs to the operator (RFC 2142)")
    if ascii_domain(domain) not in map(ascii_domain, domains):
        raise BouncerError(f"{domain} is none of the return-path domains: {', '.join(domains)}")
