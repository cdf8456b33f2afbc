"""Reading: the process in which letters are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bouncer.mail.letter import Received
from bouncer.policy.read_letter import ReadLetter
from bouncer.verdict.taught_rule import TaughtRule


class Reader(Protocol):
    """Reads letters in a confined process, where a hostile letter harms nothing."""

    async def read(self, letters: Sequence[Received], rules: Sequence[TaughtRule] = ()) -> Sequence[ReadLetter | None]:
        """Give the reading of each letter, in order, by the taught *rules* too.

        No content of a letter raises an error: a letter that cannot be read gets the kind unreadable.

        None for a letter that has to wait, as others of its peer or path used up the time. A letter alone never waits.
        Raises ReaderError when no letter can be read now.
        """
        ...

    async def close(self) -> None:
        """End the process; no call may follow."""
        ...
