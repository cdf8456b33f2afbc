"""The headers of the returned message, extracted from the letter that returns it (RFC 6522, and texts that quote it)."""

from bouncer.ndr import evidence
from bouncer.ndr.header import block_at
from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits

WINDOW = 256 * 1024
"""Octets of the letter that are searched: the returned message follows the report, and few reports are as long."""
MAX_HEADERS = 64 * 1024
"""Characters of returned headers that are passed on. Trace headers of real mail are far shorter."""

_LIMITS = Limits(octets=WINDOW, header_octets=MAX_HEADERS, text=WINDOW)


def returned_headers(raw: bytes) -> str:
    """Give the returned message's header block, octets as Latin-1, lines ending with LF; empty where there is none."""
    letter = Letter(raw, _LIMITS)
    for part in letter.parts:
        if part.is_returned_message:
            encoded = "content-transfer-encoding" in part.headers
            return _block(part.text(WINDOW) if encoded else part.body, 0)
    _, at = evidence.cut(letter.text)
    return _block(letter.text, at) if at >= 0 else ""


def _block(text: str, at: int) -> str:
    begin, end, _ = block_at(text, at, MAX_HEADERS)
    return text[begin:end]
