"""Addresses to listen on or connect to: host:port, and paths of Unix sockets."""

from pathlib import Path

MAX_PORT = 0xFFFF
"""The highest port of TCP (RFC 9293 section 3.1)."""

SMTP_PORT = 25
"""The port to which the world's mail servers connect (RFC 5321 section 4.5.4.2)."""
ANY_HOST = {"": "localhost", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared, not listened on
"""The host to connect to for a server that listens on every address."""

LOOPBACK = ("127.0.0.0/8", "::1")
"""The networks of this host alone (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3)."""


def host_port(text: str, default_port: int | None = None) -> tuple[str, int]:
    """Parse host:port or [IPv6]:port, or a host alone if there is a default port; raises ValueError."""
    host, colon, port = text.rpartition(":")
    if default_port is not None and (not colon or port.endswith("]") or (":" in host and host[0] != "[")):
        return text.strip("[]"), default_port
    if not (colon and port.isascii() and port.isdigit() and int(port) <= MAX_PORT):
        raise ValueError(f"{text!r} is not host:port")
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_host_port(text: str) -> bool:
    """Whether *text* is host:port."""
    try:
        host_port(text)
    except ValueError:
        return False
    return True


UNIX = "unix:"
"""The prefix of the path of a Unix socket."""

MAX_SOCKET_PATH = 107
"""Octets of a socket's path; the kernel accepts no longer path (unix(7), sun_path)."""


def socket_path(text: str) -> Path | None:
    """Parse unix:/path; None for any other address. Raises ValueError if the path is relative, too long, or has a NUL."""
    if not text.startswith(UNIX):
        return None
    path = Path(text.removeprefix(UNIX))
    if not path.is_absolute() or "\0" in text:
        raise ValueError(f"{text!r} is not {UNIX} and an absolute path")
    if (octets := len(str(path).encode())) > MAX_SOCKET_PATH:
        raise ValueError(f"{text!r} has {octets} octets of path, and the kernel takes {MAX_SOCKET_PATH}")
    return path


def is_listening_address(text: str) -> bool:
    """Whether *text* is host:port, or unix: and a path that the kernel accepts."""
    try:
        return socket_path(text) is not None or is_host_port(text)
    except ValueError:
        return False
