"""``bouncer suppressions export``: CSV in which a spreadsheet finds no formula, or JSON; read and written page by page."""

import csv
import json
import sys
from collections.abc import Callable, Sequence

import click

from bouncer.cli.context import call_with_store
from bouncer.clock import now
from bouncer.manage.scopes import require_account
from bouncer.manage.suppressing import export_suppressions
from bouncer.policy.guarded_cells import guard_cell
from bouncer.policy.suppression_formats import COLUMNS, write_row
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


@click.command(epilog="Example: bouncer suppressions export --account acme --format csv > acme.csv")
@click.option("--account", metavar="NAME", required=True, help="The account whose mail it is.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True, help="Write this format."
)
@click.pass_context
def export(context: click.Context, account: str, form: str) -> None:
    """Print the suppressions in force, newest first, in the columns that import reads.

    In CSV an apostrophe precedes all that a spreadsheet would take for a formula; import takes it away again.
    """

    async def ask(store: Store, _settings: Settings) -> None:
        await require_account(store, OPERATOR, account)
        write = _csv_writer() if form == "csv" else _json_writer
        async for page in export_suppressions(store, OPERATOR, account, now=now()):
            write([write_row(suppression) for suppression in page])

    call_with_store(context, ask)


def _csv_writer() -> Callable[[Sequence[dict[str, str]]], None]:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)

    def write(rows: Sequence[dict[str, str]]) -> None:
        writer.writerows([guard_cell(" ".join(cell.splitlines())) for cell in row.values()] for row in rows)

    return write


def _json_writer(rows: Sequence[dict[str, str]]) -> None:
    for row in rows:
        click.echo(json.dumps({name: value or None for name, value in row.items()}))
