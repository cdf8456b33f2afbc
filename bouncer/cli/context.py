"""The settings of a command, and a store that is open while the command runs."""

import getpass
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bouncer.cli.checked_options import callback_of
from bouncer.errors import ConfigError
from bouncer.files import describe_os_error
from bouncer.garbage import collector_paused
from bouncer.installation import SYSTEM_FILE
from bouncer.settings.load import load
from bouncer.settings.paths import with_absolute_paths
from bouncer.settings.sections import Settings

if TYPE_CHECKING:  # a command that opens no store starts in half of the time without them
    from bouncer.manage.change_values import ChangedBy
    from bouncer.ports.store import Store

Answer = TypeVar("Answer")


def settings_of(context: click.Context) -> Settings:
    """Load the settings for a command; raises ConfigError with all faults.

    Relative paths are relative to the folder of the settings file, its symbolic links resolved; without a file, to the working
    directory.
    """
    file, text = settings_text(context)
    settings = load(text, os.environ, str(file or "defaults"))
    return with_absolute_paths(settings, file.resolve().parent) if file else settings


def settings_text(context: click.Context) -> tuple[Path | None, str]:
    """Give the path and the text of the settings file for a command; None and an empty text without a file. Raises ConfigError."""
    file: Path | None = context.find_root().obj
    try:
        if file is None and SYSTEM_FILE.exists():
            file = SYSTEM_FILE
        text = file.read_text("utf-8") if file else ""
    except OSError as error:
        raise ConfigError(f"settings: {describe_os_error(error)}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: {error}") from error
    return file, text


def call_with_store(context: click.Context, ask: "Callable[[Store, Settings], Awaitable[Answer]]") -> Answer:
    """Open the existing store, call *ask*, close the store; raises ConfigError without a store, StoreError without an answer."""
    with collector_paused():
        import asyncio  # noqa: PLC0415 -- for commands with a store alone

        from bouncer.store.sql import find_store  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    settings = settings_of(context)

    async def ask_store() -> Answer:
        store = await find_store(settings.store, hostname=settings.smtp.hostname)
        try:
            return await ask(store, settings)
        finally:
            await store.close()

    return asyncio.run(ask_store())


def describe_empty_list(context: click.Context, empty: str, filtered: str = "", *filters: object) -> str:
    """Say that a list is empty, and name the store: with the words *empty*, or *filtered* if any of *filters* is set."""
    from bouncer.store.engine.databases import place_of  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    is_filtered = any(value not in (None, False, "", ()) for value in filters)
    return f"{filtered if is_filtered else empty} Looked in {place_of(settings_of(context).store)}."


def short_stream(context: click.Context, option: click.Parameter, stream: str | None) -> str | None:
    """Callback of click: refuse the name of a stream that no mail can have; it would suppress nobody."""
    from bouncer.manage.change_values import checked_stream  # noqa: PLC0415 -- see above

    return None if stream is None else callback_of(checked_stream)(context, option, stream)


def changed_by() -> "ChangedBy":
    """Give the user who runs this command, for the audit trail."""
    from bouncer.manage.change_values import ChangedBy  # noqa: PLC0415 -- see above
    from bouncer.policy.records import ChangeSource  # noqa: PLC0415 -- see above

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        user = f"user {os.getuid()}"
    return ChangedBy(ChangeSource.COMMAND, f"by command of {user}")
