"""The spellings in which systems on the way write an address: inside another address, and with characters encoded.

Return paths have it with another sign for the @ (VERP, BATV, the percent sign of RFC 1123 section 5.2.16), or with its domain first
(SRS, the bang paths of RFC 976). Exchange encapsulates it (IMCEA, [MS-OXCMAIL] section 2.1.3.3; guests). Characters are encoded as
xtext (RFC 3461 section 4), in URLs (RFC 3986 section 2.1), quoted-printable (RFC 2045 section 6.7), and HTML.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from bouncer.mail.address import MAX_LOCAL_PART

MOST_READINGS = 12
"""Readings of one text: an encoding inside another is read, but nobody makes the program read a text for ever."""

_RUN = re.compile(r"[a-z0-9]+")
_HEX = "[0-9a-f]{2}"
_XTEXT = re.compile(rf"\+({_HEX})")
_QUOTED_PRINTABLE = re.compile(rf"=({_HEX})")
_ENCAPSULATED = re.compile(r"(?<![a-z0-9])imcea[a-z0-9]{1,12}-")
_GUEST = re.compile(r"_([a-z0-9.-]{1,255})#ext#")
"""Exchange's name of a guest, in which an underscore replaces the @."""
_TAGGED = re.compile(r"(?<![a-z0-9])prvs=([^/@\s]{1,64})/[^/@\s]{1,64}@")
"""A tagged sender in the first form of BATV, in which the tag follows the local part."""

_AT = r"(?:[@%#]|_at_| ?[(\[]at[)\]] ?)"
"""The @ of an address, or what replaces it."""
_END = r"(?![\w-]|\.\w)"
_LOCAL_END = r"(?![\w+-]|\.\w)"


@dataclass(frozen=True, slots=True)
class Spellings:
    """All spellings of addresses of one domain.

    A text that has one has *run*, letters and digits of the domain, and one of *local_runs*, those of the local parts.
    """

    run: str
    local_runs: Sequence[str]
    pattern: re.Pattern[str]

    def are_in(self, reading: str) -> bool:
        """Whether a text of ``readings_of`` has one of them, as a whole address and not as a part of a longer one."""
        if self.run not in reading or not any(map(reading.__contains__, self.local_runs)):
            return False
        return self.pattern.search(reading) is not None


def make_spellings(domain: str, locals_: Sequence[str]) -> Spellings:
    """Give those of addresses of a domain, by their local parts; all in lower case."""
    return Spellings(
        _longest_run(domain),
        [_longest_run(local) for local in locals_],
        _pattern_of(re.escape(domain), map(re.escape, locals_)),
    )


def make_gmail_spellings(locals_: Iterable[str]) -> Spellings:
    """Give those of mailboxes at Gmail, by their local parts without dots and tags: dots are anywhere, and a tag may follow."""
    return Spellings("mail", ("",), _pattern_of(r"(?:gmail|googlemail)\.com", map(_allow_dots, locals_)))


def _longest_run(part: str) -> str:
    return max(_RUN.findall(part), key=len, default="")


def _pattern_of(domain: str, locals_: Iterable[str]) -> re.Pattern[str]:
    """Make the pattern of addresses by those of their domain and of their local parts."""
    local = f"(?:{'|'.join(locals_)})"
    whole, in_path = f"{local}{_AT}{domain}", f"{local}={domain}"  # a path has a prefix that ends with + or -
    forward = rf"(?:(?<![\w.+-]){whole}|(?<![\w.]){in_path}){_END}"
    return re.compile(rf"{forward}|(?<![\w.-]){domain}[!=]{local}{_LOCAL_END}")


def _allow_dots(local: str) -> str:
    return r"\.?".join(map(re.escape, local)) + rf"(?:\+[^@=\s]{{0,{MAX_LOCAL_PART}}})?"


def readings_of(text: str) -> Iterator[str]:
    """Give *text* in lower case, as it is and decoded in each way that changes it, also in one way after another."""
    readings = {text.lower(): None}
    queue = list(readings)
    while queue:
        reading = queue.pop(0)
        yield reading
        for decode in _DECODERS:
            decoded = decode(reading).lower()
            if decoded not in readings and len(readings) < MOST_READINGS:
                readings[decoded] = None
                queue.append(decoded)


def _decode_url(text: str) -> str:
    return unquote(text, errors="replace") if "%" in text else text


def _decode_xtext(text: str) -> str:
    return _XTEXT.sub(_unhex, text) if "+" in text else text


def _decode_quoted_printable(text: str) -> str:
    return unquote(_QUOTED_PRINTABLE.sub(r"%\1", text.replace("%", "%25")), errors="replace") if "=" in text else text


def _decode_html(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def _open(text: str) -> str:
    """Take an address out of the forms that Exchange and BATV put around it."""
    text = _ENCAPSULATED.sub("", text) if "imcea" in text else text
    text = _GUEST.sub(r"@\1 ", text) if "#ext#" in text else text
    return _TAGGED.sub(r"\1@", text) if "prvs=" in text else text


def _unhex(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))


_DECODERS = (_decode_url, _decode_xtext, _decode_quoted_printable, _decode_html, _open)
