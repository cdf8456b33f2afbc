"""The servers for outgoing mail, built from the settings: milter, policy service, socketmap, and their stage."""

import asyncio
import base64
import contextlib
import logging
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence

from bouncer.clock import now, today
from bouncer.errors import ConfigError, StoreError
from bouncer.mail.address import ascii_domain
from bouncer.milter.connection import RequestConnection
from bouncer.milter.servers import make_servers
from bouncer.policy.account_rules import SuppressedMail
from bouncer.policy.outgoing import Signing
from bouncer.ports.store import Store
from bouncer.server import Server
from bouncer.settings.sections import Settings
from bouncer.stages.admit import Admit
from bouncer.stages.logged_addresses import LoggedAddresses
from bouncer.stages.send import Send
from bouncer.stages.vouch import Vouch

_log = logging.getLogger(__name__)

REFERENCE_OCTETS = 5
"""Random octets of a message's reference, eight characters: of a million messages of an account hardly two get the same."""


async def open_outgoing(
    settings: Settings,
    store: Store,
    admit: Admit,
    expire_days: Callable[[], int],
    sockets: Mapping[str, Sequence[socket.socket]],
    stack: contextlib.AsyncExitStack,
) -> dict[str, Server[RequestConnection]]:
    """Open the servers, by name; *stack* closes them. Raises ConfigError, ListenError, OSError.

    *expire_days* gives the number of days that a return path is signed for. *sockets* are inherited sockets by the server's name.
    """
    if sockets.get("milter") and not admit.keys:
        raise ConfigError("[tokens] keys: a socket named milter was handed over, and signing needs a key")
    domains = tuple(map(ascii_domain, settings.smtp.domains))
    stage = Send(
        admit.directory,
        store,
        store,
        signing=lambda: Signing(domains, admit.keys, today(), expire_days()),
        reference=_reference,
        now=now,
        closed=settings.milter.fails == "closed",
        suppressed=SuppressedMail(settings.milter.suppressed),
    )
    servers = make_servers(
        settings.milter, stage, Vouch(admit.admit, address_for_log=LoggedAddresses(admit).path).takes
    )
    for name, server in servers.items():
        await server.start(sockets.get(name, ()))
        stack.push_async_callback(server.close)
    if any(server.listening for server in servers.values()):
        warming = asyncio.create_task(_warm(store), name="warm")
        stack.callback(warming.cancel)
    return servers


async def _warm(store: Store) -> None:
    """Load the index of the suppressions into memory while mail goes out already; after that no answer waits for the disk."""
    try:
        await store.warm()
    except StoreError as error:
        _log.info("suppressions are looked up on the disk, as their index cannot be read into memory: %s", error)


def _reference() -> str:
    return base64.b32encode(secrets.token_bytes(REFERENCE_OCTETS)).decode().lower()
