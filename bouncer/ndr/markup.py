"""The text of an HTML part: what its reader sees, and the signs that nobody sees taken away."""

import html
import re

_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(head|style|script|title)\b.*?(?:</\1\s*+>|\Z)", re.DOTALL | re.IGNORECASE)
_PREFORMATTED = re.compile(r"<pre\b.*?(?:</pre\b|\Z)", re.DOTALL | re.IGNORECASE)
_LINE_TAG = re.compile(r"</?(?:br|p|h[1-6]|pre|hr|blockquote)\b[^<>]*+>", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"</?(?:div|tr|table|tbody|li|ul|ol|dl|dt|dd)\b[^<>]*+>", re.IGNORECASE)
_LINK = re.compile(
    r"<a\s(?:[^<>h]|h(?!ref\s?=))*+href\s?=\s?[\"']?mailto:([^\"'?<>\s]++)[^<>]*+>([^<>]*+)", re.IGNORECASE
)
_CELL_TAG = re.compile(r"(?:</?(?:td|th)\b[^<>]*+>[ \t]*+)++", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:]*+(?:\s[^<>]*+)?/?>|<![^<>]*+>")
_ESCAPED_AT = re.compile(r"(mailto:[^\"'@%<>\s]{1,128})%40", re.IGNORECASE)
"""An address in a link, with its @ escaped (RFC 6068 section 2 allows it)."""
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
"""Soft hyphens, blanks without width and marks of direction; joiners stay, for words of some languages need them."""
_NO_HTML = (
    r"(?!(?:html|head|title|body|div|span|table|tbody|thead|t[rdh]|ul|ol|li|d[ltd]|h[1-6]|br|hr|pre|tt|em|code|font|strong|small|center"
    r"|big|img|style|script|meta|link|label|blockquote)\b)"
)
_ELEMENT = re.compile(rf"<({_NO_HTML}[A-Za-z][\w-]{{1,30}})>([^<>\n]{{1,500}})</\1>", re.IGNORECASE)
_ELEMENT_TAG = re.compile(rf"</?{_NO_HTML}[A-Za-z][\w-]{{1,30}}/?>", re.IGNORECASE)


def spell_links(text: str) -> str:
    """Write the URL of a link after its text, where the text does not show it."""
    if "mailto:" not in text:
        return text
    return _LINK.sub(r"\2 &lt;\1&gt;", _ESCAPED_AT.sub(r"\1@", text))


def strip_html(text: str) -> str:
    """Give the lines that a reader of the HTML sees; ``<user@example.org>`` is no tag and stays."""
    text = _UNSEEN.sub(" ", text)
    if "<pre" in text or "<PRE" in text:
        text = _PREFORMATTED.sub(lambda block: block[0].replace("\n ", "\n\xa0").replace("\n", "<br>"), text)
    text = _BLOCK_TAG.sub("\x1e", _LINE_TAG.sub("\n", text.replace("\n", " ")))
    text = _TAG.sub("", _CELL_TAG.sub("\t", text))
    blocks = (block.strip(" \t") for block in text.split("\x1e"))  # one line end where a gap ends and another begins
    lines = "\n".join(block for block in blocks if block).split("\n")
    return without_invisible(html.unescape("\n".join(line.strip(" \t") for line in lines)).replace("\xa0", " "))


def without_invisible(text: str) -> str:
    """Remove signs that no reader sees, and that would cling to an address."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def unfold_elements(text: str) -> str:
    """Write the elements of XML in a plain text as labelled lines: "recipient: jane@example.org"."""
    if "</" not in text:
        return text
    return "\n".join(part for line in text.split("\n") for part in (_parts_of(line) if "<" in line else [line]))


def _parts_of(line: str) -> list[str]:
    """Give a line for each element on *line*, and none for a tag alone; *line* itself where it has no element."""
    parts = _ELEMENT_TAG.sub("\n", _ELEMENT.sub(r"\n\1: \2\n", line))
    return [line] if parts == line else [part.strip() for part in parts.split("\n") if part.strip()]
