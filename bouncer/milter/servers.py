"""The list of the servers (milter, policy service, socketmap table), and how to make them from the settings."""

from collections.abc import Callable

from bouncer.connections import Connections
from bouncer.milter.connection import RequestConnection
from bouncer.milter.context import IsAdmitted, MilterContext, OutgoingStage, make_context
from bouncer.milter.milter_connection import MilterConnection
from bouncer.milter.policy_service import PolicyConnection
from bouncer.milter.socketmap import SocketmapConnection
from bouncer.server import Server
from bouncer.settings.sections import MilterSettings
from bouncer.unix_listening import Access

KINDS: dict[str, tuple[str, Callable[[Connections[RequestConnection], MilterContext], RequestConnection]]] = {
    "milter": ("listen", MilterConnection),
    "policy": ("policy_listen", PolicyConnection),
    "socketmap": ("socketmap_listen", SocketmapConnection),
}
"""By name, which is also the socket's (FileDescriptorName= of systemd): the server's setting, and the class of its connections."""


def make_servers(
    settings: MilterSettings, stage: OutgoingStage, takes: IsAdmitted
) -> dict[str, Server[RequestConnection]]:
    """Make all servers, by name. A server without addresses listens only on sockets passed to ``open``. Raises ConfigError."""
    context = make_context(settings, stage, takes)
    return {name: _server(settings, context, setting, protocol) for name, (setting, protocol) in KINDS.items()}


def _server(
    settings: MilterSettings,
    context: MilterContext,
    setting: str,
    protocol: Callable[[Connections[RequestConnection], MilterContext], RequestConnection],
) -> Server[RequestConnection]:
    connections = Connections[RequestConnection](settings.max_connections)
    return Server(
        f"[milter] {setting}",
        getattr(settings, setting),
        connections=connections,
        accept=lambda: protocol(connections, context),
        access=Access(int(settings.socket_mode, 8), settings.socket_group),
    )
