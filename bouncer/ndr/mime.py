"""MIME parts of a letter, split in one pass (RFC 2046 section 5.1, RFC 7103 for broken letters).

The email package is not used: reading would spend most of its time there, and a report needs little of it. A returned message is
one opaque part. Delimiters may be indented, may differ from the header's boundary parameter, and may never close.
"""

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from bouncer.ndr.header import Headers, block_at, is_plain, parameter, to_text
from bouncer.ndr.limits import Limits

_DELIMITER = re.compile(r"\n[ \t>]*+--(?=[^\s])(.*+)")
MANY_RETURNS = 8
"""A text with more CRs than this for each LF is searched line by line: a usual letter has one CR for each LF."""
_GAP = "\n" * 1000
_SMALL = 32 * 1024
"""Characters of a text that is searched whole, whatever empty lines it has: that takes a millisecond at most."""
_LINE_ENDS = re.compile(r"\n++")
_CR_AS_LF = bytes.maketrans(b"\r", b"\n")
_TYPE = re.compile(r"\s*+([\w.+-]++/[\w.+-]++)")
_FOLLOWED_BY_HEADER = re.compile(r"\n[ \t>]*+content-[a-z-]++:", re.IGNORECASE)
_UNFOLDED = re.compile(r"\s*+boundary=\"([^\"\n]+)\"", re.IGNORECASE)
_RETURNED = frozenset(
    {f"{top}/{x}rfc822{headers}" for top in ("message", "text") for x in ("", "x-") for headers in ("", "-headers")}
    | {"message/global", "message/global-headers", "message/partial", "message/news"}
)
_STATUS = {"message/tracking-status"}.union(  # RFC 3886 has the fields of RFC 3464
    f"{top}/{x}{utf8}delivery-status" for top in ("message", "text") for x in ("", "x-") for utf8 in ("", "global-")
)
_SINGLE = re.compile(r"(?<=[^\n])\n(?:\n\n)*+(?=[^\n])")
"""An odd number of line ends in a row."""


_PROGRAM = re.compile(
    r"\.(?:exe|scr|pif|bat|cmd|com|vb[es]|jse?|ws[fh]|hta|lnk|jar|cpl|ms[ip]|ps1|img|iso|zip|rar|7z|ace|cab|arj|tgz|tar|gz)$",
    re.IGNORECASE,
)
"""File names of programs and archives: worms travel in them, and no mail system attaches one to a report."""


class Part(NamedTuple):
    """One MIME part that holds no others; its body as octets in Latin-1."""

    content_type: str
    headers: Headers
    body: str

    @property
    def is_returned_message(self) -> bool:
        """Whether this part is the returned message or its headers, which are no evidence (RFC 3462, RFC 6522, RFC 6533)."""
        return self.content_type in _RETURNED

    @property
    def is_delivery_status(self) -> bool:
        """Whether this part holds the fields of RFC 3464 or RFC 6533."""
        return self.content_type in _STATUS

    @property
    def might_hold_fields(self) -> bool:
        """Whether the part's type does not tell what it holds."""
        return self.content_type == "application/octet-stream" or (
            self.content_type.startswith("message/") and not self.is_returned_message and not self.is_delivery_status
        )

    @property
    def is_program(self) -> bool:
        """Whether this part is a program or an archive, by its file name (RFC 2183 section 2.3, RFC 2045 section 5)."""
        if not self.content_type.startswith(("application/", "audio/", "image/")):
            return False
        fields = (("content-disposition", "filename"), ("content-type", "name"))
        return any(_PROGRAM.search(parameter(self.headers.raw(field), name)) for field, name in fields)

    def text(self, limit: int) -> str:
        """Decode transfer encoding and charset of at most *limit* octets; remove the tags of HTML."""
        text = self._decode_body(limit)
        if is_plain(text):
            return text
        charset = parameter(self.headers.raw("content-type"), "charset") or "utf-8"
        return to_text(text, charset)

    def _decode_body(self, limit: int) -> str:
        encoding = self.headers.raw("content-transfer-encoding").lower()
        body = self.body[:limit]
        if encoding.startswith("quoted-printable"):
            return _lines(binascii.a2b_qp(body.encode("latin-1")))
        if encoding.startswith("base64"):
            return _from_base64(body)
        return body


def content_type(headers: Headers, default: str = "text/plain") -> str:
    """Give the media type in lower case; *default* where the field is absent or malformed (RFC 2045 section 5.2)."""
    match = _TYPE.match(headers.raw("content-type"))
    return match[1].lower() if match else default


def split(headers: Headers, kind: str, body: str, limits: Limits) -> list[Part]:
    """Split the body of a letter of media type *kind* into the parts that hold no others, in their order."""
    if not kind.startswith("multipart/"):
        return [Part(kind, headers, body)]
    delimiters = _delimiters(body, limits)
    boundary = parameter(headers.raw("content-type"), "boundary").rstrip()
    if not any(token.startswith(boundary) for _, _, token in delimiters) or not boundary:
        boundary = _other_boundary(body, delimiters)
    if not boundary:
        return [Part("text/plain", headers, body)]
    return _walk(body, delimiters, boundary, limits)


def _delimiters(body: str, limits: Limits) -> list[tuple[int, int, str]]:
    delimiters = list[tuple[int, int, str]]()
    text = "\n" + body  # an index in this text is that of *body* plus one
    for start, end in _stretches_between_gaps(text):
        for line in _DELIMITER.finditer(text, start, end):
            delimiters.append((line.start(), line.end() - 1, line[1].rstrip()))
            if len(delimiters) >= limits.delimiters:
                return delimiters
    return delimiters


def _stretches_between_gaps(text: str) -> Iterator[tuple[int, int]]:
    """Give the stretches of *text* between thousands of empty lines, each with one line end before and after it.

    An expression that begins with a line end is tried at each of them: at millions of them that takes most of a letter's time.
    """
    start = 0
    while len(text) > _SMALL and (gap := text.find(_GAP, start)) >= 0:
        yield start, gap + 1
        start = _LINE_ENDS.search(text, gap).end() - 1  # type: ignore[union-attr] # there it stands
    yield start, len(text)


def _other_boundary(body: str, delimiters: list[tuple[int, int, str]]) -> str:
    """Find the boundary that the body uses where it differs from the header's boundary parameter."""
    for _, end, token in delimiters:
        if _FOLLOWED_BY_HEADER.match(body, end):
            return token
    return ""


def _walk(body: str, delimiters: list[tuple[int, int, str]], boundary: str, limits: Limits) -> list[Part]:
    parts: list[Part] = []
    open_boundaries = [boundary]
    depth_of = {boundary: 0}
    leaf: tuple[str, Headers, int] | None = None
    multiparts = 0  # each has a header to be read, and none counts among the parts
    next_starts = (*(start for start, _, _ in delimiters[1:]), len(body))
    for (start, end, token), next_start in zip(delimiters, next_starts, strict=True):
        closes = token not in depth_of and token.endswith("--")
        depth = depth_of.get(token[:-2] if closes else token)
        if depth is None:
            continue
        if leaf:
            parts.append(Part(leaf[0], leaf[1], body[leaf[2] : start]))
            leaf = None
        keep = depth if closes else depth + 1
        for inner in open_boundaries[keep:]:
            depth_of.pop(inner, None)
        del open_boundaries[keep:]
        if max(len(parts), multiparts) >= limits.parts or not open_boundaries:
            break
        if not closes:
            # up to the next delimiter: broken headers that overlap would be read again for each part
            room = min(limits.header_octets, next_start - end - 1)
            leaf = _open_part(body, end + 1, open_boundaries, depth_of, room)
            multiparts += leaf is None
    if leaf:
        parts.append(Part(leaf[0], leaf[1], body[leaf[2] :]))
    return parts


def _open_part(
    body: str, start: int, open_boundaries: list[str], depth_of: dict[str, int], room: int
) -> tuple[str, Headers, int] | None:
    """Read a part's header, of *room* octets at most: (type, headers, index of its body) for a leaf.

    A multipart is added to the open ones.
    """
    if body.startswith("\n", start):
        return "text/plain", Headers(), start + 1
    begin, end, body_at = block_at(body, start, room)
    headers = Headers(body[begin:end])
    kind = content_type(headers)
    inner = parameter(headers.raw("content-type"), "boundary").rstrip() if kind.startswith("multipart/") else ""
    if kind.startswith("multipart/") and not inner and (unfolded := _UNFOLDED.match(body, end)):
        inner = unfolded[1]
    if not inner or inner in depth_of:
        return kind, headers, body_at
    depth_of[inner] = len(open_boundaries)
    open_boundaries.append(inner)
    return None


def _lines(octets: bytes) -> str:
    return octets.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")


def _from_base64(body: str) -> str:
    octets = body.encode("latin-1")
    for tail in (b"", b"=", b"=="):
        try:
            return _lines(binascii.a2b_base64(octets + tail))
        except binascii.Error:
            continue
    return body


def single_spaced(text: str) -> str:
    """Remove every second line end of a text in which a gateway doubled all of them."""
    doubled = "\n\n\n\n" in text and not _SINGLE.search(text)
    return text.replace("\n\n", "\n") if doubled else text


def _without_returns(raw: bytes) -> bytes:
    """Give *raw* with LF for each CR LF; replace() alone would look at each of a million CRs without LF for three times as long."""
    returns = raw.count(b"\r")
    if returns == raw.count(b"\r\n"):  # as in nearly all letters
        return raw.translate(None, b"\r")  # a seventh of the time of replace() for short lines, and never more
    if returns <= MANY_RETURNS * raw.count(b"\n"):
        return raw.replace(b"\r\n", b"\n")
    *lines, rest = raw.split(b"\n")
    return b"\n".join([*(line.removesuffix(b"\r") for line in lines), rest])


def as_text(raw: bytes) -> str:
    """Decode octets as Latin-1 text with LF line ends, without NULs and byte order mark."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in raw:  # searching for one octet is much faster than for two
        raw = _without_returns(raw)
        if b"\r" in raw:  # some gateways make CR CR LF of a line's end
            raw = _without_returns(raw).translate(_CR_AS_LF)  # an eighth of the time of replace() for millions
    return (raw.replace(b"\0", b"") if b"\0" in raw else raw).decode("latin-1")
