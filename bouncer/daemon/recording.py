"""The recording part of the daemon: the stages from a kept letter to its notices, built from the settings on one store.

They read and record letters, schedule and deliver the outbox, and retire old letters and records. The receiving part is the
servers. The two meet in the store; the receiving part only wakes this one when letters came. ``recording_process`` runs it in a
process of its own.
"""

import asyncio
import contextlib
import datetime as dt
import functools
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from bouncer.clock import now
from bouncer.daemon.admitting import make_admit
from bouncer.daemon.delivering import make_delivering
from bouncer.key_files import read_keys
from bouncer.manage.mailed_links import link_urls
from bouncer.notify.notice_path import notice_path
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings
from bouncer.stages.clock_back import ClockBack
from bouncer.stages.lapse import Lapse
from bouncer.stages.logged_addresses import LoggedAddresses
from bouncer.stages.read import Read
from bouncer.stages.retire import Retire
from bouncer.workers.reader_process import ReaderProcess


class RecordingPart(Protocol):
    """The recording part as the receiving part sees it."""

    def wake(self) -> None:
        """Have letters read at once: some were kept."""
        ...

    def renew(self, settings: Settings) -> None:
        """Put the keys and the retention of *settings* in force. Raises ConfigError, with nothing changed."""
        ...

    @property
    def runs(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """The functions that run it for ever, by the names of their tasks."""
        ...


class Recording:
    """Implements RecordingPart with stages in this process; made by ``open_recording``."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        reader: ReaderProcess,
        stack: contextlib.AsyncExitStack,
        clock: Callable[[], dt.datetime],
    ) -> None:
        keys = read_keys(settings.tokens.keys)
        self._settings = settings
        self._admit = admit = make_admit(settings.smtp, store, keys)
        self._letters_came = asyncio.Event()
        self.orders_count = 0
        """The number of calls of ``wake`` and ``renew`` so far."""
        reverse_path = notice_path(settings, lambda: admit.keys, lambda: self._settings.tokens.expire_days)
        self._delivering = make_delivering(
            settings, store, reverse_path, stack, LoggedAddresses(admit), link_urls(settings, lambda: admit.keys), clock
        )
        operator, wake = settings.forward.operator, self._delivering.wake
        self._read = Read(store, reader, admit, keys=keys, operator=operator, now=clock, wake=wake)
        self._read.outliving_days = settings.outliving_days
        self._lapse = Lapse(store, now=now, wake=wake)
        self._retire = Retire(store, settings.retention, now=now)
        self.retire_after = 0.0
        """Seconds until old letters and records are deleted for the first time; after that it is done every hour."""
        self._clock_back = ClockBack(store, now=now, elapsed=time.monotonic, wake=self._wake_all)

    def wake(self) -> None:
        """Have letters read at once."""
        self.orders_count += 1
        self._letters_came.set()

    def _wake_all(self) -> None:
        self.wake()
        self._delivering.wake()

    def renew(self, settings: Settings) -> None:
        """Put *settings* in force, as far as they can change."""
        self.orders_count += 1
        self._admit.keys = self._read.keys = read_keys(settings.tokens.keys)
        self._read.outliving_days = settings.outliving_days
        self._retire.renew(settings.retention)
        self._settings = settings

    @property
    def may_rest(self) -> bool:
        """Whether nothing is lost by an end of the process while the store has no work.

        It may not rest with accounts' own templates, of which it remembers faults and time-outs, nor while it deletes old letters.
        """
        return not self._settings.forward.templates and not self._retire.is_running

    @property
    def runs(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """The functions that run the stages for ever."""
        read = functools.partial(self._read.run, self._letters_came)
        retire = functools.partial(self._retire.run, self.retire_after)
        of_the_clock: dict[str, Callable[[], Awaitable[None]]] = {
            "retire": retire,
            "lapse": self._lapse.run,
            "clock-back": self._clock_back.run,
        }
        return {"read": read, **of_the_clock, **self._delivering.runs}


async def open_recording(
    settings: Settings, store: Store, stack: contextlib.AsyncExitStack, clock: Callable[[], dt.datetime] = now
) -> Recording:
    """Make the stages, with the leases of an earlier process given back; *stack* closes them. Raises ConfigError, StoreError.

    *clock* gives the time at which letters are recorded and notices leave; old records are retired by the system's clock.
    """
    await store.release_leases()
    reader = ReaderProcess(settings.reading)
    stack.push_async_callback(reader.close)
    await reader.start()
    return Recording(settings, store, reader, stack, clock)
