"""The servers for outgoing mail as sockets of the file system: real mail servers ask through them, and whoever may not, cannot."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.mailing import mailing
from programs.ours import Ours
from programs.parts import mail_server
from programs.peers import Peer
from programs.private_root import Place
from wire.milter_client import PATIENCE

pytestmark = pytest.mark.timeout(180)

JANE, GONE = "jane@example.org", "gone@example.org"
MAIL_SERVER = 901
"""The group of Postfix and Sendmail in their own world."""
SECONDS = 60


@pytest.fixture
def world() -> Iterator[Peer]:
    with Peer("mx.example.org") as peer:
        yield peer


def ours(folder: Path, sockets: Path, settings_lines: str = f'socket_group = "{MAIL_SERVER}"') -> Ours:
    """A daemon whose servers are in the folder *sockets*, for the mail server's group."""
    places = {"listen": "milter", "policy_listen": "policy", "socketmap_listen": "table"}
    lines = "".join(f'{setting} = ["unix:{sockets}/{name}"]\n' for setting, name in places.items())
    return Ours(folder, milter=lines + settings_lines)


def folder_of(server: Place, path: str) -> Path:
    """A folder that the server sees at *path*, made as RuntimeDirectory= makes one."""
    socket_path = server.folder / path.lstrip("/")
    socket_path.mkdir(mode=0o755)
    return socket_path


def prepared(daemon: Ours) -> None:
    daemon.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
    daemon.command("suppressions", "add", "--account", "acme", GONE)


@pytest.mark.parametrize(
    ("name", "place", "path", "chroot"),
    [
        pytest.param("postfix", "unix:/run/bouncer/milter", "/run/bouncer", False, marks=pytest.mark.real("postfix")),
        pytest.param(
            "postfix", "unix:bouncer/milter", "/var/spool/postfix/bouncer", True, marks=pytest.mark.real("postfix")
        ),
        pytest.param("sendmail", "unix:/run/bouncer/milter", "/run/bouncer", False, marks=pytest.mark.real("sendmail")),
    ],
)
def test_a_real_mail_server_asks_the_milter_at_a_path(
    name: str, place: str, path: str, chroot: bool, tmp_path: Path, world: Peer
):
    """As the manual has it; in Postfix's chroot a path begins at its queue directory."""
    routes = {"example.org": world.port}
    with mail_server(name, routes, listeners={"milter": place}, chroot=chroot) as server:
        sockets = folder_of(server, path)
        with ours(tmp_path, sockets) as daemon:
            prepared(daemon)
            status = (sockets / "milter").lstat()
            refused = mailing(server.port, [JANE, GONE], "spring")
            letter = world.wait_for(lambda _: True)
            assert daemon.stop() == 0
        left = list(sockets.iterdir())

    assert [*refused] == [GONE]
    assert letter.reverse_path.startswith("acme-")
    assert (stat.S_ISSOCK(status.st_mode), stat.S_IMODE(status.st_mode), status.st_gid) == (True, 0o660, MAIL_SERVER)
    assert left == []


@pytest.mark.real("postfix")
def test_postfix_asks_the_policy_service_and_the_table_at_a_path(tmp_path: Path, world: Peer):
    with (
        mail_server("postfix", {"example.org": world.port}, listeners={"policy": "unix:/run/bouncer/policy"}) as server,
        ours(tmp_path, folder_of(server, "/run/bouncer")) as daemon,
    ):
        prepared(daemon)
        refused = mailing(server.port, [JANE, GONE], "spring")
        answers = [
            server.run("/usr/sbin/postmap", "-q", address, "socketmap:unix:/run/bouncer/table:acme").stdout
            for address in (GONE, JANE)
        ]

    assert [*refused] == [GONE]
    assert answers[0].startswith(b"550 5.7.1 not sent, reason: by hand (suppressed)")
    assert answers[1] == b""


@pytest.mark.real("postfix")
def test_a_mail_server_that_is_not_in_the_group_is_let_in_by_nobody(tmp_path: Path, world: Peer):
    """The mode holds: Postfix, which is neither in the daemon's group nor in root's, has mail wait."""
    listeners = {"milter": "unix:/run/bouncer/milter"}
    with (
        mail_server("postfix", {"example.org": world.port}, listeners=listeners) as server,
        ours(tmp_path, folder_of(server, "/run/bouncer"), settings_lines="") as daemon,
    ):
        prepared(daemon)
        sent = subprocess.run(
            [sys.executable, "-c", CLIENT, str(server.port)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )

    assert sent.stdout.startswith("451 ")
    assert world.letters() == ()


CLIENT = """
import smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=60) as client:
    code, text = client.helo("client.example.net")
    code, text = (code, text) if code >= 400 else client.mail("news@acme.example")
    print(code, text.decode())
"""


def served(daemon: Ours) -> subprocess.CompletedProcess[str]:
    """Give the result of a daemon that cannot start."""
    return daemon.command("serve", check=False)


def connected(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        return client.connect_ex(str(path)) == 0


def test_the_socket_of_a_killed_daemon_is_no_hindrance(tmp_path: Path):
    with ours(tmp_path, tmp_path, settings_lines="") as daemon:
        daemon.kill()
        assert stat.S_ISSOCK((tmp_path / "milter").lstat().st_mode)
        assert not connected(tmp_path / "milter")
        daemon.start()
        assert connected(tmp_path / "milter")


def test_a_socket_that_somebody_answers_stays_his(tmp_path: Path):
    """And a second daemon takes nothing from the first."""
    with ours(tmp_path, tmp_path, settings_lines="") as daemon:
        other = tmp_path / "other"
        other.mkdir()
        result = served(ours(other, tmp_path, settings_lines=""))
        assert connected(tmp_path / "milter")
        assert daemon.stop() == 0

    assert result.returncode == 75
    assert f"[milter] listen: {tmp_path}/milter is in use, another program listens there" in result.stderr
    assert "Traceback" not in result.stderr


def a_file(path: Path) -> None:
    path.write_text("somebody's")


def a_link(path: Path) -> None:
    path.with_name("target").write_text("somebody's")
    path.symlink_to(path.with_name("target"))


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [a_file, a_link, a_folder])
def test_a_file_that_is_no_socket_stays(make: object, tmp_path: Path):
    make(tmp_path / "policy")  # type: ignore[operator]
    before = (tmp_path / "policy").lstat()
    result = served(ours(tmp_path, tmp_path, settings_lines=""))

    assert result.returncode == 78
    assert f"[milter] policy_listen: {tmp_path}/policy is there already and is no socket" in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "policy").lstat() == before
    assert not (tmp_path / "milter").exists(), "what was opened before is taken away again"


def test_another_users_dead_socket_stays(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "milter"))
    os.chown(tmp_path / "milter", 65534, 65534)
    result = served(ours(tmp_path, tmp_path, settings_lines=""))

    assert result.returncode == 78
    assert "is another user's socket" in result.stderr
    assert (tmp_path / "milter").exists()


@pytest.mark.parametrize(
    ("sockets", "settings_lines", "message"),
    [
        ("none/there", "", "there is no folder {}/none/there; make it"),
        ("", 'socket_group = "no-such-group"', "there is no group no-such-group on this machine"),
    ],
)
def test_a_fault_of_a_socket_is_told_in_one_line(sockets: str, settings_lines: str, message: str, tmp_path: Path):
    result = served(ours(tmp_path, tmp_path / sockets, settings_lines=settings_lines))

    assert result.returncode == 78
    assert message.format(tmp_path) in result.stderr
    assert "Traceback" not in result.stderr


def test_a_path_that_the_kernel_does_not_take_is_told_with_its_length(tmp_path: Path):
    result = served(ours(tmp_path, tmp_path / ("deep" * 25), settings_lines=""))

    assert result.returncode == 78
    assert "is not host:port, or unix: and an absolute path of at most 107 octets" in result.stderr
