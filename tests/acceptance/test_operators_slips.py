"""A mistake of an operator is told in one line that names the setting, address or file, with what to do about it."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from programs.empty_store import make_empty_store
from programs.ours import Ours
from programs.preloaded import run

WITHOUT_ROOTS_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""Words before a command: root, too, may then enter only what its mode lets it."""
ELSEWHERE = "203.0.113.9:2525"
"""An address of the documentation (RFC 5737): no machine has it."""


@pytest.fixture
def used_address() -> Iterator[str]:
    """An address where another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may enter."""
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0)
    yield folder
    folder.chmod(0o700)


def ran(
    tmp_path: Path, *words: str, before: Sequence[str] = (), **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command that is to fail, in a folder of its own, without a settings file."""
    plain = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "BOUNCER_SMTP__LISTEN": "127.0.0.1:0",
    }
    if not before:
        with contextlib.chdir(tmp_path):
            return run(words, {**plain, **environment}, 60)
    command = [*before, sys.executable, "-m", "bouncer", *words]
    return subprocess.run(
        command, cwd=tmp_path, env={**plain, **environment}, capture_output=True, text=True, check=False, timeout=60
    )


def told_in_one_line(result: "subprocess.CompletedProcess[str]") -> str:
    lines = [line for line in result.stderr.splitlines() if line.startswith("bouncer: ")]
    assert "Traceback" not in result.stdout + result.stderr, result.stderr
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.mark.parametrize("command", [("serve",), ("demo", "--stop")], ids=" ".join)
def test_a_port_in_use_is_named_with_its_setting(tmp_path: Path, used_address: str, command: tuple[str, ...]):
    result = ran(tmp_path, *command, BOUNCER_SMTP__LISTEN=used_address)

    line = told_in_one_line(result)
    assert f"[smtp] listen: {used_address} is in use" in line
    assert "ss -ltnp" in line
    assert result.returncode == 75


@pytest.mark.parametrize("setting", ["listen", "policy_listen", "socketmap_listen"])
def test_a_server_for_outgoing_mail_whose_port_is_in_use_is_named(tmp_path: Path, used_address: str, setting: str):
    (tmp_path / "ours").mkdir()
    result = Ours(tmp_path / "ours", milter=f'{setting} = ["{used_address}"]').command("serve", check=False)

    assert f"[milter] {setting}: {used_address} is in use" in told_in_one_line(result)
    assert result.returncode == 75


@pytest.mark.parametrize("command", [("serve",), ("demo", "--stop")], ids=" ".join)
@pytest.mark.parametrize(
    ("listen", "says"),
    [
        (ELSEWHERE, f"{ELSEWHERE} is no address of this machine"),
        ("[2001:db8::9]:2525", "[2001:db8::9]:2525 "),
        ("no-such-host.invalid:2525", "no such host is known"),
    ],
)
def test_an_address_of_another_machine_is_a_fault_of_the_settings(
    tmp_path: Path, command: tuple[str, ...], listen: str, says: str
):
    result = ran(tmp_path, *command, BOUNCER_SMTP__LISTEN=listen)

    line = told_in_one_line(result)
    assert line.startswith("bouncer: [smtp] listen: ")
    assert says in line
    assert result.returncode == 78


@pytest.mark.parametrize(
    "command", [("serve",), ("bounces",), ("account", "list"), ("queue", "retry", "1")], ids=" ".join
)
def test_a_store_in_a_folder_that_this_user_may_not_enter_is_named(
    tmp_path: Path, closed: Path, command: tuple[str, ...]
):
    result = ran(
        tmp_path, *command, before=WITHOUT_ROOTS_RIGHTS, BOUNCER_STORE__URL=f"sqlite:///{closed}/in/bouncer.db"
    )

    line = told_in_one_line(result)
    assert f"{closed}/in/bouncer.db: this user may not enter, read or write it" in line
    assert "run this as root or as the daemon's user" in line
    assert result.returncode == 75


def test_a_store_that_this_user_may_only_read_is_named(tmp_path: Path):
    file = tmp_path / "bouncer.db"
    make_empty_store(file)
    file.chmod(0o400)

    result = ran(tmp_path, "account", "list", before=WITHOUT_ROOTS_RIGHTS, BOUNCER_STORE__URL=f"sqlite:///{file}")

    assert f"{file}: this user may not" in told_in_one_line(result)


def test_a_store_in_a_folder_that_this_user_may_only_read_is_named(tmp_path: Path):
    folder = tmp_path / "kept"
    folder.mkdir()
    url = f"sqlite:///{folder}/bouncer.db"
    make_empty_store(folder / "bouncer.db")
    folder.chmod(0o500)

    result = ran(tmp_path, "account", "list", before=WITHOUT_ROOTS_RIGHTS, BOUNCER_STORE__URL=url)

    folder.chmod(0o700)
    line = told_in_one_line(result)
    assert f"{folder}/bouncer.db: " in line
    assert "a user who may write to the file and to its folder" in line


def test_a_store_inside_of_a_file_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    url = f"sqlite:///{tmp_path}/file/bouncer.db"

    assert f"{tmp_path}/file" in told_in_one_line(ran(tmp_path, "bounces", BOUNCER_STORE__URL=url))
    assert f"{tmp_path}/file is no folder" in ran(tmp_path, "check", "--no-dns", BOUNCER_STORE__URL=url).stdout


def test_check_names_each_folder_that_this_user_may_not_enter_and_goes_on(tmp_path: Path, closed: Path):
    result = ran(
        tmp_path,
        *("check", "--no-dns"),
        before=WITHOUT_ROOTS_RIGHTS,
        BOUNCER_STORE__URL=f"sqlite:///{closed}/in/bouncer.db",
        BOUNCER_FORWARD__COURIER=f"maildir:{closed}/forwarded/mails",
        BOUNCER_FORWARD__TEMPLATES=f"{closed}/templates",
        BOUNCER_TOKENS__KEYS=f"{closed}/2026.key",
        BOUNCER_SMTP__TLS_CERTIFICATE=f"{closed}/tls.pem",
        BOUNCER_SMTP__TLS_KEY=f"{closed}/tls.key",
    )

    assert "Traceback" not in result.stderr
    assert result.stdout.count(f"this user may not enter {closed}") == 2
    assert "to put right" in result.stdout
    assert result.returncode == 1


def test_settings_that_this_user_may_not_read_are_named(tmp_path: Path, closed: Path):
    result = ran(tmp_path, "--settings", str(closed / "bouncer.toml"), "bounces", before=WITHOUT_ROOTS_RIGHTS)

    assert f"settings: {closed}/bouncer.toml: this user may not" in told_in_one_line(result)
    assert result.returncode == 78


def test_the_demo_in_a_folder_that_it_may_not_write_to_names_it(tmp_path: Path):
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o500)

    result = ran(folder, "demo", "--stop", before=WITHOUT_ROOTS_RIGHTS)

    assert "var: this user may not enter, read or write it" in told_in_one_line(result)
    assert result.returncode == 1
