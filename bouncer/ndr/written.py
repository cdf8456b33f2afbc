"""Letters that are no reports, as a person needs to see them: writer, subject, beginning, and signs that a machine wrote.

Machines write most mail that comes to a return path and is no report: lists, newsletters, filters, reports about policy. Their
headers say so (RFC 2369, RFC 2919, RFC 3834), or their words show it.
"""

from bouncer.ndr.dialects import ordinary, unsubscribe
from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits
from bouncer.ndr.reading import NO_ENVELOPE, Envelope, Kind, Written

MAX_LINES = 6
"""Lines of the text that are shown: the first lines tell what the writer wants."""
MAX_LINE = 200
"""Characters of a line."""
MAX_SENDER = 300
"""Characters of From: a name and an address of the longest kind."""
MAX_SUBJECT = 200
"""Characters of a subject."""
OCTETS = 256 * 1024
"""Octets of a letter that are parsed for this: header and first lines stand at the beginning."""
SHOWN = frozenset({Kind.OTHER, Kind.UNREADABLE, Kind.UNSUBSCRIBE})
"""Kinds of letters that a person may have to see."""

_LIMITS = Limits(octets=OCTETS, parts=20)
_MACHINES = ("bulk", "list", "junk")
"""Values of Precedence that programs set."""


def summarize(raw: bytes, kind: Kind, envelope: Envelope = NO_ENVELOPE) -> Written | None:
    """Summarize the letter *raw*, read as *kind*, for a person; None where nobody needs to see letters of its kind.

    Never raises: nothing is known of a letter that cannot be parsed, and a person may have written it.
    """
    if kind not in SHOWN:
        return None
    try:
        return _describe_letter(Letter(raw[:OCTETS], _LIMITS, envelope), kind)
    except Exception:  # noqa: BLE001 -- the letter was read already; an error here must not lose it
        return Written()


def _describe_letter(letter: Letter, kind: Kind) -> Written:
    headers = letter.headers
    return Written(
        sender=headers.get("from")[:MAX_SENDER],
        subject=headers.get("subject")[:MAX_SUBJECT],
        lines=_first_lines(letter),
        by_person=not _is_by_machine(letter, kind),
        answers="in-reply-to" in headers or "references" in headers,
    )


def _first_lines(letter: Letter) -> tuple[str, ...]:
    own_lines = (
        line.strip()[:MAX_LINE] for line in (letter.lines if letter.evidence.strip() else letter.text.split("\n"))
    )
    written_lines: list[str] = []
    for line in own_lines:
        if line and not line.startswith((">", "|")):
            written_lines.append(line)
        if len(written_lines) == MAX_LINES:
            break
    return tuple(written_lines)


def _is_by_machine(letter: Letter, kind: Kind) -> bool:
    headers = letter.headers
    if kind is Kind.UNSUBSCRIBE:
        return unsubscribe.is_by_program(letter)
    if headers.raw("auto-submitted").strip().lower() not in ("", "no"):
        return True
    if headers.raw("precedence").strip().lower() in _MACHINES:
        return True
    return letter.content_type == "multipart/report" or ordinary.machine_sign(letter) is not None
