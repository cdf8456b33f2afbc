"""The daemon: builds adapters, stages and servers from the settings, runs them, and shuts them down in order.

Graceful shutdown: first the servers accept no new connections and let peers finish their letters. Then the stages are cancelled;
their leases run out, no transaction is half done, and kept letters wait for the next start. The store is closed last.
"""

import asyncio
import contextlib
import datetime as dt
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bouncer.clock import now
from bouncer.courier.loops import refuse_loops
from bouncer.courier.routes import courier_urls, make_routes
from bouncer.daemon.admitting import make_admit
from bouncer.daemon.certificate import http_tls_context, tls_context
from bouncer.daemon.damage_watch import DamageWatch
from bouncer.daemon.heartbeat import Heartbeat, draw_name
from bouncer.daemon.http import HTTP, open_http
from bouncer.daemon.outgoing import open_outgoing
from bouncer.daemon.recording import RecordingPart, open_recording
from bouncer.daemon.recording_process import RecordingProcess
from bouncer.daemon.reloading import Reloading
from bouncer.daemon.running_stages import cancel_stages, start_stages
from bouncer.daemon.store_watch import StoreWatch
from bouncer.daemon.systemd import Inherited
from bouncer.daemon.taught_reading import reading_taught
from bouncer.daemon.work_watch import WorkWatch
from bouncer.errors import collect_faults
from bouncer.key_files import read_keys
from bouncer.listening import socket_name_text
from bouncer.manage.mail_host import MailHost
from bouncer.milter.connection import RequestConnection
from bouncer.milter.servers import KINDS
from bouncer.notify.channels import check_channels
from bouncer.notify.signing import make_signer
from bouncer.notify.templates import read_templates
from bouncer.ports.letters import KeptLetter, PendingDecision
from bouncer.ports.store import Store
from bouncer.server import Server
from bouncer.settings.sections import Settings
from bouncer.smtpd.server import SmtpServer
from bouncer.stages.keep import Keep
from bouncer.stages.logged_addresses import LoggedAddresses
from bouncer.stages.read import Read
from bouncer.stages.volume import Volume
from bouncer.store.engine.databases import url_of
from bouncer.store.sql import open_store
from bouncer.workers.reader_process import ReaderProcess

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Daemon:
    """The objects that the daemon is built of, and the addresses of its servers."""

    settings: Settings
    store: Store
    smtp_server: SmtpServer
    outgoing: dict[str, Server[RequestConnection]]
    http: Server[Any] | None
    recording: RecordingPart
    volume: Volume
    watch: StoreWatch
    attending: Heartbeat
    reloading: Reloading

    @property
    def listening(self) -> Sequence[str]:
        """The addresses of the SMTP server, host:port."""
        return self.smtp_server.listening

    @property
    def addresses_in_words(self) -> str:
        """The addresses of all servers, in words."""
        others = [
            f"{name} on {', '.join(server.listening)}" for name, server in self._other_servers if server.listening
        ]
        return "; ".join([f"listening on {', '.join(self.listening)}", *others])

    @property
    def _other_servers(self) -> list[tuple[str, Server[Any]]]:
        """The servers beside the SMTP server, by name."""
        return [*self.outgoing.items(), *([(HTTP, self.http)] if self.http else [])]

    async def drain(self) -> None:
        """Accept no new connections, and let peers finish their letters and requests for [smtp] drain_seconds."""
        seconds = self.settings.smtp.drain_seconds
        await asyncio.gather(
            self.smtp_server.drain(seconds), *(server.drain(seconds) for _, server in self._other_servers)
        )


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    sockets: Sequence[Inherited] = (),
    *,
    end: Callable[[], None] = lambda: None,
    is_divided: bool = False,
    clock: Callable[[], dt.datetime] = now,
) -> AsyncIterator[Daemon]:
    """Build and start the daemon; shut it down at the end. Raises ConfigError, ListenError, StoreError, OSError before it is ready.

    An inherited socket with the name of another server (``KINDS``, ``HTTP``) goes to that server, any other socket to the SMTP
    server. *end* is called when the store is lost. *is_divided*: letters are recorded and notices delivered by a process of their
    own, where they log, too. *clock* gives the time at which letters come, are recorded and lead to notices; everything else, and
    the recording process, goes by the system's clock.
    """
    async with contextlib.AsyncExitStack() as stack:
        sockets_by_name = {name: [entry.socket for entry in sockets if entry.name == name] for name in (*KINDS, HTTP)}
        inherited = [entry.socket for entry in sockets if entry.name not in sockets_by_name]
        _check_settings(
            settings,
            [socket_name_text(inherited_socket.getsockname()) for inherited_socket in inherited]
            or settings.smtp.listen,
        )
        daemon = await _build(settings, sockets_by_name, stack, end, is_divided=is_divided, clock=clock)
        await daemon.smtp_server.start(inherited)
        stack.push_async_callback(daemon.smtp_server.close)
        await daemon.attending.register(daemon.listening)
        stack.push_async_callback(daemon.attending.unregister)
        stages = {
            "watch": daemon.watch.run,
            "damage": DamageWatch(daemon.store.take_damage).run,
            "attend": daemon.attending.run,
            "volume": lambda: daemon.volume.load(daemon.store),
            **daemon.recording.runs,
        }
        stack.push_async_callback(cancel_stages, start_stages(stages))
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
    reading.outliving_days = settings.outliving_days

    async def read(letter: KeptLetter) -> PendingDecision:
        rules = (await admit.directory()).rules
        return (await reading.cases([letter], await reader.read([letter.received], rules)))[0]

    try:
        yield read
    finally:
        await reader.close()


async def _build(
    settings: Settings,
    sockets: Mapping[str, Sequence[socket.socket]],
    stack: contextlib.AsyncExitStack,
    end: Callable[[], None],
    *,
    is_divided: bool,
    clock: Callable[[], dt.datetime],
) -> Daemon:
    keys = read_keys(settings.tokens.keys)
    tls, http_tls = tls_context(settings.smtp), http_tls_context(settings.http)
    store = await open_store(settings.store, hostname=settings.smtp.hostname)
    stack.push_async_callback(store.close)
    await store.forget_unfinished()
    recording = await _open_recording(settings, store, stack, is_divided=is_divided, clock=clock)
    admit = make_admit(settings.smtp, store, keys)
    volume = Volume(settings.smtp, now=now)
    name = draw_name()
    keep = Keep(store, wake=recording.wake, volume=volume)
    reloading = Reloading(settings, admit)
    smtp_server = SmtpServer(
        settings.smtp,
        admit=admit.admit,
        check_volume=volume.require_room,
        keep=keep.keep,
        now=clock,
        address_for_log=LoggedAddresses(admit).path,
        tls_context=tls,
        name=name,
    )
    reloading.register(smtp_server, recording, volume, http_tls)
    return Daemon(
        settings=settings,
        store=store,
        smtp_server=smtp_server,
        outgoing=await open_outgoing(settings, store, admit, reloading.expire_days, sockets, stack),
        http=await open_http(settings, store, http_tls, sockets.get(HTTP, ()), _make_host(store, reloading), stack),
        recording=recording,
        volume=volume,
        attending=Heartbeat(store, name, now=now),
        watch=StoreWatch(store.lost_files, seconds=settings.store.astray_seconds, end=end),
        reloading=reloading,
    )


def _make_host(store: Store, reloading: Reloading) -> MailHost:
    """Make what the HTTP server may know of the installation: settings, keys and readers are those in force at each call."""
    return MailHost(
        lambda: reloading.settings,
        lambda: reloading.keys,
        lambda: reading_again(store, reloading.settings),
        lambda: reading_taught(store, reloading.settings),
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


async def _open_recording(
    settings: Settings,
    store: Store,
    stack: contextlib.AsyncExitStack,
    *,
    is_divided: bool,
    clock: Callable[[], dt.datetime],
) -> RecordingPart:
    if not is_divided:
        return await open_recording(settings, store, stack, clock)
    process = RecordingProcess(settings, WorkWatch(store.has_work, now=now, elapsed=time.monotonic))
    stack.push_async_callback(process.close)
    await process.start()
    return process
