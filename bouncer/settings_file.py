"""The settings file that ``bouncer init`` writes: the chosen values, and all other settings as comments with meaning and default.

The file is made from the descriptions of the settings themselves, so it names all of them and nothing else. TOML 1.0.0.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from bouncer.settings.described import SettingDescription, describe_settings

Values = Mapping[tuple[str, str], Any]
"""Values of settings by section and key, such as ("smtp", "hostname")."""

HEAD = """\
# Settings of bouncer, read at its start. A line that begins with #, and has no space behind it, is a setting with its default:
# take the # away to change it. "bouncer check" says whether all of it works.
"""


def settings_file(values: Values, suggested: Values) -> str:
    """Give the text of the file. *values* are set; other settings are comments, with the value in *suggested* or the default."""
    sections = groupby(describe_settings(), key=lambda setting: setting.section)
    return HEAD + "".join(_section(name, settings, values, suggested) for name, settings in sections)


def _section(name: str, settings: Iterator[SettingDescription], values: Values, suggested: Values) -> str:
    return f"\n[{name}]\n" + "".join(_lines(setting, values, suggested) for setting in settings)


def _lines(setting: SettingDescription, values: Values, suggested: Values) -> str:
    name = (setting.section, setting.key)
    if name in values:
        return f"# {setting.meaning}\n{setting.key} = {spelled_value(values[name])}\n"
    return f"# {setting.meaning}\n#{setting.key} = {spelled_value(suggested.get(name, setting.default))}\n"


def without_comments(text: str) -> str:
    """Give the lines of the settings file *text* that are no comments, an empty line between sections, and no empty sections."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    heads = [number for number, line in enumerate(lines) if line.startswith("[")]
    parts = [lines[start:end] for start, end in zip(heads, [*heads[1:], len(lines)], strict=True)]
    return "\n\n".join("\n".join(part) for part in parts if len(part) > 1) + "\n"


def spelled_value(value: Any) -> str:
    """Give *value* in TOML. None becomes an empty text, which means the same."""
    if value is None:
        return '""'
    if isinstance(value, tuple):
        return f"[{', '.join(map(spelled_value, value))}]"
    if isinstance(value, str | Path):
        # JSON escapes a text as TOML does, except for DEL, which JSON does not escape.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")
    return str(value)
