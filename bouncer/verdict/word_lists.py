"""Whether a word of an answer is one of the known words, in any language and with or without accents."""

import re
import unicodedata
from collections.abc import Collection

from bouncer.verdict import nouns
from bouncer.verdict.rules.known_words import KNOWN

_SHORTEST = 3
"""Letters of the shortest word that is looked at; shorter ones are articles and prepositions in some language."""
_PARTS = re.compile(r"['\u2019-]")
_COMPOUND = re.compile(r"(?:adressen?|postfach|kont[ot]{1,2}|kontoen|kennung|account|mailbox|adres|adress)$")
"""The end of a compound that is a mailbox: "Studentenkonto"."""
_BASE_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}  # noqa: RUF001 -- dotless i
)
"""Letters that Unicode does not decompose into a letter of ASCII and an accent, with those that stand for them."""


def is_capital(word: str, line: str) -> bool:
    """Whether *word* stands with a capital in the original *line*, as a name does."""
    return word.capitalize() in line or line.isupper()


def is_known(word: str, names: Collection[str]) -> bool:
    """Whether *word* is one of the known words, a word of mail, or one of *names*, or a compound of such."""
    if _is_listed(word, names) or _COMPOUND.search(word):
        return True
    parts = _PARTS.split(word)
    return len(parts) > 1 and all(_is_listed(part, names) for part in parts)


def _is_listed(word: str, names: Collection[str]) -> bool:
    plain = without_accents(word)
    return len(plain) < _SHORTEST or plain in KNOWN or plain in names or nouns.is_of_mail(word)


def without_accents(word: str) -> str:
    """Give *word* in letters of ASCII, as far as it has them beneath its accents."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFD", word.translate(_BASE_LETTERS))
        if not unicodedata.combining(letter)
    )
