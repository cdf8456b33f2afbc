"""The drawing room: a few processes of their own in which accounts' own templates are drawn.

A template that takes too long, too much memory, or the process down with it costs its own notice its form: its process is ended,
and the caller sends ours. One account draws one thing at a time, so that the other processes are there for the others, and
templates that are lost again and again rest for a while. Each is tried on a sample before anything else is drawn with it.

The other end of the pipes is ``drawer_worker``.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bouncer.compose.custom import NAMES, Drawn, OwnTemplates, Shown
from bouncer.compose.samples import sample
from bouncer.errors import ChildError
from bouncer.workers.child import Child
from bouncer.workers.drawings import Drawing, read_drawn, write_drawing
from bouncer.workers.protocol import framed

DESK = "bouncer.workers.drawer_worker"
"""The module that the children run."""
MEMORY = 256 << 20
"""Octets of a child, which takes a tenth of that when it starts; MAX_DRAWN needs some more."""
SECONDS = 2.0
"""For one template. Ours take a millisecond, and thirty to compile; a machine that is busy may need a hundred times that."""
MOST_CHILDREN = 2
"""Drawing at a time. They start when they are needed, and are there for owners' own templates only."""
MOST_LOST = 3
"""Drawings of an account that may be lost within REST_SECONDS; then its templates rest, for they hold up its own notices."""
REST_SECONDS = 3600.0
"""A day has time for a few dozen lost drawings of an account, and a new try finds out within an hour whether all is well."""
PATIENCE_SECONDS = 30.0
"""For all that one notice waits here, the others' turns included; then it leaves in our form."""
LOST = "needs more memory than it may have, or ends its process"
LATE = f"takes longer than {SECONDS:g} s"


@dataclass(slots=True)
class _OfAccount:
    """An account's templates, and how they fared."""

    own: OwnTemplates
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    good: dict[str, bool] = field(default_factory=dict)  # by name; those that are not in it were not tried yet
    told: set[str] = field(default_factory=set)  # what was told of them
    lost: list[float] = field(default_factory=list)  # when drawings were lost, the last few, by the event loop's clock


class DrawerProcess:
    """Implements the port Drawer. *tell* hears of an account what is wrong with its templates, each thing once."""

    def __init__(self, templates: Mapping[str, OwnTemplates], *, tell: Callable[[str, str], None]) -> None:
        self._accounts = {account: _OfAccount(own) for account, own in templates.items()}
        self._tell = tell
        self._places = asyncio.Semaphore(MOST_CHILDREN)
        self._idle: list[Child] = []

    def has(self, account: str) -> bool:
        """Whether the account has templates."""
        return account in self._accounts and bool(self._accounts[account].own.sources)

    async def draw(self, account: str, shown: Shown) -> Mapping[str, str]:
        """Give what the account's templates make of *shown*, by name; those that it has not, or that fail, are left out."""
        found: dict[str, str] = {}
        with contextlib.suppress(TimeoutError, ChildError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._draw_into(found, account, shown)
        return found

    async def try_all(self) -> None:
        """Try every account's templates, and tell what is wrong with them."""
        for account in self._accounts:
            await self.tried(account)

    async def tried(self, account: str) -> tuple[str, ...]:
        """Try the account's templates where that was not done; gives the names of those that are good."""
        templates = self._accounts[account]
        for fault in templates.own.faults:
            self._tell_once(account, fault)
        with contextlib.suppress(ChildError):
            async with templates.turn:
                await self._try(account, templates)
        return tuple(name for name, good in templates.good.items() if good and name in NAMES)

    async def close(self) -> None:
        """End the children; nobody is drawing any more."""
        while self._idle:
            await self._idle.pop().end()

    async def _draw_into(self, found: dict[str, str], account: str, shown: Shown) -> None:
        """Draw into *found*, which keeps what was drawn before time ran out."""
        templates = self._accounts[account]
        async with templates.turn:
            await self._try(account, templates)
            for name in shown.names:
                if not templates.good.get(name) or _rests(templates):
                    continue
                drawn = await self._drawn(account, name, shown)
                if drawn.fault in (LOST, LATE):
                    templates.lost = [*templates.lost[1 - MOST_LOST :], asyncio.get_running_loop().time()]
                if drawn.fault:
                    self._tell_once(account, f"on a notice, {_named(name, drawn.fault)}", about=name)
                else:
                    found[name] = drawn.text

    async def _try(self, account: str, templates: _OfAccount) -> None:
        """Draw a sample with each that was not tried yet; raises ChildError where no process is to be had."""
        for name in [name for name in templates.own.sources if name not in templates.good]:
            drawn = await self._drawn(account, name, sample(name))
            fault = drawn.fault or ("" if drawn.text.strip() or name not in NAMES else "draws nothing")
            templates.good[name] = not fault
            if fault:
                self._tell_once(account, _named(name, fault))

    def _tell_once(self, account: str, fault: str, about: str = "") -> None:
        """Tell *fault*, where nothing was told yet *about* the same."""
        told = self._accounts[account].told
        if (about or fault) not in told:
            told.add(about or fault)
            self._tell(account, fault)

    async def _drawn(self, account: str, name: str, shown: Shown | None) -> Drawn:
        request = write_drawing(Drawing(self._accounts[account].own.sources, name, shown))
        try:
            return await self._asked(request)
        except ChildError as error:
            self._tell_once(account, f"the drawing process {error}", about="the process")
            raise

    async def _asked(self, request: bytes) -> Drawn:
        """Ask a child, and a new one where the first ended over it: who knows what that had drawn before. Raises ChildError."""
        async with self._places:
            drawn = await self._asked_of(self._idle.pop(), request) if self._idle else None
            if drawn is None:
                drawn = await self._asked_of(await Child.start(DESK, MEMORY), request)
        return drawn or Drawn(fault=LOST)

    async def _asked_of(self, child: Child, request: bytes) -> Drawn | None:
        """Ask *child*; None where it ended."""
        try:
            async with asyncio.timeout(SECONDS):
                await child.ask(framed(request))
                drawn = read_drawn(await child.hear())
        except TimeoutError:
            await child.end()
            return Drawn(fault=LATE)
        except (EOFError, ConnectionError):
            await child.end()
            return None
        except asyncio.CancelledError:
            await child.end()
            raise
        self._idle.append(child)
        return drawn


def _rests(templates: _OfAccount) -> bool:
    """Whether so many drawings were lost lately that the templates rest."""
    lost = templates.lost
    return len(lost) >= MOST_LOST and asyncio.get_running_loop().time() - lost[0] < REST_SECONDS


def _named(name: str, fault: str) -> str:
    return fault if fault.startswith(name) else f"{name}: {fault}"
