"""The reader: a process of its own that parses strangers' letters.

A letter that takes too long, takes too much memory, or crashes the process harms nobody: the process is ended, the letter is
shunted, and the others are read in a new process, letters of the same client or path last. If a second letter of
that client or path is lost, the others of it wait. The SMTP server's event loop never waits for a reader, on any number of cores.

The other end of its pipes is ``reader_worker``.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bouncer.errors import ChildError, ReaderError
from bouncer.mail.letter import Received
from bouncer.ndr.reading import Kind, Reading
from bouncer.ndr.taught_form import Outline
from bouncer.policy.read_letter import ReadLetter
from bouncer.settings.sections import ReadingSettings
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Judgement
from bouncer.workers.answers import parse_read_letter
from bouncer.workers.child import Child
from bouncer.workers.protocol import RECEIVED_ALL, ReadingTask, write_batch

LETTERS_OF_ONE_PROCESS = 20_000
"""Letters after which a new process takes over, so that no memory leak in a library can grow for ever."""
MOST_LOST = 5
"""Letters of one batch that may be lost; during their time the leases of the others expire, and these are then a new batch."""
MANY_TROUBLESOME = 256
"""Clients and paths that are remembered because their letter was lost; the oldest are forgotten."""
WORKER_MODULE = "bouncer.workers.reader_worker"
"""The module that the child runs."""


@dataclass(slots=True)
class _Answer:
    """The child's progress with some letters."""

    read_letters: list[ReadLetter]
    fresh: bool = True  # the child was started for these letters
    why: str | None = None  # the cause of the child's end
    is_received: bool = False  # the child had received all letters: then the next one is at fault
    late: bool = False  # the next letter took too long


class ReaderProcess:
    """Implements the port Reader with one child process."""

    def __init__(self, settings: ReadingSettings) -> None:
        self._settings = settings
        self._child: Child | None = None
        self._read_count = 0
        self._task = self._known_task = ReadingTask()
        self._turn = asyncio.Lock()
        self._troublesome: dict[str, None] = {}

    async def start(self) -> None:
        """Start the child, so that the first letter does not wait for it; raises ReaderError where it does not start."""
        async with self._turn:
            await self._ensure_child()

    async def read(self, letters: Sequence[Received], rules: Sequence[TaughtRule] = ()) -> Sequence[ReadLetter | None]:
        """Read *letters*; None for letters that must wait, since a second one of their client or path was lost."""
        return await self._read(letters, ReadingTask(tuple(rules)))

    async def outline(self, letter: Received, rules: Sequence[TaughtRule] = ()) -> Outline:
        """Give the lines of *letter*, and whether it can be taught; without lines where it cannot be read within its bounds."""
        (read_letter,) = await self._read([letter], ReadingTask(tuple(rules), outlines=True))
        return (read_letter and read_letter.outline) or Outline(
            (), refusal="it cannot be read within the bounds of memory and time"
        )

    async def _read(self, letters: Sequence[Received], task: ReadingTask) -> Sequence[ReadLetter | None]:
        async with self._turn:
            self._task = task
            read: dict[int, ReadLetter] = {}
            waiting = self._sort_places(range(len(letters)), letters)
            at_once, lost = len(waiting), 0
            while waiting and lost < MOST_LOST:
                answer = await self._ask([letters[place] for place in waiting[:at_once]])
                read |= zip(waiting, answer.read_letters, strict=False)
                waiting = waiting[len(answer.read_letters) :]
                if answer.why is None:
                    at_once = len(waiting)
                elif not answer.late and (at_once > 1 or not answer.fresh):
                    # where not all letters were received, something else may have ended the process
                    at_once = 1 if answer.is_received else max(1, at_once // 2)
                else:
                    culprit = waiting.pop(0)
                    read[culprit], lost = _make_unread(answer.why), lost + 1
                    if self._blame(letters[culprit]):
                        break
                    waiting = self._sort_places(waiting, letters)
                    at_once = len(waiting)
            return [read.get(place) for place in range(len(letters))]

    def _sort_places(self, places: Iterable[int], letters: Sequence[Received]) -> list[int]:
        """Sort letters of troublesome clients and paths behind the others."""
        return sorted(places, key=lambda place: not self._troublesome.keys().isdisjoint(_origin_of(letters[place])))

    def _blame(self, letter: Received) -> bool:
        """Remember the client and the path of a lost letter; gives whether another letter of either was lost before."""
        again = not self._troublesome.keys().isdisjoint(_origin_of(letter))
        self._troublesome |= dict.fromkeys(_origin_of(letter))
        while len(self._troublesome) > MANY_TROUBLESOME:
            del self._troublesome[next(iter(self._troublesome))]
        return again

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    async def _ask(self, letters: Sequence[Received]) -> _Answer:
        """Send *letters* to the child; gives its results in order, and why there is none for the next letter."""
        answer = _Answer([], fresh=self._child is None)
        child = await self._ensure_child()
        try:
            async with asyncio.timeout(self._settings.seconds):
                changed = None if self._known_task == self._task else self._task
                await child.send(write_batch(letters, changed))
                self._known_task = self._task
                answer.is_received = await child.receive() == RECEIVED_ALL
            for _ in letters:
                async with asyncio.timeout(self._settings.seconds):
                    answer.read_letters.append(parse_read_letter(await child.receive()))
        except TimeoutError:
            await self._end()
            answer.late = answer.is_received
            answer.why = f"reading took longer than {self._settings.seconds:g} s"
        except (EOFError, ConnectionError):
            await self._end()
            answer.why = "reading needed more memory than it may have, or ended its process"
        except asyncio.CancelledError:
            await self._end()
            raise
        self._read_count += len(answer.read_letters)
        if self._read_count >= LETTERS_OF_ONE_PROCESS:
            await self._end()
        return answer

    async def _ensure_child(self) -> Child:
        if self._child is None or not self._child.is_running:
            self._read_count, self._known_task = 0, ReadingTask()
            try:
                self._child = await Child.start(WORKER_MODULE, self._settings.memory)
            except ChildError as error:
                raise ReaderError(f"the reading process {error}") from error
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end()


def _make_unread(why: str) -> ReadLetter:
    return ReadLetter(Judgement(Reading(Kind.UNREADABLE, why=why), ()), forms={})


def _origin_of(letter: Received) -> tuple[str, str]:
    """Client and path of a letter, which letters of one sender have in common."""
    return letter.peer, letter.return_path.address
