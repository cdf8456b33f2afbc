"""DATA: one letter's octets from the wire (RFC 5321 sections 4.1.1.4 and 4.5.2).

Read in whatever chunks come, until the one sequence that ends it. Only CR LF . CR LF does: anything else that looks
like it is content, so that no letter can smuggle another one (CVE-2023-51764 and its kin). Long lines, NULs, bare CR
and LF are content too and are kept as they came.
"""

from enum import Enum

from bouncer.smtpd.guests import Share
from bouncer.smtpd.wire import Wire

_LINE_END = b"\r\n"
_END = b"\r\n.\r\n"


class NoLetter(Enum):
    """Why there is no letter."""

    CUT_OFF = "the connection ended before the letter did"
    TOO_LARGE = "larger than max_message"
    NO_ROOM = "no memory for it now"


async def read_letter(wire: Wire, most: int, share: Share) -> bytes | NoLetter:
    """Take the next letter off the wire, dots unstuffed, its last CR LF included.

    One of more than *most* octets, or than *share* can grow to, is passed over to its end in bounded memory.
    """
    octets = wire.octets
    octets[:0] = _LINE_END  # DATA begins at the start of a line
    seen, fault = 0, None
    while (end := octets.find(_END, seen)) < 0:
        fault = fault or _fault(len(octets), most, share)
        if fault:
            del octets[: 1 - len(_END)]
        seen = max(0, len(octets) - len(_END) + 1)
        if not await wire.more():
            return NoLetter.CUT_OFF
        wire.heard = wire.loop.time()
    raw = b"" if fault else _unstuffed(octets, end + len(_LINE_END))
    del octets[: end + len(_END)]
    return fault or (NoLetter.TOO_LARGE if len(raw) > most else raw)


def _fault(size: int, most: int, share: Share) -> NoLetter | None:
    if size > most + most // 3 + len(_END):  # at worst, every third octet is a dot that stuffing doubled
        return NoLetter.TOO_LARGE
    return None if share.grow(size) else NoLetter.NO_ROOM


def _unstuffed(octets: bytearray, end: int) -> bytes:
    with memoryview(octets) as view, view[:end] as letter:
        stuffed = bytes(letter)
    return stuffed.replace(b"\r\n.", b"\r\n")[len(_LINE_END) :]
