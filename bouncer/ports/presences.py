"""Presences: which daemons serve the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.compose.filled_text import FilledText, fill


@dataclass(frozen=True, slots=True)
class Presence:
    """A daemon that serves the store. *name* identifies one start of it, *process* is its process id on *host*.

    *listening* holds its addresses for SMTP, host:port.
    """

    name: str
    host: str
    process: int
    version: str
    listening: tuple[str, ...]
    started_at: dt.datetime
    seen_at: dt.datetime

    @property
    def description(self) -> FilledText:
        """A description of the daemon for the operator."""
        return fill(
            "process {number} of {what}, since {day} UTC, at {place}",
            number=self.process,
            what=self.host,
            day=f"{self.started_at:%Y-%m-%d %H:%M}",
            place=", ".join(self.listening),
        )


class Presences(Protocol):
    """The daemons that serve the store. Presences hold no account's data, so the methods take no scope.

    Each call is one commit, of which a power cut may undo the last seconds.
    """

    async def attend(self, presence: Presence) -> None:
        """Record the heartbeat of a daemon, at its ``seen_at``; called once a minute. Idempotent: the last call counts."""
        ...

    async def leave(self, name: str) -> None:
        """Delete the presence of a daemon that ends. Idempotent; an unknown name changes nothing."""
        ...

    async def presences(self, *, now: dt.datetime) -> Sequence[Presence]:
        """Give the daemons with a heartbeat in the last minutes before *now*, in order of their start."""
        ...
