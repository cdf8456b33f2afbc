"""``bouncer alias``: return paths without a signature, for senders that cannot sign. Anybody can write to them."""

import click

from bouncer.cli.account import add_release_commands
from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.errors import BouncerError, Conflict
from bouncer.mail.address import comparable
from bouncer.manage.aliases import add_alias, list_aliases, remove_alias
from bouncer.ports.accounts import Alias
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


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

    async def ask(store: Store, settings: Settings) -> Alias:
        return await add_alias(store, OPERATOR, address, account, settings.smtp, now=now())

    try:
        added = call_with_store(context, ask)
    except Conflict as error:
        kept_free = error.field == "kept_free"
        raise BouncerError(add_release_commands(str(error), comparable(address)) if kept_free else str(error)) from None
    click.echo(f"added {added.address} for {account}")


@alias.command("list", epilog="Example: bouncer alias list --account acme")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@as_json
@click.pass_context
def list_(context: click.Context, account: str | None, as_json: bool) -> None:
    """List the aliases."""

    async def ask(store: Store, _settings: Settings) -> tuple[Alias, ...]:
        return await list_aliases(store, OPERATOR, account)

    nothing = describe_empty_list(context, "There is no alias.", f"{account} has no alias.", account)
    show(call_with_store(context, ask), ("address", "account"), as_json=as_json, nothing=nothing)


@alias.command(epilog="Example: bouncer alias remove news@rp.example.com")
@click.argument("address")
@click.pass_context
def remove(context: click.Context, address: str) -> None:
    """Remove the alias ADDRESS; mail to it is refused from then on.

    An alias that is kept free because its account was removed can then be given to another account.
    """

    async def ask(store: Store, _settings: Settings) -> str:
        return await remove_alias(store, OPERATOR, address)

    click.echo(f"removed {call_with_store(context, ask)}")
