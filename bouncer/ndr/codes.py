"""A server's codes: reply codes and enhanced status codes in free text (RFC 5321 section 4.2, RFC 3463, RFC 2034).

A number counts as a reply code in the places where replies have theirs: before a status, at the beginning, after words that
introduce a quotation. Sizes, ports, dates and house numbers do not count.

The expressions begin with a digit and look back from there, so that the engine can skip to the few digits of a text.
"""

import re

from bouncer.mail.status import EnhancedStatus

_BOTH = re.compile(r"[45](?<![\w.][45])\d\d[ \t-]{1,3}[#(]?(?:id )?([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_STATUS = re.compile(r"[45](?<![\w./-][45])\.\d{1,2}\.\d{1,3}(?![\w]|\.\d|-\d)")
_CANDIDATE = re.compile(r"[45](?<![\w.@/$+-][45])[0-57]\d(?![\w%]|\.\d|/\d)")
_SUCCESS = re.compile(r"\s*+(2[0-5]\d)[ -]")
# Sendmail 5 wraps another server's reply into its own: 554 <a@example.org>... 550 Host unknown
_WRAPPED = re.compile(r"[\s>]*+55\d [^\n]{0,200}?\.\.\. ([45]\d\d)(?= [A-Z])")
# A system that gave up after 4yz answers writes a 5yz code of its own and quotes the last answer behind its words.
_GAVE_UP = re.compile(
    r"\s*+5\d\d[ -]#?4\.\d{1,3}\.\d{1,3}[^\n]{0,300}?(?:->|<|\blast [a-z]{3,10}(?: was)?:?) ?[\"']?(4\d\d)[ -]#?4\.\d{1,3}\.\d"
)
_STATUS_NEXT = re.compile(r"[ \t-]{1,3}[#(]?(?:id )?[45]\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)")
# The beginning of nearly all replies.
_PLAIN = re.compile(r"([45][0-57]\d)" + _STATUS_NEXT.pattern)
_TEXT_NEXT = re.compile(r"[ \t-]++[A-Za-z<\[(#\"']")
_UNIT_NEXT = re.compile(
    (
        r"[ ]?(?:bytes|[kmg]i?b\b|octets|messages|hours?|days?|seconds?|minutes?|recipients?|characters|lines"
        r"|times|attempts|tries|retries)\b"
    ),
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"(?:said|says?|respon(?:ded|se)(?: was)?(?: with)?|repl(?:ied|y)(?: was)?(?: with)?|error(?: code"
    r"| was)?(?: is)?|code"
    r"|return(?:ed|s)?|<<<|status|with|message|reason|failed|failure|\.\.\.|[:;>)\]]|->)[ ]?:?[\s\"'<([#]{0,4}$"
)
# Words that introduce only replies: a number after them is a code, even before a unit ("said: 550 Recipients ...").
_REPLY_BEFORE = re.compile(
    r"(?:\bsaid|\bsays|respon(?:ded|se)(?: was)?|replied|repl(?:y|ied)(?: was)?|<<<|<--|\bsmtp;|\berror"
    r"|\breason)[ ]?:?[\s\"'<([#]{0,4}$"
)
_SIZE_BEFORE = re.compile(r"(?:bytes\)?|lines|size|port|length|sized)[ ]?[:=]?[ ]?$")
_BEFORE = 28
"""Characters before a number, put in lower case, that are searched for words that introduce it."""
_MAX_CANDIDATES = 40
"""Numbers of three digits that are examined; a reply's code is among the first."""


def status(text: str) -> EnhancedStatus | None:
    """Read the enhanced status code in *text*: the one right after a reply code, else the first; None where there is none."""
    if "." not in text:
        return None
    if both := _BOTH.search(text):
        return EnhancedStatus.parse(both[1])
    match = _STATUS.search(text)
    return EnhancedStatus.parse(match[0]) if match else None


def reply_code(text: str) -> int | None:
    """Read the reply code in *text*: before a status, at the beginning, introduced, or before words; None where there is none."""
    if not text:
        return None
    if "..." in text and (wrapped := _WRAPPED.match(text)):
        return int(wrapped[1])
    if "4." in text and (quoted := _GAVE_UP.match(text)):
        return int(quoted[1])
    if plain := _PLAIN.match(text):
        return int(plain[1])
    best, code = _NONE, None
    for number, candidate in enumerate(_CANDIDATE.finditer(text)):
        rank = _rank(text, candidate.start(), candidate.end())
        if rank < best:
            best, code = rank, int(candidate[0])
        if best == _CERTAIN or number >= _MAX_CANDIDATES:
            break
    if code is None and (success := _SUCCESS.match(text)):
        return int(success[1])
    return code


_CERTAIN, _AT_BEGINNING, _QUOTED, _ALONE, _NONE = range(5)


def _rank(text: str, start: int, end: int) -> int:
    """Rank how surely the number at *start* is a reply code."""
    after = text[end : end + 24]
    if _STATUS_NEXT.match(after):
        return _CERTAIN
    before = text[max(0, start - _BEFORE) : start].lower()
    if _SIZE_BEFORE.search(before):
        return _NONE
    if start < _BEFORE and not before.strip(" \t\n<\"'("):
        return _AT_BEGINNING
    return _rank_by_words(before, after)


def _rank_by_words(before: str, after: str) -> int:
    """Rank a number by the words around it: a unit after it makes it a count, unless words introduce a reply."""
    if _REPLY_BEFORE.search(before):
        return _QUOTED
    if _UNIT_NEXT.match(after):
        return _NONE
    if _INTRODUCED.search(before):
        return _QUOTED
    return _ALONE if _TEXT_NEXT.match(after) and not before.endswith((":", "#")) else _NONE
