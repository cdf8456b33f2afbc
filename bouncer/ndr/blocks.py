"""The lines of a notice that belong to a recipient's entry: beside it, below it, and below a heading that names it."""

import re

from bouncer.mail.address import comparable
from bouncer.ndr import transcript
from bouncer.ndr.addresses import ADDRESS
from bouncer.ndr.labels import TELLS_WHY
from bouncer.ndr.letter import Letter
from bouncer.ndr.mentions import Mention

MAX_WORDS = 4_000
"""Characters kept of the words about one recipient; a reply of eight full lines (RFC 5321 section 4.5.3.1.5)."""
MAX_LINES = 40
"""Lines after a mention that may be about it."""
_SECTION_HEAD = re.compile(rf"\w {{1,4}}[<\"'(]?{ADDRESS}[>\"')]?[:\uff1a]\s*$")
_BECAUSE = re.compile(
    r"\s*(?:because|weil|da|parce que|car|porque|perché|omdat|eftersom|fordi|ponieważ|потому что)(?: of)?[:\uff1a]\s*$",
    re.IGNORECASE,
)
"""A line below an address, after a blank one, that announces its reason, as by Notes."""


def block(mention: Mention, letter: Letter) -> str:
    """Give the rest of an entry's line and the lines below it, beyond a blank line where they go on.

    A transcript's command for another recipient ends the entry.
    """
    index, lines = letter.mention_index, letter.lines
    rest, line = mention.rest.strip(" :;,"), mention.line
    mailbox, here = comparable(mention.address), range(line + 1, line + MAX_LINES)
    ends = {number for number in here if number in index.heads or index.commands.get(number, mailbox) != mailbox}
    if not rest and is_section_head(lines[line]):
        return section(line, ends, lines)
    if not rest and line + 2 < len(lines) and not lines[line + 1]:
        line = _find_begin(line + 1, mention, lines, ends)
    return f"{rest} {lines_below(line, ends, lines)}".strip()[:MAX_WORDS]


def _find_begin(blank: int, mention: Mention, lines: list[str], ends: set[int]) -> int:
    """Give the line above an entry's words, where they stand below a *blank* line; else the entry's own line."""
    first = lines[blank + 1]
    if _is_set_in(first, mention) or (transcript.REPLIED.match(first) and _ends_by_blank(blank, ends, lines)):
        return blank
    if _BECAUSE.match(first) or (TELLS_WHY.match(first) and first.rstrip().endswith(":")):
        return blank + 2 if blank + 2 < len(lines) and not lines[blank + 2] else blank + 1
    return mention.line


def _ends_by_blank(line: int, ends: set[int], lines: list[str]) -> bool:
    """Whether a blank line, or the end, follows the paragraph below *line*, and no other entry, whose heading it would be."""
    number = line + 1
    while number < len(lines) and lines[number].strip() and number not in ends:
        number += 1
    return number not in ends


def _is_set_in(line: str, mention: Mention) -> bool:
    words = line.lstrip()
    return len(line.expandtabs()) - len(words.expandtabs()) > mention.indent and not words.startswith(("--", "=="))


def lines_below(line: int, heads: set[int], lines: list[str]) -> str:
    """Give the lines after *line*, to the next entry or blank line."""
    here: list[str] = []
    for number in range(line + 1, min(len(lines), line + MAX_LINES)):
        if number in heads or not lines[number].strip():
            break
        here.append(lines[number].strip())
    return " ".join(transcript.without_accepted_steps(here)).strip()[:MAX_WORDS]


def is_section_head(line: str) -> bool:
    """Whether *line* names an address and announces words about it: "Details of the failure for jane@example.org:"."""
    return line.endswith((":", "\uff1a")) and _SECTION_HEAD.search(line) is not None


def section(line: int, heads: set[int], lines: list[str]) -> str:
    """Give the paragraphs below the section head on *line*, to the next one, or to the next entry."""
    here: list[str] = []
    for number in range(line + 1, min(len(lines), line + MAX_LINES)):
        if number in heads or is_section_head(lines[number]):
            break
        here.append(lines[number].strip())
    return " ".join(" ".join(transcript.without_accepted_steps(here)).split())[:MAX_WORDS]
