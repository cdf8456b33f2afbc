"""``bouncer store``: shows, backs up, restores and migrates the store."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bouncer.cli.context import settings_of
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show, show_pairs
from bouncer.clock import now
from bouncer.errors import StoreError
from bouncer.settings.sections import StoreSettings

if TYPE_CHECKING:
    from bouncer.store.lifecycle.making import Upgrade
    from bouncer.store.lifecycle.store_facts import WholeStore

Done = TypeVar("Done")


@click.group(cls=SentenceGroup, epilog="Example: bouncer store show; bouncer store backup /var/backups/bouncer.db")
def store() -> None:
    """Show, back up and restore the store, and bring it up to date."""


@store.command("show", epilog="Example: bouncer store show --json")
@as_json
@click.pass_context
def show_command(context: click.Context, as_json: bool) -> None:
    """Say where the store is, of which revision, what is in it, and which copies are beside it; nothing is written."""
    contents = _with_store_errors(lambda: _whole_store(_settings(context)))
    if as_json:
        show([contents], (), as_json=True, nothing="")
        return
    show_pairs(
        [
            ("store", contents.path),
            ("id", contents.id),
            (
                "revision",
                contents.revision if contents.is_current else f"{contents.revision}, an older one or a newer program's",
            ),
            (
                "served",
                f"by {'a' if contents.is_served else 'no'} daemon{'' if contents.is_on_server else ' on this machine'}",
            ),
            ("octets", contents.octets),
            ("letters", contents.letters),
            ("newest letter", contents.newest_letter and contents.newest_letter.isoformat(timespec="seconds")),
            ("notices waiting", contents.waiting),
            *(
                (f"copy {copy.path.name}", f"{copy.octets} octets, {copy.made_at:%Y-%m-%d %H:%M} UTC")
                for copy in contents.copies
            ),
        ]
    )


@store.command(epilog="Example: bouncer store backup /var/backups/bouncer-$(date +%F).db")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Copy the store to FILE, whole and consistent, while the daemon goes on.

    FILE must not be there yet. When this ends with code 0, FILE is on the disk, was checked, and can be restored from.
    """
    from bouncer.store.engine.databases import file_of, url_of  # noqa: PLC0415
    from bouncer.store.lifecycle import copying, server_database  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    if (path := file_of(_settings(context))) is None:
        raise server_database.refuse_backup(url_of(_settings(context)))
    copy = _with_store_errors(lambda: copying.back_up(path, file.absolute()))
    click.echo(f"{copy.path}: {copy.octets} octets, checked")


@store.command(epilog="Example: systemctl stop bouncer.service && bouncer store restore /var/backups/bouncer.db")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def restore(context: click.Context, file: Path) -> None:
    """Put the backup FILE in the place of the store, while no daemon serves it.

    The former store stays beside it under another name. Notices that left after the backup was made leave a second time, with the
    same Message-ID; drop them with 'bouncer queue drop --all' before you start the daemon, if nobody is to get one twice.
    """
    from bouncer.store.engine.databases import file_of, url_of  # noqa: PLC0415
    from bouncer.store.lifecycle import restoring, server_database  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    if (path := file_of(_settings(context))) is None:
        raise server_database.refuse_restore(url_of(_settings(context)))
    restoration = _with_store_errors(lambda: restoring.restore(path, file.absolute(), now()))
    click.echo(f"{path}: restored from {file}")
    if restoration.replaced:
        click.echo(f"what was there is now {restoration.replaced}")
    if not restoration.is_current:
        click.echo(
            f"it is of an older version (revision {restoration.revision}): 'bouncer store migrate' brings it up to date"
        )
    if restoration.waiting:
        click.echo(
            f"{restoration.waiting} notices wait in it and leave when the daemon starts; some may have left before"
        )


@store.command(epilog="Example: systemctl stop bouncer.service && bouncer store migrate")
@click.option("--without-copy", is_flag=True, help="Keep no copy of the store as it was: there is no way back.")
@click.pass_context
def migrate(context: click.Context, without_copy: bool) -> None:
    """Bring the store to the form that this version knows, behind a copy of it, while no daemon serves it.

    The daemon does the same when it starts. A database on a server is not copied: make a copy with pg_dump before.
    """
    from bouncer.store.engine.databases import place_of  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    settings = _settings(context)
    place = place_of(settings)
    upgrade = _with_store_errors(lambda: _upgrade(settings, copied=not without_copy))
    if upgrade is None:
        click.echo(f"{place}: is up to date")
        return
    click.echo(f"{place}: brought from revision {upgrade.before} to {upgrade.after}")
    if upgrade.copy:
        click.echo(f"as it was: {upgrade.copy}")


def _whole_store(settings: StoreSettings) -> "WholeStore":
    from bouncer.store.engine.databases import file_of, url_of  # noqa: PLC0415
    from bouncer.store.lifecycle import server_database, store_facts  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    path = file_of(settings)
    return (
        store_facts.show(path)
        if path
        else server_database.show_database(url_of(settings), settings.busy_seconds, now())
    )


def _upgrade(settings: StoreSettings, *, copied: bool) -> "Upgrade | None":
    """Migrate the store; a copy of a server's database is never made."""
    from bouncer.store.engine.databases import file_of, url_of  # noqa: PLC0415
    from bouncer.store.lifecycle import making, server_database  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    if path := file_of(settings):
        return making.upgrade_file(path, settings.busy_seconds, now(), copied=copied)
    return server_database.upgrade_database(url_of(settings), settings.busy_seconds)


def _settings(context: click.Context) -> StoreSettings:
    return settings_of(context).store


def _with_store_errors(ask: Callable[[], Done]) -> Done:
    """Call *ask* and return its result; an error of the database becomes a StoreError."""
    import sqlalchemy as sa  # noqa: PLC0415 -- it takes a quarter of a second

    try:
        return ask()
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        raise StoreError(str(error.orig if isinstance(error, sa.exc.DBAPIError) else error)) from error
