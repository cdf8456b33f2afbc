"""The interface to a service manager: systemd's published protocols.

    sd_notify(3)            ready, stopping, status, watchdog: one datagram to the socket that NOTIFY_SOCKET names
    sd_watchdog_enabled(3)  the watchdog timeout: WATCHDOG_USEC, WATCHDOG_PID
    sd_listen_fds(3)        inherited listening sockets: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES

The environment is an argument. Variables are removed from it once they are read, so that no child process takes them for its own.
Without systemd all variables are absent: no socket is inherited, and notifications are dropped.
"""

import fcntl
import socket
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Self

from bouncer.errors import ConfigError

LISTEN_FDS_START = 3
"""The first inherited descriptor (SD_LISTEN_FDS_START)."""
MAX_SOCKETS = 64
"""Limit of a number from the environment; more than any unit of ours opens."""
NOTIFY_TIMEOUT_SECONDS = 1.0
"""Timeout for a notification: a busy manager must not stop the daemon."""
UNNAMED = "unknown"
"""The name that sd_listen_fds_with_names(3) gives to a descriptor without one."""

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Notifier:
    """Sends sd_notify(3) datagrams to *address*; drops them if there is no address."""

    address: str | None

    @classmethod
    def take(cls, environment: MutableMapping[str, str]) -> Self:
        """Take NOTIFY_SOCKET out of *environment*: a path, or ``@name`` in the abstract namespace. Others are ignored."""
        address = environment.pop("NOTIFY_SOCKET", "")
        return cls(address if address[:1] in ("/", "@") and len(address) > 1 else None)

    def notify_ready(self, status: str) -> bool:
        """Notify that all servers listen (READY=1)."""
        return self._notify("READY=1", _status(status))

    def notify_stopping(self, status: str) -> bool:
        """Notify that the shutdown began: no new letters are accepted (STOPPING=1)."""
        return self._notify("STOPPING=1", _status(status))

    def status(self, status: str) -> bool:
        """Give one line for ``systemctl status`` (STATUS=)."""
        return self._notify(_status(status))

    def notify_alive(self) -> bool:
        """Notify the watchdog that the daemon is alive (WATCHDOG=1)."""
        return self._notify("WATCHDOG=1")

    def _notify(self, *assignments: str) -> bool:
        if self.address is None:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(NOTIFY_TIMEOUT_SECONDS)
            try:
                manager.sendto("\n".join(assignments).encode(), _path(self.address))
            except OSError:  # the manager is gone or does not listen: the daemon works on without it
                return False
        return True


@dataclass(frozen=True, slots=True)
class Inherited:
    """One listening socket of a socket unit, with its FileDescriptorName=."""

    name: str
    socket: socket.socket


def watchdog_seconds(environment: MutableMapping[str, str], *, pid: int) -> float | None:
    """Give the watchdog timeout in seconds; None if the manager has no watchdog for process *pid*.

    Notify at half of it, as sd_watchdog_enabled(3) recommends. Both variables are removed from *environment*.
    """
    interval = _number(environment.pop("WATCHDOG_USEC", ""))
    meant = environment.pop("WATCHDOG_PID", str(pid))
    return interval / _MICROSECONDS if interval and meant == str(pid) else None


def listening_sockets(
    environment: MutableMapping[str, str], *, pid: int, first: int = LISTEN_FDS_START
) -> list[Inherited]:
    """Take over the sockets that a socket unit opened for process *pid*, in the unit's order; empty if there are none.

    Child processes do not inherit them, and all three variables are removed from *environment*. Raises ConfigError if the number
    is out of range, or a descriptor is not a listening stream socket.
    """
    variables = {name: environment.pop(name, "") for name in ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")}
    if variables["LISTEN_PID"] != str(pid):  # they are for the process that started us
        return []
    count = _number(variables["LISTEN_FDS"])
    if count is None or count > MAX_SOCKETS:
        raise ConfigError(f"LISTEN_FDS: must be a number up to {MAX_SOCKETS}")
    return [Inherited(_name(variables, nth), _listening(first + nth)) for nth in range(count)]


def _name(variables: Mapping[str, str], nth: int) -> str:
    names = variables["LISTEN_FDNAMES"].split(":")
    return (names[nth] if nth < len(names) else "") or UNNAMED


def _listening(descriptor: int) -> socket.socket:
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        inherited_socket = socket.socket(fileno=descriptor)
        listens = inherited_socket.type == socket.SOCK_STREAM and inherited_socket.getsockopt(
            socket.SOL_SOCKET, socket.SO_ACCEPTCONN
        )
    except OSError as error:
        raise ConfigError(f"LISTEN_FDS: descriptor {descriptor}: {error.strerror}") from None
    if not listens:
        inherited_socket.detach()
        raise ConfigError(
            f"LISTEN_FDS: descriptor {descriptor} is not a listening stream socket (Accept=no, ListenStream=)"
        )
    inherited_socket.settimeout(0)
    return inherited_socket


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("18446744073709551615") else None


def _path(address: str) -> str:
    return "\0" + address[1:] if address.startswith("@") else address


def _status(text: str) -> str:
    return "STATUS=" + " ".join(text.split())  # a line end would begin another assignment
