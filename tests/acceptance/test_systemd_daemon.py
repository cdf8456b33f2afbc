"""The daemon as systemd runs it: on an inherited socket, telling when it is ready, under the unit's restrictions."""

import ctypes.util
import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import wait_until
from programs.parts import find

BOUNCER = (sys.executable, "-P", "-m", "bouncer")
CONFINED = Path(__file__).with_name("run_confined.py")
SERVICE = Path(__file__).resolve().parents[2] / "systemd" / "bouncer.service"
SECONDS = 60
LETTER = b"From: jane@example.org\r\nTo: postmaster@rp.example.com\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\nHi\r\n"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "bouncer.toml"
    file.write_text(
        f"""
        [smtp]
        hostname = "mx.example.com"
        domains = ["rp.example.com"]
        [store]
        url = "sqlite:///{tmp_path}/bouncer.db"
        [forward]
        courier = "maildir:{tmp_path}/forwarded"
        from = "bounces@example.com"
        operator = "operator@example.com"
        """
    )
    return file


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Where the daemon's sd_notify goes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(SECONDS)
        yield listening


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
        return number


@contextmanager
def activated(port: int, manager: socket.socket, *command: str) -> Iterator["subprocess.Popen[str]"]:
    """Start *command* at the first connection to *port*, as a socket unit would; end it after the block if it still runs."""
    part = find("systemd-socket-activate")
    assert part is not None
    variables = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "200000", "PYTHONSAFEPATH": "1"}
    words = [f"--setenv={name}={value}" for name, value in variables.items()]
    process = subprocess.Popen(
        [*part.command, f"--listen=127.0.0.1:{port}", "--fdname=smtp", *words, *command],
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(manager.getsockname()).parent,
    )
    assert process.stderr is not None
    try:
        assert "Listening on" in process.stderr.readline()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=SECONDS)


def restrictions() -> str:
    """Give the unit's restrictions of system calls, in the words of run_confined.py; systemd knows what its @sets hold."""
    unit = SERVICE.read_text()
    allowed = members("@default")
    for value in re.findall(r"^SystemCallFilter=(.+)$", unit, re.MULTILINE):
        calls = {call for word in value.removeprefix("~").split() for call in members(word)}
        allowed = allowed - calls if value.startswith("~") else allowed | calls
    (families,) = re.findall(r"^RestrictAddressFamilies=(.+)$", unit, re.MULTILINE)
    assert "MemoryDenyWriteExecute=yes" in unit
    return json.dumps({"calls": sorted(allowed), "families": families.split()})


def members(word: str) -> set[str]:
    """The system calls of a set, those of the sets in it included."""
    if not word.startswith("@"):
        return {word}
    part = find("systemd-analyze")
    assert part is not None
    listed = subprocess.run([*part.command, "syscall-filter", word], capture_output=True, text=True, check=True).stdout
    words = {line.strip() for line in listed.splitlines()[1:] if not line.strip().startswith("#")} - {""}
    return {call for inner in words for call in members(inner)}


def until(folder: Path, pattern: str) -> Path:
    """Wait for a file to appear that only another process can tell of."""
    file = wait_until(lambda: next(folder.glob(pattern), None), SECONDS)
    assert file is not None
    return file


@pytest.mark.real("systemd-socket-activate")
def test_the_daemon_answers_on_the_socket_that_it_inherits(port: int, manager: socket.socket, settings: Path) -> None:
    """The first connection starts it and gets its greeting; the manager hears when it is ready, alive and stopping."""
    with activated(port, manager, *BOUNCER, "--settings", str(settings), "serve") as process:
        with smtplib.SMTP("127.0.0.1", port, timeout=SECONDS) as client:
            assert client.noop()[0] == 250
        ready, alive = manager.recv(4096), manager.recv(4096)
        process.terminate()
        while not (last := manager.recv(4096)).startswith(b"STOPPING=1"):
            assert last == b"WATCHDOG=1"
        code = process.wait(timeout=SECONDS)

    assert ready.startswith(b"READY=1\nSTATUS=")
    assert f"127.0.0.1:{port}".encode() in ready
    assert (alive, code) == (b"WATCHDOG=1", 0)


@pytest.mark.real("systemd-socket-activate")
def test_settings_that_are_wrong_end_with_78(port: int, manager: socket.socket, settings: Path) -> None:
    """RestartPreventExitStatus= and the program mean the same number."""
    settings.write_text("[smtp]\nlissten = []\n")
    with (
        activated(port, manager, *BOUNCER, "--settings", str(settings), "serve") as process,
        socket.create_connection(("127.0.0.1", port)),
    ):
        code = process.wait(timeout=SECONDS)

    assert f"RestartPreventExitStatus={code}" in SERVICE.read_text().splitlines()


@pytest.mark.real("systemd-analyze", "systemd-socket-activate")
@pytest.mark.skipif(ctypes.util.find_library("seccomp") is None, reason="libseccomp.so.2 is not there")
def test_a_letter_goes_all_the_way_under_the_units_restrictions(
    port: int, manager: socket.socket, settings: Path
) -> None:
    """Kept in SQLite, read in the child process, handed over: no system call that this needs is refused."""
    confined = (sys.executable, str(CONFINED), restrictions(), *BOUNCER)
    with activated(port, manager, *confined, "--settings", str(settings), "serve") as process:
        with smtplib.SMTP("127.0.0.1", port, timeout=SECONDS) as client:
            client.sendmail("jane@example.org", ["postmaster@rp.example.com"], LETTER)
        notice = until(settings.parent / "forwarded", "new/*").read_bytes()
        process.terminate()
        assert process.wait(timeout=SECONDS) == 0
        assert process.stderr is not None
        log = process.stderr.read()

    assert b"Delivered-To: operator@example.com" in notice
    assert "limits alone" not in log, "the reading process confines itself under these, too"


@pytest.mark.real("systemd-analyze")
@pytest.mark.skipif(ctypes.util.find_library("seccomp") is None, reason="libseccomp.so.2 is not there")
@pytest.mark.parametrize(
    "forbidden",
    [
        "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)",
        "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "import os; os.chown('.', os.getuid(), os.getgid())",
        "import os; os.sched_setaffinity(0, {0})",
        "import time; time.clock_settime(time.CLOCK_REALTIME, time.time())",
    ],
)
def test_the_restrictions_stop_a_forbidden_call(forbidden: str, tmp_path: Path) -> None:
    """So that the test above can fail."""
    result = subprocess.run(
        [sys.executable, str(CONFINED), restrictions(), sys.executable, "-c", forbidden],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )

    assert "PermissionError: [Errno 1]" in result.stderr
