"""PostgreSQL: a database server of its own, with its data in a folder that goes with it.

It listens on a Unix socket, where it trusts everybody, and on 127.0.0.1, where it asks for a password. Settings: "PostgreSQL 15
Documentation", chapter 20; pg_ctl(1), initdb(1).
"""

import contextlib
import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from programs.names import LOOPBACK
from programs.parts import find, free_port, why_absent
from programs.private_root import Folder, Place, Setup, inhabit

BIN = "/usr/lib/postgresql/15/bin"
DATA = "/var/lib/postgresql/data"
SOCKETS = "/run/postgresql"
POSTGRES = 904
"""The server's user: it refuses to run as root."""
PATIENCE_SECONDS = 60.0
ENDS_MILLISECONDS = 20_000
"""The longest that the process of a connection takes to end."""

HBA = """\
local all all trust
host all all 127.0.0.1/32 scram-sha-256
"""
CONF = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '/run/postgresql'
max_connections = 60
shared_buffers = 64MB
max_wal_size = 2GB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = ''
"""
_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server that can be stopped, killed and started again."""

    place: Place
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)

    def url(self, database: str, user: str = "bouncer", **query: str) -> str:
        """Give the url of a database, by way of the socket."""
        parameters = "".join(f"&{name}={value}" for name, value in query.items())
        return f"postgresql+psycopg://{user}@/{database}?host={self.place.folder}{SOCKETS}&port={self.port}{parameters}"

    def make_database(self, template: str = "template0", owner: str = "bouncer", options: str = "") -> str:
        """Make a database as our manual says, and give its name."""
        name = f"test_{next(_names)}"
        self.sql(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C' {options}")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, with the connections to it."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def end_process(self, pid: int) -> None:
        """End the process of a connection, as an administrator does; it has ended when this returns."""
        assert self.sql(f"SELECT pg_terminate_backend({pid}, {ENDS_MILLISECONDS})") == "t"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run SQL as the superuser, and give the values, a row on each line and ``|`` between columns."""
        words = ("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", SOCKETS, "-p", str(self.port), "-U", "postgres")
        return self.run(*words, "-d", database, "-c", statement)

    def run(self, program: str, *words: str, input_octets: bytes = b"") -> str:
        """Run a program of PostgreSQL's as its user; RuntimeError with its words where it fails."""
        result = self.place.run(
            "chroot", f"--userspec={POSTGRES}:{POSTGRES}", "/", f"{BIN}/{program}", *words, input_octets=input_octets
        )
        if result.returncode:
            raise RuntimeError(f"{program}: {result.stderr.decode('utf-8', 'replace')}")
        return result.stdout.decode().strip()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        self.run("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", DATA, "-l", "/var/lib/postgresql/log", "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; it breaks all connections."""
        self.run("pg_ctl", "stop", "-w", "-t", "60", "-s", "-D", DATA, "-m", mode)

    def is_ready(self) -> bool:
        """Whether it answers."""
        words = ("chroot", f"--userspec={POSTGRES}:{POSTGRES}", "/", f"{BIN}/pg_isready", "-q", "-h", SOCKETS)
        return self.place.run(*words, "-p", str(self.port)).returncode == 0

    def pid(self) -> int:
        """A process that sees the server's files as the server does."""
        inhabitant = self.place.inhabitant()
        assert inhabitant
        return inhabitant

    def kill(self) -> None:
        """End all of the server's processes at once, as when the machine's memory is used up."""
        kill = "for p in /proc/[0-9]*; do read c < $p/comm 2>/dev/null && [ $c = postgres ] && kill -9 ${p#/proc/}; done; :"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self.place.run("sh", "-c", kill)
            if not self.place.run("sh", "-c", "cat /proc/[0-9]*/comm | grep -x postgres").stdout:
                return
            time.sleep(0.02)
        raise TimeoutError("PostgreSQL does not end")

    def log(self) -> str:
        """Everything that the server has logged."""
        return (self.place.folder / "var/lib/postgresql/log").read_text("utf-8", "replace")


@contextlib.contextmanager
def postgresql(**settings: str) -> Iterator[Server]:
    """Run PostgreSQL until the block ends, with the role ``bouncer``, who may make databases; *settings* are the server's own."""
    part = find("postgresql")
    if part is None:
        raise LookupError(why_absent("postgresql"))
    port = free_port()
    setup = Setup(
        command="exec sleep infinity",
        users={"postgres": POSTGRES},
        folders=(Folder("/var/lib/postgresql", owner="postgres"), Folder(SOCKETS, owner="postgres")),
    )
    with inhabit(part.root, setup, hostname="db.example.com", port=0, nameserver=LOOPBACK) as place:
        server = Server(place, port, settings)
        server.run("initdb", "-D", DATA, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        (place.folder / f"{DATA}/postgresql.auto.conf".lstrip("/")).write_text(CONF.format(port=port))
        (place.folder / f"{DATA}/pg_hba.conf".lstrip("/")).write_text(HBA)
        server.start()
        server.sql("CREATE ROLE bouncer LOGIN CREATEDB PASSWORD 'bouncer'")
        yield server
        server.stop("immediate")
