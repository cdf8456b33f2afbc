"""What the DNS says of a name: an answer is a value, whatever happened (RFC 1034, RFC 2308)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Said(StrEnum):
    """The kinds of answer."""

    FOUND = "found"
    NO_RECORD = "no record of this kind"
    NO_NAME = "no such name"
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one kind at one name, as text: names in lower case without the last dot, TXT strings joined."""

    said: Said
    records: tuple[str, ...] = ()
    alias_of: str | None = None  # where the name is a CNAME: what it leads to
    why: str = ""  # for NO_ANSWER: what went wrong

    def __str__(self) -> str:
        return f"{self.said} ({self.why})" if self.why else str(self.said)


Look: TypeAlias = Callable[[str, str], Answer]
"""Asks for (name, kind), such as ("rp.example.com", "MX")."""
