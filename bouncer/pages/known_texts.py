"""English texts of other layers that pages say again in the reader's language, with names and numbers as they are."""

from collections.abc import Mapping, Sequence
from string import Formatter

from bouncer.compose.language import Language

_NUMBER = "number"
"""The place that takes digits, commas and full stops alone."""


class KnownTexts:
    """Texts with placeholders; the first text that fits a sentence gives its translation."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._whole = frozenset(text for text in texts if "{" not in text)
        self._parts = {text: _parts(text) for text in texts if "{" in text}

    def say(self, text: str, language: Language) -> str | None:
        """Give *text* in *language*; None where it is not known."""
        if text in self._whole:
            return language.say(text)
        for known_text, parts in self._parts.items():
            values = _values(parts, text)
            if values is not None:
                return language.say(known_text, **values)
        return None


def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """Split a text into words, each with the name of the place after them; the last has none."""
    parts = [(words, name or "") for words, name, _, _ in Formatter().parse(text)]
    return (*parts, ("", "")) if parts[-1][1] else tuple(parts)


def _values(parts: Sequence[tuple[str, str]], text: str) -> Mapping[str, str] | None:
    """Give the text in each place; None where the words are others. Takes linear time, whatever *text* is."""
    last = len(text) - len(parts[-1][0])
    if not text.startswith(parts[0][0]) or not text.endswith(parts[-1][0]):
        return None
    values, begin = dict[str, str](), len(parts[0][0])
    for number, (words, _) in enumerate(parts[1:], 1):
        end = last if number == len(parts) - 1 else text.find(words, begin + 1)
        name, value = parts[number - 1][1], text[begin:end]
        if end <= begin or (name == _NUMBER and value.strip("0123456789,.")):
            return None
        values[name], begin = value, end + len(words)
    return values
