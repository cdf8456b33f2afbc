"""The renderer: a few processes of their own that render accounts' own templates.

A template that takes too long, takes too much memory, or crashes its process costs only its own notice: the process is ended, and
the notice is rendered with our template. Each account has one notice rendered at a time, so that the other processes serve other
accounts, and templates that repeatedly end a process rest for a while. Each template is tried on a sample before its first use.

The other end of the pipes is ``rendering_worker``.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bouncer.compose.custom import NAMES, OwnTemplates, TemplateInput, TemplateOutput
from bouncer.compose.samples import sample
from bouncer.errors import ChildError
from bouncer.workers.child import Child
from bouncer.workers.protocol import frame
from bouncer.workers.rendering_orders import RenderingOrder, read_output, write_order

WORKER_MODULE = "bouncer.workers.rendering_worker"
"""The module that the children run."""
MEMORY = 256 << 20
"""Octets of a child's memory; it takes a tenth at its start, and MAX_OUTPUT needs some more."""
SECONDS = 2.0
"""Time for one template. Ours take a millisecond, and thirty to compile; a busy machine may need a hundred times as long."""
MOST_CHILDREN = 2
"""Number of processes. They start when they are needed, and only for owners' own templates."""
MOST_LOST = 3
"""Renderings of an account that were lost within REST_SECONDS; then its templates rest, since they delay its own notices."""
REST_SECONDS = 3600.0
"""Seconds for which templates rest: an account loses some dozen renderings a day at most, and a mended fault shows in an hour."""
PATIENCE_SECONDS = 30.0
"""Time that one notice waits to be rendered, including other notices' turns; then it is rendered with our templates."""
LOST = "needs more memory than it may have, or ends its process"
LATE = f"takes longer than {SECONDS:g} s"


@dataclass(slots=True)
class _OfAccount:
    """An account's templates, with their faults and lost renderings so far."""

    templates: OwnTemplates
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    good: dict[str, bool] = field(default_factory=dict)  # by name; a template that is not in it was not tried yet
    reported: set[str] = field(default_factory=set)  # faults that were reported
    lost: list[float] = field(default_factory=list)  # times of the last lost renderings, by the event loop's clock


class RenderingProcess:
    """Implements the port TemplateRenderer. *tell* is called with an account and a fault of its templates, once for each fault."""

    def __init__(self, templates: Mapping[str, OwnTemplates], *, tell: Callable[[str, str], None]) -> None:
        self._accounts = {
            account: _OfAccount(templates_of_account) for account, templates_of_account in templates.items()
        }
        self._tell = tell
        self._places = asyncio.Semaphore(MOST_CHILDREN)
        self._idle: list[Child] = []

    def has_templates(self, account: str) -> bool:
        """Whether the account has templates of its own."""
        return account in self._accounts and bool(self._accounts[account].templates.sources)

    async def render(self, account: str, shown: TemplateInput) -> Mapping[str, str]:
        """Render *shown* with the account's templates; gives texts by template name, without missing and failing templates."""
        texts: dict[str, str] = {}
        with contextlib.suppress(TimeoutError, ChildError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._render_into(texts, account, shown)
        return texts

    async def try_all(self) -> None:
        """Try every account's templates, and report their faults."""
        for account in self._accounts:
            await self.good_templates(account)

    async def good_templates(self, account: str) -> tuple[str, ...]:
        """Try the account's templates where that was not done; gives the names of the good ones."""
        templates = self._accounts[account]
        for fault in templates.templates.faults:
            self._tell_once(account, fault)
        with contextlib.suppress(ChildError):
            async with templates.turn:
                await self._try(account, templates)
        return tuple(name for name, good in templates.good.items() if good and name in NAMES)

    async def close(self) -> None:
        """End the children; no rendering is under way any more."""
        while self._idle:
            await self._idle.pop().end()

    async def _render_into(self, texts: dict[str, str], account: str, shown: TemplateInput) -> None:
        """Render into *texts*, which keeps the texts rendered before time runs out."""
        templates = self._accounts[account]
        async with templates.turn:
            await self._try(account, templates)
            for name in shown.names:
                if not templates.good.get(name) or _rests(templates):
                    continue
                output = await self._render_one(account, name, shown)
                if output.fault in (LOST, LATE):
                    templates.lost = [*templates.lost[1 - MOST_LOST :], asyncio.get_running_loop().time()]
                if output.fault:
                    self._tell_once(account, f"on a notice, {_with_name(name, output.fault)}", about=name)
                else:
                    texts[name] = output.text

    async def _try(self, account: str, templates: _OfAccount) -> None:
        """Render a sample with each untried template; raises ChildError where no process can be started."""
        for name in [name for name in templates.templates.sources if name not in templates.good]:
            output = await self._render_one(account, name, sample(name))
            fault = output.fault or ("" if output.text.strip() or name not in NAMES else "renders nothing")
            templates.good[name] = not fault
            if fault:
                self._tell_once(account, _with_name(name, fault))

    def _tell_once(self, account: str, fault: str, about: str = "") -> None:
        """Report *fault*, unless a fault was reported *about* the same before."""
        reported = self._accounts[account].reported
        if (about or fault) not in reported:
            reported.add(about or fault)
            self._tell(account, fault)

    async def _render_one(self, account: str, name: str, shown: TemplateInput | None) -> TemplateOutput:
        request = write_order(RenderingOrder(self._accounts[account].templates.sources, name, shown))
        try:
            return await self._ask(request)
        except ChildError as error:
            self._tell_once(account, f"the rendering process {error}", about="the process")
            raise

    async def _ask(self, request: bytes) -> TemplateOutput:
        """Ask an idle child process, and a new one if none is idle or it dies. Raises ChildError."""
        async with self._places:
            output = await self._ask_child(self._idle.pop(), request) if self._idle else None
            if output is None:
                output = await self._ask_child(await Child.start(WORKER_MODULE, MEMORY), request)
        return output or TemplateOutput(fault=LOST)

    async def _ask_child(self, child: Child, request: bytes) -> TemplateOutput | None:
        """Ask *child*; None where it died."""
        try:
            async with asyncio.timeout(SECONDS):
                await child.send(frame(request))
                output = read_output(await child.receive())
        except TimeoutError:
            await child.end()
            return TemplateOutput(fault=LATE)
        except (EOFError, ConnectionError):
            await child.end()
            return None
        except asyncio.CancelledError:
            await child.end()
            raise
        self._idle.append(child)
        return output


def _rests(templates: _OfAccount) -> bool:
    """Whether so many renderings were lost lately that the templates rest."""
    lost = templates.lost
    return len(lost) >= MOST_LOST and asyncio.get_running_loop().time() - lost[0] < REST_SECONDS


def _with_name(name: str, fault: str) -> str:
    return fault if fault.startswith(name) else f"{name}: {fault}"
