"""``bouncer reread``: reads kept letters again with this version's rules; a dry run shows first what would change."""

import click

from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.listings import letter_id
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.daemon.daemon import reading_again
from bouncer.manage.rereading import Reread, letters_by_id, letters_to_reread
from bouncer.manage.rereading import reread as read_again
from bouncer.manage.scopes import recorded_scope
from bouncer.policy.records import LetterState
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


@click.command(epilog="Example: bouncer reread --state shunted --dry-run")
@click.argument("ids", nargs=-1, metavar="[ID]...", callback=lambda c, p, v: tuple(letter_id(c, p, text) for text in v))
@click.option(
    "--state", type=click.Choice([state.value for state in LetterState]), help="Read only letters in this state again."
)
@click.option("--account", metavar="NAME", help="Read only this account's letters again.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@as_json
@click.pass_context
def reread(
    context: click.Context,
    ids: tuple[int, ...],
    state: str | None,
    account: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read kept letters again, those with IDS or all of them, and replace what was recorded of them.

    No notice is sent, and no suppression is lifted. An address that should have been suppressed is suppressed now.
    """

    async def ask(store: Store, settings: Settings) -> Reread:
        scope = await recorded_scope(store, OPERATOR, account)
        chosen = letters_by_id(store, scope, ids) if ids else letters_to_reread(store, scope, only_in)
        async with reading_again(store, settings) as read:
            return await read_again(store, scope, chosen, read, dry_run=dry_run, now=now)

    only_in = LetterState(state) if state else None
    outcome = call_with_store(context, ask)
    show(
        outcome.changes,
        ("letter", "recipient", "before", "now"),
        as_json=as_json,
        nothing=describe_empty_list(context, "Nothing changes."),
    )
    verb = "would change" if dry_run else "changed"
    click.echo(f"{outcome.letters} letters read again, {outcome.changed_letters} {verb}", err=True)
