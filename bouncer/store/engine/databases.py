"""The kinds of database that a url can name, and the place of the one that the settings name."""

import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from bouncer.errors import ConfigError
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.postgresql import create_postgresql, open_postgresql
from bouncer.store.engine.postgresql_errors import without_password
from bouncer.store.engine.sqlite import create_sqlite, open_sqlite, path_of


class Opener(Protocol):
    """Opens the database that a url names: made and migrated at a moment, or unchanged."""

    def __call__(
        self, url: sa.URL, settings: StoreSettings, *, make_at: dt.datetime | None = None
    ) -> Awaitable[Engine]:
        """Open the database as described in ``bouncer.store.engine.sqlite.open_sqlite``."""
        ...


ENGINES: dict[str, Opener] = {"sqlite": open_sqlite, "postgresql+psycopg": open_postgresql}
"""The function that opens a database, by the url's scheme."""
CREATORS: dict[str, Callable[[sa.URL, StoreSettings], bool]] = {
    "sqlite": create_sqlite,
    "postgresql+psycopg": create_postgresql,
}
"""The function that creates a store, by the url's scheme."""


def url_of(settings: StoreSettings) -> sa.URL:
    """Parse the url; raises ConfigError where it names no known kind of store."""
    try:
        url = sa.make_url(settings.url)
    except sa.exc.ArgumentError:
        raise ConfigError("[store] url: not a url; sqlite:///path/of/file is one") from None
    if url.drivername not in ENGINES:
        schemes = ", ".join(f"{name}:" for name in ENGINES)
        raise ConfigError(f"[store] url: no store of kind {url.drivername}:, only {schemes}")
    return url


def file_of(settings: StoreSettings) -> Path | None:
    """Give the absolute path of the store's file; None for a store in a server's database. Raises as ``url_of``."""
    url = url_of(settings)
    return path_of(url) if url.drivername == "sqlite" else None


def place_of(settings: StoreSettings) -> str:
    """Give the store's place for people: a file's absolute path, or the url without its passwords; raises as ``url_of``."""
    path = file_of(settings)
    return str(path) if path else without_password(url_of(settings))
