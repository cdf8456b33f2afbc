"""Values of a change of suppressions that commands and programs share: its author and its stream."""

from dataclasses import dataclass

from bouncer.errors import InvalidValue
from bouncer.policy.records import MAX_STREAM, ChangeSource, is_possible_stream


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """The author of a change, for the audit trail: the kind of program, and words."""

    source: ChangeSource
    words: str


def checked_stream(text: str) -> str:
    """Give the name of a stream. Raises InvalidValue for one that no mail can have: it would suppress nobody."""
    if not is_possible_stream(text):
        raise InvalidValue(f"longer than {MAX_STREAM} octets, or with a NUL", field="stream")
    return text
