"""Accounts: whose mail it is, and who is told of its bounces."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import click

from bouncer.cli.account_facts import as_object, as_pairs
from bouncer.cli.account_options import account_name, forwarding, owners, senders
from bouncer.cli.context import nothing_found, with_store
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show, show_pairs
from bouncer.cli.preference_lines import show_preferences
from bouncer.cli.preference_options import first_wishes_options, wishes_of, wishes_options
from bouncer.cli.rule_options import NONE, changed, terms_options
from bouncer.cli.subscribing import subscribe, unsubscribe
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.address import comparable
from bouncer.mail.former import former_name
from bouncer.mail.returnpath import Generation
from bouncer.own_hosts import own_host
from bouncer.policy.account_rules import AccountRules
from bouncer.ports.accounts import Account, Alias, Directory
from bouncer.ports.store import Store
from bouncer.settings import Settings

COLUMNS = ("name", "owners", "forwarding", "senders", "created_at", "wishes", "failing")


def _refuse_claimed(directory: Directory, name: str, senders: tuple[str, ...]) -> None:
    """Let no two accounts claim one sender: whose a mail is must not depend on chance."""
    whose = directory.whose_senders()
    for one in senders:
        if (other := whose.get(one, name)) != name:
            raise BouncerError(f"{one} is already a sender of account {other}; take it off {other} first")


def _refuse_own_host(servers: tuple[str, ...], settings: Settings) -> None:
    """Let no account believe this host: what strangers hand to a mail server in front of us would come from it, too."""
    for network in servers if servers != NONE else ():
        if why := own_host(network, settings.smtp):
            raise BouncerError(
                f"--server {network}: {why}; name servers that only your own mail leaves from (docs/milter.md)"
            )


async def _refuse_templates(store: Store, settings: Settings, name: str) -> None:
    """Let no account use the templates of one that was removed: they have the other's words and pictures."""
    folder = settings.forward.templates and settings.forward.templates / name
    if folder and folder.exists() and await store.former_generation(name):
        raise BouncerError(f"{folder} holds the templates of a removed account; move it away and restart the daemon")


def kept_free(directory: Directory, account: str) -> Iterator[str]:
    """Say which aliases of earlier accounts called *account* it does not get, and how it can."""
    for address, until in sorted(directory.kept_free.items()):
        if address.partition("@")[0] == account and address not in directory.aliases and until > now():
            yield said_kept_free(address, until)


def said_kept_free(address: str, until: dt.datetime) -> str:
    """Say why an address cannot be an alias now, and what to do where it is to be one all the same."""
    return (
        f"{address} was an alias of a removed account, on whose mail reports may still come: it is kept free until "
        f"{until:%Y-%m-%d}. To give it away before: bouncer alias remove {address}, then bouncer alias add {address}"
    )


@click.group(cls=SentenceGroup)
def account() -> None:
    """Add, list, show, change and remove accounts."""


account.add_command(subscribe)
account.add_command(unsubscribe)


@account.command(epilog="Example: bouncer account add acme --owner ann@acme.example --for people")
@click.argument("name", callback=account_name)
@owners
@senders
@forwarding
@first_wishes_options
@terms_options
@click.option(
    "--alias/--no-alias",
    default=True,
    help="Register the alias NAME@ in each return-path domain, or none  [default: alias].",
)
@click.pass_context
def add(
    context: click.Context,
    /,
    name: str,
    owners: tuple[str, ...],
    senders: tuple[str, ...],
    forwarding: bool | None,
    wished: tuple[tuple[str, str], ...],
    preset_name: str | None,
    alias: bool,
    **terms: Any,
) -> None:
    """Add the account NAME; its mail can then carry the alias NAME@ and signed return paths."""
    wanted = Account(name, owners, forwarding is not False, senders=senders, terms=changed(AccountRules(), terms))
    wanted = dataclasses.replace(wanted, wishes=wishes_of(wanted, wished, preset_name))

    async def ask(store: Store, settings: Settings) -> tuple[list[str], Directory]:
        _refuse_own_host(terms["servers"], settings)
        _refuse_claimed(await store.directory(), name, senders)
        await _refuse_templates(store, settings, name)
        if not await store.add_account(wanted, now=now()):
            raise BouncerError(f"there is an account {name} already; change it with: bouncer account set {name}")
        domains = settings.smtp.domains if alias else ()
        own = [Alias(comparable(f"{name}@{domain}"), name) for domain in domains]
        return [one.address for one in own if await store.add_alias(one, now=now())], await store.directory()

    aliases, directory = with_store(context, ask)
    click.echo(f"added {name}" + (f", return path {', '.join(aliases)}" if aliases else ""))
    for line in kept_free(directory, name):
        click.echo(line, err=True)
    if not owners:
        click.echo(f"Nobody gets its notices yet. Name an owner: bouncer account set {name} --owner ADDRESS", err=True)
    show_preferences(wanted)


@account.command("list", epilog="Example: bouncer account list --json")
@as_json
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the accounts."""

    async def ask(store: Store, _settings: Settings) -> list[Account]:
        directory = await store.directory()
        return sorted(directory.accounts.values(), key=lambda one: one.name)

    nothing = nothing_found(context, "There is no account yet: bouncer account add NAME.")
    show(with_store(context, ask), COLUMNS, as_json=as_json, nothing=nothing)


@account.command("show", epilog="Example: bouncer account show acme")
@click.argument("name")
@as_json
@click.pass_context
def show_(context: click.Context, name: str, as_json: bool) -> None:
    """Show all of the account NAME: its aliases, its terms, and what its owners prefer.

    With --json it is one object; "preferences" has what holds for each owner.
    """

    async def ask(store: Store, _settings: Settings) -> tuple[Account | None, list[str]]:
        directory = await store.directory()
        aliases = sorted(address for address, account in directory.aliases.items() if account == name)
        return directory.accounts.get(name), aliases

    found, aliases = with_store(context, ask)
    if found is None:
        raise _unknown(name)
    if as_json:
        click.echo(json.dumps(as_object(found, aliases)))
    else:
        show_pairs(as_pairs(found, aliases))


@account.command(
    "set",
    epilog="Example: bouncer account set acme --owner ann@acme.example --prefer language=de --prefer quiet=22:00-07:00",
)
@click.argument("name")
@owners
@senders
@forwarding
@wishes_options
@terms_options
@click.pass_context
def set_(
    context: click.Context,
    /,
    name: str,
    owners: tuple[str, ...],
    senders: tuple[str, ...],
    forwarding: bool | None,
    wished: tuple[tuple[str, str], ...],
    preset_name: str | None,
    only_for: str | None,
    **terms: Any,
) -> None:
    """Change the account NAME.

    --owner, --sender and --server each replace all that it had; --sender none and --server none leave none.
    """

    async def ask(store: Store, settings: Settings) -> Account:
        _refuse_own_host(terms["servers"], settings)
        directory = await store.directory()
        found = directory.accounts.get(name)
        if found is None:
            raise _unknown(name)
        _refuse_claimed(directory, name, senders)
        wanted = dataclasses.replace(
            found,
            owners=owners or found.owners,
            senders=() if senders == NONE else senders or found.senders,
            forwarding=found.forwarding if forwarding is None else forwarding,
            wishes=wishes_of(dataclasses.replace(found, owners=owners or found.owners), wished, preset_name, only_for),
            terms=changed(found.terms, terms),
        )
        await store.set_account(wanted)
        return wanted

    wanted = with_store(context, ask)
    show([wanted], COLUMNS[:4], as_json=False, nothing="")
    show_preferences(wanted)


@account.command(epilog="Example: bouncer account remove acme --yes")
@click.argument("name")
@click.confirmation_option(prompt="Its aliases, suppressions and waiting notices go too, its records stay. Remove it?")
@click.pass_context
def remove(context: click.Context, name: str) -> None:
    """Remove the account NAME; mail to its return paths is refused from then on.

    What was recorded of it stays as long as other records, as NAME/removed-1 (or -2, for the second of its name). An account that
    is added under its name later inherits nothing: no records, no paths, no key; and for 30 days no alias.
    """

    async def ask(store: Store, _settings: Settings) -> Generation | None:
        generation = (await store.directory()).generation(name)
        return generation if await store.remove_account(name) else None

    generation = with_store(context, ask)
    if generation is None:
        raise _unknown(name)
    click.echo(f"removed {name}, its records are listed as {former_name(name, generation.number)}")


def _unknown(name: str) -> BouncerError:
    return BouncerError(f"there is no account {name!r}")
