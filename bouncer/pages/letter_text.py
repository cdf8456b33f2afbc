"""A letter as text for a page: the octets as they came, except that parts of encoded text are decoded.

Reports in languages other than English mostly come as quoted-printable or base64 (RFC 2045 sections 6.7 and 6.8), in which nobody
can read them. Decoding takes time that is linear in the octets, and never fails; nothing else of a letter is parsed here.
"""

import re
from dataclasses import dataclass

from bouncer.ndr.header import Headers, to_text
from bouncer.ndr.mime import Part, content_type

MOST_OCTETS = 128 * 1024
"""Octets of a letter in which parts are decoded, a hundredth of a second; reports are smaller."""
MOST_PARTS = 10
"""Encoded parts that are decoded, the first ones."""
MOST_HEADERS = 16 * 1024
"""Octets before the encoding's field in which the header block of its part begins."""
_ENCODING = re.compile(
    r"^content-transfer-encoding:[ \t]{0,9}(?:base64|quoted-printable)", re.IGNORECASE | re.MULTILINE
)
_CHARSET = re.compile(r"charset=\"?([\w.:-]{1,40})", re.IGNORECASE)
_READABLE = ("text/", "message/")
"""Types of parts that are text: also the fields of a report, and returned messages."""
_BLANK, _BOUNDARY = "\n\n", "\n--"


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter's text, with LF line ends; *is_decoded*: some of its parts were decoded."""

    text: str
    is_decoded: bool


def letter_text(raw: bytes) -> LetterText:
    """Give the letter *raw* as text."""
    octets = raw.decode("latin-1").replace("\r\n", "\n")
    pieces, end = list[str](), 0
    for field in list(_ENCODING.finditer(octets[:MOST_OCTETS]))[:MOST_PARTS]:
        begin = octets.find(_BLANK, field.end(), MOST_OCTETS) + len(_BLANK)
        if field.start() < end or begin < len(_BLANK):
            continue
        headers = Headers(octets[_begin_of_headers(octets, end, field.start()) : begin])
        if not content_type(headers).startswith(_READABLE):
            continue
        pieces.append(_as_it_came(octets[end:begin]))
        end = octets.find(_BOUNDARY, begin, MOST_OCTETS)
        end = end if end >= 0 else min(len(octets), MOST_OCTETS)
        pieces.append(Part(content_type(headers), headers, octets[begin:end]).text(end - begin))
    return LetterText("".join([*pieces, _as_it_came(octets[end:])]), bool(pieces))


def _begin_of_headers(octets: str, first: int, field: int) -> int:
    first = max(first, field - MOST_HEADERS)
    return max(first, octets.rfind(_BLANK, first, field), octets.rfind(_BOUNDARY, first, field))


def _as_it_came(octets: str) -> str:
    """Decode octets that are not encoded, from UTF-8, or from the charset that they name."""
    try:
        text = octets.encode("latin-1").decode()
    except UnicodeDecodeError:
        text = ""
    charset = _CHARSET.search(octets, 0, MOST_OCTETS)
    return text if text and "\x1b" not in text else to_text(octets, charset[1] if charset else "utf-8")
