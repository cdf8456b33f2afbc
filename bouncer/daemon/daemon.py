"""The daemon: builds adapters, stages and doors out of settings, runs them, and winds them down in order.

Order of winding down: the doors take nothing new and let open letters finish; what was kept stays kept for the next start; the
stages are cancelled where they wait (their leases run out, nothing is half done); the store is closed last.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bouncer.courier import make_routes
from bouncer.daemon.clock import now, today
from bouncer.daemon.delivering import Delivering, make_delivering
from bouncer.daemon.keys import read_keys
from bouncer.daemon.outgoing import open_outgoing
from bouncer.daemon.reading_room import ReadingRoom
from bouncer.daemon.systemd import Inherited
from bouncer.daemon.watch import Watch
from bouncer.errors import ConfigError, complain_together
from bouncer.files import check_file
from bouncer.mail.letter import NOTICE_ACCOUNT
from bouncer.mail.returnpath import Key, sign
from bouncer.milter import KINDS, Door
from bouncer.notify.signing import signing
from bouncer.notify.templates import read_templates
from bouncer.ports import Case, KeptLetter, Store
from bouncer.settings import Settings, SmtpSettings
from bouncer.smtpd import SmtpDoor
from bouncer.stages.admit import Admit
from bouncer.stages.keep import Keep
from bouncer.stages.read import Read
from bouncer.stages.retire import Retire
from bouncer.stages.volume import Volume
from bouncer.store import open_store, url_of

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
"""How long a stage rests after something unforeseen, so that a bug cannot spin."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """Everything that was built, and the doors' addresses."""

    settings: Settings
    store: Store
    door: SmtpDoor
    outgoing: dict[str, Door]
    reading: Read
    delivering: Delivering
    retiring: Retire
    letters_came: asyncio.Event
    volume: Volume
    watch: Watch

    @property
    def listening(self) -> Sequence[str]:
        """Where the SMTP door listens, host:port."""
        return self.door.listening

    @property
    def places(self) -> str:
        """Where all doors listen, in words."""
        others = [f"{name} on {', '.join(one.listening)}" for name, one in self.outgoing.items() if one.listening]
        return "; ".join([f"listening on {', '.join(self.listening)}", *others])

    async def drain(self) -> None:
        """Take nothing new; let what is open come to its end."""
        seconds = self.settings.smtp.drain_seconds
        await asyncio.gather(self.door.drain(seconds), *(one.drain(seconds) for one in self.outgoing.values()))


@contextlib.asynccontextmanager
async def running(
    settings: Settings, sockets: Sequence[Inherited] = (), *, end: Callable[[], None] = lambda: None
) -> AsyncIterator[Daemon]:
    """Build and start the daemon; wind it down at the end. Raises ConfigError, ListenError, StoreError, OSError before it is ready.

    A socket goes to the door of its name; those of any other name are the SMTP door's. *end* is called when the store is lost.
    """
    async with contextlib.AsyncExitStack() as stack:
        named = {name: [one.socket for one in sockets if one.name == name] for name in KINDS}
        daemon = await _build(settings, named, stack, end)
        await daemon.door.start([one.socket for one in sockets if one.name not in KINDS])
        stack.push_async_callback(daemon.door.close)
        stages = {
            "read": lambda: daemon.reading.run(daemon.letters_came),
            "retire": daemon.retiring.run,
            "watch": daemon.watch.run,
            "volume": lambda: daemon.volume.load(daemon.store),
            **daemon.delivering.runs,
        }
        tasks = [asyncio.create_task(_keep_running(name, run), name=name) for name, run in stages.items()]
        stack.push_async_callback(_cancel, tasks)
        stack.push_async_callback(daemon.drain)
        yield daemon


@contextlib.asynccontextmanager
async def rereading(store: Store, settings: Settings) -> AsyncIterator[Callable[[KeptLetter], Awaitable[Case]]]:
    """Give what reads one kept letter anew, to be decided on."""
    keys = read_keys(settings.tokens.keys)
    admit = make_admit(settings.smtp, store, keys)
    room = ReadingRoom(settings.reading)
    reading = Read(store, room, admit, keys=keys, operator=None, now=now, wake=lambda: None)

    async def read(letter: KeptLetter) -> Case:
        return (await reading.cases([letter], await room.open([letter.received])))[0]

    try:
        yield read
    finally:
        await room.close()


async def _build(
    settings: Settings,
    sockets: Mapping[str, Sequence[socket.socket]],
    stack: contextlib.AsyncExitStack,
    end: Callable[[], None],
) -> Daemon:
    _complain(settings)
    keys = read_keys(settings.tokens.keys)
    tls = tls_context(settings.smtp)
    store = await open_store(settings.store, hostname=settings.smtp.hostname)
    stack.push_async_callback(store.close)
    await store.release_leases()
    room = ReadingRoom(settings.reading)
    stack.push_async_callback(room.close)
    await room.start()
    letters_came = asyncio.Event()
    admit = make_admit(settings.smtp, store, keys)
    volume = Volume(settings.smtp, now=now)
    keep = Keep(store, wake=letters_came.set, volume=volume)
    operator = settings.forward.operator
    delivering = make_delivering(settings, store, _notice_path(settings, keys), stack)
    return Daemon(
        settings=settings,
        store=store,
        door=SmtpDoor(
            settings.smtp, admit=admit.admit, complain=volume.complain, keep=keep.keep, now=now, tls_context=tls
        ),
        outgoing=await open_outgoing(settings, store, admit, keys, sockets, stack),
        reading=Read(store, room, admit, keys=keys, operator=operator, now=now, wake=delivering.wake),
        delivering=delivering,
        retiring=Retire(store, settings.retention, now=now),
        letters_came=letters_came,
        volume=volume,
        watch=Watch(store.astray, seconds=settings.store.astray_seconds, end=end),
    )


def _complain(settings: Settings) -> None:
    """Look at all that the settings name before anything of it is opened; raises ConfigError with every fault."""
    complain_together(
        lambda: read_keys(settings.tokens.keys),
        lambda: tls_context(settings.smtp),
        lambda: make_routes(settings.forward, hostname=settings.smtp.hostname),
        lambda: url_of(settings.store),
        lambda: signing(settings.forward),
        lambda: read_templates(settings.forward.templates),
    )


def make_admit(settings: SmtpSettings, store: Store, keys: tuple[Key, ...]) -> Admit:
    """Make who says which addresses are ours."""
    domains, hostname = settings.domains, settings.hostname
    return Admit(store, domains=domains, hostname=hostname, keys=keys, today=today, elapsed=time.monotonic)


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """The context for STARTTLS, None without a certificate; raises ConfigError when it cannot be used."""
    if settings.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        for file in filter(None, (settings.tls_certificate, settings.tls_key)):
            check_file(file)
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[smtp] tls_certificate, tls_key: {error}") from error
    return context


def _notice_path(settings: Settings, keys: tuple[Key, ...]) -> Callable[[str], str]:
    """Give the envelope sender of a notice: null, or a return path of ours that is never forwarded."""
    if settings.forward.reverse_path == "null":
        return lambda _owner: ""
    if not keys:
        raise ConfigError("[forward] reverse_path: signed needs [tokens] keys")
    days, domain = settings.tokens.expire_days, settings.smtp.domains[0]
    return lambda owner: sign(NOTICE_ACCOUNT, owner, domain=domain, key=keys[0], today=today(), days=days)


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a stage until it has no more to do: what is unforeseen is logged, and after a rest the stage goes on."""
    while True:
        try:
            return await run()
        except Exception:  # noqa: BLE001 -- what a stage did not foresee must not stop the others
            _log.exception("the stage %s stumbled", name)
            await asyncio.sleep(PAUSE_SECONDS)


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
