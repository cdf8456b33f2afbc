"""``bouncer settings``: the settings in force and their sources: a line of the file, an environment variable, or the default.

The output is TOML that gives the same settings again. Secrets are files, of which the path is shown; a password in a URL,
where it does not belong, is hidden.
"""

import dataclasses
import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from bouncer.cli.context import settings_of, settings_text
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json
from bouncer.notify.serialize import to_plain
from bouncer.settings.described import SettingDescription, describe_settings
from bouncer.settings.load import environment_names
from bouncer.settings.sections import Settings

DEFAULT, FILE, ENVIRONMENT = "default", "file", "environment"
HIDDEN = "***"
"""The text that is shown instead of a password."""

_PASSWORD = re.compile(r"(?:(?<=[?&]password=)|(?<=[?&]sslpassword=))[^&\s]++")
_SECTION = re.compile(r"\s*+\[\s*+\"?(\w++)\"?\s*+\]")
_KEY = re.compile(r"\s*+\"?([\w.-]++)\"?\s*+=")
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """A setting with its value in force, its default, and the source of the value."""

    section: str
    key: str
    value: Any
    default: Any
    source: str  # DEFAULT, FILE or ENVIRONMENT
    place: str | None  # the name of the variable or file
    line: int | None  # in the file; None if it is not certain


@click.group(cls=SentenceGroup)
def settings() -> None:
    """Show the settings in force, and where each comes from."""


@settings.command(epilog="Example: bouncer settings show --changed")
@click.option("--changed", is_flag=True, help="Show only settings that differ from their defaults.")
@as_json
@click.pass_context
def show(context: click.Context, changed: bool, as_json: bool) -> None:
    """Print every setting as TOML, and behind each where it comes from: the file, the environment or the default.

    The environment wins over the file. No store is needed, and nothing is written. A password is a file here, and only its
    path is shown.
    """
    tree = settings_of(context)
    in_force = list(_list_in_force(context, tree))
    setting_rows = [
        setting
        for setting in in_force
        if not changed or (setting.source != DEFAULT and setting.value != setting.default)
    ]
    if as_json:
        for setting in setting_rows:
            click.echo(json.dumps(to_plain(setting), default=str))
    elif not setting_rows:
        click.echo("Every setting has its default.", err=True)
    for line in () if as_json else _toml(setting_rows):
        click.echo(line)


def _list_in_force(context: click.Context, tree: Settings) -> Iterator[SettingInForce]:
    """Give every setting with its source, in the order of the manual."""
    file, text = settings_text(context)
    document, lines = tomllib.loads(text), _lines(text)
    variables = {place: name for name, place in environment_names(os.environ).items()}
    for setting in describe_settings():
        place = (setting.section, setting.key)
        value, default = _value(tree, setting), _without_password(setting.default)
        if name := variables.get(place):
            yield SettingInForce(*place, value, default, ENVIRONMENT, name, None)
        elif setting.key in document.get(setting.section, {}):
            yield SettingInForce(*place, value, default, FILE, str(file), lines.get(place))
        else:
            yield SettingInForce(*place, value, default, DEFAULT, None, None)


def _value(tree: Settings, setting: SettingDescription) -> Any:
    section = getattr(tree, setting.section)
    names = {field.name.rstrip("_"): field.name for field in dataclasses.fields(section)}
    return _without_password(getattr(section, names[setting.key]))


def _without_password(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_without_password, value))
    return " ".join(map(_url_without_password, value.split(" "))) if isinstance(value, str) else value


def _url_without_password(word: str) -> str:
    """Hide the password of scheme://user:password@host, and in a query; a word that is no URL stays as it is."""
    scheme, separator, rest = word.partition("://")
    if not separator:
        return word
    login, at, host = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    if at and colon and not user.startswith("/"):  # a path has no login in it
        rest = f"{user}:{HIDDEN}@{host}"
    return f"{scheme}://{_PASSWORD.sub(HIDDEN, rest)}"


def _lines(text: str) -> dict[tuple[str, str], int]:
    """Give the line number of each key in the TOML *text*. A key that two lines seem to set is left out."""
    section, line_of, doubtful = "", dict[tuple[str, str], int](), set[tuple[str, str]]()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _SECTION.match(line):
            section = header[1]
        elif assigned := _KEY.match(line):
            first, separator, rest = assigned[1].partition(".")  # smtp.listen = ..., before any section
            place = (first, rest) if separator and not section else (section, assigned[1])
            doubtful |= {place} & line_of.keys()
            line_of[place] = number
    return {place: number for place, number in line_of.items() if place not in doubtful}


def _toml(setting_rows: Iterable[SettingInForce]) -> Iterator[str]:
    """Give settings as lines of TOML by section, each with its source in a comment."""
    for number, (section, settings_of_section) in enumerate(groupby(setting_rows, key=lambda setting: setting.section)):
        yield from ("", f"[{section}]") if number else (f"[{section}]",)
        for setting in settings_of_section:
            yield f"{setting.key} = {_as_toml(setting.value)}  # {_source(setting)}"


def _source(setting: SettingInForce) -> str:
    line = f", line {setting.line}" if setting.line else ""
    return "".join(map(_escape, f"{setting.place}{line}")) if setting.place else DEFAULT


def _as_toml(value: Any) -> str:
    """Give a value in TOML; None is an empty text, which means the same."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_as_toml, value))}]"
    if value is None or isinstance(value, str | Path):
        return f'"{"".join(map(_escape, str(value or "")))}"'
    return repr(value)


def _escape(character: str) -> str:
    """Escape a character that has a meaning in a TOML text, or that a terminal would obey."""
    if character.isprintable() and character not in _ESCAPED:
        return character
    return _ESCAPED.get(character) or f"\\U{ord(character):08x}"
