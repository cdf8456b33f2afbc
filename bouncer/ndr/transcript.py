"""Transcripts of the SMTP dialogue in a notice: the lines that answer a command, and another server's answer near a reply.

Sendmail and Courier print commands with ``>>>`` and replies with ``<<<``; a reply may have several lines (RFC 5321 section
4.2.1).
"""

import re
from collections.abc import Sequence

from bouncer.ndr import phrases
from bouncer.ndr.dialogue_lines import is_command, is_positive_reply
from bouncer.ndr.mentions import Mention, MentionKind

REPLY = re.compile(r"[\s>|-]*+(?:<<<[ ]?)?(?:smtp;[ ]?)?[45]\d\d[ -]")
REPLIED = re.compile(r"[^@]{0,60}?(?:^|[:><=-])[ \t\"]*[45]\d\d[ -]")
_UNFINISHED = re.compile(r"[\s>|-]*+(?:<<<[ ]?)?(?:smtp;[ ]?)?[45]\d\d-")
_NO_CAUSE = (
    "remote protocol error",
    "service unavailable",
    "unknown mailer error",
    "deferred: connection reset",
    "can't create output",
)
_MAILER_TELLS_FULL = re.compile(
    r"[\w./-]{3,40}: (?=.{0,200}(?:\bquota\b|\bfull\b|exceed|no (?:disk )?space))", re.IGNORECASE
)
"""A line of a delivery program about the mailbox that it filled: it names nobody."""
_TOKENS = re.compile(r"[^\w.+-]+|/")
_MAX_ABOVE = 2
"""Lines above the reporting system's reply that may hold the other server's: Sendmail 5 puts a line between them."""
_MAX_AFTER = 12
"""Lines after a sentence or a command that may answer it."""


_MAX_LINE = 512
"""Characters of a reply's line that are searched for a cause (RFC 5321 section 4.5.3.1.5); a long line may name thousands."""
_MAX_WORDS = 4_000
"""Characters kept of one line, as of all words about one recipient."""


def answer(mention: Mention, lines: list[str], heads: set[int]) -> str:
    """Give a reply or a sentence with the lines that belong to it; for a command, the reply to it.

    *heads* are the lines on which other recipients' entries begin.
    """
    begin, last = mention.line + 1, mention.line + _MAX_AFTER
    end = next((number for number in range(begin, last) if number in heads), last)  # heads may be thousands
    following = lines[begin:end]
    match mention.kind:
        case MentionKind.COMMAND:
            answering = _reply_to_command(following)
        case MentionKind.REPLY:
            answering = [*_find_above(mention, lines), *_whole_reply(mention.rest[:_MAX_WORDS], following)]
        case _:
            answering = [mention.rest[:_MAX_WORDS], *without_accepted_steps(following)]
    return " ".join(line[:_MAX_WORDS].strip() for line in answering)


def _find_above(mention: Mention, lines: list[str]) -> list[str]:
    """Give the more specific line above a reply of the reporting system, where the reply itself names no cause.

    Sendmail 5 writes "554 <a@example.org>... Remote protocol error" below the other server's answer, and "... Service unavailable"
    below its own mailer's message about the local part.
    """
    if not phrases.contains_any(_NO_CAUSE, mention.rest[:_MAX_LINE].lower()):
        return []
    lines_above = lines[max(0, mention.line - _MAX_ABOVE) : mention.line]
    answers = [line for line in lines_above if line.lstrip().startswith("<<<") and REPLY.match(line)]
    if answers:
        return answers[-1:]
    local = mention.address.partition("@")[0].lower()
    return [
        line
        for line in lines_above[-1:]
        if "@" not in line and (local in _TOKENS.split(line.lower()) or _MAILER_TELLS_FULL.match(line))
    ]


def _reply_to_command(following: list[str]) -> list[str]:
    """The lines of a reply: the first that has a code, and its continuation lines."""
    for number, line in enumerate(following):
        if line.lstrip().startswith(">>>") or is_command(line) or is_positive_reply(line):
            break
        if REPLIED.match(line):
            return _whole_reply(line, following[number + 1 :])
    return []


def without_accepted_steps(lines: Sequence[str]) -> Sequence[str]:
    """Leave out what a dialogue among the lines says of no cause: commands that were accepted, and the replies to them."""
    positive = [is_positive_reply(line) for line in lines]
    steps = [is_accepted or is_command(line) for is_accepted, line in zip(positive, lines, strict=True)]
    return [
        line
        for number, line in enumerate(lines)
        if not steps[number] or not (positive[number] or number + 1 == len(lines) or steps[number + 1])
    ]


def _whole_reply(first: str, following: list[str]) -> list[str]:
    reply = [first]
    for line in following:
        starts = REPLY.match(line)
        goes_on = _UNFINISHED.match(reply[-1]) is not None if starts else bool(line.strip()) and "@" not in line
        if (
            not goes_on
            or line.lstrip().startswith((">>>", "...", "---"))
            or is_command(line)
            or is_positive_reply(line)
        ):
            break
        reply.append(line)
    return reply
