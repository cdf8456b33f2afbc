"""The daemon: builds adapters, stages and servers from the settings, runs them, and shuts them down in order.

Graceful shutdown: first the servers accept no new connections and let peers finish their letters. Then the stages are cancelled;
their leases run out, no transaction is half done, and kept letters wait for the next start. The store is closed last.
"""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bouncer.clock import now, today
from bouncer.courier.loops import refuse_loops
from bouncer.courier.routes import courier_urls, make_routes
from bouncer.daemon.attending import Heartbeat, draw_name
from bouncer.daemon.certificate import http_tls_context, tls_context
from bouncer.daemon.delivering import Delivering, make_delivering
from bouncer.daemon.http import HTTP, open_http
from bouncer.daemon.outgoing import open_outgoing
from bouncer.daemon.reloading import Reloading
from bouncer.daemon.systemd import Inherited
from bouncer.daemon.watch import Watch
from bouncer.errors import collect_faults
from bouncer.key_files import read_keys
from bouncer.listening import socket_name_text
from bouncer.mail.returnpath import Key
from bouncer.milter.connection import RequestConnection
from bouncer.milter.servers import KINDS
from bouncer.notify.channels import check_channels
from bouncer.notify.notice_path import notice_path
from bouncer.notify.signing import make_signer
from bouncer.notify.templates import read_templates
from bouncer.ports.letters import KeptLetter, PendingDecision
from bouncer.ports.store import Store
from bouncer.server import Server
from bouncer.settings.sections import Settings, SmtpSettings
from bouncer.smtpd.server import SmtpServer
from bouncer.stages.admit import Admit
from bouncer.stages.keep import Keep
from bouncer.stages.naming import Naming
from bouncer.stages.read import Read
from bouncer.stages.retire import Retire
from bouncer.stages.volume import Volume
from bouncer.store.engine.databases import url_of
from bouncer.store.sql import open_store
from bouncer.workers.reader_process import ReaderProcess

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
"""Pause of a stage after an unforeseen error, so that a bug cannot make it spin."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """The objects that the daemon is built of, and the addresses of its servers."""

    settings: Settings
    store: Store
    smtp_server: SmtpServer
    outgoing: dict[str, Server[RequestConnection]]
    http: Server[Any] | None
    reading: Read
    delivering: Delivering
    retiring: Retire
    letters_came: asyncio.Event
    volume: Volume
    watch: Watch
    attending: Heartbeat
    reloading: Reloading

    @property
    def listening(self) -> Sequence[str]:
        """The addresses of the SMTP server, host:port."""
        return self.smtp_server.listening

    @property
    def addresses_in_words(self) -> str:
        """The addresses of all servers, in words."""
        others = [f"{name} on {', '.join(server.listening)}" for name, server in self._others if server.listening]
        return "; ".join([f"listening on {', '.join(self.listening)}", *others])

    @property
    def _others(self) -> list[tuple[str, Server[Any]]]:
        """The servers beside the SMTP server, by name."""
        return [*self.outgoing.items(), *([(HTTP, self.http)] if self.http else [])]

    async def drain(self) -> None:
        """Accept no new connections, and let peers finish their letters and requests for ``smtp.drain_seconds``."""
        seconds = self.settings.smtp.drain_seconds
        await asyncio.gather(self.smtp_server.drain(seconds), *(server.drain(seconds) for _, server in self._others))


@contextlib.asynccontextmanager
async def running(
    settings: Settings, sockets: Sequence[Inherited] = (), *, end: Callable[[], None] = lambda: None
) -> AsyncIterator[Daemon]:
    """Build and start the daemon; shut it down at the end. Raises ConfigError, ListenError, StoreError, OSError before it is ready.

    An inherited socket with the name of another server (``KINDS``, ``HTTP``) goes to that server, any other socket to the SMTP
    server. *end* is called when the store is lost.
    """
    async with contextlib.AsyncExitStack() as stack:
        named = {name: [entry.socket for entry in sockets if entry.name == name] for name in (*KINDS, HTTP)}
        inherited = [entry.socket for entry in sockets if entry.name not in named]
        _check_settings(
            settings, [socket_name_text(taken.getsockname()) for taken in inherited] or settings.smtp.listen
        )
        daemon = await _build(settings, named, stack, end)
        await daemon.smtp_server.start(inherited)
        stack.push_async_callback(daemon.smtp_server.close)
        await daemon.attending.register(daemon.listening)
        stack.push_async_callback(daemon.attending.unregister)
        stages = {
            "read": lambda: daemon.reading.run(daemon.letters_came),
            "retire": daemon.retiring.run,
            "watch": daemon.watch.run,
            "attend": daemon.attending.run,
            "volume": lambda: daemon.volume.load(daemon.store),
            **daemon.delivering.runs,
        }
        tasks = [asyncio.create_task(_keep_running(name, run), name=name) for name, run in stages.items()]
        stack.push_async_callback(_cancel, tasks)
        stack.push_async_callback(daemon.drain)
        yield daemon


@contextlib.asynccontextmanager
async def reading_again(
    store: Store, settings: Settings
) -> AsyncIterator[Callable[[KeptLetter], Awaitable[PendingDecision]]]:
    """Give a function that reads a kept letter again, and returns its pending decision."""
    keys = read_keys(settings.tokens.keys)
    admit = make_admit(settings.smtp, store, keys)
    reader = ReaderProcess(settings.reading)
    reading = Read(store, reader, admit, keys=keys, operator=None, now=now, wake=lambda: None)

    async def read(letter: KeptLetter) -> PendingDecision:
        return (await reading.cases([letter], await reader.open([letter.received])))[0]

    try:
        yield read
    finally:
        await reader.close()


async def _build(
    settings: Settings,
    sockets: Mapping[str, Sequence[socket.socket]],
    stack: contextlib.AsyncExitStack,
    end: Callable[[], None],
) -> Daemon:
    keys = read_keys(settings.tokens.keys)
    tls, http_tls = tls_context(settings.smtp), http_tls_context(settings.http)
    store = await open_store(settings.store, hostname=settings.smtp.hostname)
    stack.push_async_callback(store.close)
    await store.release_leases()
    reader = ReaderProcess(settings.reading)
    stack.push_async_callback(reader.close)
    await reader.start()
    letters_came = asyncio.Event()
    admit = make_admit(settings.smtp, store, keys)
    volume = Volume(settings.smtp, now=now)
    name = draw_name()
    keep = Keep(store, wake=letters_came.set, volume=volume)
    operator, naming = settings.forward.operator, Naming(admit)
    reloading = Reloading(settings, admit)
    delivering = make_delivering(
        settings, store, notice_path(settings, lambda: reloading.keys, reloading.expire_days), stack, naming
    )
    smtp_server = SmtpServer(
        settings.smtp,
        admit=admit.admit,
        complain=volume.require_room,
        keep=keep.keep,
        now=now,
        shown=naming.path,
        tls_context=tls,
        name=name,
    )
    reading = Read(store, reader, admit, keys=keys, operator=operator, now=now, wake=delivering.wake)
    retiring = Retire(store, settings.retention, now=now)
    reloading.register(smtp_server, reading, volume, retiring, http_tls)
    return Daemon(
        settings=settings,
        store=store,
        smtp_server=smtp_server,
        outgoing=await open_outgoing(settings, store, admit, reloading.expire_days, sockets, stack),
        http=await open_http(
            settings.http,
            store,
            http_tls,
            sockets.get(HTTP, ()),
            stack,
            networks=settings.forward.webhook_networks,
        ),
        reading=reading,
        delivering=delivering,
        retiring=retiring,
        letters_came=letters_came,
        volume=volume,
        attending=Heartbeat(store, name, now=now),
        watch=Watch(store.astray, seconds=settings.store.astray_seconds, end=end),
        reloading=reloading,
    )


def _check_settings(settings: Settings, listen: Sequence[str]) -> None:
    """Check everything that the settings name before any of it is opened; raises ConfigError with all faults.

    *listen*: the addresses on which the SMTP server will listen, from the settings or from inherited sockets.
    """
    collect_faults(
        lambda: read_keys(settings.tokens.keys),
        lambda: tls_context(settings.smtp),
        lambda: http_tls_context(settings.http),
        lambda: make_routes(settings.forward, hostname=settings.smtp.hostname),
        lambda: refuse_loops(courier_urls(settings.forward), listen),
        lambda: url_of(settings.store),
        lambda: make_signer(settings.forward),
        lambda: check_channels(settings.forward),
        lambda: read_templates(settings.forward.templates),
    )


def make_admit(settings: SmtpSettings, store: Store, keys: tuple[Key, ...]) -> Admit:
    """Make the stage that decides at RCPT which addresses are ours."""
    domains, hostname = settings.domains, settings.hostname
    return Admit(store, domains=domains, hostname=hostname, keys=keys, today=today, elapsed=time.monotonic)


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run the stage *name* until it ends. After an unforeseen error, log it, pause, and run the stage again."""
    while True:
        try:
            return await run()
        except Exception:  # noqa: BLE001 -- an unforeseen error of one stage must not stop the others
            _log.exception("the stage %s failed, and starts again", name)
            await asyncio.sleep(PAUSE_SECONDS)


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
