"""The country of a mail server, as far as its name tells it, and its address, as far as a report gives it. Pure.

Country codes are those of ISO 3166-1. A domain ending of two letters is such a code (RFC 1591 section 4.2), but for a few.
"""

import re

from bouncer.mail.host import read_host

_OTHER_CODES = {"uk": "GB", "su": "RU", "ac": "SH", "tp": "TL"}
"""Endings that are no code of ISO 3166-1, or one of another time."""
_ANYBODYS = frozenset({"ai", "cc", "co", "eu", "fm", "gg", "io", "la", "me", "sh", "so", "to", "tv", "vc", "ws"})
"""Endings that are sold to anybody, and the European Union's: they tell no country."""
_CODE = re.compile(r"[a-z]{2}")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{3,45}")


def country_of_name(server: str) -> str | None:
    """Give the country that the ending of a host name stands for; None where it stands for none."""
    words = server.lower().split()
    ending = words[0].rstrip(".").rpartition(".")[2] if words and "." in words[0].rstrip(".") else ""
    if ending in _ANYBODYS or not _CODE.fullmatch(ending):
        return None
    return _OTHER_CODES.get(ending, ending.upper())


def address_in(server: str) -> str | None:
    """Give the IP address beside or instead of the name: ``mx.example.org [192.0.2.25]``, ``mx.example.org (192.0.2.25, ...)``."""
    for word in server.split()[:4]:
        text = word.strip("[](),;").removeprefix("IPv6:")
        if _ADDRESS.fullmatch(text) and (address := read_host(text)):
            return address
    return None
