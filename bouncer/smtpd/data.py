"""Lines and letters out of what came over the wire (RFC 5321 sections 2.3.8, 4.1.1.4, 4.5.2). Pure: octets in, values out.

A letter is taken in whatever chunks come, until the one sequence that ends it. Only CR LF . CR LF does: anything else
that looks like it is content, so that no letter can smuggle another one (CVE-2023-51764 and its kin). Long lines, NULs,
bare CR and LF are content too and are kept as they came.
"""

from enum import Enum

from bouncer.smtpd.room import Share

MAX_LINE = 2048
"""Octets of a command line; RFC 5321 asks for 512 plus what extensions add, and long signed paths are real."""

_LINE_END = b"\r\n"
_END = b"\r\n.\r\n"


def take_line(octets: bytearray) -> bytes | None:
    """Take the first line with its end off *octets*; None while there is none whole.

    A line that is too long comes as one of more than MAX_LINE octets, and is never held longer than that.
    """
    end = octets.find(b"\n")
    if end < 0:
        del octets[MAX_LINE + 1 :]  # the rest of a line that is too long already
        return None
    line = bytes(octets[: end + 1])
    del octets[: end + 1]
    return line


class NoLetter(Enum):
    """Why there is no letter at the end of DATA."""

    TOO_LARGE = "larger than max_message"
    NO_ROOM = "no memory for it now"


class Data:
    """One letter on its way in. One that is too large is passed over to its end in bounded memory."""

    def __init__(self, octets: bytearray, most: int, share: Share) -> None:
        octets[:0] = _LINE_END  # DATA begins at the start of a line
        self.share = share
        self._octets = octets
        self._most = most
        self._seen = 0
        self._fault: NoLetter | None = None

    def take(self) -> bytes | NoLetter | None:
        """Take the letter off the octets, dots unstuffed, its last CR LF included; None while its end has not come."""
        octets = self._octets
        end = octets.find(_END, self._seen)
        if end < 0:
            self._fault = self._fault or self._too_much(len(octets))
            if self._fault:
                del octets[: 1 - len(_END)]
            self._seen = max(0, len(octets) - len(_END) + 1)
            return None
        raw = b"" if self._fault else _unstuffed(octets, end + len(_LINE_END))
        del octets[: end + len(_END)]
        return self._fault or (NoLetter.TOO_LARGE if len(raw) > self._most else raw)

    def _too_much(self, size: int) -> NoLetter | None:
        stuffing = self._most // 3  # at worst every third octet is a dot that it doubled
        if size > self._most + stuffing + len(_END):
            return NoLetter.TOO_LARGE
        return None if self.share.grow(size) else NoLetter.NO_ROOM


def _unstuffed(octets: bytearray, end: int) -> bytes:
    with memoryview(octets) as view, view[:end] as letter:
        stuffed = bytes(letter)
    return stuffed.replace(b"\r\n.", b"\r\n")[len(_LINE_END) :]
