"""Lists on a terminal: as wide as it is. Elsewhere: as wide as they come."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from programs.ours import Ours

ADDRESS = "somebody-with-a-rather-long-name@a-rather-long-domain.example.org"


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    """Commands on a store with one long suppression and no daemon."""
    ours = Ours(tmp_path)
    ours.command("account", "add", "acme", "--owner", ADDRESS, "--owner", "ann@acme.example")
    ours.command(
        "suppressions", "add", "--account", "acme", ADDRESS, "--reason", "asked on the phone, and again by letter"
    )
    return ours


def on_terminal(ours: Ours, columns: int, *words: str) -> list[str]:
    """Run a command whose standard output is a terminal; gives its lines."""
    theirs, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"}
    arguments = [sys.executable, "-m", "bouncer", "--settings", str(ours.settings), *words]
    subprocess.run(arguments, stdout=terminal, env=environment, check=True, timeout=60)
    os.close(terminal)
    octets = b""
    while piece := _read(theirs):
        octets += piece
    os.close(theirs)
    return octets.decode().splitlines()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # EIO: the other end is closed, and all was read
        return b""


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    "words", [("suppressions", "list"), ("suppressions", "trail"), ("account", "list")], ids=" ".join
)
def test_a_list_is_as_wide_as_the_terminal(ours: Ours, columns: int, words: tuple[str, ...]):
    lines = on_terminal(ours, columns, *words)

    assert max(map(len, lines)) <= columns
    assert any("acme" in line for line in lines)


def test_elsewhere_each_row_is_one_line(ours: Ours):
    lines = ours.command("suppressions", "list").stdout.splitlines()

    assert len(lines) == 2
    assert "asked on the phone, and again by letter" in lines[1]


def test_an_account_is_shown_with_a_name_and_a_value_a_line(ours: Ours):
    ours.command(
        "account", "set", "acme", "--prefer", "soft=weekly", "--prefer", "contact=help desk, room 4, " + "x" * 100
    )
    ours.command("account", "set", "acme", "--prefer", "soft=off", "--for", "ann@acme.example")

    colours = dict(
        line.split("  ", 1) for line in ours.command("account", "show", "acme").stdout.splitlines() if "  " in line
    )
    values = {name: value.strip() for name, value in colours.items()}

    assert values["owners"] == f"{ADDRESS}, ann@acme.example"
    assert (values["soft failures"], values["senders"]) == ("3", "-")
    assert (values["prefers soft"], values["prefers hard"]) == ("weekly", "at-once")
    assert values["prefers contact"].endswith("x" * 100)
    assert values["ann@acme.example prefers soft"] == "off"
