"""A ``multipart/form-data`` body (RFC 7578) as it arrives: heads of parts and pieces of their contents, in bounded memory."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bouncer.web.form_data import MAX_HEAD, boundary_of

MOST_PARTS = 20
"""Parts of one form: more than any page has fields."""
MAX_BOUNDARY = 70
"""Octets of a boundary (RFC 2046 section 5.1.1)."""
_DISPOSITION = re.compile(r"^content-disposition:[ \t]*form-data([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(r';[ \t]*(name|filename)="([^"]*)"', re.IGNORECASE)
"""Browsers write a quote of a name as %22, and line ends as %0D and %0A (HTML section 4.10.21.8)."""


@dataclass(frozen=True, slots=True)
class PartHead:
    """The head of a part: the name of its field, and that of its file (None: it is no file)."""

    name: str
    file_name: str | None


class MultipartParser:
    """Takes a body apart piece by piece. It holds a piece and a head at most."""

    def __init__(self, content_type: str) -> None:
        boundary = boundary_of(content_type)
        if len(boundary) > MAX_BOUNDARY:
            raise ValueError("a long boundary")
        self._delimiter = b"\r\n--" + boundary
        self._waiting = b"\r\n"  # the first delimiter may have no line end before it
        self._next: Callable[[], PartHead | bytes | None] = self._skip_preamble
        self._parts = 0
        self.is_whole = False
        """Whether the last delimiter has come."""

    def feed(self, octets: bytes) -> Iterator[PartHead | bytes]:
        """Give the heads and the contents in *octets*, in order. Raises ValueError for a body that is no form."""
        self._waiting += octets
        while not self.is_whole and (event := self._next()) is not None:
            if event != b"":
                yield event

    def _skip_preamble(self) -> bytes | None:
        before, delimiter, remainder = self._waiting.partition(self._delimiter)
        if len(before) > MAX_HEAD:
            raise ValueError("no boundary at the beginning")
        if not delimiter:
            return None
        self._waiting, self._next = remainder, self._read_delimiter
        return b""

    def _read_delimiter(self) -> bytes | None:
        end = self._waiting[:2]
        if len(end) < len(b"--"):
            return None
        if end == b"--":
            self.is_whole, self._waiting = True, b""
        elif end == b"\r\n":
            self._next = self._read_head
        else:
            raise ValueError("a boundary that does not end")
        return b""

    def _read_head(self) -> PartHead | None:
        head, end, remainder = self._waiting.partition(b"\r\n\r\n")
        if len(head) > MAX_HEAD:
            raise ValueError("a part with a long head")
        if not end:
            return None
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise ValueError("too many parts")
        self._waiting, self._next = remainder, self._content
        return part_head(head.decode("utf-8", "replace"))

    def _content(self) -> bytes | None:
        content, delimiter, remainder = self._waiting.partition(self._delimiter)
        if delimiter:
            self._waiting, self._next = remainder, self._read_delimiter
            return content
        safe_octets = len(self._waiting) - len(self._delimiter) + 1
        if safe_octets <= 0:
            return None
        piece, self._waiting = self._waiting[:safe_octets], self._waiting[safe_octets:]
        return piece


def part_head(head: str) -> PartHead:
    """Read the head of a part. Raises ValueError where its field has no name."""
    disposition = _DISPOSITION.search(head)
    parameters = {name.lower(): value for name, value in _PARAMETER.findall(disposition[1])} if disposition else {}
    if not parameters.get("name"):
        raise ValueError("a part without a name")
    return PartHead(parameters["name"], parameters.get("filename"))
