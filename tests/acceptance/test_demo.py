"""The demo shows the product: out of a wheel, in an empty environment, with nothing of the source tree beside it."""

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from wire.pages_client import fields_of

from bouncer.cli import demo_files
from bouncer.settings.load import load
from bouncer.settings.sections import Settings

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0
ELSEWHERE = {"PATH": "/usr/bin:/bin"}
"""The environment of another terminal, which knows nothing of the demo's."""
SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing in it but our wheel, and a name of where the packages that it needs are."""
    folder = tmp_path_factory.mktemp("wheel")
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (environment / SITE / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin/python"), "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
    # pip finds our own package beside the others, and would take it away
    (environment / SITE / "packages.pth").rename(folder / "packages.pth")
    subprocess.run(install, check=True, capture_output=True, cwd=folder)
    shutil.move(folder / "packages.pth", environment / SITE / "packages.pth")
    return environment / "bin/bouncer"


def plain(**variables: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "BOUNCER_SMTP__LISTEN": "127.0.0.1:0", **variables}


def read_quietly(file: Path) -> str:
    """A file of a process that may end meanwhile."""
    try:
        return file.read_text()
    except OSError:
        return ""


class Demo:
    """``bouncer demo`` running in *folder*."""

    def __init__(self, bouncer: Path, folder: Path) -> None:
        self._out = folder.parent / f"{folder.name}.out"
        with self._out.open("wb") as out:
            arguments, where = [str(bouncer), "demo"], {"cwd": folder, "env": plain()}
            self._process = subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT, **where)  # type: ignore[call-overload]

    @property
    def output(self) -> str:
        return self._out.read_text()

    @property
    def children(self) -> list[str]:
        """The names of the processes that it has started."""
        files = Path("/proc").glob("[0-9]*/status")
        texts = [read_quietly(file) for file in files]
        return [text.split()[1] for text in texts if f"\nPPid:\t{self._process.pid}\n" in text]

    def until(self, words: str, after: str = "") -> str:
        """Wait until it says *words*, after what it said before, and give all that it said since."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.output[len(after) :]:
            assert self._process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)
        return self.output[len(after) :]

    def stop(self) -> int:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("played")


@pytest.fixture(scope="module")
def demo(installed: Path, folder: Path) -> Iterator[Demo]:
    running = Demo(installed, folder)
    try:
        running.until("Stop it with Ctrl-C")
        yield running
    finally:
        running.stop()


def test_the_processes_of_the_demo_are_forked_so_that_the_page_of_teaching_waits_for_no_interpreter(demo: Demo):
    assert demo.children == ["fork"]  # "fork server"


def test_the_wheel_that_runs_is_ours(installed: Path):
    where = [str(installed.parent / "python"), "-P", "-c", "import bouncer; print(bouncer.__file__)"]
    output = subprocess.run(where, env=plain(), capture_output=True, text=True, check=True, cwd="/").stdout

    assert output.startswith(str(installed.parents[1]))


def test_the_demo_plays_a_letter_of_each_kind_and_shows_the_first_notice_whole(demo: Demo):
    output = demo.output

    assert (
        "account demo, return path demo@rp.localhost; its owner owner@demo.example has the default preferences"
        in output
    )
    assert "recorded   unknown@example.org: failed hard invalid-recipient 5.1.1 (proven)" in output
    assert "suppressed unknown@example.org until " in output
    assert "recorded   jane@example.org: complaint (proven)" in output
    assert re.search(r"read +auto-reply: .*\n +notice +none, nobody needs to know", output)
    assert "unread     a person answers" in output
    notice = output.partition("The notice, as its reader gets it:")[2]
    for line in (
        "From: Mail delivery at localhost <bouncer@localhost>",
        "To: owner@demo.example",
        "Subject: Not delivered: unknown@example.org",
    ):
        assert f"  | {line}" in notice
    assert "  | WHAT YOU CAN DO" in notice
    assert "550 5.1.1 <unknown@example.org>" in notice
    assert output.count("The notice, as its reader gets it:") == 1


def test_the_demo_plays_a_month_that_lies_in_the_past_before_the_letters_of_today(
    demo: Demo, installed: Path, folder: Path
):
    played, _, today = demo.output.partition("The letters of today:")
    counted = re.search(
        r"played the last 28 days: ([\d,]+) mails .* the (\d+) letters that came back", played, re.DOTALL
    )
    listing = [str(installed), "--settings", str(folder / "var/demo.toml"), "bounces", "--json", "--limit", "500"]
    listed = subprocess.run(listing, env=ELSEWHERE, capture_output=True, text=True, check=True).stdout.splitlines()
    days = {json.loads(line)["at"][:10] for line in listed}

    assert counted
    assert "notice" not in played
    assert len(days) > 6
    assert min(days) < str(dt.date.today() - dt.timedelta(days=20))  # noqa: DTZ011 -- days apart
    assert today.index("1-unknown-user.eml") < today.index("8-a-person-writes.eml")


def test_the_demo_says_why_and_until_when_a_notice_is_held(demo: Demo):
    held_notices = re.findall(r"notice +held until (\S+) (\S+) UTC: (.+)", demo.output)

    assert {clock for _, clock, why in held_notices if "prefers a digest" in why} == {"08:00"}
    assert any("wants at once (most)" in why for _, _, why in held_notices)
    assert not re.search(r"held[^u]*$", demo.output, re.MULTILINE)


def test_a_letter_that_comes_later_is_told(demo: Demo):
    (line,) = re.findall(r"^ +python3 -c (.+)$", demo.output, re.MULTILINE)
    played = demo.output
    subprocess.run(f"{sys.executable} -c {line}", shell=True, check=True, env=plain())  # noqa: S602 -- as a person types it

    echo = demo.until("(most)", after=played)

    assert re.match(
        r"\nLetter \w{13}, \d+ octets from 127\.0\.0\.1 to demo-\w+\.\.\.-unknown=example\.org@rp\.localhost\n", echo
    )
    assert "read       bounce" in echo
    assert "recorded   unknown@example.org: failed hard invalid-recipient 5.1.1 (proven), suppressed before" in echo
    assert re.search(r"notice +held until ", echo)


def links_of(demo: Demo) -> tuple[str, str]:
    """The links of the owner and of the operator, each printed below a sentence that says whose it is."""
    link = r" +(http://127\.0\.0\.1:\d+/sign-in\?link=\S+)\n"
    links = re.search(rf" +As owner@demo\.example you [^\n]+:\n{link} +As operator you [^\n]+:\n{link}", demo.output)
    assert links, demo.output
    return links[1], links[2]


def test_the_second_link_opens_what_only_an_operator_may_see(demo: Demo):
    _, link = links_of(demo)
    with httpx2.Client(base_url=link.partition("/sign-in")[0], trust_env=False, timeout=PATIENCE_SECONDS) as browser:
        signed_in = browser.post("/sign-in", data=fields_of(browser.get(link).text, "/sign-in"))
        assert signed_in.headers["location"] == "/"
        unread, rules = browser.get("/unread").text, browser.get("/rules")

    assert "/teach" in unread
    assert rules.status_code == 200


def test_the_link_opens_the_pages_with_what_was_played(demo: Demo):
    link, _ = links_of(demo)
    base = link.partition("/sign-in")[0]
    with httpx2.Client(base_url=base, trust_env=False, timeout=PATIENCE_SECONDS) as browser:
        page = browser.get(link).text
        signed_in = browser.post("/sign-in", data=fields_of(page, "/sign-in"))
        assert signed_in.headers["location"] == "/"
        today = browser.get("/").text
        story = browser.get("/address?address=unknown@example.org").text

        receivers = browser.get("/receivers").text
        address_page = browser.get("/address?address=jane@example.com").text
        suppressed = browser.get("/suppressions.ndjson").text

    assert "reported in the last 24 hours" in today
    assert "messages were blocked" in today
    assert "More than usual: Microsoft" in receivers
    assert '<rect class="failed"' in receivers
    assert "mailbox does not exist" in address_page
    assert "Campaign" in address_page
    assert "unsubscribe" in suppressed
    assert "No mail goes to this address until" in story
    assert "mailbox does not exist" in story


def test_the_demo_names_the_next_steps_by_the_command_as_it_was_called_and_they_work(
    demo: Demo, installed: Path, folder: Path, tmp_path: Path
):
    steps = re.findall(rf"^ +({re.escape(str(installed))} --settings .+)$", demo.output, re.MULTILINE)
    assert [step.rpartition(" ")[2] for step in steps] == ["bounces", "check"]

    result = [
        subprocess.run(
            [*step.split(), *options], cwd=tmp_path, env=ELSEWHERE, capture_output=True, text=True, check=False
        )
        for step, options in zip(steps, ([], ["--no-dns"]), strict=True)
    ]

    assert "unknown@example.org" in result[0].stdout
    assert f"ok    key {folder}/var/demo.key" in result[1].stdout
    assert "answers as localhost" in result[1].stdout
    assert "0 to put right" in result[1].stdout
    assert not list(tmp_path.iterdir())


def test_started_again_it_goes_on_and_says_why_nothing_leaves(demo: Demo, installed: Path, folder: Path):
    assert demo.stop() == 0
    mails = len(list((folder / "var/forwarded/new").iterdir()))
    again = subprocess.run(
        [str(installed), "demo", "--stop"], cwd=folder, env=plain(), capture_output=True, text=True, check=False
    )

    assert again.returncode == 0, again.stderr
    assert "(proven), suppressed before" in again.stdout
    assert again.stdout.count("notice     held until ") == 7
    assert again.stderr == ""
    assert "played the last 28 days" not in again.stdout
    assert len(list((folder / "var/forwarded/new").iterdir())) == mails


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOUNCER_SMTP__LISTEN", "127.0.0.1:0")
    return tmp_path


def test_a_demo_without_letters_says_so(here: Path):
    code = "from bouncer.cli import demo; demo.letters = list; demo.demo(['--stop'])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=plain(), capture_output=True, text=True, check=False
    )

    assert "There are no letters here to play. Name some of yours: " in result.stdout
    assert (result.returncode, result.stderr) == (0, "")


def test_letters_of_ones_own_are_played_whatever_is_in_them(here: Path):
    (here / "empty.eml").write_bytes(b"")
    (here / "odd\x1b[31m.eml").write_bytes(b"Subject: \x1b[31m\xff\r\n\r\n\0\x1b[0m\r\n")

    words = [sys.executable, "-m", "bouncer", "demo", "--stop", *map(str, sorted(here.glob("*.eml")))]
    result = subprocess.run(words, cwd=here, env=plain(), capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
    assert result.stdout.count("unread     no program could read it") == 2
    assert "\x1b" not in result.stdout


def test_with_settings_of_ones_own_the_variable_of_the_key_is_named(here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.argv", ["/opt/some where/bouncer"])
    settings = demo_files.with_key(Settings())

    beside = demo_files.command_with_settings(settings, Path("my own.toml"), ["127.0.0.1:1"], (), own_key=True)

    assert (
        beside == f"BOUNCER_TOKENS__KEYS={here}/var/demo.key '/opt/some where/bouncer' --settings '{here}/my own.toml'"
    )
    assert not (here / "var/demo.toml").exists()


def test_the_settings_that_it_writes_are_those_that_it_runs_by(here: Path):
    loaded = load('[smtp]\nhostname = "mx.example.com"\ndomains = ["rp.example.com"]\n', {})
    settings = demo_files.with_key(loaded)

    demo_files.command_with_settings(settings, None, ["127.0.0.1:4711"], (), own_key=True)
    read = load((here / "var/demo.toml").read_text(), {})

    assert read.smtp.listen == ("127.0.0.1:4711",)
    assert (read.smtp.hostname, read.smtp.domains) == ("mx.example.com", ("rp.example.com",))
    assert read.store.url == f"sqlite:///{here}/var/bouncer.db"
    assert read.forward.courier == f"maildir:{here}/var/forwarded"
    assert read.tokens.keys == (here / "var/demo.key",)
    assert (here / "var/demo.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("argument", "called"),
    [
        (".venv/bin/bouncer", ".venv/bin/bouncer"),
        ("/opt/b o/bouncer", "'/opt/b o/bouncer'"),
        ("/x/bouncer/__main__.py", f"{sys.executable} -m bouncer"),
    ],
)
def test_the_command_is_named_as_it_was_called(monkeypatch: pytest.MonkeyPatch, argument: str, called: str):
    monkeypatch.setattr("sys.argv", [argument])

    assert demo_files.command_line() == called


def test_a_command_on_the_path_is_named_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "bouncer").touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin")
    monkeypatch.setattr("sys.argv", [str(tmp_path / "bouncer")])

    assert demo_files.command_line() == "bouncer"


def test_the_letters_of_the_demo_are_small_and_the_same_as_those_that_reading_is_tested_with():
    fixture_letters = {file.read_bytes() for file in (ROOT / "fixtures").rglob("*.eml")}

    letters = demo_files.letters()

    assert len(letters) == 8
    assert all(letter.read_bytes() in fixture_letters for letter in letters)
    assert sum(letter.stat().st_size for letter in letters) < 32 * 1024
