"""The reading room: a process of its own in which strangers' letters are opened.

A letter that takes too long, too much memory, or the process down with it harms nobody: its process is ended, it is shunted, and
the others are read in a new one, those of its peer and its path last. Where one more of these is lost, the rest of them wait. The
door's event loop never waits for a reader, on any number of cores.

The other end of its pipes is ``reading_desk``.
"""

import asyncio
import pickle
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bouncer.daemon.frames import LENGTH, TAKEN, bundled
from bouncer.errors import ReaderError
from bouncer.mail.letter import Received
from bouncer.ndr.reading import Kind, Reading
from bouncer.policy.opened import Opened
from bouncer.settings import ReadingSettings
from bouncer.verdict.verdict import Judgement

LETTERS_OF_ONE_PROCESS = 20_000
"""Then a fresh process takes over, so that no leak beneath us can grow for ever."""
MOST_LOST = 5
"""Letters of one batch that may be lost; with their time the others' lease runs out, who are then read as a batch of their own."""
MANY_TROUBLESOME = 256
"""Peers and paths that are remembered for a letter that was lost; the oldest are forgotten."""
START_SECONDS = 30.0
"""For the child's first word; a machine that has just come up is slow."""


@dataclass(slots=True)
class _Answer:
    """How far the child came with some letters."""

    opened: list[Opened]
    fresh: bool = True  # it was started for this
    why: str | None = None  # it came no further
    taken: bool = False  # it had all of them: then it is the next one that it does not come through
    late: bool = False  # the next one took too long


class ReadingRoom:
    """Implements the port Reader with one child process."""

    def __init__(self, settings: ReadingSettings) -> None:
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._opened = 0
        self._turn = asyncio.Lock()
        self._troublesome: dict[str, None] = {}

    async def start(self) -> None:
        """Start the child, so that the first letter does not wait for it; raises ReaderError when it does not start."""
        async with self._turn:
            await self._ready()

    async def open(self, letters: Sequence[Received]) -> Sequence[Opened | None]:
        """Read *letters*; None for those that have to wait, since a second one of their peer or path was lost."""
        async with self._turn:
            read: dict[int, Opened] = {}
            waiting = self._in_order(range(len(letters)), letters)
            at_once, lost = len(waiting), 0
            while waiting and lost < MOST_LOST:
                answer = await self._ask([letters[place] for place in waiting[:at_once]])
                read |= zip(waiting, answer.opened, strict=False)
                waiting = waiting[len(answer.opened) :]
                if answer.why is None:
                    at_once = len(waiting)
                elif not answer.late and (at_once > 1 or not answer.fresh):
                    at_once = 1 if answer.taken else max(1, at_once // 2)  # somebody else may have ended the process
                else:
                    culprit = waiting.pop(0)
                    read[culprit], lost = _unread(answer.why), lost + 1
                    if self._blame(letters[culprit]):
                        break
                    waiting = self._in_order(waiting, letters)
                    at_once = len(waiting)
            return [read.get(place) for place in range(len(letters))]

    def _in_order(self, places: Iterable[int], letters: Sequence[Received]) -> list[int]:
        """Put letters of troublesome peers and paths behind the others."""
        return sorted(places, key=lambda place: not self._troublesome.keys().isdisjoint(_whose(letters[place])))

    def _blame(self, letter: Received) -> bool:
        """Remember whose letter was lost; gives whether another one of theirs had been."""
        again = not self._troublesome.keys().isdisjoint(_whose(letter))
        self._troublesome |= dict.fromkeys(_whose(letter))
        while len(self._troublesome) > MANY_TROUBLESOME:
            del self._troublesome[next(iter(self._troublesome))]
        return again

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    async def _ask(self, letters: Sequence[Received]) -> _Answer:
        """What the child makes of *letters*, one after the other, and why it makes nothing of the next."""
        answer = _Answer([], fresh=self._process is None)
        process = await self._ready()
        try:
            async with asyncio.timeout(self._settings.seconds):
                assert process.stdin
                process.stdin.writelines(bundled(letters))
                await process.stdin.drain()
                answer.taken = await _next(process) == TAKEN
            for _ in letters:
                async with asyncio.timeout(self._settings.seconds):
                    answer.opened.append(await _next(process))
        except TimeoutError:
            await self._end()
            answer.late = answer.taken
            answer.why = f"reading took longer than {self._settings.seconds:g} s"
        except (EOFError, ConnectionError):
            await self._end()
            answer.why = "reading needed more memory than it may have, or ended its process"
        except asyncio.CancelledError:
            await self._end()
            raise
        self._opened += len(answer.opened)
        if self._opened >= LETTERS_OF_ONE_PROCESS:
            await self._end()
        return answer

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._opened = 0
            self._process = await self._started()
            try:
                async with asyncio.timeout(START_SECONDS):
                    await _next(self._process)
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


async def _next(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout
    length = int.from_bytes(await process.stdout.readexactly(LENGTH))
    return pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 -- our own child's


def _unread(why: str) -> Opened:
    return Opened(Judgement(Reading(Kind.UNREADABLE, why=why), ()), forms={})


def _whose(letter: Received) -> tuple[str, str]:
    """Who handed a letter in, and which path it came to: what a stranger who sends many has in common."""
    return letter.peer, letter.return_path.address
