"""What is known of addresses and who may always be written to: explain, the audit trail, the allow-list."""

import json
from collections.abc import Callable

import click

from bouncer.cli import address_input
from bouncer.cli.context import account_of, by_whom, nothing_found, refuse_unknown, scope_of, with_store
from bouncer.cli.output import as_json, limited, show
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.address import comparable, folded, split
from bouncer.mail.logged import visible
from bouncer.notify.serialize import plain
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed, TrailRow
from bouncer.settings import Settings
from bouncer.stages.explain import AddressStory, explain

MOST_EVENTS = 1000
"""Events of one story, the newest; lists and their --json have them all."""

account_option = click.option("--account", metavar="NAME", required=True, help="The account whose mail it is.")


@click.command("explain", epilog="Example: bouncer suppressions explain jane@example.org --account acme")
@click.argument("address", callback=address_input.one_address)
@click.option("--account", metavar="NAME", help="Tell only this account's story.")
@as_json
@click.pass_context
def explain_(context: click.Context, address: str, account: str | None, as_json: bool) -> None:
    """Tell the whole story of ADDRESS: every report on it, how far each was believed, what followed, and what holds now.

    With --json there is one object for each account. It has what is in force, the entries of the allow-list, the bounces and the
    changes; "explained" has the lines that people see.
    """

    async def ask(store: Store, _settings: Settings) -> list[AddressStory]:
        known = (await store.directory(OPERATOR)).accounts
        if account is not None and account not in known:
            raise BouncerError(f"there is no account {account!r}")
        return [await _story(store, one, address) for one in known.values() if account in (None, one.name)]

    stories = with_store(context, ask)
    told = [one for one in stories if account or one.bounces or one.trail or one.suppressions or one.allowed]
    if not told:
        click.echo(f"{visible(address)}: nothing is known about it, and mail goes to it.", err=as_json)
    if as_json:
        for story in told:
            click.echo(json.dumps({**plain(story), "explained": list(explain(story))}))
        return
    for n, story in enumerate(told):
        click.echo("\n" * bool(n) + "\n".join(visible(line) for line in explain(story)))


async def allow_entries(store: Store, account: Account, address: str) -> list[Allowed]:
    """Give the entries of an account's allow-list that hold for *address*: its own, and that of all of its domain."""
    forms = _forms(account, address)
    return [
        entry for entry in await store.allow_list(scope_of(account.name)) if _compare(account)(entry.address) in forms
    ]


def _compare(account: Account) -> Callable[[str], str]:
    return folded if account.terms.fold_gmail else comparable


def _forms(account: Account, address: str) -> tuple[str, str]:
    compare = _compare(account)
    return compare(address), compare(f"@{split(comparable(address))[1]}")


async def _story(store: Store, account: Account, address: str) -> AddressStory:
    moment = now()
    forms = _forms(account, address)
    bounces = await store.bounces(scope_of(account.name), BounceFilter(address), Page(MOST_EVENTS))
    trail = [
        row for form in forms for row in await store.trail(scope_of(account.name), address=form, page=Page(MOST_EVENTS))
    ]
    return AddressStory(
        account.name,
        address,
        account.terms,
        tuple(await store.in_force(OPERATOR, account.name, address, now=moment)),
        tuple(await allow_entries(store, account, address)),
        tuple(bounces),
        tuple(trail),
        moment,
    )


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
        await refuse_unknown(store, account)
        return list(await store.trail(scope_of(account), address=address, page=Page(limit)))

    columns = ("at", "account", "address", "stream", "change", "reason", "until", "source", "letter_id", "rule", "why")
    nothing = nothing_found(context, "Nothing was changed.", "No such change was made.", account, address)
    show(with_store(context, ask), columns, as_json=as_json, nothing=nothing)


@click.command(epilog="Example: bouncer suppressions allow --account acme boss@acme.example @partner.example")
@click.argument("addresses", nargs=-1, required=True, callback=address_input.entries)
@account_option
@click.option("--why", metavar="WORDS", default="", help="Note why, for people.")
@click.pass_context
def allow(context: click.Context, addresses: tuple[str, ...], account: str, why: str) -> None:
    """Put ADDRESSES on the allow-list, so that they are never suppressed.

    @example.org is every address of a domain. What is suppressed of them now is released.
    """
    entries = _entries(addresses, account, why)

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        await account_of(store, account)
        return [await store.allow(OPERATOR, one, source="command") for one in entries]

    for one, new in zip(entries, with_store(context, ask), strict=True):
        click.echo(f"{visible(one.address)}: {'allowed' if new else 'was on the allow-list already'}")


@click.command(epilog="Example: bouncer suppressions disallow --account acme boss@acme.example")
@click.argument("addresses", nargs=-1, required=True, callback=address_input.entries)
@account_option
@click.pass_context
def disallow(context: click.Context, addresses: tuple[str, ...], account: str) -> None:
    """Take ADDRESSES off the allow-list."""
    entries = _entries(addresses, account, "")

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        await account_of(store, account)
        return [await store.disallow(OPERATOR, one, source="command") for one in entries]

    for one, was in zip(entries, with_store(context, ask), strict=True):
        click.echo(f"{visible(one.address)}: {'taken off' if was else 'was not on the allow-list'}")


@click.command(epilog="Example: bouncer suppressions allowed --account acme")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@as_json
@click.pass_context
def allowed(context: click.Context, account: str | None, as_json: bool) -> None:
    """Show the allow-list."""

    async def ask(store: Store, _settings: Settings) -> list[Allowed]:
        if account is not None:
            await account_of(store, account)
        return list(await store.allow_list(scope_of(account)))

    nothing = nothing_found(context, "The allow-list is empty.", f"{account} allows no address.", account)
    show(with_store(context, ask), ("account", "address", "at", "why"), as_json=as_json, nothing=nothing)


def _entries(addresses: tuple[str, ...], account: str, why: str) -> list[Allowed]:
    moment, words = now(), "; ".join(filter(None, (why, by_whom())))
    return [Allowed(account, one, moment, words) for one in addresses]
