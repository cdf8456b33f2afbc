"""The mark: a header field of outgoing mail that carries a signed return path, for when the envelope sender cannot.

A mail to an alias of ours, or one to several recipients, shows by it, when its headers come back, that it was ours and to whom it
went. RFC 3461 section 6.2 and RFC 3464 let a report return the headers; nearly all do. The value is a return path
as ``mail.returnpath.sign`` makes it, in angle brackets as in Return-Path (RFC 5321 section 4.4).

    >>> mark("acme-2bxinljced7whvha6fmz-jane=example.org@rp.example.com")
    ('X-Bouncer-Return-Path', '<acme-2bxinljced7whvha6fmz-jane=example.org@rp.example.com>')
    >>> read_mark("<acme-2bxinljced7whvha6fmz@rp.example.com>")
    'acme-2bxinljced7whvha6fmz@rp.example.com'
"""

FIELD = "X-Bouncer-Return-Path"
"""The field's name."""
MAX_VALUE = 512
"""Characters of a value that is looked at; a path is at most 320."""


def mark(path: str) -> tuple[str, str]:
    """Give the field, name and value, that carries the return path *path*."""
    return FIELD, f"<{path}>"


def read_mark(value: str) -> str | None:
    """Give the return path out of a field's *value*, still to be verified; None where there is no address in it."""
    path = "".join(value[:MAX_VALUE].split()).removeprefix("<").partition(">")[0]
    return path if "@" in path else None
