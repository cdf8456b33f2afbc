"""``bouncer bounces`` and ``bouncer letters``: the lists of recorded bounces and of received letters."""

import datetime as dt
import sys

import click

from bouncer.cli.address_input import address_value
from bouncer.cli.context import call_with_store, nothing_found
from bouncer.cli.moment import MomentType
from bouncer.cli.output import as_json, limited, show
from bouncer.mail.letter import PathKind, read_id
from bouncer.manage.records import kept_letter, list_bounces, list_letters
from bouncer.policy.records import LetterState
from bouncer.ports.letters import BounceFilter, BounceRow, KeptLetter, LetterFilter, LetterRow, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings
from bouncer.verdict.verdict import Category


def letter_id(_context: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """Callback of click: parse a letter's id as lists show it."""
    if text is None:
        return None
    number = read_id(text)
    if number is None:
        raise click.BadParameter("13 characters, as `bouncer letters` shows them", param=parameter)
    return number


@click.command(epilog="Example: bouncer bounces --account acme --category hard --json")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@click.option("--recipient", metavar="ADDRESS", callback=address_value, help="Show only reports on this address.")
@click.option(
    "--category", type=click.Choice([category.value for category in Category]), help="Show only this category."
)
@click.option("--letter", "letter", metavar="ID", callback=letter_id, help="Show only what this letter says.")
@click.option("--since", type=MomentType(), help="Show only what was recorded from this day or time on, UTC.")
@limited
@as_json
@click.pass_context
def bounces(
    context: click.Context,
    account: str | None,
    recipient: str | None,
    category: str | None,
    letter: int | None,
    since: dt.datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what reports say of each recipient, newest first: one row for each recipient of each report."""
    since = since.replace(tzinfo=dt.UTC) if since else None
    which = BounceFilter(recipient, category, letter, since)

    async def ask(store: Store, _settings: Settings) -> list[BounceRow]:
        return await list_bounces(store, OPERATOR, account, which, Page(limit))

    columns = (
        "at",
        "account",
        "recipient",
        "reported",
        "kind",
        "category",
        "reason",
        "status",
        "belief",
        "suppresses",
        "letter_id",
        "belief_why",
    )
    filters = (account, recipient, category, letter, since)
    nothing = nothing_found(context, "Nothing was recorded.", "Nothing that was recorded matches.", *filters)
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


@click.command(epilog="Example: bouncer letters --state shunted; bouncer letters --raw 01kpz0w3v8f2m > letter.eml")
@click.option(
    "--state", type=click.Choice([state.value for state in LetterState]), help="Show only letters in this state."
)
@click.option("--account", metavar="NAME", help="Show only this account's.")
@click.option("--operator", is_flag=True, help="Show only mail to postmaster@ and abuse@.")
@click.option("--unread", is_flag=True, help="Show only what a person has to see: unreadable, or written by people.")
@click.option("--raw", "raw", callback=letter_id, metavar="ID", help="Print this letter as it came, octet by octet.")
@limited
@as_json
@click.pass_context
def letters(
    context: click.Context,
    state: str | None,
    account: str | None,
    operator: bool,
    unread: bool,
    raw: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the letters that were received, newest first, or print one."""
    if raw is not None:
        _write_raw(context, raw)
        return

    path_kind = PathKind.OPERATOR if operator else None
    which = LetterFilter(LetterState(state) if state else None, path_kind, unread)

    async def ask(store: Store, _settings: Settings) -> list[LetterRow]:
        return await list_letters(store, OPERATOR, account, which, Page(limit))

    paths = ("return_path", "reverse_path") if operator else ("state", "kind", "dialect", "return_path")
    columns: tuple[str, ...] = ("letter_id", "received_at", *paths, "peer", "octets", "left_octets", "note")
    if unread:
        columns = ("letter_id", "received_at", "account", "unread", "written_by", "subject", "note")
    filters = (state, account, operator, unread)
    nothing = nothing_found(context, "There is no letter.", "No letter matches.", *filters)
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


def _write_raw(context: click.Context, number: int) -> None:
    async def ask(store: Store, _settings: Settings) -> KeptLetter:
        return await kept_letter(store, OPERATOR, number)

    letter = call_with_store(context, ask)
    octets = letter.received.raw
    if letter.cut_from is not None:
        click.echo(f"It was cut: these are the first {len(octets)} of its {letter.cut_from} octets.", err=True)
    sys.stdout.buffer.write(octets)
