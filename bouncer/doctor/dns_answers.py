"""The DNS's answers about a name: each answer is a value, and so is a failure (RFC 1034, RFC 2308)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bouncer.compose.filled_text import FilledText, fill


class AnswerKind(StrEnum):
    """The kinds of answer."""

    FOUND = "found"
    NO_RECORD = "no record of this kind"
    NO_NAME = "no such name"
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one kind at one name, as text: names in lower case without the last dot, TXT strings joined."""

    kind: AnswerKind
    records: tuple[str, ...] = ()
    alias_of: str | None = None  # the target, where the name is a CNAME
    why: str = ""  # for NO_ANSWER: the cause

    @property
    def words(self) -> FilledText:
        """The kind of the answer, with the cause, for the operator."""
        kind = fill(self.kind)
        return fill("{what} ({other})", what=kind, other=self.why) if self.why else kind


Lookup: TypeAlias = Callable[[str, str], Answer]
"""Looks up (name, kind), such as ("rp.example.com", "MX")."""
