"""Accounts' own templates, out of a folder: FOLDER/ACCOUNT/notice.txt.j2, notice.html.j2, digest.txt.j2, digest.html.j2.

A fault in one file, or in the name of a folder, is told and costs nothing but that file: ours stands in for it. They are read
here, and nothing more: what is in them is looked at where it can harm nobody (see the port Drawer).
"""

from collections.abc import Mapping
from pathlib import Path

from bouncer.compose.custom import MAX_SOURCE, OwnTemplates, refusal
from bouncer.errors import ConfigError
from bouncer.files import read_file
from bouncer.mail.returnpath import is_account_name

SUFFIX = ".j2"
MAX_OCTETS = 4 * MAX_SOURCE + 4
"""Of a template's file: a character more than a template may have, each in four octets (RFC 3629)."""
_MEANT = ("notice.", "digest.", "page.")
"""How the name of a file begins that is meant as a template; what else lies there is nobody's business."""


def read_templates(folder: Path | None) -> Mapping[str, OwnTemplates]:
    """Read every account's templates, by account; raises ConfigError where the folder cannot be read."""
    if folder is None:
        return {}
    try:
        folders = sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
    except OSError as error:
        raise ConfigError(f"[forward] templates: {folder}: {error.strerror}") from None
    return {one.name: _of_account(one) for one in folders}


def _of_account(folder: Path) -> OwnTemplates:
    if not is_account_name(folder.name):
        return OwnTemplates(faults=("no account can have this name; the folder is passed over",))
    sources: dict[str, str] = {}
    faults: list[str] = []
    try:
        files = sorted(one for one in folder.iterdir() if one.name.endswith(SUFFIX) or one.name.startswith(_MEANT))
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
    """Read a template; one that is too long is cut where it is known to be."""
    octets = read_file(file, MAX_OCTETS)
    return octets.decode("utf-8", "strict" if len(octets) < MAX_OCTETS else "ignore").replace("\r\n", "\n")
