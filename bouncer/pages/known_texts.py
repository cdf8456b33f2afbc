"""English texts of other layers that pages say again in the reader's language, with names and numbers as they are."""

import re
from collections.abc import Iterator, Sequence

from bouncer.compose.language import Language

_PLACES = {"number": r"[\d,.]+"}
_PLACE = re.compile(r"\{(\w+)\}")


class KnownTexts:
    """Texts with places for what differs; the first that fits is said."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._whole = frozenset(text for text in texts if "{" not in text)
        self._patterns = tuple((text, _pattern(text)) for text in texts if "{" in text)

    def say(self, text: str, language: Language) -> str | None:
        """Give *text* in *language*; None where it is not known."""
        return next(self._translations(text, language), None)

    def _translations(self, text: str, language: Language) -> Iterator[str]:
        if text in self._whole:
            yield language.say(text)
        for known, pattern in self._patterns:
            if match := pattern.fullmatch(text):
                yield language.say(known, **match.groupdict())


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PLACE.split(text)  # words and names of places in turn
    named = (f"(?P<{name}>{_PLACES.get(name, '.+')})" for name in parts[1::2])
    words = (re.escape(part) for part in parts[::2])
    return re.compile("".join(part for pair in zip(words, [*named, ""], strict=True) for part in pair), re.DOTALL)
