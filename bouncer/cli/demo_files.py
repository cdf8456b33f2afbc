"""The files of a demo: its letters, its key, and the settings file with which other commands open the same installation."""

import base64
import dataclasses
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

from bouncer.settings.sections import Settings

KEY = Path("var/demo.key")
SETTINGS = Path("var/demo.toml")
"""The settings file of the demo. The default settings put the store and the mails into var/, too."""
SECRET_OCTETS = 32
_LETTERS = "letters"
"""The folder of our own letters in this package: one of each kind, real except for names and addresses."""
_FILE_URL = "sqlite:///"
_MAILDIR = "maildir:"


def letters() -> list[Path]:
    """Give our own letters, in the order in which they are played; none if the package is not installed as files."""
    folder = resources.files("bouncer.cli").joinpath(_LETTERS)
    return sorted(folder.glob("*.eml")) if isinstance(folder, Path) else []


def with_key(settings: Settings) -> Settings:
    """Give *settings* with a key file of the demo's own if they name none; the file is made once."""
    if settings.tokens.keys:
        return settings
    if not KEY.exists():
        KEY.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(os.urandom(SECRET_OCTETS)) + b"\n")
    return dataclasses.replace(settings, tokens=dataclasses.replace(settings.tokens, keys=(KEY,)))


def with_pages(settings: Settings) -> Settings:
    """Give *settings* with the web pages on a free port of this host, if they name no address for them."""
    if settings.http.listen:
        return settings
    return dataclasses.replace(settings, http=dataclasses.replace(settings.http, listen=("127.0.0.1:0",)))


def command_with_settings(
    settings: Settings, file: Path | None, listening: Sequence[str], pages: Sequence[str], *, own_key: bool
) -> str:
    """Give the command line that runs ``bouncer`` with the demo's settings, by the name under which it was called.

    *pages*: where the web pages listen. *file* is the settings file of the demo; if it is None, a file is written.
    *own_key*: the key is the demo's own.
    """
    if file is None:
        SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        SETTINGS.write_text("\n".join(_lines(settings, listening, pages)) + "\n", encoding="utf-8")
        return f"{command_line()} --settings {shlex.quote(str(SETTINGS.absolute()))}"
    key = f"BOUNCER_TOKENS__KEYS={shlex.quote(str(KEY.absolute()))} " if own_key else ""
    return f"{key}{command_line()} --settings {shlex.quote(str(file.absolute()))}"


def command_line() -> str:
    """Give the command line by which this program was called, so that it can be typed again."""
    name = sys.argv[0]
    if Path(name).name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m bouncer"
    program = shutil.which(Path(name).name)
    is_on_path = program is not None and Path(program).resolve() == Path(name).resolve()
    return shlex.quote(Path(name).name if is_on_path else name)


def _lines(settings: Settings, listening: Sequence[str], pages: Sequence[str]) -> Iterator[str]:
    """Give the lines of a settings file with the settings that differ from the defaults, and absolute paths."""
    yield "# Written by `bouncer demo`: the settings of its last start."
    yield "[smtp]"
    yield f"listen = {_toml(list(listening))}"
    yield f"hostname = {_toml(settings.smtp.hostname)}"
    yield f"domains = {_toml(list(settings.smtp.domains))}"
    yield "[http]"
    yield f"listen = {_toml(list(pages))}"
    yield "[store]"
    yield f"url = {_toml(_complete_url(settings.store.url, _FILE_URL))}"
    yield "[tokens]"
    yield f"keys = {_toml([str(key.absolute()) for key in settings.tokens.keys])}"
    yield "[forward]"
    yield f"courier = {_toml(_complete_url(settings.forward.courier, _MAILDIR))}"
    yield f"from = {_toml(settings.forward.from_)}"


def _complete_url(url: str, scheme: str) -> str:
    """Give *url* with an absolute path if it has *scheme*; any other url as it is."""
    path = url.removeprefix(scheme)
    return f"{scheme}{Path(path).absolute()}" if url.startswith(scheme) else url


def _toml(value: str | list[str]) -> str:
    """Give a text or a list of texts in TOML, which writes both as JSON does."""
    return json.dumps(value)
