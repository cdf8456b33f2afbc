"""The mailing process: it composes and signs notices, and hands all mails over, beside the process that receives and records.

Composing and handing over take more time than all other work on a report. In one process of Python the event loop, which answers
the world's mail servers, would wait for them. The outbox stays here: entries are leased and marked by the Deliver
stage, whose limits hold, and the process is given one mail of each entry under way. The process starts with the first mail. If it
ends, mails that it was given are deferred, and may arrive twice; the next mail starts it again.

The other end of its pipes is ``mailing_worker``.
"""

import asyncio
import dataclasses
import itertools
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bouncer.courier.routes import Route
from bouncer.daemon.mailing_orders import write_order
from bouncer.errors import ChildError
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob
from bouncer.settings.sections import ForwardSettings
from bouncer.workers.child import Child
from bouncer.workers.protocol import frame

WORKER_MODULE = "bouncer.daemon.mailing_worker"
"""The module that the process runs."""
CLOSE_SECONDS = 3.0
"""Seconds in which the process may say QUIT to mail servers at a stop; each QUIT waits a second at most for its reply."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Started:
    """A running process, and the mails that it has not answered yet."""

    child: Child
    results: dict[int, asyncio.Future[DeliveryResult]] = field(default_factory=dict)
    receiving: asyncio.Task[None] | None = None
    outcome_lost: Outcome = (
        Outcome.UNAVAILABLE
    )  # of mails without an answer: a process that never answered helps no mail


class MailingProcess:
    """Hands mails over by couriers that the settings name, in a process of its own; *hostname* is our name in EHLO."""

    def __init__(self, settings: ForwardSettings, *, hostname: str) -> None:
        self._arguments = (settings, hostname)
        self._numbers = itertools.count()
        self._started: _Started | None = None
        self._turn = asyncio.Lock()
        self._waiting: list[bytes] = []  # frames that are sent in one go, when the event loop has come round

    @property
    def pid(self) -> int | None:
        """The process id; None while it does not run."""
        return self._started.child.pid if self._started else None

    async def send(self, order: tuple[Any, ...]) -> DeliveryResult:
        """Have the process carry out *order* (``mailing_worker``); the result is of this one attempt."""
        try:
            started = await self._ensure_process()
        except ChildError as error:
            return DeliveryResult(Outcome.UNAVAILABLE, f"the mailing process {error}")
        number = next(self._numbers)
        octets = write_order((number, *order))
        result: asyncio.Future[DeliveryResult] = asyncio.get_running_loop().create_future()
        started.results[number] = result
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush, started)
        self._waiting += frame(octets)
        try:
            return await result
        finally:
            started.results.pop(number, None)

    def _flush(self, started: _Started) -> None:
        frames, self._waiting = self._waiting, []
        started.child.write(frames)

    async def close(self) -> None:
        """Let the process close its connections to mail servers, then end it."""
        async with self._turn:
            started, self._started = self._started, None
            if started is None:
                return
            started.child.write_end()
            if started.receiving is not None:
                await asyncio.wait([started.receiving], timeout=CLOSE_SECONDS)
                started.receiving.cancel()
            await started.child.end()

    async def _ensure_process(self) -> _Started:
        """Give the process, a new one where none runs. Raises ChildError."""
        async with self._turn:
            if self._started is None:
                child = await Child.start(WORKER_MODULE, 0)
                child.write(frame(write_order(self._arguments)))
                self._started = started = _Started(child)
                started.receiving = asyncio.create_task(self._receive(started), name="mailing")
            return self._started

    async def _receive(self, started: _Started) -> None:
        """Pass on the results until the process ends."""
        try:
            while True:
                for number, outcome, reply in json.loads(await started.child.receive()):
                    started.outcome_lost = Outcome.DEFERRED
                    result = started.results.get(number)
                    if result is not None and not result.done():
                        result.set_result(DeliveryResult(Outcome(outcome), reply))
        except (EOFError, ConnectionError, ValueError):
            if self._started is started:
                _log.error("the mailing process has ended; %d mails are tried again later", len(started.results))
                self._started = None
                await started.child.end()
        finally:
            for result in started.results.values():
                if not result.done():
                    result.set_result(DeliveryResult(started.outcome_lost, "the mailing process ended"))


class RemoteCourier:
    """The port NoticeCourier: the courier of the route *number*, in the mailing process."""

    def __init__(self, process: MailingProcess, number: int, name: str) -> None:
        self._process = process
        self._number = number
        self.name = name

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Hand *mail* over."""
        return await self._process.send((self._number, mail, "", {}))

    async def deliver_notice(
        self, job: DeliveryJob, reverse_path: str, custom_texts: Mapping[str, str]
    ) -> DeliveryResult:
        """Compose, sign and hand over the notice of *job*."""
        return await self._process.send((self._number, job, reverse_path, dict(custom_texts)))

    async def close(self) -> None:
        """Do nothing: the process closes its couriers."""


def remote_routes(routes: Sequence[Route], process: MailingProcess) -> tuple[Route, ...]:
    """Give *routes* with couriers in *process*, which has made the same ones."""
    return tuple(
        dataclasses.replace(route, courier=RemoteCourier(process, number, route.courier.name))
        for number, route in enumerate(routes)
    )
