"""``bouncer init``: from nothing to a daemon that starts, passes its check and tells an owner of a bounce."""

import os
import pty
import pwd
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manual import PAGES, ROOT
from patience import wait_until
from programs.parts import free_port
from programs.peers import Peer, submit

from bouncer.cli.root import root
from bouncer.settings.load import load
from bouncer.settings.sections import Settings
from bouncer.settings_file import settings_file, without_comments

ANSWERS = {
    "hostname": "mx.example.com",
    "domain": "rp.example.com",
    "courier": "smtp://bouncer@smarthost.example.com:587",
    "from": "Bounces <bounces@example.com>",
    "operator": "postmaster@example.com",
}
"""The choices of the manual's example."""
SAMPLE = ROOT / "systemd" / "bouncer.toml"
INSTALL = ROOT / "docs" / "install.md"
INSTALLS = (INSTALL, ROOT / "systemd" / "README.md")
"""The pages that lead through an installation."""
SECONDS = 60.0


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BOUNCER_")]:
        monkeypatch.delenv(name)


def options(**changed: str) -> list[str]:
    return [word for name, answer in {**ANSWERS, **changed}.items() for word in (f"--{name}", answer)]


def init(file: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["init", "--settings", str(file), *words])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def states(folder: Path) -> Mapping[Path, tuple[int, bytes]]:
    """Give the content of every file of a folder, and the time at which it was written."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(name="free_port")
def a_free_port() -> int:
    return free_port()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@contextmanager
def running(words: list[str], port: int) -> Iterator[None]:
    """Run a command for as long as the block takes; it listens when the block begins."""
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: process.poll() is not None or listens(port), SECONDS)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) == 0


def test_the_printed_commands_lead_to_the_first_notice(tmp_path: Path, free_port: int):
    """The three commands that it prints are run as they stand there, with a real smarthost's place and a real bounce."""
    file, program = tmp_path / "etc" / "bouncer.toml", [sys.executable, "-m", "bouncer"]
    letter = (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
    with Peer("smarthost.example.com") as smarthost:
        chosen = options(courier=f"smtp://127.0.0.1:{smarthost.port}", listen=f"127.0.0.1:{free_port}")
        result = subprocess.run(
            [*program, "init", "--settings", str(file), *chosen],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        add, check, serve = (shlex.split(line) for line in result.stdout.partition("Next:\n")[2].splitlines())
        add = [{"NAME": "acme", "ADDRESS": "ann@acme.example"}.get(word, word) for word in add]
        subprocess.run(add, check=True, capture_output=True, cwd="/")
        with running(serve, free_port):
            checked = subprocess.run([*check, "--no-dns"], capture_output=True, text=True, check=False, cwd="/")
            submit(free_port, "", ["acme@rp.example.com"], letter)
            notice = smarthost.wait_for(lambda mail: mail.recipients == ("ann@acme.example",))

    assert checked.returncode == 0, checked.stdout
    assert "0 to put right" in checked.stdout
    assert b"From: Bounces <bounces@example.com>" in notice.octets


def test_the_files_are_whole_and_private(tmp_path: Path):
    file = tmp_path / "bouncer.toml"
    init(file, *options())
    settings = load(file.read_text(), {})
    (key,) = settings.tokens.keys

    assert mode(file) == 0o644
    assert (mode(key), mode(key.parent)) == (0o600, 0o700)
    assert len(key.read_bytes()) == 45
    assert settings.store.url == f"sqlite:///{tmp_path}/state/bouncer.db"
    assert mode(tmp_path / "state" / "bouncer.db") == 0o600
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(".")] == []


def test_a_second_run_changes_nothing_and_says_so(tmp_path: Path):
    file = tmp_path / "bouncer.toml"
    init(file, *options())
    before = states(tmp_path)
    again = init(file)
    other = init(file, *options(hostname="mx.example.org"))

    assert (again.exit_code, other.exit_code) == (0, 0)
    assert "Nothing was changed" in again.output
    assert "it says --hostname mx.example.com; edit it to change that" in other.output
    assert states(tmp_path) == before


def test_missing_files_are_made_beside_existing_ones(tmp_path: Path):
    """As after a run that was interrupted; settings that a person wrote are kept, however they are written."""
    file = tmp_path / "bouncer.toml"
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token.key").write_text("a secret that is there already\n")
    init(file, *options())
    (tmp_path / "state" / "bouncer.db").unlink()
    file.write_text(without_comments(file.read_text()))
    again = init(file)

    assert (tmp_path / "secrets" / "token.key").read_text() == "a secret that is there already\n"
    assert (tmp_path / "state" / "bouncer.db").exists()
    assert "kept " in again.output
    assert "#" not in file.read_text()


def test_without_a_terminal_all_that_is_missing_is_named(tmp_path: Path):
    result = init(tmp_path / "bouncer.toml", "--hostname", "mx.example.com", "--from", "b@example.com")

    assert result.exit_code == 2
    assert "these are missing: --domain, --courier, --operator" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_person_at_a_terminal_is_asked_and_asked_again(tmp_path: Path):
    """Answers: a wrong name and a right one, suggestions taken as they are, a courier, its password."""
    file = tmp_path / "bouncer.toml"
    answers = (
        "no name\n",
        "mx.example.com\n",
        "\n",
        "smtp://bouncer@smarthost.example.com:587\n",
        "\n",
        "\n",
        "pass\n",
    )
    master, terminal = pty.openpty()
    words = [sys.executable, "-m", "bouncer", "init", "--settings", str(file)]
    with subprocess.Popen(words, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True) as process:
        os.close(terminal)
        terminal_output = answer_at(master, answers)
        assert process.wait(SECONDS) == 0, terminal_output
    os.close(master)
    settings = load(file.read_text(), {})

    assert "is not a domain name" in terminal_output
    assert settings.smtp.domains == ("rp.example.com",)
    assert settings.forward.operator == "postmaster@example.com"
    assert settings.forward.from_ == "Bounces <bounces@example.com>"
    assert settings.forward.starttls == "required"
    assert settings.forward.password is not None
    assert settings.forward.password.read_text() == "pass\n"
    assert mode(settings.forward.password) == 0o600
    assert "pass\r" not in terminal_output


def answer_at(master: int, answers: tuple[str, ...]) -> str:
    """Answer each question at a terminal when it stands there; give all that stood there."""
    terminal_output, waiting = "", list(answers)
    while True:
        try:
            piece = os.read(master, 65_536).decode()
        except OSError:  # the other end is closed
            return terminal_output
        if not piece:
            return terminal_output
        terminal_output += piece
        if waiting and re.search(r": $", terminal_output):
            os.write(master, waiting.pop(0).encode())


def test_a_password_that_is_missing_without_a_terminal_is_told(tmp_path: Path):
    result = init(tmp_path / "bouncer.toml", *options())

    assert f"needs {tmp_path}/secrets/smarthost.password" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--systemd", "--courier", "smtp://127.0.0.1:25"], "leads to ourselves, we listen on 0.0.0.0:25"),
        (["--systemd", "--courier", "smtp://localhost"], "leads to ourselves, we listen on 0.0.0.0:25"),
        (["--systemd", "--courier", "smtp://[::1]"], "leads to ourselves, we listen on [::]:25"),
        (["--listen", "0.0.0.0:2526", "--courier", "smtp://localhost:2526"], "leads to ourselves, we listen on 0.0.0.0:2526"),
        (["--systemd", "--courier", "smtp://MX.example.com"], "leads to ourselves, we listen on 0.0.0.0:25"),
        (["--courier", "smtp://127.0.0.1:2525"], "leads to ourselves, we listen on 127.0.0.1:2525"),
        (["--courier", "pigeon:"], "[forward] courier: must begin with smtp:, smtps:, sendmail:, maildir:"),
        (["--courier", "smtp://us:secret@smarthost.example.com"], "a password does not belong here"),
        (["--operator", "ann@rp.example.com"], "--operator: ann@rp.example.com is in a return-path domain"),
        (["--from", "nobody"], "is not a mail address"),
        (["--hostname", "mx example"], "is not a domain name"),
        (["--listen", "25"], "is not host:port"),
        (["--state", "/srv/what?is=this"], "choose another"),
        (["--user", "nobody-of-this-name"], "there is no such user"),
        (["--user", "root", "--systemd"], "exclude each other"),
    ],
)  # fmt: skip
def test_options_that_would_not_work_are_refused_and_nothing_is_made(tmp_path: Path, words: list[str], says: str):
    result = init(tmp_path / "bouncer.toml", *options(), *words)

    assert result.exit_code != 0
    assert says in result.output + str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_hostile_answers_stay_texts(tmp_path: Path):
    name = '"Bounces \\\\ \\" # [smtp] \u2028 é" <bounces@example.com>'
    init(tmp_path / "bouncer.toml", *options(**{"from": name}))

    assert load((tmp_path / "bouncer.toml").read_text(), {}).forward.from_ == name


def test_a_maildir_is_named_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    init(tmp_path / "bouncer.toml", *options(courier="maildir:mail"))

    assert load((tmp_path / "bouncer.toml").read_text(), {}).forward.courier == f"maildir:{tmp_path}/mail"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_the_user_of_the_daemon_gets_its_files(tmp_path: Path):
    user = pwd.getpwnam("nobody")
    folder = tmp_path / "place"
    result = init(folder / "bouncer.toml", *options(), "--user", "nobody")
    owners = {path.relative_to(folder).as_posix(): path.stat().st_uid for path in folder.rglob("*")}

    assert result.exit_code == 0
    assert owners == {
        "bouncer.toml": os.geteuid(),
        "secrets": user.pw_uid,
        "secrets/token.key": user.pw_uid,
        "state": user.pw_uid,
        "state/bouncer.db": user.pw_uid,
    }


def test_the_dns_records_are_those_that_check_prints(tmp_path: Path):
    file = tmp_path / "bouncer.toml"
    text = init(file, *options(courier=f"maildir:{tmp_path}/mail")).output
    checked = CliRunner().invoke(root, ["check", "--no-dns", "--settings", str(file)]).output
    records = text.partition("; the DNS records to publish\n")[2].partition("\n\n")[0]

    assert "rp.example.com. IN MX 10 mx.example.com." in records
    assert records == checked.partition("; the DNS records to publish\n")[2].strip()


def test_every_setting_stands_in_the_file_with_its_default():
    """Without the # in front, the file says what holds without it."""
    text = settings_file({}, {})
    uncommented = re.sub(r"^#(?=\w+ = )", "", text, flags=re.MULTILINE)

    assert load(text, {}) == Settings()
    assert load(uncommented, {}) == Settings()


def test_a_certificate_that_is_there_is_used(tmp_path: Path):
    (tmp_path / "secrets").mkdir()
    for name in ("fullchain.pem", "privkey.pem"):
        (tmp_path / "secrets" / name).touch()
    init(tmp_path / "bouncer.toml", *options())

    assert load((tmp_path / "bouncer.toml").read_text(), {}).smtp.tls_key == tmp_path / "secrets" / "privkey.pem"


def test_the_sample_is_what_init_writes(tmp_path: Path):
    """``REGOLD=1`` writes it anew."""
    file = tmp_path / "bouncer.toml"
    result = init(file, *options(), "--systemd", "--state", "/var/lib/bouncer" if os.geteuid() else str(tmp_path / "s"))
    text = file.read_text().replace(str(tmp_path / "s"), "/var/lib/bouncer")
    if os.environ.get("REGOLD"):
        SAMPLE.write_text(text)

    assert result.exit_code == 0
    assert SAMPLE.read_text() == text
    assert (tmp_path / "secrets" / "token.key").exists()


def test_the_page_on_installing_shows_the_lines_of_the_sample_that_are_in_force():
    sample = without_comments(SAMPLE.read_text())
    install = re.sub(r"^ {7}", "", INSTALL.read_text(), flags=re.MULTILINE)

    assert sample in install
    assert re.findall(r"^courier = .*", install, re.MULTILINE) == re.findall(r"^courier = .*", sample, re.MULTILINE)


def test_the_manual_calls_init_as_the_sample_was_made():
    for page in INSTALLS:
        (example,) = re.findall(r"/opt/bouncer/bin/bouncer (init(?:.*\\\n)+.*)", page.read_text())

        assert sorted(shlex.split(example.replace("\\\n", " "))) == sorted(["init", "--systemd", *options()]), page


def test_no_sample_sends_notices_to_port_25_of_this_machine():
    """Where another mail server has port 25, and only there, it may: docs/front.md."""
    pages = "".join(page.read_text() for page in PAGES if page.name != "front.md")

    assert re.findall(r"courier = \"smtp://(?:127\.0\.0\.1|localhost|\[::1\])(?::25)?\"", pages) == []
