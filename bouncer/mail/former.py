"""Names for the records of removed accounts, so that a later account of the same name does not inherit them.

>>> former_name("acme", 1)
'acme/removed-1'
>>> parse_former_name("acme/removed-1")
('acme', 1)
"""

import re

_FORMER = re.compile(r"(?P<name>[^/]+)/removed-(?P<generation>[1-9][0-9]{0,8})")  # no account's name has a slash


def former_name(name: str, generation: int) -> str:
    """Give the name for the records of the *generation*-th account called *name*, which was removed."""
    return f"{name}/removed-{generation}"


def parse_former_name(name: str) -> tuple[str, int] | None:
    """Split a name made by ``former_name`` into the account's name and generation; None for any other name."""
    match = _FORMER.fullmatch(name)
    return (match["name"], int(match["generation"])) if match else None
