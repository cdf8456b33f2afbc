"""The HTTP server of the daemon, built where it is switched on; elsewhere nothing of it is imported."""

import contextlib
import socket
import ssl
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bouncer.clock import now
from bouncer.ports.store import Store
from bouncer.settings.sections import HttpSettings

if TYPE_CHECKING:
    from bouncer.web.server import HttpServer

HTTP = "http"
"""The name of the server in the log, and of its sockets (FileDescriptorName= of systemd)."""


async def open_http(
    settings: HttpSettings,
    store: Store,
    tls: ssl.SSLContext | None,
    sockets: Sequence[socket.socket],
    stack: contextlib.AsyncExitStack,
    *,
    networks: tuple[str, ...],
) -> "HttpServer | None":
    """Open the server on *sockets*, inherited and bound, or on its addresses; None where it has neither. *stack* closes it.

    *networks* are those of the operator's own that webhooks may go to.
    Raises ConfigError, ListenError, OSError.
    """
    if not (settings.listen or sockets):
        return None
    from bouncer.web.server import HttpServer  # noqa: PLC0415 -- Starlette and uvicorn, where they are needed

    server = HttpServer(settings, store, tls=tls, now=now, networks=networks)
    await server.start(sockets)
    stack.push_async_callback(server.close)
    return server
