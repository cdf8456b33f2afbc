"""``bouncer bounces`` and ``bouncer letters``: the lists of recorded bounces and of received letters."""

import sys
from typing import Any

import click

from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.filter_options import bounce_filter, filters, moment_of
from bouncer.cli.output import as_json, limited, show
from bouncer.mail.letter import PathKind, read_id
from bouncer.manage.records import kept_letter, list_bounces, list_letters
from bouncer.policy.records import LetterState
from bouncer.ports.letters import BounceRow, KeptLetter, LetterFilter, LetterRow, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


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
@filters
@click.option(
    "--letter", "letter", metavar="ID", callback=letter_id, help="Show only bounces that this letter reports."
)
@limited
@as_json
@click.pass_context
def bounces(
    context: click.Context,
    /,
    account: str | None,
    letter: int | None,
    limit: int,
    as_json: bool,
    **options: Any,
) -> None:
    """List what reports say of each recipient, newest first: one row for each recipient of each report."""
    times = {name: moment_of(options[name]) for name in ("since", "before")}
    criteria = bounce_filter(options, letter_id=letter, **times)

    async def ask(store: Store, _settings: Settings) -> list[BounceRow]:
        return await list_bounces(store, OPERATOR, account, criteria, Page(limit))

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
    chosen = (account, letter, *options.values())
    nothing = describe_empty_list(context, "Nothing was recorded.", "Nothing that was recorded matches.", *chosen)
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


@click.command(epilog="Example: bouncer letters --state shunted; bouncer letters --raw 01kpz0w3v8f2m > letter.eml")
@click.option(
    "--state", type=click.Choice([state.value for state in LetterState]), help="Show only letters in this state."
)
@click.option("--account", metavar="NAME", help="Show only this account's.")
@click.option("--operator", is_flag=True, help="Show only mail to postmaster@ and abuse@.")
@click.option("--unread", is_flag=True, help="Show only what a person has to see: unreadable, or written by people.")
@filters
@click.option("--raw", "raw", callback=letter_id, metavar="ID", help="Print this letter as it came, octet by octet.")
@limited
@as_json
@click.pass_context
def letters(
    context: click.Context,
    /,
    state: str | None,
    account: str | None,
    operator: bool,
    unread: bool,
    raw: int | None,
    limit: int,
    as_json: bool,
    **options: Any,
) -> None:
    """List the letters that were received, newest first, or print one."""
    if raw is not None:
        _write_raw(context, raw)
        return

    path_kind = PathKind.OPERATOR if operator else None
    times = {name: moment_of(options[name]) for name in ("since", "before")}
    reporting = bounce_filter(options, message_id=None)
    criteria = LetterFilter(
        LetterState(state) if state else None,
        path_kind,
        unread,
        message_id=options["message_id"],
        reporting=reporting,
        **times,
    )

    async def ask(store: Store, _settings: Settings) -> list[LetterRow]:
        return await list_letters(store, OPERATOR, account, criteria, Page(limit))

    paths = ("return_path", "reverse_path") if operator else ("state", "kind", "dialect", "return_path")
    columns: tuple[str, ...] = ("letter_id", "received_at", *paths, "peer", "octets", "left_octets", "note")
    if unread:
        columns = ("letter_id", "received_at", "account", "unread", "written_by", "subject", "note")
    chosen = (state, account, operator, unread, *options.values())
    nothing = describe_empty_list(context, "There is no letter.", "No letter matches.", *chosen)
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


def _write_raw(context: click.Context, number: int) -> None:
    async def ask(store: Store, _settings: Settings) -> KeptLetter:
        return await kept_letter(store, OPERATOR, number)

    letter = call_with_store(context, ask)
    octets = letter.received.raw
    if letter.cut_from is not None:
        click.echo(f"It was cut: these are the first {len(octets)} of its {letter.cut_from} octets.", err=True)
    sys.stdout.buffer.write(octets)
