"""Delivering, built out of the settings: a stage for each courier, so that one that is slow or away delays nobody else."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bouncer.courier import make_routes
from bouncer.daemon.clock import now
from bouncer.notify.mail import MailChannel
from bouncer.ports import Store
from bouncer.settings import Settings
from bouncer.stages.deliver import Deliver


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
    settings: Settings, store: Store, reverse_path: Callable[[str], str], stack: contextlib.AsyncExitStack
) -> Delivering:
    """Make the stages; *stack* gets what lets their couriers go. Raises ConfigError."""
    routes = make_routes(settings.forward, hostname=settings.smtp.hostname)
    for route in routes:
        stack.push_async_callback(route.courier.close)
    channel = MailChannel(routes[0].courier, settings.forward, reverse_path=reverse_path)
    stack.push_async_callback(channel.close)
    return Delivering(
        tuple(
            (Deliver(store, channel.by(one.courier), one.settings, now=now, lane=one.lane), asyncio.Event())
            for one in routes
        )
    )
