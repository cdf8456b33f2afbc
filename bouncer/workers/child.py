"""A child: a process of ours in which what others wrote is read or drawn, bounded in memory and confined.

Its parent asks through one pipe and hears the answers from another, and ends it when they do not come. What the child does on its
side of the pipes is in ``desk``.
"""

import asyncio
import functools
import logging
import sys
from collections.abc import Iterable

from bouncer.errors import ChildError
from bouncer.workers.protocol import LENGTH

_log = logging.getLogger(__name__)

START_SECONDS = 30.0
"""For the child's first word; a machine that has just come up is slow."""
MOST_ANSWERED = 64 << 20
"""Octets of an answer; the longest that a child of ours has to give are half of it. Whatever says more is not ours any more."""


class Child:
    """One child, running; made by ``start``."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.unconfined = ""  # why it is not confined, where it is not

    @classmethod
    async def start(cls, module: str, memory: int) -> "Child":
        """Run *module* in a process with *memory* octets; raises ChildError where that cannot be had now."""
        child = cls(await _started(module, memory))
        try:
            async with asyncio.timeout(START_SECONDS):
                child.unconfined = (await child.hear()).decode("utf-8", "replace")
        except (TimeoutError, EOFError, ConnectionError) as error:
            await child.end()
            raise ChildError("does not start; what it said stands above") from error
        except asyncio.CancelledError:
            await child.end()
            raise
        if child.unconfined:
            _tell_once(module, child.unconfined)
        return child

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    async def ask(self, octets: Iterable[bytes]) -> None:
        """Hand *octets* over; raises ConnectionError where the child has ended."""
        assert self._process.stdin
        self._process.stdin.writelines(octets)
        await self._process.stdin.drain()

    async def hear(self) -> bytes:
        """Give its next answer; raises EOFError where it has ended, or says what no child of ours says."""
        assert self._process.stdout
        length = int.from_bytes(await self._process.stdout.readexactly(LENGTH))
        if length > MOST_ANSWERED:
            raise EOFError("an answer that is too long")
        return await self._process.stdout.readexactly(length)

    async def end(self) -> None:
        """End it, whatever it is doing."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def _started(module: str, memory: int) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing is imported from the folder that we happen to stand in
            "-m",
            module,
            str(memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C at our terminal is ours: what is being read is read to its end
        )
    except OSError as error:  # no descriptor, no process, no memory to be had just now
        raise ChildError(f"cannot be started: {error.strerror}") from error


@functools.cache
def _tell_once(module: str, why: str) -> None:
    _log.warning("the process of %s is confined by its limits alone: %.200s", module, why)
