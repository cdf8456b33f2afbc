"""The real programs that tests run against: find them, say why one is absent, start a mail server with one call.

    part = find("postfix")                     # None when absent; why_absent("postfix") is the sentence to skip with
    with postfix({"rp.example.com": ours, "example.org": refuser.port}) as server:
        submit(server.port, "acme@rp.example.com", ["unknown@example.org"], letter)

``tests/programs/fetch`` unpacks them (``make real-parts``). Mail servers are only ever taken from there, never from the system,
and run shut off from it (private_root.py). They need root, for the private namespaces; plain commands do not.
"""

import contextlib
import functools
import itertools
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from programs.names import LOOPBACK, NameServer
from programs.private_root import UNSHARE, Place, Setup, inhabit
from programs.servers import courier as courier_server
from programs.servers import exim as exim_server
from programs.servers import opensmtpd as opensmtpd_server
from programs.servers import postfix as postfix_server
from programs.servers import sendmail as sendmail_server
from programs.world import LISTS_DOMAIN, World

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "real-parts"
FIRST_PORT, PORTS = 15_000, 17_000
"""Ports that tests listen on: Linux gives those from 32768 on to outgoing connections (net.ipv4.ip_local_port_range)."""
_port_numbers = itertools.count(os.getpid() * 1_009)

SERVERS: Mapping[str, Callable[[World], Setup]] = {
    "postfix": postfix_server.setup,
    "exim": exim_server.setup,
    "sendmail": sendmail_server.setup,
    "opensmtpd": opensmtpd_server.setup,
    "courier": courier_server.setup,
}

# Programs that take, judge, draw or store mail, and send none: a module of its own starts each (dovecot.py, rspamd.py ...).
READERS = ("dovecot", "rspamd", "chromium", "firefox", "postgresql")

# Programs that hand requests of HTTP on to our daemon (proxies.py).
HTTP_PROXIES = ("nginx", "haproxy")

# Parts that are read, and not run by themselves: packages of npm, for node.
LIBRARIES = ("npm",)

# Command -> the part it is unpacked with, and where it lies there.
COMMANDS = {
    "smtp-source": ("postfix", "usr/sbin/smtp-source"),
    "smtp-sink": ("postfix", "usr/sbin/smtp-sink"),
    "opendkim": ("opendkim", "usr/sbin/opendkim"),
    "swaks": ("swaks", "usr/bin/swaks"),
    "node": ("node", "usr/bin/node"),
    "systemd-analyze": ("systemd", "usr/bin/systemd-analyze"),
    "systemd-socket-activate": ("systemd", "usr/bin/systemd-socket-activate"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A real program that is there."""

    name: str
    version: str
    root: Path
    command: tuple[str, ...] = ()
    """For plain commands: the words to start it with; its own arguments follow. Empty for mail servers."""


def find(name: str) -> Part | None:
    """Answer the mail server or command of that name, None when it cannot be used here (see ``why_absent``)."""
    return None if why_absent(name) else _find_uncached(name)


def why_absent(name: str) -> str:
    """Answer in a sentence why the part cannot be used here; empty when it can."""
    if _find_uncached(name) is None:
        return f"{name} is not there: `make real-parts` gets it"
    return "" if name in COMMANDS or name in LIBRARIES else _why_no_private_root()


def _find_uncached(name: str) -> Part | None:
    package, path = COMMANDS.get(name, (name, ""))
    if name not in (names := [*SERVERS, *READERS, *HTTP_PROXIES, *COMMANDS, *LIBRARIES]):
        raise LookupError(f"no real part is called {name!r}; there are {', '.join(names)}")
    root = CACHE / package / "root"
    if (root.parent / "stamp.json").is_file():
        version = json.loads((root.parent / "stamp.json").read_text())["version"]
        return Part(name, version, root, _unpacked_command(root, path) if path else ())
    installed = shutil.which(name) if path else None
    return Part(name, "as installed", Path("/"), (installed,)) if installed else None


def _unpacked_command(root: Path, path: str) -> tuple[str, ...]:
    """Start a program of the unpacked tree with that tree's own loader and libraries, from outside of it."""
    (loader,) = (root / "usr").glob("lib*/ld-linux*.so.?")
    libraries = [
        *root.glob("usr/lib/*-linux-gnu*"),
        *root.glob("usr/lib/*-linux-gnu*/systemd"),
        root / "usr/lib/postfix",
        root / "usr/lib",
    ]
    start = (str(loader), "--library-path", ":".join(map(str, libraries)))
    if not (root / path).read_bytes().startswith(b"#!/usr/bin/perl"):
        return (*start, str(root / path))
    modules = [*root.glob("usr/share/perl*"), *root.glob("usr/share/perl/5.*"), *root.glob("usr/lib/*/perl*/5.*")]
    modules += [*root.glob("usr/lib/*/perl-base")]
    return (*start, str(root / "usr/bin/perl"), *(f"-I{folder}" for folder in modules), str(root / path))


@functools.cache
def _why_no_private_root() -> str:
    if os.geteuid() != 0:
        return "real mail servers run shut off from the machine, in private namespaces, and making those needs root"
    if not shutil.which("unshare"):
        return "real mail servers run in private namespaces, and unshare (of util-linux) is not there to make them"
    attempt = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    return f"this machine does not allow private namespaces: {attempt.stderr.strip()}" if attempt.returncode else ""


@contextlib.contextmanager
def mail_server(
    name: str,
    routes: Mapping[str, int],
    *,
    hostname: str = "mx.example.net",
    aliases: Mapping[str, str] | None = None,
    retry_every: int = 1,
    warn_after: int | None = None,
    expire_after: int = 3600,
    listeners: Mapping[str, int | str] | None = None,
    mailboxes: Mapping[str, int] | None = None,
    logins: int = 0,
    submission: int = 0,
    behind: Mapping[str, int] | None = None,
    also: str = "",
    chroot: bool = False,
    proxied: int = 0,
) -> Iterator[Place]:
    """Run the mail server until the block ends. ``routes``: domain -> port on 127.0.0.1; see ``World`` for the others.

    It takes mail from 127.0.0.1 for anyone on ``server.port``. Domains without a route do not exist. RuntimeError, with the
    server's own log, when it does not start; LookupError when it is absent.
    """
    part = find(name)
    if part is None:
        raise LookupError(why_absent(name))
    times = (retry_every, warn_after, expire_after)
    places = (listeners or {}, chroot, logins, submission, proxied, mailboxes or {}, behind or {})
    world = World(free_port(), routes, hostname, aliases or {}, *times, *places, also)
    with (
        NameServer(hosts=(hostname, "client.example.net"), domains=(*routes, LISTS_DOMAIN)) as names,
        inhabit(part.root, SERVERS[name](world), hostname=hostname, port=world.port, nameserver=names.address) as place,
    ):
        yield place


def free_port() -> int:
    """Give a port on 127.0.0.1 where nobody listens at this moment, another one at each call.

    It lies below the ports that the kernel gives to outgoing connections: such a connection could take it before the server does,
    which may need seconds to start. Each process of the tests begins at another port.
    """
    while True:
        port = FIRST_PORT + next(_port_numbers) % PORTS
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
            return port


postfix = functools.partial(mail_server, "postfix")
exim = functools.partial(mail_server, "exim")
sendmail = functools.partial(mail_server, "sendmail")
opensmtpd = functools.partial(mail_server, "opensmtpd")
courier = functools.partial(mail_server, "courier")
