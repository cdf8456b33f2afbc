"""A header field of outgoing mail that carries a signed return path, for mail whose envelope sender cannot carry one.

When a report returns the headers of a mail, the field proves that the mail was ours and names its recipient, also where the
envelope sender was an alias or the mail had several recipients. RFC 3461 section 6.2 and RFC 3464 let a report return the
headers; nearly all do. The value is made by ``mail.returnpath.sign`` in angle brackets, as in Return-Path (RFC 5321
section 4.4).

    >>> make_header("acme-2bxinljced7whvha6fmz-jane=example.org@rp.example.com")
    ('X-Bouncer-Return-Path', '<acme-2bxinljced7whvha6fmz-jane=example.org@rp.example.com>')
    >>> parse_header("<acme-2bxinljced7whvha6fmz@rp.example.com>")
    'acme-2bxinljced7whvha6fmz@rp.example.com'
"""

FIELD = "X-Bouncer-Return-Path"
"""The field's name."""
MAX_VALUE = 512
"""Characters of a value that are examined; a path has at most 320."""


def make_header(path: str) -> tuple[str, str]:
    """Give the field, name and value, that carries the return path *path*."""
    return FIELD, f"<{path}>"


def parse_header(value: str) -> str | None:
    """Give the return path in a field's *value*, not yet verified; None where the value holds no address."""
    if "@" not in value:
        return None
    path = "".join(value[:MAX_VALUE].split()).removeprefix("<").partition(">")[0]
    return path if "@" in path else None
