"""Delivering, built out of the settings: a stage for each courier, so that one that is slow or away delays nobody else."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bouncer.clock import now
from bouncer.compose.custom import MAX_FAULT
from bouncer.compose.plain_text import line
from bouncer.courier.routes import make_routes
from bouncer.notify.mail import MailChannel
from bouncer.notify.templates import read_templates
from bouncer.ports.store import Store
from bouncer.settings import ForwardSettings, Settings
from bouncer.stages.deliver import Deliver
from bouncer.stages.naming import Naming
from bouncer.workers.drawer_process import DrawerProcess

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivering:
    """The stages, each with what wakes it."""

    stages: tuple[tuple[Deliver, asyncio.Event], ...]

    def wake(self) -> None:
        """Let all of them look for parcels."""
        for _, parcels_came in self.stages:
            parcels_came.set()

    @property
    def runs(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """What is to be run for ever, by name."""
        return {f"deliver-{n}": functools.partial(stage.run, came) for n, (stage, came) in enumerate(self.stages)}


def make_delivering(
    settings: Settings,
    store: Store,
    reverse_path: Callable[[str], str],
    stack: contextlib.AsyncExitStack,
    naming: Naming | None = None,
) -> Delivering:
    """Make the stages; *stack* gets what lets their couriers go. Raises ConfigError."""
    routes = make_routes(settings.forward, hostname=settings.smtp.hostname)
    for route in routes:
        stack.push_async_callback(route.courier.close)
    drawer = _open_drawing_room(settings.forward, stack)
    channel = MailChannel(routes[0].courier, settings.forward, reverse_path=reverse_path, drawer=drawer)
    stack.push_async_callback(channel.close)
    return Delivering(
        tuple(
            (
                Deliver(store, channel.by(one.courier), one.settings, now=now, naming=naming, lane=one.lane),
                asyncio.Event(),
            )
            for one in routes
        )
    )


def _open_drawing_room(settings: ForwardSettings, stack: contextlib.AsyncExitStack) -> DrawerProcess:
    """Let accounts' own templates be tried meanwhile: nobody waits for that, neither our readiness nor our end."""
    room = DrawerProcess(read_templates(settings.templates), tell=_log_fault)
    stack.push_async_callback(room.close)
    trying = asyncio.create_task(room.try_all(), name="templates")
    stack.push_async_callback(_cancel, trying)
    return room


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _log_fault(account: str, fault: str) -> None:
    _log.error("template of account %s is not used, ours is: %s", account, line(fault, MAX_FAULT))
