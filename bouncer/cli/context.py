"""What every command is given: the settings, and a store opened for as long as the command takes."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from bouncer.cli.checked import by
from bouncer.errors import ConfigError
from bouncer.files import cannot_use
from bouncer.installation import SYSTEM_FILE
from bouncer.manage.change_values import ChangedBy, checked_stream
from bouncer.ports.store import Store
from bouncer.settings.load import load
from bouncer.settings.paths import with_absolute_paths
from bouncer.settings.sections import Settings

Answer = TypeVar("Answer")


def settings_of(context: click.Context) -> Settings:
    """Read the settings that the command was given; raises ConfigError with every fault.

    Relative paths begin at the folder of the settings file, whichever link led to it; without a file where the command is called.
    """
    file, text = settings_text(context)
    settings = load(text, os.environ, str(file or "defaults"))
    return with_absolute_paths(settings, file.resolve().parent) if file else settings


def settings_text(context: click.Context) -> tuple[Path | None, str]:
    """Give the settings file that the command was given and what is in it, or None and nothing; raises ConfigError."""
    file: Path | None = context.find_root().obj
    try:
        if file is None and SYSTEM_FILE.exists():
            file = SYSTEM_FILE
        text = file.read_text("utf-8") if file else ""
    except OSError as error:
        raise ConfigError(f"settings: {cannot_use(error)}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: {error}") from error
    return file, text


def with_store(context: click.Context, ask: Callable[[Store, Settings], Awaitable[Answer]]) -> Answer:
    """Open the store as it is, *ask* it, close it; raises ConfigError where there is none, StoreError when it does not answer."""
    from bouncer.store.sql import find_store  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    settings = settings_of(context)

    async def asked() -> Answer:
        store = await find_store(settings.store, hostname=settings.smtp.hostname)
        try:
            return await ask(store, settings)
        finally:
            await store.close()

    return asyncio.run(asked())


def nothing_found(context: click.Context, empty: str, filtered: str = "", *filters: object) -> str:
    """Say that there is nothing to list and which store was looked in: *empty*, or *filtered* where one of *filters* is given."""
    from bouncer.store.engine.databases import place_of  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    is_filtered = any(value not in (None, False, "", ()) for value in filters)
    return f"{filtered if is_filtered else empty} Looked in {place_of(settings_of(context).store)}."


def short_stream(context: click.Context, option: click.Parameter, stream: str | None) -> str | None:
    """Refuse a stream that no mail can have as it stands: it would suppress nobody."""
    return None if stream is None else by(checked_stream)(context, option, stream)


def by_whom() -> ChangedBy:
    """Say who runs this command, for the audit trail."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        user = f"user {os.getuid()}"
    return ChangedBy("command", f"by command of {user}")
