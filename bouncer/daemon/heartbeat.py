"""Presence of the daemon: it registers itself in the store by a heartbeat, under the name that its reply to HELP has, too.

So ``bouncer check`` sees whether the daemon at the port keeps its letters in the store that the commands open. The name is random,
new at each start, and tells a stranger nothing.
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

HEARTBEAT_SECONDS = 60.0
"""Seconds between heartbeats; a third of the time after which other daemons take a daemon for dead."""
NAME_OCTETS = 6
"""Random octets of a name: enough that no two daemons get the same name."""

_log = logging.getLogger(__name__)


def draw_name() -> str:
    """Make a random name for this start of the daemon, 12 hexadecimal digits."""
    return secrets.token_hex(NAME_OCTETS)


class Heartbeat:
    """Keeps the presence of the daemon *name* in the store up to date while the daemon runs."""

    def __init__(self, store: Store, name: str, *, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._name = name
        self._now = now

    async def register(self, listening: Sequence[str]) -> None:
        """Register the daemon with its addresses *listening*, and log the other daemons that serve the same store."""
        moment = self._now()
        for other in await self._store.presences(now=moment):
            _log.info("another daemon serves this store, too, or was killed a short time ago: %s", other.description)
        self._presence = Presence(
            self._name, socket.gethostname(), os.getpid(), __version__, tuple(listening), moment, moment
        )
        await self._store.attend(self._presence)

    async def run(self) -> None:
        """Renew the presence once a minute, for ever; errors of the store are ignored: nobody could read the presence then."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            with suppress(StoreError):
                await self._store.attend(dataclasses.replace(self._presence, seen_at=self._now()))

    async def unregister(self) -> None:
        """Remove the presence from the store."""
        with suppress(StoreError):
            await self._store.leave(self._name)
