r"""Characters that cannot be seen, or that turn the order of others round, made visible as marks.

A stranger's text may hold control characters, or bidirectional ones (Unicode Standard Annex 9) that show ``exe.fdp`` as
``pdf.exe``. On a page they stand as their code in brackets.

    >>> visible("ann\u202egpj.exe")
    'ann⟦202E⟧gpj.exe'
"""

import unicodedata

_KEPT = frozenset("\n\t")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
"""Categories (Unicode Standard section 4.5): control, format, surrogates, private use, separators of lines and paragraphs."""


def visible(text: str) -> str:
    """Give *text* with each such character as a mark; line breaks and tabs stay."""
    if text.isprintable():
        return text
    return "".join(map(_mark, text))


def _mark(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"⟦{ord(character):02X}⟧"


def cut(text: str, limit: int) -> str:
    """Give *text* as one line of at most *limit* characters, marks counted."""
    line = visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
