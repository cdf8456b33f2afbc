"""Our own daemon as the world sees it: ``bouncer serve`` in a process of its own, with a folder for all that it keeps.

    with Ours(tmp_path) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        smtplib.SMTP("127.0.0.1", ours.port).sendmail(...)
        ours.notices()

Started again after ``stop`` or ``kill`` it goes on from what it kept, on another port.
"""

import contextlib
import email
import json
import os
import re
import signal
import smtplib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar, cast

START_SECONDS = 30.0
STOP_SECONDS = 60.0
COMMAND_SECONDS = 120.0
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05
from programs.empty_store import make_empty_store
from programs.preloaded import PreloadedProcess, run

from bouncer.mail.returnpath import Key, sign
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import create_store

DOMAIN = "rp.example.com"
ACCEPTED = 250
"""The reply to a RCPT that is taken (RFC 5321 section 4.2.3)."""

Found = TypeVar("Found")

SETTINGS = """
[smtp]
listen = ["127.0.0.1:0"]
hostname = "mx.example.com"
domains = ["{domain}"]
drain_seconds = 5
{smtp}

[store]
url = "{url}"
{store}

[tokens]
keys = ["{folder}/2026.key"]

[forward]
courier = "{courier}"
from = "bounces@example.com"
operator = "op@example.com"
{forward}

[milter]
{milter}

[http]
{http}

[log]
{log}
"""
LISTENERS = """
listen = ["127.0.0.1:0"]
policy_listen = ["127.0.0.1:0"]
socketmap_listen = ["127.0.0.1:0"]
"""
"""Lines of [milter] that open all servers for outgoing mail."""


class Ours:
    """A daemon of ours in *folder*; *smtp*, *store*, *forward*, *milter*, *http*, *log* are further lines of those sections.

    ``listeners`` gives the ports of [milter] and [http] by name. *courier*: another than the Maildir that ``notices`` reads. *url*:
    a store other than the file in *folder*. *anew*: it is started as a program, and not forked from a process that has loaded our
    modules; so it is with the words *before* it, too.
    """

    def __init__(
        self,
        folder: Path,
        *,
        smtp: str = "",
        store: str = "",
        forward: str = "",
        milter: str = "",
        http: str = "",
        log: str = "",
        courier: str = "",
        url: str = "",
        before: Sequence[str] = (),
        anew: bool = False,
    ) -> None:
        self.folder = folder
        self.port = 0
        self.listeners: dict[str, int] = {}
        self.before = tuple(before)
        self._is_forked = not anew and not self.before
        self.settings = folder / "bouncer.toml"
        self.log = folder.parent / f"{folder.name}.log"
        self._process: subprocess.Popen[bytes] | PreloadedProcess | None = None
        (folder / "2026.key").write_text("a secret for tests, and for tests only\n")
        courier = courier or f"maildir:{folder}/forwarded"
        if url:
            create_store(StoreSettings(url))
        elif not (file := folder / "bouncer.db").exists():
            make_empty_store(file)
        url = url or f"sqlite:///{folder}/bouncer.db"
        lines = {
            "url": url,
            "smtp": smtp,
            "store": store,
            "forward": forward,
            "milter": milter,
            "http": http,
            "log": log,
        }
        self.settings.write_text(SETTINGS.format(folder=folder, domain=DOMAIN, courier=courier, **lines))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None:
            self.kill()

    def arguments(self, *words: str) -> list[str]:
        """The words that run ``bouncer WORDS`` with the same settings."""
        return [*self.before, sys.executable, "-m", "bouncer", "--settings", str(self.settings), *words]

    def start(self) -> None:
        """Start it and wait until it listens; RuntimeError, with its log, when it does not."""
        with self.log.open("wb") as log:
            self._process = self._started(log)
        places = re.compile(r"listening on 127\.0\.0\.1:(\d+)(.*)\n")
        place_line = self.until(lambda: places.search(self.log.read_text()) or self._ended())
        if not isinstance(place_line, re.Match):
            raise RuntimeError(self.log.read_text())
        self.port = int(place_line[1])
        self.listeners = {name: int(port) for name, port in re.findall(r"(\w+) on 127\.0\.0\.1:(\d+)", place_line[2])}

    def _started(self, log: BinaryIO) -> "subprocess.Popen[bytes] | PreloadedProcess":
        if self._is_forked:
            words = ("--settings", str(self.settings), "serve")
            return PreloadedProcess(words, _plain_environment(), log.fileno(), log.fileno())
        return subprocess.Popen(self.arguments("serve"), stderr=log, stdout=log, env=_plain_environment())

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    @property
    def pid(self) -> int:
        """The daemon's process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def recording_pid(self) -> int | None:
        """The process that records; None while there is none."""
        return next((process for process in descendants(self.pid) if _runs(process, "recording")), None)

    @property
    def reader_pid(self) -> int | None:
        """The process that reads letters; None while there is none."""
        return next((process for process in descendants(self.pid) if _runs(process, "reader")), None)

    @property
    def fork_server_pid(self) -> int | None:
        """The process that forks the others; None once it has ended."""
        return next((process for process in descendants(self.pid) if _runs(process, "fork server")), None)

    def stop(self) -> int:
        """Ask it to stop and wait for it; answer its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(STOP_SECONDS)
        self._process = None
        return code

    def ended(self) -> int:
        """Wait until it ends by itself; answer its exit code."""
        assert self._process is not None
        code = self._process.wait(STOP_SECONDS)
        self._process = None
        return code

    def kill(self) -> None:
        """End it without a word."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(STOP_SECONDS)
        self._process = None

    def send(self, path: str, letter: bytes, reverse_path: str = "") -> str:
        """Hand in *letter*, and give the reply to it, or to a RCPT that was refused."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.ehlo("client.example.net")
            client.mail(reverse_path)
            code, words = client.rcpt(path)
            if code == ACCEPTED:
                code, words = client.data(letter)
            return f"{code} {words.decode()}"

    def path(self, account: str, recipient: str) -> str:
        """Sign a return path for *recipient*: what comes to it is proven."""
        key = Key((self.folder / "2026.key").read_bytes().strip())
        return sign(account, recipient, domain=DOMAIN, key=key, today=int(time.time()) // 86_400, days=30)

    def command(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``bouncer WORDS`` with the same settings."""
        if self.before:
            result = subprocess.run(
                self.arguments(*words),
                capture_output=True,
                text=True,
                check=False,
                timeout=COMMAND_SECONDS,
                env=_plain_environment(),
            )
        else:
            result = run(["--settings", str(self.settings), *words], _plain_environment(), COMMAND_SECONDS)
        assert result.returncode == 0 or not check, result.stderr
        return result

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """Answer what a listing command lists."""
        return [json.loads(line) for line in self.command(*words, "--json").stdout.splitlines()]

    def believe(self, account: str, *servers: str) -> None:
        """Have *account* believe its *servers*, which no command takes where they are this host: here all of the world is."""
        with (
            contextlib.closing(sqlite3.connect(self.folder / "bouncer.db", timeout=PATIENCE_SECONDS)) as database,
            database,
        ):
            database.execute(
                "UPDATE accounts SET terms = ? WHERE name = ?", (json.dumps({"servers": servers}), account)
            )

    def notices(self) -> list[EmailMessage]:
        """Answer every mail that was forwarded, in no order."""
        new = self.folder / "forwarded" / "new"
        return [
            cast("EmailMessage", email.message_from_bytes(file.read_bytes(), policy=default))
            for file in (new.iterdir() if new.exists() else ())
        ]

    def lines(self, event: str) -> list[str]:
        """Answer what the log says of one kind of event, without time and level."""
        matches = re.finditer(rf"^\S+ \S+ [A-Z]+ bouncer\.\S+ ({event} .*)$", self.log.read_text(), re.MULTILINE)
        return [line[1] for line in matches]

    def until(self, look: Callable[[], Found], seconds: float = PATIENCE_SECONDS) -> Found:
        """Wait until *look* answers something true, and answer that."""
        deadline = time.monotonic() + seconds
        while not (answer := look()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {seconds:g} s; its log:\n{self.log.read_text()}")
            time.sleep(LOOK_SECONDS)
        return answer


def descendants(pid: int) -> list[int]:
    """The processes that the process *pid* has started, and those that they have started."""
    children: list[int] = []
    with contextlib.suppress(OSError):  # it has ended meanwhile
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            children += [int(child) for child in tasks.read_text().split()]
    return [*children, *(further for child in children for further in descendants(child))]


def _runs(pid: int, name: str) -> bool:
    """Whether the process has that name, which the fork server gives, or is a program that runs the module of that name."""
    folder = Path(f"/proc/{pid}")
    try:
        has_name = (folder / "comm").read_text().strip() == name
        is_alive = "\nState:\tZ" not in (folder / "status").read_text()
        return is_alive and (has_name or f".{name}_worker".encode() in (folder / "cmdline").read_bytes())
    except OSError:  # it has ended meanwhile
        return False


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BOUNCER_")}
