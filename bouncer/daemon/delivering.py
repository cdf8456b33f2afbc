"""Delivery, built from the settings: scheduling, and a deliver stage for each courier or channel, so that none delays another."""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import functools
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bouncer.clock import now
from bouncer.compose.custom import MAX_FAULT
from bouncer.compose.plain_text import line
from bouncer.courier.routes import make_routes
from bouncer.daemon.mailing_process import MailingProcess, remote_routes
from bouncer.notify.channel import ChannelContext
from bouncer.notify.channels import open_channels
from bouncer.notify.templates import read_templates
from bouncer.policy.backoff import Backoff
from bouncer.ports.delivery import Delivery
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, Settings
from bouncer.stages.deliver import Deliver
from bouncer.stages.logged_addresses import LoggedAddresses
from bouncer.stages.schedule import Schedule
from bouncer.workers.rendering_process import RenderingProcess

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivering:
    """The stages of delivery, each with the event that wakes it."""

    schedule: Schedule
    entries_came: asyncio.Event
    stages: tuple[tuple[Deliver, asyncio.Event], ...]

    def wake(self) -> None:
        """Wake scheduling, which then wakes the deliver stages: new entries of the outbox were recorded."""
        self.entries_came.set()

    @property
    def runs(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """The functions that run the stages for ever, by the stages' names."""
        delivering = {
            f"deliver-{n}": functools.partial(stage.run, wake_event)
            for n, (stage, wake_event) in enumerate(self.stages)
        }
        return {"schedule": functools.partial(self.schedule.run, self.entries_came), **delivering}


def make_delivering(
    settings: Settings,
    store: Store,
    reverse_path: Callable[[str], str],
    stack: contextlib.AsyncExitStack,
    naming: LoggedAddresses | None = None,
    link_url: Callable[[str], str | None] = lambda _event: None,
    clock: Callable[[], dt.datetime] = now,
) -> Delivering:
    """Make the stages, which go by *clock*; *link_url* gives the sign-in link in the mail with an id.

    Their couriers and channels are closed by *stack*. Raises ConfigError.
    """
    mailing = MailingProcess(settings.forward, hostname=settings.smtp.hostname)
    stack.push_async_callback(mailing.close)
    routes = remote_routes(make_routes(settings.forward, hostname=settings.smtp.hostname), mailing)
    renderer = _open_renderer(settings.forward, stack)
    deliveries = open_channels(ChannelContext(settings.forward, routes, reverse_path, renderer, store, link_url))
    for delivery in deliveries:
        stack.push_async_callback(delivery.channel.close)
    backoff = backoff_of(settings.forward)
    make_stage = functools.partial(Deliver, store, now=clock, chance=random.random, naming=naming)
    stages = tuple(
        (make_stage(delivery, _limit_backoff(backoff, delivery)), asyncio.Event()) for delivery in deliveries
    )

    def wake() -> None:
        for _, entries_came in stages:
            entries_came.set()

    return Delivering(Schedule(store, now=clock, wake=wake), asyncio.Event(), stages)


def _limit_backoff(backoff: Backoff, delivery: Delivery) -> Backoff:
    """Give the retry schedule of a delivery, whose channel may have a time of its own after which entries are given up."""
    return backoff if delivery.give_up is None else dataclasses.replace(backoff, give_up=delivery.give_up)


def backoff_of(settings: ForwardSettings) -> Backoff:
    """Give the retry schedule of entries that could not be delivered."""
    return Backoff(
        first=dt.timedelta(seconds=settings.first_wait),
        longest=dt.timedelta(seconds=settings.longest_wait),
        give_up=dt.timedelta(days=settings.give_up_days),
    )


def _open_renderer(settings: ForwardSettings, stack: contextlib.AsyncExitStack) -> RenderingProcess:
    """Open the process that renders accounts' own templates, and try the templates in a task of its own.

    Neither readiness nor shutdown waits for that task.
    """
    renderer = RenderingProcess(read_templates(settings.templates), tell=_log_fault)
    stack.push_async_callback(renderer.close)
    templates_task = asyncio.create_task(renderer.try_all(), name="templates")
    stack.push_async_callback(_cancel, templates_task)
    return renderer


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _log_fault(account: str, fault: str) -> None:
    _log.error("template of account %s is not used, ours is: %s", account, line(fault, MAX_FAULT))
