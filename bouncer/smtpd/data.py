"""Command lines and letters from the octets of a connection (RFC 5321 sections 2.3.8, 4.1.1.4, 4.5.2). Pure.

A letter is taken in whatever chunks come, until the one sequence that ends it. Only CR LF . CR LF does: anything else
that looks like it is content, so that no letter can smuggle another one (CVE-2023-51764 and its kin). Long lines, NULs,
bare CR and LF are content too and are kept as they came.
"""

from enum import Enum

from bouncer.smtpd.memory import Reservation

MAX_LINE = 2048
"""Octets of a command line; RFC 5321 asks for 512 plus those of extensions, and long signed paths are real."""

PART = 64 * 1024
"""Octets of a letter after which they are put aside; in smaller parts a peer that sends octet by octet costs more memory."""

_LINE_END = b"\r\n"
_STUFFED = b"\r\n."
_END = b"\r\n.\r\n"


def take_line(octets: bytearray) -> bytes | None:
    """Take the first line with its end off *octets*; None while no whole line is there.

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
    NO_MEMORY = "no memory for it now"


class Data:
    """One letter on its way in. If it is too large, its octets are discarded until its end, in bounded memory."""

    def __init__(self, octets: bytearray, limit: int, reservation: Reservation, part: int = PART) -> None:
        octets[:0] = _LINE_END  # DATA begins at the start of a line
        self.reservation = reservation
        self._octets = octets
        self._limit = limit
        self._part = part
        self._parts: list[bytearray] = []
        self._octets_aside = 0
        """Octets that were taken for the parts."""
        self._searched_to = 0
        self._fault: NoLetter | None = None

    @property
    def octets_came(self) -> int:
        """The octets of the letter that came so far."""
        return self._octets_aside + len(self._octets)

    def take(self) -> bytes | NoLetter | None:
        """Take the letter off the octets, dots unstuffed, its last CR LF included; None while its end has not come."""
        octets = self._octets
        end = octets.find(_END, self._searched_to)
        if end < 0:
            self._go_on()
            return None
        self._put_aside(end + len(_LINE_END))
        del octets[: len(_END) - len(_LINE_END)]
        raw = b"".join(self._parts)
        return self._fault or (NoLetter.TOO_LARGE if len(raw) > self._limit else raw)

    def _go_on(self) -> None:
        octets = self._octets
        self._fault = self._fault or self._too_much(self._octets_aside + len(octets))
        if self._fault or len(octets) >= self._part:
            self._put_aside(_find_cut(octets))
        self._searched_to = max(0, len(octets) - len(_END) + 1)

    def _too_much(self, size: int) -> NoLetter | None:
        stuffing = self._limit // 3  # at worst every third octet is a dot that it doubled
        if size > self._limit + stuffing + len(_END):
            return NoLetter.TOO_LARGE
        return None if self.reservation.grow(size) else NoLetter.NO_MEMORY

    def _put_aside(self, end: int) -> None:
        """Take a part of the letter off the octets before its end has come, as unstuffing all of it at once would delay others."""
        if self._fault:
            self._parts.clear()
        else:
            part = self._octets[:end].replace(_STUFFED, _LINE_END)
            self._parts.append(part if self._octets_aside else part[len(_LINE_END) :])
            self._octets_aside += end
        del self._octets[:end]


def _find_cut(octets: bytearray) -> int:
    """Give the place to cut: before the first CR that may begin the end of the letter, so that the end is never split."""
    position = octets.find(b"\r", max(0, len(octets) - len(_END) + 1))
    return position if position >= 0 else len(octets)
