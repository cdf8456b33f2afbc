"""Accounts' own templates, out of a folder: FOLDER/ACCOUNT/notice.txt.j2, notice.html.j2, digest.txt.j2, digest.html.j2."""

from collections.abc import Mapping
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.mail.returnpath import is_account_name
from bouncer.policy.compose.custom import MAX_SOURCE, Custom
from bouncer.policy.compose.samples import load_custom

SUFFIX = ".j2"


def read_templates(folder: Path | None) -> Mapping[str, Custom]:
    """Read every account's templates, by account; raises ConfigError where the folder cannot be read."""
    if folder is None:
        return {}
    try:
        accounts = sorted(one for one in folder.iterdir() if one.is_dir() and is_account_name(one.name))
        return {one.name: load_custom(_sources(one)) for one in accounts}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"[forward] templates: {folder}: {error}") from None


def _sources(folder: Path) -> dict[str, str]:
    sources = {}
    for file in sorted(folder.iterdir()):
        if file.name.endswith(SUFFIX):
            with file.open(encoding="utf-8") as opened:
                sources[file.name] = opened.read(MAX_SOURCE + 1)
    return sources
