"""The words above a list of addresses in a notice: they tell what became of the mail to the addresses below them."""

import re
from collections.abc import Iterable
from itertools import islice

from bouncer.ndr import labels, phrases, success
from bouncer.ndr.paragraphs import paragraph

_SUCCEEDED = re.compile(
    r"[\s>|*=-]*+(?:success\w{0,8}|delivered|relayed|zugestellt|erfolgreich\w{0,2}|remis|distribué|entregad[oa]s?|entregues?|consegnat[oi]"
    r"|recapitat[oi]|bezorgd|levererat|leveret|levert|dostarczono|doručeno|доставлено)\b[^@:]{0,40}[:\uff1a][\s*=-]*+$",
    re.IGNORECASE,
)
"""A heading above recipients who have the message, in a report that lists others as failed."""
_ANSWER = re.compile(r"[\s>|*-]*+\(?(?:[a-z][a-z ]{2,30}[:=] ?)?(?:<<< ?)?[45]\d\d[ -]", re.IGNORECASE)
"""The answer about the entry above: "contact the sender's administrator" in it says nothing of the next one."""
_MAX_LIST = 8
"""Lines between an entry and the words that introduce it."""
MOST_HEADINGS = 16
"""Recipients whose headings are compared; more are listed below one."""
_MAX_ASKING = 2
"""Lines above the last line of a sentence that asks the reader to write somewhere."""


def tells_success(lines: list[str], heading: int) -> bool:
    """Whether the words at line *heading* say that mail was delivered, and not to whom it failed."""
    if _SUCCEEDED.match(lines[heading]) or success.is_told(paragraph(lines, heading)):
        return True
    words = phrases.normalize(paragraph(lines, heading))
    if not phrases.contains_any(phrases.DELIVERED, words):
        return False
    if not phrases.contains_any(phrases.UNDELIVERED, words):
        return True
    return phrases.contains_any(phrases.DELIVERED, phrases.normalize(lines[heading]))


def find_heading(lines: list[str], number: int) -> int:
    """Find the line of words before an entry, above blank lines and other entries; -1 where none is near."""
    for before in range(number - 1, max(-1, number - _MAX_LIST), -1):
        if lines[before].strip() and "@" not in lines[before]:
            return before
    return -1


def asks_to_write(lines: list[str], heading: int) -> bool:
    """Whether the words before an entry ask the reader to write to the address, or say that it is the sender's."""
    if heading < 0 or _ANSWER.match(lines[heading]):
        return False
    begin = heading
    while begin > 0 and heading - begin < _MAX_ASKING and lines[begin - 1].strip() and "@" not in lines[begin - 1]:
        begin -= 1
    if not phrases.contains_any(phrases.ASK, phrases.normalize(" ".join(lines[begin : heading + 1]))):
        return False
    return not phrases.contains_any(
        phrases.FAILED, phrases.normalize(" ".join(lines[max(0, heading - 1) : heading + 1]))
    )


def find_own_heading(line: int, of_all: Iterable[int], lines: list[str]) -> str:
    """Give the heading above the entry on *line*, or the reason or the answer right above it, where entries have different ones.

    *of_all* are the lines of all entries. Empty where they stand below one heading.
    """
    head = find_heading(lines, line)
    if head < 0 or not differ(of_all, lines):
        return ""
    is_right_above = all(text.strip() for text in lines[head:line])
    is_reason = head == line - 1 and labels.TELLS_WHY.match(lines[head]) is not None
    is_reason = is_reason or (is_right_above and _ANSWER.match(lines[head]) is not None)
    return lines[head].strip() if is_reason or lines[head].rstrip().endswith((":", "\uff1a")) else ""


def differ(of_all: Iterable[int], lines: list[str]) -> bool:
    """Whether the entries on the lines *of_all* stand below different headings."""
    return len({find_heading(lines, line) for line in islice(of_all, MOST_HEADINGS)}) > 1
