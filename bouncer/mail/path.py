r"""The mailbox in a path of MAIL or RCPT, without needless quotes, backslashes and source routes (RFC 5321 section 4.1.2).

``"jane"@example.org``, ``"ja\ne"@example.org`` and ``@relay.example:jane@example.org`` all are jane@example.org: another
spelling must not evade a comparison of addresses.
"""

import re

_ROUTE = re.compile(r'(?:@[^\s:<>"]++:)++')  # ignored: RFC 5321 section 3.3 and appendix C
_NEEDS_NO_QUOTES = re.compile(r"[\w!#$%&'*+/=?^`{|}~\-]++(?:\.[\w!#$%&'*+/=?^`{|}~\-]++)*+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def plain_mailbox(path: str) -> str:
    """Give the mailbox of a *path* without angle brackets; a text that is no path unchanged."""
    route = _ROUTE.match(path)
    return unquote(path[route.end() :] if route else path)


def unquote(address: str) -> str:
    """Remove the quotes of a local part where they are needless; else only needless backslashes."""
    quoted, at, domain = address.rpartition("@")
    if not at or _QUOTED.fullmatch(quoted) is None:
        return address
    plain = _ESCAPED.sub(r"\1", quoted[1:-1])
    if _NEEDS_NO_QUOTES.fullmatch(plain):
        return f"{plain}@{domain}"
    escaped = plain.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"@{domain}'
