"""The queue: the mails on their way to owners and operator; list, show, retry, drop."""

from collections.abc import Sequence

import click

from bouncer.cli.given import with_store
from bouncer.cli.rows import as_json, limited, show, visible
from bouncer.daemon.clock import now
from bouncer.errors import BouncerError
from bouncer.notify.plain import plain
from bouncer.policy.record import ParcelState
from bouncer.ports import OutboxRow, Page, Store
from bouncer.settings import Settings

COLUMNS = ("id", "created_at", "state", "kind", "to", "attempts", "due", "last_error", "said", "letter_id")

of_state = click.option("--state", type=click.Choice([one.value for one in ParcelState]), help="Only in this state.")


@click.group(invoke_without_command=True, epilog="Example: bouncer queue --state waiting; bouncer queue retry 42")
@of_state
@limited
@as_json
@click.pass_context
def queue(context: click.Context, state: str | None, limit: int, as_json: bool) -> None:
    """List the notices on their way, newest first; show, retry, drop one."""
    if context.invoked_subcommand is None:
        _list(context, state, limit, as_json=as_json)


@queue.command("list", epilog="Example: bouncer queue list --state given-up --json")
@of_state
@limited
@as_json
@click.pass_context
def list_(context: click.Context, state: str | None, limit: int, as_json: bool) -> None:
    """List the notices on their way, newest first."""
    _list(context, state, limit, as_json=as_json)


def _list(context: click.Context, state: str | None, limit: int, *, as_json: bool) -> None:
    async def ask(store: Store, _settings: Settings) -> Sequence[OutboxRow]:
        return await store.outbox(state=state, page=Page(limit))

    show(with_store(context, ask), COLUMNS, as_json=as_json, nothing="The queue is empty.")


@queue.command("show", epilog="Example: bouncer queue show 42")
@click.argument("number", type=int)
@as_json
@click.pass_context
def show_(context: click.Context, number: int, as_json: bool) -> None:
    """Show all that is known of parcel NUMBER."""

    async def ask(store: Store, _settings: Settings) -> OutboxRow | None:
        return await store.parcel(number)

    found = with_store(context, ask)
    if found is None:
        raise BouncerError(f"there is no parcel {number}")
    if as_json:
        show([found], COLUMNS, as_json=True, nothing="")
        return
    for name, value in plain(found).items():
        click.echo(f"{name.replace('_', ' '):<12} {visible('-' if value is None else str(value))}")


@queue.command(epilog="Example: bouncer queue retry 42 43")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.pass_context
def retry(context: click.Context, numbers: tuple[int, ...]) -> None:
    """Let parcels leave now: that wait, are held for a digest, were given up or dropped."""

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        return [await store.retry_parcel(one, now=now()) for one in numbers]

    _say(numbers, with_store(context, ask), "leaves now", "has left, or there is none such")


@queue.command(epilog="Example: bouncer queue drop 42")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.pass_context
def drop(context: click.Context, numbers: tuple[int, ...]) -> None:
    """Let parcels that have not left never leave."""

    async def ask(store: Store, _settings: Settings) -> list[bool]:
        return [await store.drop_parcel(one, now=now()) for one in numbers]

    _say(numbers, with_store(context, ask), "is dropped", "does not wait, or there is none such")


def _say(numbers: tuple[int, ...], done: list[bool], well: str, badly: str) -> None:
    for number, was in zip(numbers, done, strict=True):
        click.echo(f"{number} {well if was else badly}", err=not was)
    if not all(done):
        raise BouncerError("not all could be changed")
