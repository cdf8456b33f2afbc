"""What a service manager hands to the daemon, and what the daemon tells it: systemd's small published protocols.

    sd_notify(3)            ready, stopping, status, watchdog: one datagram to the socket that NOTIFY_SOCKET names
    sd_watchdog_enabled(3)  how often the manager wants a sign of life: WATCHDOG_USEC, WATCHDOG_PID
    sd_listen_fds(3)        listening sockets that were opened for us: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES

The environment is an argument. What was read is taken out of it, so that no child of ours thinks that it is meant.
Without systemd all variables are absent: nothing is inherited, and what is told goes nowhere.
"""

import fcntl
import socket
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Self

from bouncer.errors import ConfigError

LISTEN_FDS_START = 3
"""The first inherited descriptor (SD_LISTEN_FDS_START)."""
MOST_SOCKETS = 64
"""More than any unit of ours opens; a bound on a number out of the environment."""
TELLING_SECONDS = 1.0
"""How long the manager may be too busy to take a datagram: telling it must not stop the daemon."""
UNNAMED = "unknown"
"""The name that sd_listen_fds_with_names(3) gives to a descriptor without one."""

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Notifier:
    """Where sd_notify's datagrams go; with no address every one of them is dropped."""

    address: str | None

    @classmethod
    def take(cls, environment: MutableMapping[str, str]) -> Self:
        """Take NOTIFY_SOCKET out of *environment*: a path, or ``@name`` in the abstract namespace; others are not ours."""
        address = environment.pop("NOTIFY_SOCKET", "")
        return cls(address if address[:1] in ("/", "@") and len(address) > 1 else None)

    def ready(self, status: str) -> bool:
        """All doors are open (READY=1)."""
        return self._tell("READY=1", _status(status))

    def stopping(self, status: str) -> bool:
        """No new letters are taken, what was begun is finished (STOPPING=1)."""
        return self._tell("STOPPING=1", _status(status))

    def status(self, status: str) -> bool:
        """Give one line for ``systemctl status`` (STATUS=)."""
        return self._tell(_status(status))

    def alive(self) -> bool:
        """Give the watchdog its sign of life (WATCHDOG=1)."""
        return self._tell("WATCHDOG=1")

    def _tell(self, *assignments: str) -> bool:
        if self.address is None:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(TELLING_SECONDS)
            try:
                manager.sendto("\n".join(assignments).encode(), _path(self.address))
            except OSError:  # the manager is gone or does not listen: our work goes on without it
                return False
        return True


@dataclass(frozen=True, slots=True)
class Inherited:
    """One listening socket of a socket unit, with its FileDescriptorName=."""

    name: str
    socket: socket.socket


def watchdog_seconds(environment: MutableMapping[str, str], *, pid: int) -> float | None:
    """Give the seconds within which the manager wants a sign of life, None when it wants none.

    Send one at half of it, as sd_watchdog_enabled(3) recommends. Both variables are taken out of *environment*.
    """
    interval = _number(environment.pop("WATCHDOG_USEC", ""))
    meant = environment.pop("WATCHDOG_PID", str(pid))
    return interval / _MICROSECONDS if interval and meant == str(pid) else None


def listening_sockets(
    environment: MutableMapping[str, str], *, pid: int, first: int = LISTEN_FDS_START
) -> list[Inherited]:
    """Take over the sockets that a socket unit opened for process *pid*, in the unit's order; empty when there are none.

    They will not be inherited by children, and all three variables are taken out of *environment*. Raises ConfigError
    when what was handed over is no number of listening stream sockets.
    """
    variables = {name: environment.pop(name, "") for name in ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")}
    if variables["LISTEN_PID"] != str(pid):  # meant for the process that started us
        return []
    count = _number(variables["LISTEN_FDS"])
    if count is None or count > MOST_SOCKETS:
        raise ConfigError(f"LISTEN_FDS: must be a number up to {MOST_SOCKETS}")
    return [Inherited(_name(variables, nth), _listening(first + nth)) for nth in range(count)]


def _name(variables: Mapping[str, str], nth: int) -> str:
    names = variables["LISTEN_FDNAMES"].split(":")
    return (names[nth] if nth < len(names) else "") or UNNAMED


def _listening(descriptor: int) -> socket.socket:
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        taken = socket.socket(fileno=descriptor)
        listens = taken.type == socket.SOCK_STREAM and taken.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise ConfigError(f"LISTEN_FDS: descriptor {descriptor}: {error.strerror}") from None
    if not listens:
        taken.detach()
        raise ConfigError(
            f"LISTEN_FDS: descriptor {descriptor} is not a listening stream socket (Accept=no, ListenStream=)"
        )
    taken.settimeout(0)
    return taken


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("18446744073709551615") else None


def _path(address: str) -> str:
    return "\0" + address[1:] if address.startswith("@") else address


def _status(text: str) -> str:
    return "STATUS=" + " ".join(text.split())  # a line end would begin another assignment
