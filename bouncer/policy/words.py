"""A server's words, made ready for searching, and the lines that they stood on.

Text is searched in lower case, with single blanks, with "@" for every mail address (an address is no evidence:
quota@example.net), and with a reply's codes on the first of its lines only, so that a phrase may run over several
(RFC 5321 section 4.2.1: "550-5.1.1 The account does", "550 5.1.1 not exist").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bouncer.policy.rules import needs

MAX_TEXT = 4_000
"""Characters of a server's words that are looked at; replies of RFC 5321 have 512 octets a line, real ones few lines."""
MAX_LINES = 60
"""Lines of a server's words that are looked at: a transcript of several tries fits."""
MAX_EVIDENCE = 300
"""Characters of the deciding line that are kept: a page and a mail show them."""

_CODE = re.compile(r"\b[245]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3}\b)?")
_CONTINUED = re.compile(r"\b[245]\d\d(?:-(?:[245]\.\d{1,3}\.\d{1,3}\b)? ?| [245]\.\d{1,3}\.\d{1,3} )(?=\S)")
_UNFINISHED = re.compile(r"[245]\d\d-")
_ADDRESS = re.compile(r"(?<![\w.+=-])[\w.+=/~&$!#%*?^{|}'-]{1,200}@(?:[\w-]{1,63}\.){0,10}[\w-]{1,63}")


@dataclass(frozen=True, slots=True)
class Words:
    """One source of a server's words: its lines as they stand, and as they are searched."""

    lines: tuple[str, ...]
    searched: tuple[str, ...]
    text: str  # all lines as one, for phrases that a server broke over several
    beginnings: set[str]

    @classmethod
    def of(cls, raw: Iterable[str]) -> "Words":
        whole = "\n".join(raw)[:MAX_TEXT]
        lines = tuple(line for line in (" ".join(line.split()) for line in whole.splitlines()[:MAX_LINES]) if line)
        searched = tuple(map(_searchable, ("", *lines), lines))
        text = " ".join(searched)
        return cls(lines, searched, text, needs.beginnings(text))

    def line_at(self, offset: int) -> str:
        """Give the line that the searched text's *offset* is in."""
        for line, searched in zip(self.lines, self.searched, strict=True):
            if offset <= len(searched):
                return cut(line, offset)
            offset -= len(searched) + 1
        return ""


def _searchable(before: str, line: str) -> str:
    """Give *line* as it is searched: lower case, addresses as "@", and a reply's codes once, not on each of its lines."""
    line = line.lower().replace("\u2019", "'")
    said = None if _UNFINISHED.match(before) else _CODE.search(line)
    begin = said.end() if said else 0
    line = line[:begin] + _CONTINUED.sub("", line[begin:])
    return _ADDRESS.sub("@", line) if "@" in line else line


def cut(line: str, offset: int) -> str:
    """Give MAX_EVIDENCE characters of *line* around *offset*."""
    begin = max(0, min(offset - MAX_EVIDENCE // 4, len(line) - MAX_EVIDENCE))
    return line[begin : begin + MAX_EVIDENCE]
