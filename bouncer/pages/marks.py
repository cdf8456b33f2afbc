r"""Characters that cannot be seen, or that turn the order of others round, made visible as marks.

A stranger's text may hold control characters, or bidirectional ones (Unicode Standard Annex 9) that show ``exe.fdp`` as
``pdf.exe``. On a page they are shown as their code in brackets.

    >>> make_visible("ann\u202egpj.exe")
    'ann⟦202E⟧gpj.exe'
"""

import re
import unicodedata

_KEPT = frozenset("\n\t")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
"""Categories (Unicode Standard section 4.5): control, format, surrogates, private use, separators of lines and paragraphs."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, range(0xE0100, 0xE01F0))
)
"""Letters and marks of other categories that show nothing (Default_Ignorable_Code_Point, and the empty Braille pattern).

The selectors behind emoji (U+FE00 to U+FE0F) stay: subjects have them.
"""
MOST_COMBINING = 6
"""Combining marks on one letter, more than any language's writing has; those beyond are shown as codes, and hide no other line."""
_COMBINING = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u1cff\u1dc0-\u1dff\u20d0-\u20ff\u2cef-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\uabed"
    "\ufb1e\ufe20-\ufe2f\U000101fd-\U0001e94a"
)
"""Ranges with all combining marks, and other letters."""
_SUSPICIOUS = re.compile(f"[{''.join(sorted(_BLANK))}]|[{_COMBINING}]{{{MOST_COMBINING + 1}}}")
"""Characters that may have to be marked in a printable text; texts without them, which most are, are not looked at one by one."""


def make_visible(text: str) -> str:
    """Give *text* with each such character as a mark; line breaks and tabs stay."""
    if text.isprintable() and not _SUSPICIOUS.search(text):
        return text
    visible, combining = list[str](), 0
    for character in text:
        combining = combining + 1 if unicodedata.category(character)[0] == "M" else 0
        visible.append(_mark(character, is_beyond=combining > MOST_COMBINING))
    return "".join(visible)


def _mark(character: str, *, is_beyond: bool) -> str:
    is_hidden = character in _BLANK or unicodedata.category(character) in _HIDDEN
    if character in _KEPT or not (is_hidden or is_beyond):
        return character
    return f"⟦{ord(character):02X}⟧"


def cut(text: str, limit: int) -> str:
    """Give *text* as one line of at most *limit* characters, marks counted."""
    line = make_visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
