"""The text above a multipart's first part (RFC 2046 section 5.1.1), where some gateways write the words of a report."""

from bouncer.ndr.header import Headers
from bouncer.ndr.mime import Part

_WORDS = frozenset({"text/plain", "text/html"})


def with_preamble(parts: list[Part], body: str) -> list[Part]:
    """Give *parts*, and before them the preamble of *body* where no part has words and it names an address."""
    if any(part.content_type in _WORDS for part in parts):
        return parts
    preamble = "" if body.startswith("--") else body[: max(0, body.find("\n--"))]
    return [Part("text/plain", Headers(), preamble), *parts] if "@" in preamble else parts
