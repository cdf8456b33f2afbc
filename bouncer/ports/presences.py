"""Presences: which daemons serve the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Presence:
    """A daemon that serves the store: *name* is of this start of it, *process* its number on *host*.

    It is *listening* at these addresses for SMTP, host:port.
    """

    name: str
    host: str
    process: int
    version: str
    listening: tuple[str, ...]
    started_at: dt.datetime
    seen_at: dt.datetime

    @property
    def described(self) -> str:
        """Which daemon this is, for the operator."""
        listening = ", ".join(self.listening)
        return f"process {self.process} of {self.host}, since {self.started_at:%Y-%m-%d %H:%M} UTC, at {listening}"


class Presences(Protocol):
    """Which daemons serve the store."""

    async def attend(self, presence: Presence) -> None:
        """Say that a daemon is there, as of its ``seen_at``."""
        ...

    async def leave(self, name: str) -> None:
        """Say that it is not there any more."""
        ...

    async def presences(self, *, now: dt.datetime) -> Sequence[Presence]:
        """Give the daemons that said so in the last minutes before *now*, the first to start first."""
        ...
