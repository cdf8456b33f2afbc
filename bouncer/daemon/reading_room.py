"""The reading room: a process of its own in which strangers' letters are opened.

A letter that takes too long, too much memory, or the process down with it harms nobody: its process is ended, it is shunted, and
the others are read in a new one. The door's event loop never waits for a reader, on any number of cores.

The other end of its pipes is ``reading_desk``.
"""

import asyncio
import pickle
import sys
from collections.abc import Sequence
from typing import Any

from bouncer.daemon.frames import LENGTH, bundled
from bouncer.errors import ReaderError
from bouncer.mail.letter import Received
from bouncer.ndr.reading import Kind, Reading
from bouncer.policy.opened import Opened
from bouncer.settings import ReadingSettings
from bouncer.verdict.verdict import Judgement

LETTERS_OF_ONE_PROCESS = 20_000
"""Then a fresh process takes over, so that no leak beneath us can grow for ever."""
START_SECONDS = 30.0
"""For the child's first word; a machine that has just come up is slow."""


class ReadingRoom:
    """Implements the port Reader with one child process."""

    def __init__(self, settings: ReadingSettings) -> None:
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._opened = 0
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Start the child, so that the first letter does not wait for it; raises ReaderError when it does not start."""
        async with self._turn:
            await self._ready()

    async def open(self, letters: Sequence[Received]) -> Sequence[Opened]:
        """Read *letters*: together when all goes well, else once more one by one, to find the one that does not."""
        async with self._turn:
            together = await self._ask(letters)
            if isinstance(together, list):
                return together
            one_by_one = [await self._ask([letter]) for letter in letters]
            return [one[0] if isinstance(one, list) else _unread(one) for one in one_by_one]

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    async def _ask(self, letters: Sequence[Received]) -> list[Opened] | str:
        """What the child makes of *letters*, or why it makes nothing of them."""
        process = await self._ready()
        try:
            async with asyncio.timeout(self._settings.seconds):
                assert process.stdin
                process.stdin.writelines(bundled(letters))
                await process.stdin.drain()
                answer: list[Opened] = await _answer(process)
        except TimeoutError:
            await self._end()
            return f"reading took longer than {self._settings.seconds:g} s"
        except (EOFError, ConnectionError):
            await self._end()
            return "reading needed more memory than it may have, or ended its process"
        except asyncio.CancelledError:
            await self._end()
            raise
        self._opened += len(letters)
        if self._opened >= LETTERS_OF_ONE_PROCESS:
            await self._end()
        return answer

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._opened = 0
            self._process = await self._started()
            try:
                async with asyncio.timeout(START_SECONDS):
                    await _answer(self._process)
            except (TimeoutError, EOFError, ConnectionError) as error:
                await self._end()
                raise ReaderError("the reading process does not start; its last words are above") from error
        return self._process

    async def _started(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # nothing is imported from the folder that we happen to stand in
                "-m",
                "bouncer.daemon.reading_desk",
                str(self._settings.memory),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C at our terminal is ours: a letter that is being read is read to its end
            )
        except OSError as error:  # no descriptor, no process, no memory to be had just now
            raise ReaderError(f"the reading process cannot be started: {error.strerror}") from error

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
        if process is not None:
            await process.wait()


async def _answer(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout
    length = int.from_bytes(await process.stdout.readexactly(LENGTH))
    return pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 -- our own child's


def _unread(why: str) -> Opened:
    return Opened(Judgement(Reading(Kind.UNREADABLE, why=why), ()), forms={})
