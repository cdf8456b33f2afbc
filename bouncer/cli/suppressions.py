"""``bouncer suppressions``: lists, adds, removes and checks the addresses that an account's mail must not go to."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TextIO

import click

from bouncer.cli import address_input
from bouncer.cli.address_input import address_in
from bouncer.cli.addresses import allow, allowed, disallow, explain_, trail
from bouncer.cli.context import call_with_store, changed_by, describe_empty_list, short_stream
from bouncer.cli.exporting import export
from bouncer.cli.group import SentenceGroup
from bouncer.cli.importing import SHOWN, import_
from bouncer.cli.output import as_json, limited, show
from bouncer.cli.undoing import imports, undo_import_
from bouncer.clock import now
from bouncer.mail.address import MAX_PATH
from bouncer.mail.logged import escape_invisible
from bouncer.manage.scopes import require_account
from bouncer.manage.suppressing import (
    CheckedAddress,
    SuppressedAddress,
    SuppressionOrder,
    SuppressOutcome,
    check_addresses,
    list_suppressions,
    release_addresses,
    suppress_addresses,
)
from bouncer.policy.records import Suppression
from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

CHUNK = 5000
"""Addresses that are checked in one call of the store."""

account_option = click.option("--account", metavar="NAME", required=True, help="The account whose mail it is.")
stream_option = click.option(
    "--stream",
    metavar="STREAM",
    default="",
    callback=short_stream,
    help="Suppress for mail of this stream only  [default: all mail of the account].",
)


@click.group(cls=SentenceGroup)
def suppressions() -> None:
    """Manage the addresses that mail must not go to."""


for command in (import_, imports, undo_import_, export, explain_, trail, allow, disallow, allowed):
    suppressions.add_command(command)


@suppressions.command("list", epilog="Example: bouncer suppressions list --account acme --json")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@limited
@as_json
@click.pass_context
def list_(context: click.Context, account: str | None, limit: int, as_json: bool) -> None:
    """List the suppressions in force, newest first."""

    async def ask(store: Store, _settings: Settings) -> list[Suppression]:
        page = await list_suppressions(store, OPERATOR, account, now=now(), page=Page(limit))
        return [suppression for _, suppression in page]

    columns = ("account", "address", "stream", "reason", "source", "since", "until", "letter_id")
    nothing = describe_empty_list(
        context, "No address is suppressed.", f"No address is suppressed for {account}.", account
    )
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


@suppressions.command(epilog="Example: bouncer suppressions add --account acme jane@example.org --days 90")
@click.argument("addresses", nargs=-1, required=True, callback=address_input.addresses)
@account_option
@click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    metavar="DAYS",
    help="Suppress for so long  [default: until it is removed].",
)
@click.option("--reason", metavar="WORDS", default="by hand", show_default=True, help="Note why, for people.")
@stream_option
@click.pass_context
def add(
    context: click.Context, addresses: tuple[str, ...], account: str, days: int | None, reason: str, stream: str
) -> None:
    """Suppress ADDRESSES: mail of the account must not go to them."""
    since = now()
    order = SuppressionOrder(reason, since + dt.timedelta(days=days) if days else None, stream)

    async def ask(store: Store, _settings: Settings) -> list[SuppressedAddress]:
        return await suppress_addresses(store, OPERATOR, account, addresses, order, by=changed_by(), now=since)

    for answer in call_with_store(context, ask):
        click.echo(f"{escape_invisible(answer.address)}: {_describe_outcome(answer)}")


def _describe_outcome(answer: SuppressedAddress) -> str:
    until = answer.until
    match answer.outcome:
        case SuppressOutcome.SUPPRESSED:
            return "suppressed"
        case SuppressOutcome.ALREADY:
            return f"was suppressed already, {f'until {until:%Y-%m-%d %H:%M} UTC' if until else 'until it is removed'}"
        case SuppressOutcome.ON_ALLOW_LIST:
            return f"not suppressed: the allow-list has {escape_invisible(answer.entry) if answer.entry else 'it'}"


@suppressions.command(epilog="Example: bouncer suppressions remove --account acme jane@example.org")
@click.argument("addresses", nargs=-1, required=True, callback=address_input.addresses)
@account_option
@click.option(
    "--stream",
    metavar="STREAM",
    callback=short_stream,
    help='Lift only the suppression for this stream of mail; "" lifts only the one for all mail  [default: each].',
)
@click.pass_context
def remove(context: click.Context, addresses: tuple[str, ...], account: str, stream: str | None) -> None:
    """Let mail go to ADDRESSES again."""

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        return await release_addresses(store, OPERATOR, account, addresses, by=changed_by(), now=now(), stream=stream)

    for address, was_released in zip(addresses, call_with_store(context, ask), strict=True):
        click.echo(f"{escape_invisible(address)}: {'released' if was_released else 'was not suppressed'}")


@suppressions.command(epilog="Example: bouncer suppressions check --account acme --files-from list.txt --json")
@click.argument("addresses", nargs=-1, callback=address_input.addresses)
@account_option
@click.option(
    "--files-from",
    metavar="FILE",
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="Ask about the addresses in this file, one a line; - is standard input.",
)
@click.option(
    "--stream",
    metavar="STREAM",
    callback=short_stream,
    help="Ask for mail of this stream  [default: whether any stream is suppressed].",
)
@as_json
@click.pass_context
def check(
    context: click.Context,
    addresses: tuple[str, ...],
    account: str,
    files_from: TextIO | None,
    stream: str | None,
    as_json: bool,
) -> None:
    """Say of each of ADDRESSES whether it is suppressed.

    The exit status is 1 when any of them is, and 2 when an argument, or a line of the file, is no mail address. Such a line is
    named and has no answer; the others have theirs.
    """
    refused = list[int]()
    texts = chain(addresses, _read(files_from or (), refused))
    columns = ("address", "suppressed", "reason", "since", "until")

    async def ask(store: Store, _settings: Settings) -> bool:
        await require_account(store, OPERATOR, account)
        has_suppressed, checked_addresses = False, list[CheckedAddress]()
        while chunk := list(islice(texts, CHUNK)):
            answers = await check_addresses(store, OPERATOR, account, chunk, stream=stream, now=now())
            has_suppressed = has_suppressed or any(answer.suppressed for answer in answers)
            checked_addresses += answers
            if as_json:  # the widths of a table depend on all rows, JSON lines do not
                show(checked_addresses, columns, as_json=True, nothing="")
                checked_addresses.clear()
        if not as_json:
            show(checked_addresses, columns, as_json=False, nothing="No address was asked about.")
        return has_suppressed

    has_suppressed = call_with_store(context, ask)
    if refused:
        click.echo(f"{len(refused):,} lines were no mail address and have no answer", err=True)
    context.exit(2 if refused else 1 if has_suppressed else 0)


def _read(lines: Iterable[str], refused: list[int]) -> Iterator[str]:
    """Give the address of each line. A line that is no address is named on standard error, and its number goes to *refused*."""
    for number, line in enumerate(lines, 1):
        address = address_in(line)
        if address is not None:
            yield address
        elif line.strip():
            refused.append(number)
            if len(refused) <= SHOWN:
                click.echo(f"line {number}: {escape_invisible(line.strip()[:MAX_PATH])!r} is no mail address", err=True)
