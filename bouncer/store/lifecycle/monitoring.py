"""A look into the store beside the daemon, for monitoring: nothing is written, made or brought up to date."""

import datetime as dt
from pathlib import Path

from bouncer.errors import StoreError
from bouncer.files import first_inaccessible_folder
from bouncer.ports.standing import StoreLook
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.databases import file_of, place_of, url_of
from bouncer.store.lifecycle.read_only import open_read_only
from bouncer.store.lifecycle.recognizing import recognize_current
from bouncer.store.lifecycle.server_database import octets_of, open_current
from bouncer.store.standing import read_standing


def look_into_store(settings: StoreSettings, *, now: dt.datetime) -> StoreLook:
    """Give the size and the standing of the store that *settings* name.

    Raises ConfigError for a url that names no store, StoreError where there is none, or one that cannot be read.
    """
    path = file_of(settings)
    if path is None:
        with open_current(url_of(settings), settings.busy_seconds) as connection:
            return StoreLook(place_of(settings), octets_of(connection), read_standing(connection, now=now))
    octets = _octets(path)
    recognize_current(path)
    with open_read_only(path) as connection:
        return StoreLook(str(path), octets, read_standing(connection, now=now))


def _octets(path: Path) -> int:
    """Add up the octets of the database and of its files beside it; StoreError where there is none."""
    try:
        return path.stat().st_size + sum(file.stat().st_size for file in path.parent.glob(f"{path.name}-???"))
    except FileNotFoundError:
        raise StoreError(f"there is none at {path}") from None
    except PermissionError:
        raise StoreError(
            f"this user may not enter {first_inaccessible_folder(path)}; run this as root or as the daemon's user"
        ) from None
