"""Accounts' own templates, out of a folder: FOLDER/ACCOUNT/notice.txt.j2, notice.html.j2, digest.txt.j2, digest.html.j2.

A fault in a file, or in the name of a folder, is reported, and our own form replaces that template alone. This module only reads
the files; templates are parsed and rendered in a process of their own (see the port TemplateRenderer).
"""

from collections.abc import Mapping
from pathlib import Path

from bouncer.compose.custom import MAX_SOURCE, OwnTemplates, refusal
from bouncer.errors import ConfigError
from bouncer.files import read_file
from bouncer.mail.returnpath import is_account_name

SUFFIX = ".j2"
MAX_OCTETS = 4 * MAX_SOURCE + 4
"""Octets of a template's file that are read: one character more than a template may have, at four octets each (RFC 3629)."""
_PREFIXES = ("notice.", "digest.", "page.")
"""Prefixes of the names of files that are meant as templates; other files are ignored."""


def read_templates(folder: Path | None) -> Mapping[str, OwnTemplates]:
    """Read every account's templates, by account; raises ConfigError where the folder cannot be read."""
    if folder is None:
        return {}
    try:
        folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise ConfigError(f"[forward] templates: {folder}: {error.strerror}") from None
    return {path.name: _read_folder(path) for path in folders}


def _read_folder(folder: Path) -> OwnTemplates:
    if not is_account_name(folder.name):
        return OwnTemplates(faults=("no account can have this name; the folder is passed over",))
    sources: dict[str, str] = {}
    faults: list[str] = []
    try:
        files = sorted(
            path for path in folder.iterdir() if path.name.endswith(SUFFIX) or path.name.startswith(_PREFIXES)
        )
    except OSError as error:
        return OwnTemplates(faults=(f"the folder cannot be read: {error.strerror}",))
    for file in files:
        try:
            source = _text(file)
        except OSError as error:
            faults.append(f"{file.name}: {error.strerror}")
        except UnicodeDecodeError as error:
            faults.append(f"{file.name}: not UTF-8 at octet {error.start}")
        else:
            if fault := refusal(file.name, source):
                faults.append(fault)
            else:
                sources[file.name] = source
    return OwnTemplates(sources, tuple(faults))


def _text(file: Path) -> str:
    """Read a template; a longer file is cut at MAX_OCTETS, whose length then counts as too great."""
    octets = read_file(file, MAX_OCTETS)
    return octets.decode("utf-8", "strict" if len(octets) < MAX_OCTETS else "ignore").replace("\r\n", "\n")
