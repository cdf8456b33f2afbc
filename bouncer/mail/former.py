"""Removed accounts: the names under which their records stay, so that nobody who bears the name later inherits them.

>>> former_name("acme", 1)
'acme/removed-1'
>>> former_of("acme/removed-1")
('acme', 1)
"""

import re

_FORMER = re.compile(r"(?P<name>[^/]+)/removed-(?P<generation>[1-9][0-9]{0,8})")  # no account's name has a slash


def former_name(name: str, generation: int) -> str:
    """Give the name of the records of a removed account, the *generation*-th that was called *name*."""
    return f"{name}/removed-{generation}"


def former_of(name: str) -> tuple[str, int] | None:
    """Give what *name*, that of a removed account's records, is made of; None for any other name."""
    found = _FORMER.fullmatch(name)
    return (found["name"], int(found["generation"])) if found else None
