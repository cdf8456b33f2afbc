"""Lures: letters that imitate a mail system's report so that their reader follows a link."""

import re

from bouncer.ndr import addresses
from bouncer.ndr.letter import Letter

_LINK = re.compile(r"https?://|<a\s[^<>]{0,200}href", re.IGNORECASE)


def is_lure(letter: Letter) -> bool:
    """Whether a letter has a link, names only its own addressee, and returns no message: no mail system writes so.

    An address in the domain above the addressee's is the addressee's too: lures name the public address, example.com, of the owner
    of a return path at bounces.example.com.
    """
    if letter.returned:
        return False
    our_addresses = " ".join(letter.addressed_to).lower()
    quoted_addresses = addresses.find(letter.text)
    return (
        bool(quoted_addresses)
        and all(_is_own(address.lower(), our_addresses) for address in quoted_addresses)
        and _has_link(letter)
    )


def _is_own(address: str, our_addresses: str) -> bool:
    domain = address.rpartition("@")[2]
    return address in our_addresses or (f".{domain}" in our_addresses and "." in domain)


def _has_link(letter: Letter) -> bool:
    """Whether the words have a link, or their HTML, from which only the words are read."""
    pages = (part.text(letter.limits.text) for part in letter.parts if part.content_type == "text/html")
    return _LINK.search(letter.text) is not None or any(map(_LINK.search, pages))
