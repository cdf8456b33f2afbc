"""``bouncer suppressions``: the commands explain, trail (the audit trail), and those of the allow-list."""

import json

import click

from bouncer.cli import address_input
from bouncer.cli.context import call_with_store, changed_by, describe_empty_list
from bouncer.cli.output import as_json, limited, show
from bouncer.clock import now
from bouncer.mail.logged import escape_invisible
from bouncer.manage.allowing import allow_addresses, disallow_addresses, list_allowed
from bouncer.manage.explaining import explain_story
from bouncer.manage.stories import AddressStory, changes, stories
from bouncer.notify.serialize import to_plain
from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed, TrailRow
from bouncer.settings.sections import Settings

account_option = click.option("--account", metavar="NAME", required=True, help="The account whose mail it is.")


@click.command("explain", epilog="Example: bouncer suppressions explain jane@example.org --account acme")
@click.argument("address", callback=address_input.address_value)
@click.option("--account", metavar="NAME", help="Tell only this account's story.")
@as_json
@click.pass_context
def explain_(context: click.Context, address: str, account: str | None, as_json: bool) -> None:
    """Tell the whole story of ADDRESS: every report on it, how far each was believed, what followed, and what holds now.

    With --json there is one object for each account. It has the suppressions in force, the entries of the allow-list, the messages
    that were registered, the bounces and the changes; "explained" has the lines that people see.
    """

    async def ask(store: Store, _settings: Settings) -> list[AddressStory]:
        return await stories(store, OPERATOR, address, account, now=now())

    filled_stories = [story for story in call_with_store(context, ask) if account or not story.is_empty]
    if not filled_stories:
        click.echo(f"{escape_invisible(address)}: nothing is known about it, and mail goes to it.", err=as_json)
    if as_json:
        for story in filled_stories:
            click.echo(json.dumps({**to_plain(story), "explained": list(explain_story(story))}))
        return
    for n, story in enumerate(filled_stories):
        click.echo("\n" * bool(n) + "\n".join(escape_invisible(line) for line in explain_story(story)))


@click.command(epilog="Example: bouncer suppressions trail --account acme --json")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@click.option(
    "--address",
    metavar="ADDRESS",
    callback=address_input.entry,
    help="Show only changes of this address, or of this entry of the allow-list.",
)
@limited
@as_json
@click.pass_context
def trail(context: click.Context, account: str | None, address: str | None, limit: int, as_json: bool) -> None:
    """List the changes, newest first: when, what, and by which report, command, import or key."""

    async def ask(store: Store, _settings: Settings) -> list[TrailRow]:
        return await changes(store, OPERATOR, account, address=address, page=Page(limit))

    columns = ("at", "account", "address", "stream", "change", "reason", "until", "source", "letter_id", "rule", "why")
    nothing = describe_empty_list(context, "Nothing was changed.", "No such change was made.", account, address)
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


@click.command(epilog="Example: bouncer suppressions allow --account acme boss@acme.example @partner.example")
@click.argument("addresses", nargs=-1, required=True, callback=address_input.entries)
@account_option
@click.option("--why", metavar="WORDS", default="", help="Note why, for people.")
@click.pass_context
def allow(context: click.Context, addresses: tuple[str, ...], account: str, why: str) -> None:
    """Put ADDRESSES on the allow-list, so that they are never suppressed.

    @example.org is every address of a domain. Those that are suppressed now are released.
    """

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        return await allow_addresses(store, OPERATOR, account, addresses, why=why, by=changed_by(), now=now())

    for address, was_added in zip(addresses, call_with_store(context, ask), strict=True):
        click.echo(f"{escape_invisible(address)}: {'allowed' if was_added else 'was on the allow-list already'}")


@click.command(epilog="Example: bouncer suppressions disallow --account acme boss@acme.example")
@click.argument("addresses", nargs=-1, required=True, callback=address_input.entries)
@account_option
@click.pass_context
def disallow(context: click.Context, addresses: tuple[str, ...], account: str) -> None:
    """Take ADDRESSES off the allow-list."""

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        return await disallow_addresses(store, OPERATOR, account, addresses, by=changed_by(), now=now())

    for address, was_changed in zip(addresses, call_with_store(context, ask), strict=True):
        click.echo(f"{escape_invisible(address)}: {'taken off' if was_changed else 'was not on the allow-list'}")


@click.command(epilog="Example: bouncer suppressions allowed --account acme")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@as_json
@click.pass_context
def allowed(context: click.Context, account: str | None, as_json: bool) -> None:
    """Show the allow-list."""

    async def ask(store: Store, _settings: Settings) -> list[Allowed]:
        return await list_allowed(store, OPERATOR, account)

    nothing = describe_empty_list(context, "The allow-list is empty.", f"{account} allows no address.", account)
    show(call_with_store(context, ask), ("account", "address", "at", "why"), as_json=as_json, nothing=nothing)
