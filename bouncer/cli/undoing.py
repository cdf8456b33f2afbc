"""``bouncer suppressions imports`` lists the imports of the last days, and ``bouncer suppressions undo`` takes an import back."""

import click

from bouncer.cli.context import call_with_store, changed_by, describe_empty_list
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.manage.undoing_imports import list_imports, undo_import
from bouncer.ports.imports import RecordedImport, UndoneImport
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

account_option = click.option("--account", metavar="NAME", required=True, help="The account whose list it is.")


@click.command(epilog="Example: bouncer suppressions imports --account acme")
@account_option
@as_json
@click.pass_context
def imports(context: click.Context, account: str, as_json: bool) -> None:
    """List the imports of files in the last 30 days, newest first; undo takes an import back by its id."""

    async def ask(store: Store, _settings: Settings) -> list[RecordedImport]:
        return await list_imports(store, OPERATOR, account, now=now())

    nothing = describe_empty_list(context, "Nothing was imported.", f"Nothing was imported for {account}.", account)
    show(call_with_store(context, ask), ("id", "at", "new", "undone_at", "why"), as_json=as_json, nothing=nothing)


@click.command("undo", epilog="Example: bouncer suppressions undo --account acme 2026-11-28T06:09:35.173063+00:00")
@click.argument("import_id", metavar="ID")
@account_option
@click.pass_context
def undo_import_(context: click.Context, import_id: str, account: str) -> None:
    """Free the addresses that the import ID suppressed; imports lists the ids.

    An address that was suppressed before the import, or was changed since, stays as it is.
    """

    async def ask(store: Store, _settings: Settings) -> UndoneImport:
        return await undo_import(store, OPERATOR, account, import_id, by=changed_by(), now=now())

    undone = call_with_store(context, ask)
    click.echo(f"freed: {undone.freed:,}; unchanged: {undone.stay:,}")
    if undone.has_more:
        click.echo("The import has more: call it again.")
