"""The arguments of MAIL and RCPT: a path and its parameters (RFC 5321 sections 4.1.1.2, 4.1.1.3, 4.1.2; RFC 6531 section 3.3).

Reads forms beyond the grammar that real servers send: blanks around the path, a mailbox without angle brackets, a reverse-path
without a domain, dots anywhere in a local part, underscores in a domain, parts longer than 64 and 255 octets (other
people's signed return paths are). The length of a command line bounds all of it. Every pattern is possessive, so that
reading is linear in the length of the line.
"""

import re
from dataclasses import dataclass
from enum import Enum

from bouncer.mail.path import unquote

_ATEXT = r"[\w!#$%&'*+/=?^`{|}~.\-\u0080-\U0010ffff]++"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*+"'
_DOMAIN = r"(?:[\w.\-\u0080-\U0010ffff]++|\[[!-Z^-~]++\])"
_MAILBOX = rf"(?:{_ATEXT}|{_QUOTED})@{_DOMAIN}"
_ROUTE = r'(?:@[^\s:<>"]++:)?+'  # source routes are accepted and ignored: RFC 5321 section 3.3 and appendix C
_ARGUMENT = re.compile(
    rf"[ \t]*+(?:<[ \t]*+{_ROUTE}(?P<path>(?:{_MAILBOX}|{_ATEXT}|))[ \t]*+>|(?P<bare>{_MAILBOX}))(?:[ \t]++(?P<rest>.*))?+"
)
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*+)(?:=([^=\x00-\x20\x7f]++))?+")
_UNDECODABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Path:
    """A path as it came: ``address`` is empty for the null reverse-path; ``parameters`` have upper-case names."""

    address: str
    parameters: dict[str, str | None]


class PathFault(Enum):
    """The part of the argument that has a syntax error."""

    KEYWORD = "FROM: or TO: is missing"
    PATH = "the path"
    PARAMETER = "a parameter"


def read_path(argument: str, keyword: str) -> Path | PathFault:
    """Read ``FROM:<path> [parameters]`` or ``TO:...``; *keyword* is FROM or TO."""
    before, colon, rest = argument.partition(":")
    if not colon or before.strip().upper() != keyword:
        return PathFault.KEYWORD
    match = _ARGUMENT.fullmatch(rest)
    if match is None:
        return PathFault.PATH
    address = unquote(match["path"] or match["bare"] or "")
    if not address.isprintable() or _UNDECODABLE in address:
        return PathFault.PATH
    parameters = _parameters(match["rest"]) if match["rest"] else {}
    return PathFault.PARAMETER if parameters is None else Path(address, parameters)


def _parameters(text: str) -> dict[str, str | None] | None:
    parameters: dict[str, str | None] = {}
    for word in text.split():
        match = _PARAMETER.fullmatch(word)
        if match is None or match[1].upper() in parameters:
            return None
        parameters[match[1].upper()] = match[2]
    return parameters
