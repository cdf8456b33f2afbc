"""The words of a notice that stand beside no address: above and below a list of recipients, and in a transcript."""

import re
from functools import lru_cache

from bouncer.ndr import addresses, success, transcript
from bouncer.ndr.blocks import MAX_LINES, MAX_WORDS
from bouncer.ndr.letter import Letter

_MAILER = re.compile(r"[\w./-]{3,40}: (?![^@]*@)\w")
"""A line of a delivery program: its name, a colon, its message."""
_RULE = re.compile(r"[\W_]{4,200}")
_FEW = 600
"""Characters of a few sentences."""


def words_of_short_notice(address: str, letter: Letter) -> str:
    """Give all words of a notice of a few sentences, in any language, where *address* is its only address; else empty."""
    words = " ".join(letter.evidence.split(None, _FEW))  # not all of a long text, for each of hundreds
    if len(words) > _FEW or "@" not in words:
        return ""
    strangers = {name.lower() for name in addresses.find(words)} - letter.parties
    return words if strangers == {address.lower()} else ""


def words_after(letter: Letter, line: int) -> str:
    """Give the words after *line*, which may be about recipients that have no words of their own."""
    return _join_lines(tuple(letter.lines[line + 1 : line + 1 + MAX_LINES]))


def words_before(letter: Letter, line: int) -> str:
    """Give the words before *line*, which may be about such recipients too."""
    return _join_lines(tuple(letter.lines[max(0, line - MAX_LINES) : line]))


@lru_cache(maxsize=2)
def _join_lines(lines: tuple[str, ...]) -> str:
    """Join *lines*, those above and those below a list: the same for hundreds of recipients, and each may have 100 kB."""
    telling = (
        line
        for line in transcript.without_accepted_steps(lines)
        if not _RULE.fullmatch(line) and not ("@" in line and success.is_told(line))
    )
    return " ".join(" ".join(telling).split())[:MAX_WORDS]


def replies(letter: Letter) -> str:
    """Give every reply line of a transcript, and a mailer's message right above one: "maildrop: unknown user"."""
    return _join_replies(tuple(letter.lines))


@lru_cache(maxsize=1)
def _join_replies(lines: tuple[str, ...]) -> str:
    """Join the replies once, and not for each of hundreds of recipients."""
    quoted: list[str] = []
    for number, line in enumerate(lines):
        if transcript.REPLY.match(line):
            line_above = lines[number - 1].strip() if number else ""
            quoted += [line_above] if _MAILER.match(line_above) and line_above not in quoted else []
            quoted.append(line.strip())
    return " ".join(quoted)[:MAX_WORDS]


def quotations(letter: Letter) -> str:
    """Give the other server's replies that a transcript quotes and that name nobody: a refusal of DATA, or of MAIL."""
    return " ".join(line.strip() for line in letter.lines if line.lstrip().startswith("<<<"))[:MAX_WORDS]
