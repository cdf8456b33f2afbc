"""``bouncer serve``: runs the daemon in the foreground for a service manager (systemd: readiness, watchdog, inherited sockets)."""

import asyncio
import contextlib
import importlib
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import click

from bouncer.cli.context import settings_of
from bouncer.errors import StoreError
from bouncer.garbage import freeze_loaded_objects
from bouncer.logs import log_to_stderr
from bouncer.settings.sections import Settings

if TYPE_CHECKING:
    from bouncer.daemon.reloading import Reloading

_log = logging.getLogger(__name__)

FORKED_MODULES = ("bouncer.daemon.recording_worker", "bouncer.workers.reader_worker")
"""The modules of the processes that the fork server forks; the first one may fork processes, too."""
SHARED_MODULES = (*FORKED_MODULES, "bouncer.daemon.daemon", "greenlet")
"""The modules that are loaded before the fork: to load one after it writes to objects all over the shared memory, and so copies
it. With the daemon's own among them the processes take 2 MB less; SQLAlchemy would load greenlet at its first statement."""
HTTP_MODULES = ("bouncer.pages.all_pages", "bouncer.web.server", "uvicorn.lifespan.off")
"""Loaded before the fork where HTTP is on: then they copy 4 MB less of that memory."""
LEVELS = ("debug", "info", "warning", "error")


@click.command(epilog="Example: bouncer --settings /etc/bouncer/bouncer.toml serve")
@click.option(
    "--log-level",
    type=click.Choice(LEVELS),
    default="info",
    show_default=True,
    help="Log messages of this level and above.",
)
@click.pass_context
def serve(context: click.Context, log_level: str) -> None:
    """Run the daemon until SIGTERM or SIGINT, at which open connections may finish their letter.

    SIGHUP reloads the certificate, the keys and the settings that can change while it runs.

    An account's socketmap table is for submission services only. It knows neither client nor sender: through a server that takes
    mail from strangers it would refuse their mail too, and tell them which addresses are suppressed. The policy service knows whose
    mail it is asked about. The table return_paths is for a mail server in front of this one.
    """
    prepare_forks(lambda: opens_http(lambda: settings_of(context)))
    run(serve_until_stopped(lambda: settings_of(context), log_level))


def prepare_forks(has_http: Callable[[], bool]) -> None:
    """Start the server that forks a daemon's processes: before settings and an event loop, of which no fork has a copy.

    *has_http*: whether the daemon will answer HTTP; asked when the other modules are loaded.
    """
    from bouncer.workers.fork_server import start_fork_server  # noqa: PLC0415 -- only a daemon needs it

    for module in SHARED_MODULES:
        importlib.import_module(module)
    modules = (*SHARED_MODULES, *HTTP_MODULES) if has_http() else SHARED_MODULES
    start_fork_server(modules, client_modules=FORKED_MODULES[:1])


def opens_http(load: Callable[[], Settings]) -> bool:
    """Whether the settings that *load* gives, or a service manager, let the daemon answer HTTP; False where they have a fault.

    A process that ends at once loads them, so that this one and the forks of it keep no copy of a secret.
    """
    from bouncer.daemon.http import HTTP  # noqa: PLC0415 -- only a daemon needs it

    if HTTP in os.environ.get("LISTEN_FDNAMES", "").split(":"):
        return True
    process = os.fork()
    if process == 0:
        status = 0
        with contextlib.suppress(BaseException):  # the daemon itself will say what is wrong
            status = int(bool(load().http.listen))
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 1


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run *main* on uvloop's event loop if uvloop is installed, else on asyncio's."""
    try:
        import uvloop  # noqa: PLC0415 -- not on every platform
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


async def serve_until_stopped(load: Callable[[], Settings], log_level: str) -> None:
    """Run the daemon with the settings that *load* gives, and reload them on SIGHUP, until SIGTERM or SIGINT.

    Raises StoreError if the store's files are lost, so that a new process has to open the store.
    """
    from bouncer.daemon import systemd  # noqa: PLC0415 -- only a daemon needs what follows
    from bouncer.daemon.daemon import running  # noqa: PLC0415

    settings = load()
    log_to_stderr(log_level, settings.log.format)
    stop, hung_up = stop_at_signals(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hung_up.set)
    manager = systemd.Notifier.take(os.environ)
    seconds = systemd.watchdog_seconds(os.environ, pid=os.getpid())
    sockets = systemd.listening_sockets(os.environ, pid=os.getpid())
    is_divided = len(os.sched_getaffinity(0)) > 1  # with one processor a further process would only take memory
    async with running(settings, sockets, end=stop.set, is_divided=is_divided) as daemon:
        freeze_loaded_objects()
        _log.info(daemon.addresses_in_words)
        manager.notify_ready(daemon.addresses_in_words)
        reloading = asyncio.create_task(_reload_at(hung_up, daemon.reloading, load, log_level), name="reload")
        while not stop.is_set():
            manager.notify_alive()  # sent from the event loop, so that a loop that hangs is noticed
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds / 2 if seconds else None):
                    await stop.wait()
        reloading.cancel()
        _log.info("stopping")
        manager.notify_stopping("letting open connections finish")
    if daemon.watch.lost:
        raise StoreError(daemon.watch.lost)


async def _reload_at(
    hung_up: asyncio.Event, reloading: "Reloading", load: Callable[[], Settings], log_level: str
) -> None:
    """Reload when *hung_up* is set, for ever; signals that come together cause one reload."""
    while True:
        await hung_up.wait()
        hung_up.clear()
        reloading.reload(load)
        log_to_stderr(log_level, reloading.settings.log.format)


def stop_at_signals() -> asyncio.Event:
    """Make an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
