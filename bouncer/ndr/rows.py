"""Several recipients on one line of a notice: in a row with one reason, or each with its own."""

import re
from itertools import pairwise

from bouncer.ndr import addresses
from bouncer.ndr.addresses import ADDRESS

_ROW = re.compile(
    r"(?:[ \t]*+(?:[,;](?: (?:and|und|et|y|e))?|(?:and|und|et|y|e|och|og|en|\u0438)(?= ))[ \t]*+"
    rf"(?:(?:\"[^\"@\n]{{1,60}}\"|[A-Z][\w.'-]*+(?: [\w.'-]++){{0,3}})[ ]?<|[<\"']?){ADDRESS}[>\"']?)++"
)
_REASON_BEGINS = r"[-\u2013\u2014:(]|[=-]>|[45]\d\d[ -]"
_FURTHER = re.compile(
    r"[;,]\s*+(?:"
    rf"(?:(?:and|und|et|y|e) )?(?:\(?[a-z\d]{{1,2}}\)|\d{{1,2}}\.)\s*+"
    rf"[<\"']?(?P<numbered>{ADDRESS})[>\"']?(?=\s*+(?:,|{_REASON_BEGINS}))"
    rf"|[<\"']?(?P<address>{ADDRESS})[>\"']?(?=\s*+(?:{_REASON_BEGINS})))"
)
"""The next recipient on a line, with a reason of its own: "; bob@example.net - mailbox full".

After a number a comma may stand before the reason, too: ", 2) bob@example.net, mailbox full".
"""
_WITH_REASON = re.compile(rf"[<\"']?({ADDRESS})[>\"']? ?\(([^()\n]{{3,400}}+)\)")
_JOINS = re.compile(r" ?[,;]? ?(?:and|und|et|y|e|og|och|en|oraz|и)? ?")
_MAX_LINE = 2_000
"""Characters of a line that are searched for recipients with reasons in parentheses."""
_MOST = 50
"""Recipients with reasons on one line; no notice has a longer line of them."""


def split_row(rest: str) -> tuple[list[str], str]:
    """Split the text after an address into further addresses in the row and the words after them."""
    row = _ROW.match(rest)
    return (addresses.find(row[0]), rest[row.end() :]) if row else ([], rest)


def split_further(rest: str) -> tuple[str, list[tuple[str, str]]]:
    """Split the words after an address: (its own words, further addresses on the line with the words after each)."""
    if "@" not in rest:
        return rest, []
    places = [match for _, match in zip(range(_MOST), _FURTHER.finditer(rest), strict=False)]
    if not places:
        return rest, []
    ends = [*(place.start() for place in places[1:]), len(rest)]
    further = [
        (addresses.strip_address(place["numbered"] or place["address"]), rest[place.end() : end])
        for place, end in zip(places, ends, strict=True)
    ]
    return rest[: places[0].start()], further


def split_reasons(line: str) -> list[tuple[str, str]]:
    """Give the recipients of a line with the reason in parentheses behind each; none where fewer than two stand so."""
    matches = list(_WITH_REASON.finditer(line[:_MAX_LINE])) if "(" in line else []
    if len(matches) <= 1 or not all(
        _JOINS.fullmatch(line, end.end(), begin.start()) for end, begin in pairwise(matches)
    ):
        return []
    return [(addresses.strip_address(match[1]), match[2]) for match in matches]
