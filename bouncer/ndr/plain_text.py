"""A notice's text as its writer meant it, without invisible signs, links beside their own text, and additions on the way."""

import re

from bouncer.ndr.additions import without_additions
from bouncer.ndr.markup import spell_links, strip_html, without_invisible

_TWO_BLANKS = re.compile(r"  (?<=[.!?:;,]  )(?=\S)")
"""Two blanks behind a sign, as old writers set them; elsewhere they may separate a table's columns."""
_BLANKS = ("\u00a0", "\u202f", "\u2002", "\u2003", "\u2009")
"""Blanks of a fixed width, and those that keep a line together; the ideographic blank (U+3000) is a sign of its script."""
_BRACKETS_LINKED = re.compile(r"\[([^\s\[\]]{3,320})\]\(mailto:\1\)")
_LINK = re.compile(r"<mailto:([^<>\s]{3,320})>")
"""Links of an address to itself, as mail programs make text of HTML: "jane@example.org<mailto:jane@example.org>"."""


def clean_text(text: str) -> str:
    """Give *text* in usual signs, without additions of programs on its way."""
    return without_additions(normalize_signs(text))


def normalize_signs(text: str) -> str:
    """Give *text* with usual blanks, without invisible signs, and without links of addresses to themselves."""
    if not text.isascii():
        text = without_invisible(text)
        for blank in _BLANKS:
            text = text.replace(blank, " ")
    if "mailto:" in text:
        text = _without_links(text)
    return _TWO_BLANKS.sub(" ", text) if "  " in text else text


def text_of_pages(pages: list[str]) -> str:
    """Give the words of HTML *pages*; with the addresses in their links, where the words name none."""
    seen = clean_text("\n".join(map(strip_html, pages)))
    return seen if "@" in seen else "\n".join(strip_html(spell_links(page)) for page in pages)


def _without_links(text: str) -> str:
    """Give addresses with a link to themselves once, in angle brackets, and links of other words as addresses."""
    text = _BRACKETS_LINKED.sub(r"<\1>", text)
    pieces, end = [], 0
    for link in _LINK.finditer(text):
        address, before = link[1], text[end : link.start()]
        is_repeated = before[-len(address) :].lower() == address.lower()
        pieces += [before[: -len(address)] if is_repeated else before, f"<{address}>"]
        end = link.end()
    return "".join([*pieces, text[end:]])
