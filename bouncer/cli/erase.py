"""``bouncer erase``: deletes all that names a person's address."""

import json
import sys

import click

from bouncer.cli import address_input
from bouncer.cli.context import call_with_store, changed_by
from bouncer.cli.output import as_json
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.logged import escape_invisible
from bouncer.manage.erasing import erase_addresses
from bouncer.notify.serialize import to_plain
from bouncer.ports.erasures import Erasure
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


@click.command(epilog="Example: bouncer erase jane@example.org --yes")
@click.argument("addresses", nargs=-1, required=True, callback=address_input.addresses)
@click.option("--account", metavar="NAME", help="Erase only what this account has  [default: everything].")
@click.option("--suppressions", is_flag=True, help="Erase suppressions too, so that mail goes to ADDRESSES again.")
@click.option("--yes", is_flag=True, help="Do not ask first. Without a terminal it is needed.")
@as_json
@click.pass_context
def erase(
    context: click.Context,
    addresses: tuple[str, ...],
    account: str | None,
    suppressions: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete all that names ADDRESSES: bounces, letters, notices, messages, trail. It cannot be undone.

    Where mail to them is refused now, it is still refused: the suppression holds on as a keyed digest, from which nobody can read
    the address.
    """
    if not yes:
        if not sys.stdin.isatty():
            raise BouncerError("nothing was erased: say --yes, for it cannot be undone")
        address_list = ", ".join(map(escape_invisible, addresses))
        click.confirm(f"Erase all that names {address_list}? It cannot be undone", abort=True, err=True)

    async def ask(store: Store, _settings: Settings) -> Erasure:
        return await erase_addresses(
            store, OPERATOR, account, addresses, by=changed_by(), now=now(), keeps_suppressions=not suppressions
        )

    result = to_plain(call_with_store(context, ask))
    if as_json:
        click.echo(json.dumps(result))
        return
    lines = [f"{kind.replace('_', ' ')}: {number:,}" for kind, number in result.items() if number]
    click.echo("\n".join(lines) or "Nothing names it.")
    if result["left_names"]:
        click.echo("Labels, URLs, campaigns, aliases or owners still name it: change those yourself.", err=True)
