"""The HTTP server of the daemon, built where it is switched on; elsewhere nothing of it is imported."""

import contextlib
import socket
import ssl
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bouncer.clock import now
from bouncer.garbage import collector_paused
from bouncer.manage.mail_host import MailHost
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

if TYPE_CHECKING:
    from bouncer.web.server import HttpServer

HTTP = "http"
"""The name of the server in the log, and of its sockets (FileDescriptorName= of systemd)."""


async def open_http(
    settings: Settings,
    store: Store,
    tls: ssl.SSLContext | None,
    sockets: Sequence[socket.socket],
    host: MailHost,
    stack: contextlib.AsyncExitStack,
) -> "HttpServer | None":
    """Open the server on *sockets*, inherited and bound, or on its addresses; None where it has neither. *stack* closes it.

    Raises ConfigError, ListenError, OSError.
    """
    if not (settings.http.listen or sockets):
        return None
    with collector_paused():
        from bouncer.pages.all_pages import make_pages  # noqa: PLC0415 -- Starlette, uvicorn, Jinja: where they are needed
        from bouncer.web.server import HttpServer  # noqa: PLC0415 -- as above

    server = HttpServer(
        settings.http,
        store,
        tls=tls,
        now=now,
        elapsed=time.monotonic,
        forward=settings.forward,
        host=host,
        pages=make_pages,
    )
    await server.start(sockets)
    stack.push_async_callback(server.close)
    return server
