"""``bouncer account``: the commands that add, list, show, change and remove accounts."""

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from bouncer.cli.account_facts import as_object, as_pairs
from bouncer.cli.account_options import forwarding, owners, senders
from bouncer.cli.checked_options import callback_of
from bouncer.cli.context import call_with_store, changed_by, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show, show_pairs
from bouncer.cli.preference_lines import show_preferences
from bouncer.cli.preference_options import new_account_preference_options, preference_options
from bouncer.cli.rule_options import NONE, chosen_rules, terms_options
from bouncer.cli.subscribing import subscribe, unsubscribe
from bouncer.clock import now
from bouncer.errors import BouncerError, UseCaseError
from bouncer.manage.account_values import checked_name
from bouncer.manage.accounts import (
    AccountChange,
    AccountDetails,
    AddedAccount,
    RemovedAccount,
    add_account,
    change_account,
    list_accounts,
    remove_account,
    show_account,
)
from bouncer.manage.owner_preferences import PreferenceChange
from bouncer.policy.presets import PRESETS
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

COLUMNS = ("name", "owners", "forwarding", "senders", "created_at", "wishes", "failing")


def add_release_commands(conflict: str, address: str) -> str:
    """Add the commands that free *address* to the text of *conflict*, which says why it is reserved."""
    return f"{conflict}. To give it away before: bouncer alias remove {address}, then bouncer alias add {address}"


@click.group(cls=SentenceGroup)
def account() -> None:
    """Add, list, show, change and remove accounts."""


account.add_command(subscribe)
account.add_command(unsubscribe)


@account.command(epilog="Example: bouncer account add acme --owner ann@acme.example --for people")
@click.argument("name", callback=callback_of(checked_name))
@owners
@senders
@forwarding
@new_account_preference_options
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
    preference_options: tuple[tuple[str, str], ...],
    preset_name: str | None,
    alias: bool,
    **terms: Any,
) -> None:
    """Add the account NAME; its mail can then carry the alias NAME@ and signed return paths."""
    first = AccountChange(
        owners, senders, forwarding, chosen_rules(terms), PreferenceChange(preference_options, preset_name)
    )

    async def ask(store: Store, settings: Settings) -> AddedAccount:
        templates = settings.forward.templates
        return await add_account(
            store, name, first, settings.smtp, templates=templates, alias=alias, by=changed_by(), now=now()
        )

    with _name_options_in_errors(name=f"; change it with: bouncer account set {name}"):
        added = call_with_store(context, ask)
    click.echo(f"added {name}" + (f", return path {', '.join(added.aliases)}" if added.aliases else ""))
    for kept_free in added.kept_free:
        click.echo(add_release_commands(kept_free.sentence, kept_free.address), err=True)
    if not owners:
        click.echo(f"Nobody gets its notices yet. Name an owner: bouncer account set {name} --owner ADDRESS", err=True)
    show_preferences(added.account)


@account.command("list", epilog="Example: bouncer account list --json")
@as_json
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the accounts."""

    async def ask(store: Store, _settings: Settings) -> tuple[Account, ...]:
        return await list_accounts(store, OPERATOR)

    nothing = describe_empty_list(context, "There is no account yet: bouncer account add NAME.")
    show(call_with_store(context, ask), COLUMNS, as_json=as_json, nothing=nothing)


@account.command("show", epilog="Example: bouncer account show acme")
@click.argument("name")
@as_json
@click.pass_context
def show_(context: click.Context, name: str, as_json: bool) -> None:
    """Show all of the account NAME: its aliases, its terms, and the preferences of its owners.

    With --json it is one object; "preferences" has the preferences in force for each owner.
    """

    async def ask(store: Store, _settings: Settings) -> AccountDetails:
        return await show_account(store, OPERATOR, name)

    details = call_with_store(context, ask)
    if as_json:
        click.echo(json.dumps(as_object(details)))
    else:
        show_pairs(as_pairs(details))


@account.command(
    "set",
    epilog="Example: bouncer account set acme --owner ann@acme.example --prefer language=de --prefer quiet=22:00-07:00",
)
@click.argument("name")
@owners
@senders
@forwarding
@preference_options
@terms_options
@click.pass_context
def set_(
    context: click.Context,
    /,
    name: str,
    owners: tuple[str, ...],
    senders: tuple[str, ...],
    forwarding: bool | None,
    preference_options: tuple[tuple[str, str], ...],
    preset_name: str | None,
    only_for: str | None,
    **terms: Any,
) -> None:
    """Change the account NAME.

    --owner, --sender and --server each replace all that it had; --sender none and --server none leave none.
    """
    change = AccountChange(
        owners or None,
        () if senders == NONE else senders or None,
        forwarding,
        chosen_rules(terms),
        PreferenceChange(preference_options, preset_name, only_for),
    )

    async def ask(store: Store, settings: Settings) -> Account:
        return await change_account(store, OPERATOR, name, change, settings.smtp, by=changed_by(), now=now())

    with _name_options_in_errors(owner=f"; did you mean --preset {only_for}?" if only_for in PRESETS else ""):
        changed = call_with_store(context, ask)
    show([changed], COLUMNS[:4], as_json=False, nothing="")
    show_preferences(changed)


@account.command(epilog="Example: bouncer account remove acme --yes")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask first. Without a terminal it is needed.")
@click.pass_context
def remove(context: click.Context, name: str, yes: bool) -> None:
    """Remove the account NAME; mail to its return paths is refused from then on.

    Its records stay as long as other records, under NAME/removed-1 (or -2, for the second account of that name). An account that
    is added under its name later inherits nothing: no records, no paths, no key; and for 30 days no alias.
    """
    if not yes:
        if not sys.stdin.isatty():
            raise BouncerError("nothing was removed: say --yes, for it cannot be undone")
        question = "Its aliases, suppressions and waiting notices go too, its records stay. Remove it?"
        click.confirm(question, abort=True, err=True)

    async def ask(store: Store, _settings: Settings) -> RemovedAccount:
        return await remove_account(store, OPERATOR, name, by=changed_by(), now=now())

    removed = call_with_store(context, ask)
    click.echo(f"removed {name}, its records are listed as {removed.former_name}")


@contextlib.contextmanager
def _name_options_in_errors(**remedies: str) -> Iterator[None]:
    """Add to the message of a UseCaseError the option of its field, or the remedy for its field in *remedies*."""
    try:
        yield
    except UseCaseError as error:
        option = "--server " if error.field == "servers" else ""
        raise BouncerError(f"{option}{error}{remedies.get(error.field, '')}") from None
