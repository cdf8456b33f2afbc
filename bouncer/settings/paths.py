"""Relative paths in the settings, which are relative to the folder of the settings file."""

import dataclasses
from pathlib import Path
from typing import Any

from bouncer.errors import ConfigError
from bouncer.settings.sections import (
    Settings,
)


def with_absolute_paths(settings: Settings, folder: Path) -> Settings:
    """Give *settings* with every relative path joined to *folder*, so that the working directory of a command does not matter.

    Paths are files, folders, SQLite's file, a Maildir, sockets (unix:), and password files of routes. Raises ConfigError for a
    route that cannot have such a path.
    """
    sections = {}
    for section in dataclasses.fields(settings):
        values = getattr(settings, section.name)
        paths = {field.name: _from(getattr(values, field.name), folder) for field in dataclasses.fields(values)}
        sections[section.name] = dataclasses.replace(values, **paths)
    forward = settings.forward
    sections["forward"] = dataclasses.replace(
        sections["forward"],
        courier=_maildir_from(forward.courier, folder),
        routes=tuple(_route_from(route, folder) for route in forward.routes),
    )
    sections["store"] = dataclasses.replace(settings.store, url=_sqlite_from(settings.store.url, folder))
    return Settings(**sections)


def _from(value: Any, folder: Path) -> Any:
    if isinstance(value, tuple):
        return tuple(_from(item, folder) for item in value)
    if isinstance(value, str) and value.startswith("unix:"):
        return f"unix:{folder / value.removeprefix('unix:')}"
    return folder / value if isinstance(value, Path) else value


def _maildir_from(courier: str, folder: Path) -> str:
    scheme, colon, path = courier.partition(":")
    return f"{scheme}{colon}{folder / path}" if scheme == "maildir" and path else courier


def _sqlite_from(url: str, folder: Path) -> str:
    head, slashes, path = url.partition("sqlite:///")
    is_file = not head and path and path != ":memory:" and not path.startswith("file:")
    return f"{slashes}{folder / path}" if is_file else url


def _route_from(route: str, folder: Path) -> str:
    """Join the paths of a route to *folder*, which cannot have white space in it, because white space separates a route's words."""
    domain, *words = route.split() or [""]
    absolute_words = [_password_from(_maildir_from(word, folder), folder) for word in words]
    if absolute_words != words and len(str(folder).split()) != 1:
        raise ConfigError(
            f"[forward] routes: {route}: a relative path begins at {folder}, which has a space: name another"
        )
    return " ".join([domain, *absolute_words])


def _password_from(word: str, folder: Path) -> str:
    key, equals, path = word.partition("=")
    return f"{key}{equals}{folder / path}" if key == "password" and path else word
