"""The HTTP server: listens, counts connections, and closes without cutting off an answer."""

import asyncio
import datetime as dt
import functools
import logging
import ssl
from collections.abc import Callable, Sequence
from email.utils import formatdate

from starlette.routing import BaseRoute
from uvicorn.config import Config
from uvicorn.server import ServerState

from bouncer.connections import Connection
from bouncer.listening import HANDSHAKE_SECONDS
from bouncer.manage.mail_host import MailHost
from bouncer.ports.store import Store
from bouncer.server import Server
from bouncer.settings.addresses import LOOPBACK
from bouncer.settings.sections import ForwardSettings, HttpSettings
from bouncer.web.all_routes import ROUTES
from bouncer.web.application import make_application
from bouncer.web.connection import MOST_HEAD_OCTETS, HttpConnection
from bouncer.web.endpoint import HttpContext
from bouncer.web.http_connections import BoundedRequests, HttpConnections
from bouncer.web.idempotency import IdempotentRequests
from bouncer.web.peer import Peers
from bouncer.web.rates import KeyRates
from bouncer.web.tls_opening import TlsOpening

UVICORN_LOG = "uvicorn.error"
"""The logger of uvicorn; below an error it tells of each malformed request, which strangers can send at will."""


def _is_news(record: logging.LogRecord) -> bool:
    """Whether *record* says something new; an export that broke off was logged before, with the cause."""
    return "without completing response" not in record.getMessage()


class HttpServer(Server[Connection]):
    """Answers the requests of programs from *store*, and those for *pages*; ``now()`` is the time in UTC.

    ``elapsed()`` gives the seconds of a clock that never goes back. *forward* has the networks that webhooks may go to, and the
    operator, who may be told of their faults; *host* has the settings and keys in force.

    Raises ConfigError as ``Server``.
    """

    def __init__(
        self,
        settings: HttpSettings,
        store: Store,
        *,
        tls: ssl.SSLContext | None,
        now: Callable[[], dt.datetime],
        elapsed: Callable[[], float],
        forward: ForwardSettings,
        host: MailHost,
        handshake_seconds: float = HANDSHAKE_SECONDS,
        pages: Callable[[HttpContext], Sequence[BaseRoute]] | None = None,
    ) -> None:
        peers = Peers(settings.proxies)
        connections = HttpConnections(
            settings.max_connections,
            most_per_client=settings.max_connections_per_client,
            uncounted=(*LOOPBACK, *settings.proxies),
        )
        context = HttpContext(
            store,
            KeyRates(settings.per_minute),
            IdempotentRequests(store, elapsed),
            peers,
            settings.max_body,
            now,
            elapsed,
            forward,
            host,
        )
        application = make_application(ROUTES, context, pages(context) if pages else ())
        config = _uvicorn_config(BoundedRequests(application, connections, peers), settings.idle_seconds)
        self._state = ServerState()
        accept = functools.partial(
            HttpConnection,
            config,
            self._state,
            connections,
            idle_seconds=settings.idle_seconds,
            request_seconds=settings.request_seconds,
        )
        begin: Callable[[], asyncio.Protocol] = accept
        if tls is not None:
            begin = functools.partial(TlsOpening, tls, connections, accept, seconds=handshake_seconds)
        super().__init__("[http] listen", settings.listen, connections=connections, accept=begin)

    def _tick(self, now: float) -> None:
        self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        super()._tick(now)

    async def close(self) -> None:
        """Stop at once: a request that has no answer yet gets none."""
        await super().close()
        tasks = tuple(self._state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _uvicorn_config(application: BoundedRequests, idle_seconds: int) -> Config:
    """Make uvicorn's configuration: it parses requests, and we listen, close connections, and write the log."""
    log = logging.getLogger(UVICORN_LOG)
    log.setLevel(logging.ERROR)
    log.addFilter(_is_news)
    config = Config(
        application,
        loop="none",
        http=HttpConnection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=idle_seconds,
        h11_max_incomplete_event_size=MOST_HEAD_OCTETS,
    )
    config.load()
    return config
