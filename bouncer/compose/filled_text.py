"""English texts that remember their template and their values, so that a page can say them in another language."""

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{([a-z_]+)\}")


class FilledText(str):
    """An English text, whole, with the *template* and the *values* that it was made of.

    A string, so that commands, logs and JSON print it as any other. A value that is a FilledText itself is a part to be
    translated; any other value stays as it is, whatever it looks like.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, str]


def fill(template: str, /, **values: object) -> FilledText:
    """Make the text of *template*, a key of the catalogues; raises KeyError where *values* lack one of its places."""
    text = FilledText(fill_placeholders(template, values))
    text.template = template
    text.values = {name: value if isinstance(value, FilledText) else str(value) for name, value in values.items()}
    return text


def fill_placeholders(text: str, values: Mapping[str, Any]) -> str:
    """Insert *values* into the placeholders of *text*, each a plain ``{name}``; other text in braces is left unchanged.

    This is not ``str.format``: *text* may come from an owner's template, and format follows attributes and indexes from any value
    into the whole program, and pads to any width. Raises KeyError for an unknown name.
    """
    return _PLACE.sub(lambda place: str(values[place[1]]), str(text))
