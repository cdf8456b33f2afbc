"""The protocols with the service manager: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3)."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bouncer.daemon.systemd import Notifier, listening_sockets, watchdog_seconds
from bouncer.errors import ConfigError

ABSTRACT = f"@bouncer-test-{os.getpid()}"


@contextlib.contextmanager
def manager(address: str) -> Iterator[socket.socket]:
    """A service manager's end of sd_notify."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + address[1:] if address.startswith("@") else address)
        listening.settimeout(10)
        yield listening


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def handed(count: int = 1, **variables: str) -> dict[str, str]:
    """The environment of a process that sockets were handed to."""
    return {"LISTEN_FDS": str(count), "LISTEN_PID": "7", **variables}


def test_ready_is_one_datagram_with_its_status(address: str) -> None:
    with manager(address) as listening:
        assert Notifier.take({"NOTIFY_SOCKET": address}).notify_ready("listening on 2 sockets")

        assert listening.recv(4096) == b"READY=1\nSTATUS=listening on 2 sockets"


def test_an_abstract_socket_is_told_too() -> None:
    with manager(ABSTRACT) as listening:
        assert Notifier.take({"NOTIFY_SOCKET": ABSTRACT}).notify_alive()

        assert listening.recv(4096) == b"WATCHDOG=1"


def test_stopping_and_status_are_told(address: str) -> None:
    with manager(address) as listening:
        notifier = Notifier.take({"NOTIFY_SOCKET": address})
        notifier.status("idle")
        notifier.notify_stopping("3 letters to finish")

        assert [listening.recv(4096) for _ in range(2)] == [b"STATUS=idle", b"STOPPING=1\nSTATUS=3 letters to finish"]


def test_a_status_cannot_say_another_assignment(address: str) -> None:
    with manager(address) as listening:
        Notifier.take({"NOTIFY_SOCKET": address}).status("from\nMAINPID=1\r\nhere")

        assert listening.recv(4096) == b"STATUS=from MAINPID=1 here"


@pytest.mark.parametrize(
    "environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "@"}, {"NOTIFY_SOCKET": "vsock:2:1"}]
)
def test_without_a_manager_nothing_is_told(environment: dict[str, str]) -> None:
    assert not Notifier.take(environment).notify_ready("up")


def test_a_manager_that_went_away_is_no_failure(address: str) -> None:
    assert not Notifier.take({"NOTIFY_SOCKET": address}).notify_alive()


def test_a_manager_that_does_not_read_is_not_waited_for_for_ever(address: str) -> None:
    """When the manager's queue is full, a sign of life is given up; the daemon goes on."""
    with manager(address):
        notifier = Notifier.take({"NOTIFY_SOCKET": address})
        signs = 0
        while notifier.notify_alive():
            signs += 1

        assert signs > 0


def test_the_notify_socket_is_taken_out_of_the_environment(address: str) -> None:
    environment = {"NOTIFY_SOCKET": address, "PATH": "/bin"}
    Notifier.take(environment)

    assert environment == {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 30.0),
        ({"WATCHDOG_USEC": "500000"}, 0.5),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "-1"}, None),
        ({"WATCHDOG_USEC": "9" * 5000}, None),
        ({}, None),
    ],
)
def test_the_watchdog_wants_signs_of_life_from_its_own_process_only(
    environment: dict[str, str], seconds: float | None
) -> None:
    assert watchdog_seconds(environment, pid=7) == seconds
    assert environment == {}


def test_an_inherited_socket_listens_and_has_its_name(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    (inherited,) = listening_sockets(handed(LISTEN_FDNAMES="smtp"), pid=7, first=listener.detach())
    with inherited.socket, socket.create_connection(("127.0.0.1", port)):
        inherited.socket.settimeout(10)
        connection, _ = inherited.socket.accept()
        connection.close()

    assert inherited.name == "smtp"


def test_an_inherited_socket_does_not_block_and_is_not_passed_on(listener: socket.socket) -> None:
    """Children must not hold port 25 open after us."""
    listener.set_inheritable(True)
    (inherited,) = listening_sockets(handed(), pid=7, first=listener.detach())
    with inherited.socket:
        assert not inherited.socket.get_inheritable()
        assert not inherited.socket.getblocking()
        assert inherited.name == "unknown"


def test_sockets_come_in_the_order_of_the_unit() -> None:
    """Two descriptors in a row, as systemd lays them; port 25 of IPv4 and of IPv6."""
    first, second = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    ports = [listening.getsockname()[1] for listening in (first, second)]
    low = 200  # free in a test process
    for nth, listening in enumerate((first, second)):
        os.dup2(listening.fileno(), low + nth)
        listening.close()
    sockets = listening_sockets(handed(2, LISTEN_FDNAMES="four:six"), pid=7, first=low)

    assert [(inherited_socket.name, inherited_socket.socket.getsockname()[1]) for inherited_socket in sockets] == list(
        zip(("four", "six"), ports, strict=True)
    )
    for inherited in sockets:
        inherited.socket.close()


def test_the_variables_are_taken_out_of_the_environment(listener: socket.socket) -> None:
    environment = handed(LISTEN_FDNAMES="smtp", HOME="/nowhere")
    for inherited in listening_sockets(environment, pid=7, first=listener.detach()):
        inherited.socket.close()

    assert environment == {"HOME": "/nowhere"}


@pytest.mark.parametrize("environment", [{}, {"LISTEN_FDS": "1"}, {"LISTEN_FDS": "1", "LISTEN_PID": "8"}])
def test_sockets_meant_for_another_process_are_left_alone(environment: dict[str, str]) -> None:
    assert listening_sockets(environment, pid=7, first=0) == []
    assert environment == {}


@pytest.mark.parametrize("count", ["many", "-1", "65", "", "1 ", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 5000])
def test_a_senseless_number_of_sockets_is_an_error_of_the_set_up(count: str) -> None:
    with pytest.raises(ConfigError, match="LISTEN_FDS"):
        listening_sockets({"LISTEN_FDS": count, "LISTEN_PID": "7"}, pid=7)


def test_a_descriptor_that_does_not_listen_is_an_error_of_the_set_up() -> None:
    """A connection (Accept=yes), a datagram socket, a file, nothing at all."""
    connected, other = socket.socketpair()
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    reading, writing = os.pipe()
    with connected, other, datagrams:
        for descriptor in (connected.fileno(), datagrams.fileno(), reading, 12345):
            with pytest.raises(ConfigError, match=f"descriptor {descriptor}"):
                listening_sockets(handed(), pid=7, first=descriptor)
    os.close(reading)
    os.close(writing)


def test_a_real_child_finds_its_socket_at_descriptor_three(listener: socket.socket) -> None:
    """The whole protocol between two processes: fd 3, LISTEN_PID, and an environment that is clean afterwards."""
    child = (
        "import os; from bouncer.daemon.systemd import listening_sockets;"
        "found = listening_sockets(os.environ, pid=os.getpid());"
        "print(found[0].name, found[0].socket.getsockname()[1], 'LISTEN_FDS' in os.environ)"
    )
    shell = f'exec 3<&{listener.fileno()}; LISTEN_FDS=1 LISTEN_FDNAMES=smtp LISTEN_PID=$$ exec "$0" -c "$1"'
    result = subprocess.run(
        ["bash", "-c", shell, sys.executable, child],
        pass_fds=[listener.fileno()],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert result.stdout.split() == ["smtp", str(listener.getsockname()[1]), "False"]
