"""Serve: the daemon in the foreground, as a service manager wants it (systemd: readiness, watchdog, inherited sockets)."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import click

from bouncer.cli.given import settings_of
from bouncer.errors import StoreError
from bouncer.settings import Settings

_log = logging.getLogger(__name__)

NOISY = ("alembic", "asyncio", "mail.log")
"""Libraries that tell at INFO what nobody asks."""
LEVELS = ("debug", "info", "warning", "error")


@click.command(epilog="Example: bouncer --settings /etc/bouncer/bouncer.toml serve")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True, help="What is logged.")
@click.pass_context
def serve(context: click.Context, log_level: str) -> None:
    """Run the daemon until SIGTERM or SIGINT; open connections may finish their letter.

    Of the doors for outgoing mail ([milter]) the socketmap table is for submission services only: it knows neither client nor
    sender, so whoever may ask it is refused, and learns who is suppressed. The policy service knows whose mail it is.
    """
    settings = settings_of(context)
    log_to_stderr(log_level)
    run(served(settings))


def log_to_stderr(level: str) -> None:
    """Log to standard error; the journal adds the time, so that we do it only elsewhere."""
    moment = "" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s "
    logging.basicConfig(level=level.upper(), stream=sys.stderr, format=f"{moment}%(levelname)s %(name)s %(message)s")
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run *main* on the fast event loop where there is one."""
    try:
        import uvloop  # noqa: PLC0415 -- not on every platform
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


async def served(settings: Settings) -> None:
    """Serve until a signal asks to stop; raises StoreError where the store is lost until somebody opens it anew."""
    from bouncer.daemon import systemd  # noqa: PLC0415 -- only a daemon needs what follows
    from bouncer.daemon.daemon import running  # noqa: PLC0415

    stop = stop_at_signals()
    manager = systemd.Notifier.take(os.environ)
    seconds = systemd.watchdog_seconds(os.environ, pid=os.getpid())
    sockets = systemd.listening_sockets(os.environ, pid=os.getpid())
    async with running(settings, sockets, end=stop.set) as daemon:
        _log.info(daemon.places)
        manager.ready(daemon.places)
        while not stop.is_set():
            manager.alive()  # told from the event loop: a loop that hangs is a daemon that hangs
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds / 2 if seconds else None):
                    await stop.wait()
        _log.info("stopping")
        manager.stopping("letting open connections finish")
    if daemon.watch.lost:
        raise StoreError(daemon.watch.lost)


def stop_at_signals() -> asyncio.Event:
    """Give an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
