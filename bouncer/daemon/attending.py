"""Attending: the daemon says in the store that it serves it, under a name that it also says in its reply to HELP.

So ``bouncer check`` sees whether the daemon at the port keeps its letters in the store that the commands look into. The name is
drawn anew at each start and tells a stranger nothing.
"""

import asyncio
import dataclasses
import datetime as dt
import logging
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from bouncer import __version__
from bouncer.errors import StoreError
from bouncer.ports.presences import Presence
from bouncer.ports.store import Store

EVERY_SECONDS = 60.0
"""How often to say it; a third of the time after which the others take a daemon for gone."""
NAME_OCTETS = 6
"""Of a name: no two daemons have one by chance."""

_log = logging.getLogger(__name__)


def draw_name() -> str:
    """Give a daemon the name of this start, 12 hexadecimal digits."""
    return secrets.token_hex(NAME_OCTETS)


class Attending:
    """Says that the daemon *name* is there, for as long as it is."""

    def __init__(self, store: Store, name: str, *, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._name = name
        self._now = now

    async def begin(self, listening: Sequence[str]) -> None:
        """Say it for the first time, and name in the log the other daemons that serve the same store."""
        moment = self._now()
        for other in await self._store.presences(now=moment):
            _log.info("another daemon serves this store, too, or was killed a short time ago: %s", other.described)
        self._presence = Presence(
            self._name, socket.gethostname(), os.getpid(), __version__, tuple(listening), moment, moment
        )
        await self._store.attend(self._presence)

    async def run(self) -> None:
        """Say it once a minute; while the store does not answer, nobody could read it."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            with suppress(StoreError):
                await self._store.attend(dataclasses.replace(self._presence, seen_at=self._now()))

    async def end(self) -> None:
        """Take it back."""
        with suppress(StoreError):
            await self._store.leave(self._name)
