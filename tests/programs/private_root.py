"""Run a mail server that was unpacked, not installed: in a root directory, process tree and host name of its own.

The server sees the unpacked tree as ``/``, with /etc, /var, /run, /tmp and /dev from a directory made for this one run, and
it asks our own name server. All of it lives in private Linux namespaces (unshare(1)): the machine's files, users, mail
servers, log and host name are not touched. The first process of the tree waits for our end of a pipe to close, by intent or
because we died; then it ends, and the kernel ends all others of its tree with it, and no process besides.
Only the network is shared, because the tests talk to the server on 127.0.0.1.
"""

import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from programs.names import LOOPBACK

STARTING_SECONDS = 60.0
OLD = 1_000_000_000
"""Seconds since 1970 at which each settings file seems written: Postfix waits where one is younger than some seconds."""
OWN_FOLDERS = ("etc", "var", "run", "tmp", "dev")
DEVICES = ("null", "zero", "random", "urandom")
UNSHARE = ("unshare", "--mount", "--uts", "--ipc", "--pid", "--fork")

# The end of the script that is the first process. It stays, because a server that changes its user would no longer
# hear of our death by signal.
WATCH = """\
trap 'exit 0' TERM
exec 3<&0
chroot {inside} /bin/sh -c {command} 3<&- &
server=$!
(cat > /dev/null; kill -TERM 1) <&3 &
wait $server
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder the server wants to own."""

    path: str
    owner: str = "root"
    mode: int = 0o755
    group: str = ""
    """The group's name; empty where the group is called as the owner."""


@dataclass(frozen=True, slots=True)
class Setup:
    """All that is special about one kind of server; paths are as the server sees them."""

    command: str
    """A shell script that ends by becoming the server (exec), in the foreground."""
    users: Mapping[str, int] = field(default_factory=dict)
    """User (each with a group of that name) -> number."""
    files: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[Folder, ...] = ()
    setuid: tuple[str, ...] = ()
    """Programs that must be set-user-id root; they are so only inside."""
    greeting: bytes = b"220"
    """The beginning of the server's first words to a client; empty where the server waits for a question."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a running server keeps its things, as seen from outside."""

    folder: Path
    hostname: str
    port: int

    def log(self) -> str:
        """Everything that the server has logged or printed so far."""
        return "".join(
            (self.folder / name).read_text("utf-8", "replace")
            for name in ("syslog", "console")
            if (self.folder / name).exists()
        )

    def run(self, *words: str, input_octets: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a program of the server's own inside, with *input_octets* as its standard input."""
        enter = (
            "nsenter",
            "--target",
            str(self.inhabitant()),
            "--mount",
            "--uts",
            "--ipc",
            "--pid",
            "--root",
            "--wd=/",
        )
        return subprocess.run(
            [*enter, *words], input=input_octets, capture_output=True, check=False, timeout=STARTING_SECONDS
        )

    def inhabited(self) -> bool:
        """Whether it runs."""
        return self.inhabitant() is not None

    def inhabitant(self) -> int | None:
        """The process that has seen our folder as its root for the longest time: others may end at any moment."""
        since = dict[int, int]()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                if (process / "root").readlink() == self.folder / "root":
                    fields = (process / "stat").read_text().rpartition(")")[2].split()
                    since[int(process.name)] = int(fields[19])  # starttime, proc(5)
        return min(since, key=lambda number: (since[number], number), default=None)


@contextlib.contextmanager
def inhabit(root: Path, setup: Setup, *, hostname: str, port: int, nameserver: str) -> Iterator[Place]:
    """Run a server in the unpacked ``root`` until the block ends; RuntimeError with its log when it does not answer.

    ``port`` 0: it answers nobody, and is there for ``IndexPlace.run``.
    """
    with tempfile.TemporaryDirectory(prefix="real-", ignore_cleanup_errors=True) as temporary:
        place = Place(Path(temporary), hostname, port)
        _furnish(place, root, setup, nameserver)
        with _syslog(place), _process(place, root, setup) as process:
            _wait_until_it_answers(place, process, setup.greeting)
            yield place


def _furnish(place: Place, root: Path, setup: Setup, nameserver: str) -> None:
    for name in OWN_FOLDERS:
        own = place.folder / name
        if name in ("etc", "var"):
            shutil.copytree(root / name, own, symlinks=True)
        else:
            own.mkdir()
        own.chmod(0o755)
    (place.folder / "tmp").chmod(0o1777)
    if not os.path.lexists(place.folder / "var/run"):
        (place.folder / "var/run").symlink_to("/run")
    (place.folder / "root").mkdir()
    for path, text in (_etc(place, setup, nameserver) | dict(setup.files)).items():
        file = place.folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text)
        os.utime(file, (OLD, OLD))
    for folder in setup.folders:
        own = place.folder / folder.path.lstrip("/")
        own.mkdir(parents=True, exist_ok=True)
        os.chown(own, setup.users.get(folder.owner, 0), setup.users.get(folder.group or folder.owner, 0))
        own.chmod(folder.mode)


def _etc(place: Place, setup: Setup, nameserver: str) -> dict[str, str]:
    users = {"root": 0, "daemon": 1, "mail": 8, "nobody": 65534} | dict(setup.users)
    return {
        "/etc/passwd": "".join(f"{name}:x:{n}:{n}:{name}:/var/empty:/bin/false\n" for name, n in users.items()),
        "/etc/group": "".join(f"{name}:x:{n}:\n" for name, n in users.items()),
        "/etc/hosts": f"{LOOPBACK} client.example.net localhost\n",
        "/etc/resolv.conf": f"nameserver {nameserver}\noptions timeout:2 attempts:1\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n",
        "/etc/hostname": place.hostname + "\n",
        "/etc/mailname": place.hostname + "\n",
    }


def _script(place: Place, root: Path, setup: Setup) -> str:
    """The shell script that turns a fresh mount namespace into the server's world."""
    inside = shlex.quote(str(place.folder / "root"))
    own = shlex.quote(str(place.folder))
    lines = [
        "set -e",
        f"hostname {shlex.quote(place.hostname)}",
        f"mount --bind {shlex.quote(str(root))} {inside}",
        f"mount -o remount,bind,ro {inside}",
        *(f"mount --bind {own}/{name} {inside}/{name}" for name in OWN_FOLDERS),
        *(f": > {inside}/dev/{name}; mount --bind /dev/{name} {inside}/dev/{name}" for name in DEVICES),
        f"mount -t proc proc {inside}/proc || true",
    ]
    for number, program in enumerate(setup.setuid):
        copy = f"{own}/setuid{number}"
        lines.append(f"cp {inside}{program} {copy}; chmod 4755 {copy}; mount --bind {copy} {inside}{program}")
    return "\n".join([*lines, WATCH.format(inside=inside, command=shlex.quote(setup.command))])


@contextlib.contextmanager
def _process(place: Place, root: Path, setup: Setup) -> Iterator[subprocess.Popen[bytes]]:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC", "LC_ALL": "C"}
    with (place.folder / "console").open("wb") as console:
        process = subprocess.Popen(
            [*UNSHARE, "sh", "-c", _script(place, root, setup)],
            stdin=subprocess.PIPE,
            stdout=console,
            stderr=console,
            env=environment,
            cwd="/",
        )
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait()


@contextlib.contextmanager
def _syslog(place: Place) -> Iterator[None]:
    """Let lines that servers send to syslog go to a file of theirs, not to the machine's log."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        address = place.folder / "dev" / "log"
        listener.bind(str(address))
        address.chmod(0o666)
        thread = threading.Thread(target=_write_down, args=(listener, place.folder / "syslog"), daemon=True)
        thread.start()
        try:
            yield
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
                last.sendto(b"", str(address))
            thread.join()


def _write_down(listener: socket.socket, file: Path) -> None:
    with file.open("ab", buffering=0) as log:
        while entry := listener.recv(65536):
            log.write(entry.rstrip(b"\0\n") + b"\n")


def _wait_until_it_answers(place: Place, process: subprocess.Popen[bytes], greeting: bytes) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < end:
        if not place.port and place.inhabited():
            return
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, place.port), timeout=5) as client:
            if not greeting or client.recv(512).startswith(greeting):
                return
        time.sleep(0.05)  # a listening port sends no event
    raise RuntimeError(f"{place.hostname} did not answer on port {place.port}; it said:\n{place.log()}")
