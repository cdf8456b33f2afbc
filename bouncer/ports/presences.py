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
    """Which daemons serve the store. Presences are of the installation: they hold no account's data, and take no scope.

    Each call is one commit, of which a power cut may undo the last seconds.
    """

    async def attend(self, presence: Presence) -> None:
        """Write that a daemon serves the store as of its ``seen_at``; called again once a minute, the last call holds."""
        ...

    async def leave(self, name: str) -> None:
        """Forget a daemon that ends. Idempotent; an unknown name changes nothing."""
        ...

    async def presences(self, *, now: dt.datetime) -> Sequence[Presence]:
        """Give the daemons that attended in the last minutes before *now*, the first to start first."""
        ...
