"""The country of a mail server, as far as its name tells it, and its address, as far as a report gives it. Pure.

Country codes are those of ISO 3166-1. A domain ending of two letters is such a code (RFC 1591 section 4.2), but for a few.
"""

import re

from bouncer.mail.host import read_host

_OTHER_CODES = {"uk": "GB", "su": "RU", "ac": "SH", "tp": "TL"}
"""Endings that are no code of ISO 3166-1, or one of another time."""
_WITHOUT_COUNTRY = frozenset({"ai", "cc", "co", "eu", "fm", "gg", "io", "la", "me", "sh", "so", "to", "tv", "vc", "ws"})
"""Endings that tell no country: those that are sold to anybody, and that of the European Union."""
_CODE = re.compile(r"[a-z]{2}")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{3,45}")
_MAX_ANSWER = 1000
"""Characters of a server's words in which its name is looked for: it precedes them."""
_ANSWERING = (
    (
        "host",
        re.compile(
            r"(?:^|[:;,>(])[ \t]*host[ \t]+(?P<server>[\w-][\w.-]{0,250}[ \t]?\[(?:IPv6:)?[0-9A-Fa-f:.]{3,45}\])"
            r"(?=:\s|\s{1,9}said\b|\s{1,9}SMTP error\b|[ \t]{0,9}$)",
            re.ASCII | re.MULTILINE,
        ),
    ),
    (
        " recipient",
        re.compile(r"^(?P<server>[0-9A-Fa-f:.]{3,45}) does not like recipient\b", re.MULTILINE),
    ),
    (" failed after ", re.compile(r"^(?P<server>[0-9A-Fa-f:.]{3,45}) failed after I sent\b", re.MULTILINE)),
    ("Connected to ", re.compile(r"\bConnected to (?P<server>[0-9A-Fa-f:.]{3,45}) but\b")),
)
"""The forms in which a mail server names the one that it spoke with, each with words that are in it.

An address elsewhere may be the sender's.

Postfix writes "host mx.example.org[192.0.2.25] said: 550", Exim "host mx.example.org [192.0.2.25]: 550", qmail
"192.0.2.25 does not like recipient." and "Connected to 192.0.2.25 but sender was rejected.".
"""


def country_of_name(server: str) -> str | None:
    """Give the country that the ending of a host name stands for; None where it stands for none."""
    words = server.lower().replace("[", " [").split()
    ending = words[0].rstrip(".").rpartition(".")[2] if words and "." in words[0].rstrip(".") else ""
    if ending in _WITHOUT_COUNTRY or not _CODE.fullmatch(ending):
        return None
    return _OTHER_CODES.get(ending, ending.upper())


def address_in(server: str) -> str | None:
    """Give the IP address beside or instead of the name: ``mx.example.org [192.0.2.25]``, ``mx.example.org (192.0.2.25, ...)``."""
    for word in server.replace("[", " [").split()[:4]:
        text = word.strip("[](),;").removeprefix("IPv6:")
        if _ADDRESS.fullmatch(text) and (address := read_host(text)):
            return address
    return None


def answering_server(answer: str) -> str:
    """Give the server that *answer* quotes, as a Remote-MTA field has it; empty where the text names none.

    >>> answering_server("host mx.example.org[192.0.2.25] said: 550 5.1.1 no such user")
    'mx.example.org[192.0.2.25]'
    """
    places = (form.search(answer[:_MAX_ANSWER]) for word, form in _ANSWERING if word in answer)
    return next((place["server"] for place in places if place), "")
