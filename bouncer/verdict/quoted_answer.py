"""The answer that a line of a report quotes, without the reporter's own words before it.

"host mx.example.org after RCPT TO:<jane@example.org>: 550 news@example.com does not exist": the reporter names the recipient, and
the answer somebody else.
"""

import re

_SAID = re.compile(r"\b(?:said|says|answered|replied|responded)(?: was| with)?: ?")
_CODE = re.compile(r"(?:\A|[\s:>\"'(\[])(?=[45][0-57]\d[ -][^\s\d])|(?=\b[45][0-57]\d[ -]#?[245]\.\d{1,3}\.\d)")
"""The place before a reply code with text behind it, or with an enhanced status code (RFC 5321 section 4.2, RFC 2034)."""

_INTRODUCES = re.compile(r"(?: {2}|[:'\"(>]|<<<|<--) ?(?=[45][0-57]\d[ -])")
"""The sign before a reply code in words that lead up to it."""
_DOMAIN = re.compile(r"\b[a-z0-9-]{1,63}\.[a-z]{2,24}\b")
_SENDMAILS_OWN = re.compile(r"\s[45]\d\d (?:\d\.\d{1,3}\.\d{1,3} )?<?[^<>\s]{1,320}>?\.\.\. ")
"""The line that Sendmail adds below the other server's answer: "550 5.1.1 <jane@example.org>... User unknown", whoever it is."""


def quoted_answer(line: str, *, of_domain: bool = False) -> str:
    """Give the answer in *line*, in lower case: what follows "<<<", or the last "said:", else the first reply code.

    Where that names no address, and with *of_domain* no domain, or the line quotes nothing, the whole line is given.
    """
    words = line.lower()
    answer = words[_find_start(words) :]
    if answer.startswith("<<<"):
        answer = _SENDMAILS_OWN.split(answer, 1)[0]
    return answer if "@" in answer or (of_domain and _DOMAIN.search(answer)) else words


def _find_start(words: str) -> int:
    if (turn := words.find("<<<")) >= 0:
        return turn
    *_, start = (0, *(match.end() for match in _SAID.finditer(words)))
    if not start and (code := _CODE.search(words)):
        start = code.end()
    return start


def without_introduction(before: str) -> str:
    """Remove from *before*, the words before a phrase, all that stands before the answer's reply code.

    The last turn of a transcript counts, and in it the first code: an answer may quote another.
    """
    turn = before[max(before.rfind("<<<"), before.rfind("<--"), 0) :]
    introduction = _INTRODUCES.search(turn)
    return turn[introduction.end() :] if introduction else turn
