"""Reading: the process in which letters are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bouncer.mail.letter import Received
from bouncer.policy.opened import ReadLetter


class Reader(Protocol):
    """Reads letters somewhere where a hostile one can hurt nobody."""

    async def open(self, letters: Sequence[Received]) -> Sequence[ReadLetter | None]:
        """Read each letter, in order. Never raises for what is in one: that is a judgement of kind unreadable.

        None for a letter that has to wait: others of its peer or path took what time there was. A letter alone never waits.
        Raises ReaderError when no letter can be read now.
        """
        ...

    async def close(self) -> None:
        """Stop reading."""
        ...
