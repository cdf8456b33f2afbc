"""A child: a process of ours that reads letters or renders templates, bounded in memory and confined.

The parent sends requests through one pipe, gets answers through another, and ends the child when they do not come. The child's side
of the pipes is in ``worker``.
"""

import asyncio
import functools
import logging
from collections.abc import Iterable

from bouncer.errors import ChildError
from bouncer.workers.processes import RunningProcess, start_process
from bouncer.workers.protocol import LENGTH

_log = logging.getLogger(__name__)

START_SECONDS = 30.0
"""Time for the child's first message; a machine that has just booted is slow."""
MOST_ANSWERED = 64 << 20
"""Octets of an answer; the longest real ones have half. A child that sends more cannot be trusted any more."""


class Child:
    """A running child process; made by ``start``."""

    def __init__(self, process: RunningProcess) -> None:
        self._process = process
        self.unconfined = ""  # why the child is not confined; empty where it is

    @classmethod
    async def start(cls, module: str, memory: int) -> "Child":
        """Run *module* in a process with *memory* octets; raises ChildError where that is not possible now."""
        child = cls(await _start_child(module, memory))
        try:
            async with asyncio.timeout(START_SECONDS):
                child.unconfined = (await child.receive()).decode("utf-8", "replace")
        except (TimeoutError, EOFError, ConnectionError) as error:
            await child.end()
            raise ChildError("does not start; its own words are above") from error
        except asyncio.CancelledError:
            await child.end()
            raise
        if child.unconfined:
            _tell_once(module, child.unconfined)
        return child

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is not known to have ended."""
        return self._process.is_running

    @property
    def unread_octets(self) -> int:
        """The octets that wait here as the pipe to the child is full."""
        return self._process.input.transport.get_write_buffer_size()

    async def send(self, octets: Iterable[bytes]) -> None:
        """Send *octets* to the child; raises ConnectionError where it has ended."""
        self._process.input.writelines(octets)
        await self._process.input.drain()

    def write(self, octets: Iterable[bytes]) -> None:
        """Send *octets* without waiting; what a child that has ended does not take is lost."""
        self._process.input.writelines(octets)

    def write_end(self) -> None:
        """Tell the child that nothing more is sent."""
        self._process.input.write_eof()

    async def receive(self) -> bytes:
        """Receive the next answer; raises EOFError where the child has ended, or sends more than MOST_ANSWERED."""
        length = int.from_bytes(await self._process.output.readexactly(LENGTH))
        if length > MOST_ANSWERED:
            raise EOFError("an answer that is too long")
        return await self._process.output.readexactly(length)

    async def end(self) -> None:
        """End the child, whatever it is doing."""
        await self._process.end()


async def _start_child(module: str, memory: int) -> RunningProcess:
    try:
        return await start_process(module, memory)
    except OSError as error:  # no descriptor, process or memory is free at this moment
        raise ChildError(f"cannot be started: {error.strerror}") from error


@functools.cache
def _tell_once(module: str, why: str) -> None:
    _log.warning("the process of %s is confined by its limits alone: %.200s", module, why)
