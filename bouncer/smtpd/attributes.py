"""The arguments of XFORWARD and XCLIENT, by which a mail server in front of us names its own client. Pure: text in, values out.

Defined by Postfix (https://www.postfix.org/XFORWARD_README.html, https://www.postfix.org/XCLIENT_README.html): NAME=value,
the value in xtext (RFC 3461 section 4). An argument that is not in that form is refused as a whole.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from bouncer.mail.host import plain_host, read_host
from bouncer.settings.addresses import MAX_PORT

XFORWARD: Final = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
"""The attributes of XFORWARD that we read, about the client of the next letter."""
XCLIENT: Final = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT")
"""The attributes of XCLIENT that we read, about the client of the rest of the connection; we use ADDR alone."""
MAX_VALUE = 255
"""Octets of a value; XFORWARD_README, note 1."""
MAX_PROTO = 64
"""Characters of the name of a protocol; XFORWARD_README."""

Attributes: TypeAlias = Mapping[str, str | None]
"""Values by upper-case name; None where the front says that it does not know the value."""

_UNKNOWN = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})
_ATTRIBUTE = re.compile(r"([A-Za-z]++)=((?:[!-*,-<>-~]|\+[0-9A-F]{2})++)")
_HEXADECIMAL = re.compile(rb"\+([0-9A-F]{2})")


def read_attributes(argument: str, attribute_names: tuple[str, ...]) -> Attributes | None:
    """Read the argument of XFORWARD or XCLIENT, whose attributes are *attribute_names*; None where anything in it is malformed."""
    attributes: dict[str, str | None] = {}
    for word in argument.split(" "):
        match = _ATTRIBUTE.fullmatch(word)
        name = match[1].upper() if match else ""
        if match is None or name not in attribute_names or name in attributes or len(match[2]) > MAX_VALUE:
            return None
        value = _decode_xtext(match[2])
        if value is None or not _FORMS.get(name, _is_plain)(value):
            return None
        attributes[name] = None if value.upper() in _UNKNOWN else _make_comparable(name, value)
    return attributes


def _decode_xtext(xtext: str) -> str | None:
    """Decode xtext; None for characters that no SMTP command may have either: control characters, blanks, broken UTF-8."""
    octets = _HEXADECIMAL.sub(lambda digits: bytes.fromhex(digits[1].decode()), xtext.encode())
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() and not any(map(str.isspace, text)) else None


def _make_comparable(name: str, value: str) -> str:
    return plain_host(_without_family(value)) if name == "ADDR" else value


def _without_family(address: str) -> str:
    return address[5:] if address[:5].upper() == "IPV6:" else address


def _is_plain(_value: str) -> bool:
    return True


def _is_address(value: str) -> bool:
    return value.upper() in _UNKNOWN or read_host(_without_family(value)) is not None


def _is_port(value: str) -> bool:
    return value.upper() in _UNKNOWN or (value.isascii() and value.isdigit() and _is_tcp_port(value))


def _is_tcp_port(digits: str) -> bool:
    return len(digits) <= len(str(MAX_PORT)) and int(digits) <= MAX_PORT


def _is_protocol(value: str) -> bool:
    return len(value) <= MAX_PROTO


def _is_source(value: str) -> bool:
    return value.upper() in _UNKNOWN or value.upper() in ("LOCAL", "REMOTE")


_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "ADDR": _is_address,
    "DESTADDR": _is_address,
    "PORT": _is_port,
    "DESTPORT": _is_port,
    "PROTO": _is_protocol,
    "SOURCE": _is_source,
}
"""The form that the values of some attributes must have, as a predicate."""
