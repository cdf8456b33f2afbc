"""What every command is given: the settings, and a store opened for as long as the command takes."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from bouncer.cli.checked import by
from bouncer.errors import BouncerError, ConfigError
from bouncer.files import cannot_use
from bouncer.installation import SYSTEM_FILE
from bouncer.mail.former import former_of
from bouncer.manage.suppressing import ChangedBy, checked_stream
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.settings import Settings, load, placed

Answer = TypeVar("Answer")


def settings_of(context: click.Context) -> Settings:
    """Read the settings that the command was given; raises ConfigError with every fault.

    Relative paths begin at the folder of the settings file, whichever link led to it; without a file where the command is called.
    """
    file, text = settings_text(context)
    settings = load(text, os.environ, str(file or "defaults"))
    return placed(settings, file.resolve().parent) if file else settings


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


def scope_of(account: str | None) -> Scope:
    """Give the scope that --account names; without it, it is all that the operator sees."""
    return OPERATOR if account is None else AccountScope(account)


async def account_of(store: Store, name: str) -> Account:
    """Give the account called *name*; BouncerError where there is none: a slip must not look as if nothing were known."""
    found = (await store.directory(OPERATOR)).accounts.get(name)
    if found is None:
        raise BouncerError(f"there is no account {name!r}")
    return found


async def refuse_unknown(store: Store, name: str | None) -> None:
    """Raise BouncerError where *name* is no account and no removed account whose records are listed; None is no filter."""
    former = former_of(name) if name is not None else None
    if former and former[1] <= await store.former_generation(OPERATOR, former[0]):
        return
    if name is not None:
        await account_of(store, name)


def nothing_found(context: click.Context, empty: str, filtered: str = "", *filters: object) -> str:
    """Say that there is nothing to list and which store was looked in: *empty*, or *filtered* where one of *filters* is given."""
    from bouncer.store.engine.databases import place_of  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    is_filtered = any(given not in (None, False, "", ()) for given in filters)
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
