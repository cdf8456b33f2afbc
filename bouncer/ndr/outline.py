"""A letter as lines of text, for the person who teaches its form: made where letters are read, and shown elsewhere."""

from bouncer.ndr import addresses, fallback
from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits
from bouncer.ndr.reading import NO_ENVELOPE, Envelope, Kind, Reading
from bouncer.ndr.taught import sender_host, why_not_teachable
from bouncer.ndr.taught_form import MOST_LINES, Outline
from bouncer.ndr.written import OCTETS

MAX_LINE = 300
"""Characters of a line."""

_LIMITS = Limits(octets=OCTETS, parts=20)


def outline(raw: bytes, reading: Reading, envelope: Envelope = NO_ENVELOPE) -> Outline:
    """Give the lines of the letter *raw*, which was read as *reading*. Never raises: an unparseable letter has no lines."""
    try:
        letter = Letter(raw[:OCTETS], _LIMITS, envelope)
        return _make_outline(letter, reading)
    except Exception:  # noqa: BLE001 -- the letter was read already; an error here must not end the reading process
        return Outline((), refusal="it cannot be opened")


def _make_outline(letter: Letter, reading: Reading) -> Outline:
    subject = letter.headers.get("subject").strip()
    text = [line.strip()[:MAX_LINE] for line in letter.lines if line.strip()]
    refusal = why_not_teachable(letter)
    if reading.kind not in (Kind.UNREADABLE, Kind.OTHER):
        refusal = f"it is read already, as {reading.kind} by {reading.dialect}"
    return Outline(
        (subject[:MAX_LINE], *text[: MOST_LINES - 1]),
        sender_host(letter),
        frozenset(address.lower() for address in letter.parties if addresses.find(address)),
        fallback.from_return_path(letter) is not None,
        refusal,
    )
