"""What a server said: reply codes and enhanced status codes in free text (RFC 5321 section 4.2, RFC 3463, RFC 2034).

A number counts as a reply code where replies have theirs: before a status, at the beginning, after the words that
introduce a quotation. Sizes, ports, dates and house numbers do not count.
"""

import re

from bouncer.mail.status import EnhancedStatus

_NOT_UNITS = r"(?!%|[ ]?(?:bytes|[kmg]i?b\b|octets|messages|hours?|days?|seconds?|minutes?|recipients?|characters|lines|times)\b)"
_BOTH = re.compile(r"(?<![\w.])([45]\d\d)[ \t-]{1,3}[#(]?(?:id )?([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_STATUS = re.compile(r"(?<![\w./-])#?([45]\.\d{1,2}\.\d{1,3})(?![\w]|\.\d|-\d)")
# Sendmail 5 wraps another server's reply into its own: 554 <a@example.org>... 550 Host unknown
_WRAPPED = re.compile(r"[\s>]*+55\d [^\n]{0,200}?\.\.\. ([45]\d\d)(?= [A-Z])")
_FIRST = re.compile(r"[\s<\"'(]*+([245][0-5]\d)(?=[\s:;,.)\"'#-]|$)" + _NOT_UNITS)
_INTRODUCED = re.compile(
    r"(?:said:?|says?:?|respon(?:ded|se)(?: was| from [^\n:]{1,80}+)?(?: with)?:?"
    r"|repl(?:ied|y)(?: was)?(?: with)?:?|error(?: code| was)?(?: is)?[ ]?:?|code[ ]?:?"
    r"|return(?:ed|s)?:?|<<<|status:?|with:?|message:?|smtp;|reason:?|failed:|failure:|\.\.\.|(?<!bytes\))(?<!lines)(?<!size)(?<!port)[:;>)\]]|->)[\s\"'<([#]{0,4}"
    r"([45][0-5]\d)(?![\w.:/%])" + _NOT_UNITS,
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?<![\w.@/:#$+-])(?<!bytes\): )(?<!lines: )(?<!size: )(?<!port )\(?#?([45][0-5]\d)(?=[ \t-]++[A-Za-z<\[(#\"'])"
    + _NOT_UNITS,
    re.IGNORECASE,
)


def status(text: str) -> EnhancedStatus | None:
    """Read the enhanced status code in *text*: the one right after a reply code, else the first that blames; None where none is."""
    if "." not in text:
        return None
    if both := _BOTH.search(text):
        return EnhancedStatus.parse(both[2])
    found = _STATUS.search(text)
    return EnhancedStatus.parse(found[1]) if found else None


def reply_code(text: str) -> int | None:
    """Read the reply code in *text*; None where none is."""
    found = (
        _WRAPPED.match(text)
        or _BOTH.search(text)
        or _FIRST.match(text)
        or _INTRODUCED.search(text)
        or _ALONE.search(text)
    )
    return int(found[1]) if found else None
