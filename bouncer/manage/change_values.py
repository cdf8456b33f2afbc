"""Values of a change of suppressions that every door gives: who asks for it, and for which stream."""

from dataclasses import dataclass

from bouncer.errors import InvalidValue
from bouncer.policy.records import MAX_STREAM, ChangeSource


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """Who asks for a change, for the audit trail: by what kind of program, and in words."""

    source: ChangeSource
    words: str


def checked_stream(text: str) -> str:
    """Give the name of a stream. Raises InvalidValue for one that no mail can have: it would suppress nobody."""
    if len(text) > MAX_STREAM:
        raise InvalidValue(f"longer than {MAX_STREAM} characters", field="stream")
    return text
