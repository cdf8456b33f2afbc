"""The reading room: a process of its own in which strangers' letters are opened.

A letter that takes too long, too much memory, or the process down with it harms nobody: its process is ended, it is shunted, and
the others are read in a new one, those of its peer and its path last. Where one more of these is lost, the rest of them wait. The
door's event loop never waits for a reader, on any number of cores.

The other end of its pipes is ``reader_worker``.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bouncer.errors import ChildError, ReaderError
from bouncer.mail.letter import Received
from bouncer.ndr.reading import Kind, Reading
from bouncer.policy.opened import Opened
from bouncer.settings import ReadingSettings
from bouncer.verdict.verdict import Judgement
from bouncer.workers.answers import read_opened
from bouncer.workers.child import Child
from bouncer.workers.protocol import TAKEN, bundled

LETTERS_OF_ONE_PROCESS = 20_000
"""Then a fresh process takes over, so that no leak beneath us can grow for ever."""
MOST_LOST = 5
"""Letters of one batch that may be lost; with their time the others' lease runs out, who are then read as a batch of their own."""
MANY_TROUBLESOME = 256
"""Peers and paths that are remembered for a letter that was lost; the oldest are forgotten."""
DESK = "bouncer.workers.reader_worker"
"""The module that the child runs."""


@dataclass(slots=True)
class _Answer:
    """How far the child came with some letters."""

    opened: list[Opened]
    fresh: bool = True  # it was started for this
    why: str | None = None  # it came no further
    taken: bool = False  # it had all of them: then it is the next one that it does not come through
    late: bool = False  # the next one took too long


class ReaderProcess:
    """Implements the port Reader with one child process."""

    def __init__(self, settings: ReadingSettings) -> None:
        self._settings = settings
        self._child: Child | None = None
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
        answer = _Answer([], fresh=self._child is None)
        child = await self._ready()
        try:
            async with asyncio.timeout(self._settings.seconds):
                await child.ask(bundled(letters))
                answer.taken = await child.hear() == TAKEN
            for _ in letters:
                async with asyncio.timeout(self._settings.seconds):
                    answer.opened.append(read_opened(await child.hear()))
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

    async def _ready(self) -> Child:
        if self._child is None or not self._child.running:
            self._opened = 0
            try:
                self._child = await Child.start(DESK, self._settings.memory)
            except ChildError as error:
                raise ReaderError(f"the reading process {error}") from error
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end()


def _unread(why: str) -> Opened:
    return Opened(Judgement(Reading(Kind.UNREADABLE, why=why), ()), forms={})


def _whose(letter: Received) -> tuple[str, str]:
    """Who handed a letter in, and which path it came to: what a stranger who sends many has in common."""
    return letter.peer, letter.return_path.address
