"""The recording process: it reads, records and delivers, beside the process that receives.

In one process of Python recording would hold up the event loop that answers the world's mail servers, the milter's questions and
the API's requests, and both together could use one processor only. The process opens the store for itself; this process only
wakes it. If it ends or hangs, its letters and notices stay in the store, and a new process goes
on with them; meanwhile letters are kept. Without work it ends by itself and rests, which saves its memory, until there is some.

The other end of its pipes is ``recording_worker``.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable, Mapping

from bouncer.daemon.mailing_orders import REST, write_order
from bouncer.daemon.work_watch import WorkWatch
from bouncer.errors import ChildError
from bouncer.logs import level_name
from bouncer.settings.sections import Settings
from bouncer.stages.batches import GATHER_SECONDS
from bouncer.stages.retire import INTERVAL_SECONDS
from bouncer.workers.child import Child
from bouncer.workers.protocol import frame

WORKER_MODULE = "bouncer.daemon.recording_worker"
"""The module that the process runs."""
HUNG_SECONDS = 60.0
"""Seconds without a sign of life after which the process is ended: twelve signs, and as long as systemd's watchdog waits for us."""
READY_SECONDS = 60.0
"""Seconds for the process to open the store and to start its reader; a machine that has just booted is slow."""
CLOSE_SECONDS = 20.0
"""Seconds in which the process may finish a commit and say QUIT to mail servers at a stop."""
WAKE_SECONDS = GATHER_SECONDS
"""Seconds between wake-ups: the process lets letters gather for as long, and each wake-up takes some of its time."""
PAUSE_SECONDS = 1.0
"""Seconds from the end of a process to the next one: a start takes half a second of the processor's time."""

_log = logging.getLogger(__name__)


class RecordingProcess:
    """Implements RecordingPart with a process that ``run`` keeps running."""

    def __init__(self, settings: Settings, watch: WorkWatch | None = None) -> None:
        """*watch* looks for work while the process rests; without it the process never rests."""
        self._settings = settings
        self._watch = watch
        self._work_came = asyncio.Event()
        self._retire_at: float | None = None  # by the event loop's clock; None before the first start
        self._child: Child | None = None
        self._woken_at = float("-inf")
        self._waking: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process id; None while it does not run."""
        return self._child.pid if self._child else None

    @property
    def unread_octets(self) -> int:
        """The octets that wait here as the process does not read."""
        return self._child.unread_octets if self._child else 0

    def wake(self) -> None:
        """Have letters read, at once after a rest; a process that starts looks for letters anyhow."""
        if self._waking is None:
            loop = asyncio.get_running_loop()
            seconds_left = self._woken_at + WAKE_SECONDS - loop.time()
            if seconds_left <= 0:
                self._send_wake()
            else:
                self._waking = loop.call_later(seconds_left, self._send_wake)

    def _send_wake(self) -> None:
        self._waking, self._woken_at = None, asyncio.get_running_loop().time()
        if self._child is None:
            self._work_came.set()
        elif not self._child.unread_octets:  # else earlier frames wake it
            self._child.write(frame(b""))

    def renew(self, settings: Settings) -> None:
        """Put *settings* in force in the running process, and for each process that is started later."""
        self._settings = settings
        if self._child is not None:
            self._child.write(frame(self._order()))

    def _order(self) -> bytes:
        return write_order((self._settings, level_name(), self._seconds_to_retire(), self._watch is not None))

    def _seconds_to_retire(self) -> float:
        """Give the seconds until the next of the hours at which old letters are deleted."""
        loop_time = asyncio.get_running_loop().time()
        if self._retire_at is None:
            self._retire_at = loop_time
        return max(0.0, self._retire_at - loop_time)

    @property
    def runs(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """The one task: it keeps a process running."""
        return {"record": self.run}

    async def start(self) -> None:
        """Start the process; where it does not start now, log that, and ``run`` tries again."""
        try:
            child = await Child.start(WORKER_MODULE, 0)
        except ChildError as error:
            _log.error("letters are kept and not read: the recording process %s", error)
            return
        child.write(frame(self._order()))
        if self._watch is not None:
            self._watch.note_start()
        try:
            async with asyncio.timeout(READY_SECONDS):
                await child.receive()
        except (TimeoutError, EOFError, ConnectionError):
            _log.error("letters are kept and not read: the recording process does not start; its own words are above")
            await child.end()
        except asyncio.CancelledError:
            await child.end()
            raise
        else:
            self._child = child
            if self._work_came.is_set():  # perhaps after the process had looked
                self._work_came.clear()
                child.write(frame(b""))

    async def run(self) -> None:
        """Keep a process running, for ever."""
        while True:
            if self._child is None:
                await self.start()
            if self._child is not None:
                why = await _end_of(self._child)
                child, self._child = self._child, None
                if why is None:
                    await _let_end(child)
                    await self._rest()
                    continue
                _log.error("the recording process %s; letters are kept, and a new process goes on with them", why)
                await child.end()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _rest(self) -> None:
        """Wait until there is work for a process, such as old letters that are to be deleted."""
        loop_time, retire_at = asyncio.get_running_loop().time(), self._retire_at or 0.0
        hours_count = math.floor((loop_time - retire_at) / INTERVAL_SECONDS) + 1  # at these the last process did it
        self._retire_at = retire_at + max(0, hours_count) * INTERVAL_SECONDS
        if self._watch is not None:
            await self._watch.wait(self._work_came, self._seconds_to_retire())

    async def close(self) -> None:
        """Let the process finish its work, then end it."""
        child, self._child = self._child, None
        if child is None:
            return
        await _let_end(child)


async def _let_end(child: Child) -> None:
    """Let the process finish its work, then end it."""
    try:
        child.write_end()
        with contextlib.suppress(TimeoutError, EOFError, ConnectionError):
            async with asyncio.timeout(CLOSE_SECONDS):
                while True:
                    await child.receive()
    finally:
        await child.end()


async def _end_of(child: Child) -> str | None:
    """Wait until the process ends or gives no sign of life any more; gives which it was, None where it rests."""
    while True:
        try:
            async with asyncio.timeout(HUNG_SECONDS):
                if await child.receive() == REST:
                    return None
        except TimeoutError:
            return "hangs"
        except (EOFError, ConnectionError):
            return "has ended"
