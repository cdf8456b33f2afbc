"""The queue: the mails on their way to owners and operator; list, show, retry, drop."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import click

from bouncer.cli.address_input import address_value
from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, limited, show, show_pairs
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.queue import (
    MAY_BE_DROPPED,
    MAY_BE_RETRIED,
    RETRIED,
    count_notices,
    drop_all,
    drop_notices,
    list_queue,
    retry_all,
    retry_notices,
    show_notice,
)
from bouncer.notify.serialize import to_plain
from bouncer.policy.records import EntryState
from bouncer.ports.letters import Page
from bouncer.ports.outbox import EntryFilter, OutboxEntry
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

COLUMNS = ("id", "created_at", "state", "kind", "to", "attempts", "due", "last_error", "said", "letter_id")

Command = TypeVar("Command", bound=Callable[..., Any])


def _filters(states: Sequence[EntryState]) -> Callable[[Command], Command]:
    """Make a decorator that adds the options --state (one of *states*), --account and --to to a command."""

    def decorate(command: Command) -> Command:
        command = click.option(
            "--to",
            metavar="ADDRESS",
            callback=address_value,
            help="Take only notices to this owner, or to the operator.",
        )(command)
        command = click.option("--account", metavar="NAME", help="Take only this account's notices.")(command)
        return click.option(
            "--state", type=click.Choice([state.value for state in states]), help="Take only notices in this state."
        )(command)

    return decorate


def _add_all_options(command: Command) -> Command:
    """Add the options --all and --yes to a command."""
    command = click.option("--yes", is_flag=True, help="Do not ask first. Without a terminal nothing is asked.")(
        command
    )
    return click.option("--all", "is_all", is_flag=True, help="Take all that the other options name.")(command)


@click.group(
    cls=SentenceGroup,
    invoke_without_command=True,
    epilog="Example: bouncer queue --state waiting; bouncer queue retry 42",
)
@_filters([*EntryState])
@limited
@as_json
@click.pass_context
def queue(
    context: click.Context, state: str | None, account: str | None, to: str | None, limit: int, as_json: bool
) -> None:
    """List the notices that are to be sent, newest first; show, retry or drop them.

    States: a notice is waiting until it is sent or given-up; held for a digest, and bundled when it was told in one; dropped by
    command, or because nobody wants it.
    """
    if context.invoked_subcommand is None:
        _list(context, state, account, to, limit, as_json=as_json)


@queue.command("list", epilog="Example: bouncer queue list --state given-up --account acme --json")
@_filters([*EntryState])
@limited
@as_json
@click.pass_context
def list_(
    context: click.Context, state: str | None, account: str | None, to: str | None, limit: int, as_json: bool
) -> None:
    """List the notices that are to be sent, newest first."""
    _list(context, state, account, to, limit, as_json=as_json)


def _list(
    context: click.Context, state: str | None, account: str | None, to: str | None, limit: int, *, as_json: bool
) -> None:
    chosen_state = EntryState(state) if state else None

    async def ask(store: Store, _settings: Settings) -> Sequence[OutboxEntry]:
        return await list_queue(store, OPERATOR, account, state=chosen_state, to=to, page=Page(limit))

    rows = call_with_store(context, ask)
    nothing = describe_empty_list(context, "The queue is empty.", "Nothing in the queue matches.", state, account, to)
    show(rows, COLUMNS, as_json=as_json, nothing=nothing)


@queue.command("show", epilog="Example: bouncer queue show 42")
@click.argument("number", type=int)
@as_json
@click.pass_context
def show_(context: click.Context, number: int, as_json: bool) -> None:
    """Show all that is known of the notice NUMBER."""

    async def ask(store: Store, _settings: Settings) -> OutboxEntry:
        return await show_notice(store, OPERATOR, number)

    entry = call_with_store(context, ask)
    if as_json:
        show([entry], COLUMNS, as_json=True, nothing="")
        return
    show_pairs(to_plain(entry).items())


@queue.command(epilog="Example: bouncer queue retry 42 43; bouncer queue retry --all --state given-up --account acme")
@click.argument("numbers", type=int, nargs=-1)
@_filters(MAY_BE_RETRIED)
@_add_all_options
@click.pass_context
def retry(context: click.Context, /, numbers: tuple[int, ...], **options: Any) -> None:
    """Send the notices NUMBERS now, though they wait, are held for a digest, were given up or dropped.

    --all takes those that wait or were given up, of the account and to the owner that are named; held and dropped ones only where
    --state names them.
    """

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        return await retry_notices(store, OPERATOR, numbers, now=now())

    async def ask_all(store: Store, chosen: EntryFilter) -> int:
        return await retry_all(store, OPERATOR, options["account"], chosen, now=now())

    if _is_all(numbers, options):
        _change_all(context, options, RETRIED, ask_all, ("is sent now", "are sent now"))
    else:
        _say(numbers, call_with_store(context, ask), "is sent now", "was sent already, or there is no such notice")


@queue.command(epilog="Example: bouncer queue drop 42; bouncer queue drop --all --to ann@acme.example")
@click.argument("numbers", type=int, nargs=-1)
@_filters(MAY_BE_DROPPED)
@_add_all_options
@click.pass_context
def drop(context: click.Context, /, numbers: tuple[int, ...], **options: Any) -> None:
    """Never send the notices NUMBERS, which wait or are held for a digest.

    --all takes all of these, of the account and to the owner that are named.
    """

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        return await drop_notices(store, OPERATOR, numbers, now=now())

    async def ask_all(store: Store, chosen: EntryFilter) -> int:
        return await drop_all(store, OPERATOR, options["account"], chosen, now=now())

    if _is_all(numbers, options):
        _change_all(context, options, MAY_BE_DROPPED, ask_all, ("is dropped", "are dropped"))
    else:
        _say(numbers, call_with_store(context, ask), "is dropped", "is not waiting, or there is no such notice")


def _is_all(numbers: tuple[int, ...], options: dict[str, Any]) -> bool:
    """Whether the command is for all notices that *options* choose, not for *numbers*. Raises UsageError where it is unclear."""
    if bool(numbers) == options["is_all"]:
        raise click.UsageError("Name the numbers of notices, or say --all.")
    if numbers and any(options[name] for name in ("state", "account", "to")):
        raise click.UsageError("--state, --account and --to go with --all, not with numbers.")
    return bool(options["is_all"])


def _change_all(
    context: click.Context,
    options: dict[str, Any],
    states: tuple[EntryState, ...],
    change: Callable[[Store, EntryFilter], Awaitable[int]],
    words: tuple[str, str],
) -> None:
    """Change all notices that *options* choose, after a question where a person is at the terminal, and print their number."""
    meant = (EntryState(options["state"]),) if options["state"] else states
    chosen = EntryFilter(meant, options["to"])

    async def count(store: Store, _settings: Settings) -> int:
        return await count_notices(store, OPERATOR, options["account"], chosen)

    async def ask(store: Store, _settings: Settings) -> int:
        return await change(store, chosen)

    number = call_with_store(context, count)
    if number and not options["yes"] and sys.stdin.isatty():
        click.confirm(f"{_entries(number, words)}. Go on?", abort=True, err=True)
    nothing = describe_empty_list(context, "Nothing in the queue matches.")
    click.echo(_entries(call_with_store(context, ask), words) if number else nothing)


def _entries(count: int, words: tuple[str, str]) -> str:
    return f"{count:,} notice{'' if count == 1 else 's'} {words[count != 1]}"


def _say(numbers: tuple[int, ...], outcomes: list[bool], success_words: str, failure_words: str) -> None:
    for number, was_changed in zip(numbers, outcomes, strict=True):
        click.echo(f"{number} {success_words if was_changed else failure_words}", err=not was_changed)
    if not all(outcomes):
        raise BouncerError("not every notice could be changed")
