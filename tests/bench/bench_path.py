"""The whole path, from SMTP to the record and to the notice, through ``bouncer serve``: rates, CPU, delays, memory.

    bench_path.py [--letters N] [--rate N --seconds N] [--bounces N] [--on empty,filled] [--only MODE,...] [--store URL]
                  [--kept] [--dkim]

Each letter has its own signed return path and recipient: all are proven, and suppress. MODE: full, as many letters as are
taken, told to nobody; full-told, a notice each; steady and steady-told, the same at RATE a second for SECONDS. ``empty`` is
a new store for each mode, ``filled`` one of ``--bounces`` in several accounts, which is made at its first use and kept in
var/bench. Another store (--store) must be empty, or filled by an earlier run, and serves all modes.

A bare aiosmtpd sink takes the same letters in the same run; the ratio is to what it takes a second. A delay counts from the
client's 250: to the log's line after the commit, and to the moment at which a sink in the smarthost's place has the notice.
CPU (a letter) is of the daemon with all its processes, and of each of PROCESSES; PSS (the most) is of all together.
"""

import argparse
import contextlib
import datetime as dt
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
sys.path.insert(0, str(PROJECT / "tests"))
os.environ["TZ"] = "UTC"  # of the daemon's log
time.tzset()

import sqlalchemy as sa
from contract.filled import add_totals
from cpu import cpu_seconds
from programs.ours import Ours
from programs.parts import free_port

from bouncer.store.tables import bounces, letters, outbox, send_counts, suppressions, trail

PROCESSES = ("receiving", "recording", "reader", "mailing")
MODES = ("full", "full-told", "steady", "steady-told")
KINDS = {"quiet": "--no-forward", "told": "--forward"}
ACCOUNTS = 5
"""Accounts of each kind."""
BASE = 10_000
"""Bounces that the daemon records itself for a filled store; SQL multiplies them."""
FULL_SESSIONS, STEADY_SESSIONS = 20, 40
PATIENCE_SECONDS = 30.0
"""Seconds without a further record or notice after which what is missing counts as lost."""
REST_SECONDS = 1.0
LOOK_SECONDS = 0.25
HOUR = dt.timedelta(hours=1)
ID_HOUR = 3_600_000 << 21
"""An hour in the ids of letters and bounces (``bouncer.store.engine.ids``)."""
RECORDED = re.compile(rb"^(\S+ \S+) INFO \S+ recorded letter=(\S+) .*? recipient='([^']+)'", re.MULTILINE)


@dataclass(slots=True)
class Run:
    """The results of one run; moments are seconds since 1970."""

    sent: dict[str, tuple[float, float]]  # by recipient: the end of DATA, and 250
    recorded: dict[str, float] = field(default_factory=dict)
    notified: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    cpu_of: dict[str, float] = field(default_factory=dict)  # by PROCESSES
    pss: float = 0.0

    def delays(self, moments: dict[str, float]) -> list[float]:
        """Give the seconds from 250 to *moments*, the shortest first."""
        return sorted(moment - self.sent[recipient][1] for recipient, moment in moments.items())

    def rate(self, moments: dict[str, float]) -> float:
        """Give how many a second came to *moments*, from the first letter on."""
        if not moments:
            return 0.0
        return len(moments) / (max(moments.values()) - min(at for at, _ in self.sent.values()))

    @property
    def answered(self) -> dict[str, float]:
        """The moment of each 250."""
        return {recipient: moment for recipient, (_, moment) in self.sent.items() if moment}


def processes(pid: int) -> list[int]:
    """Give the process and its descendants."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [pid, *(descendant for child in children for descendant in processes(child))]


def processes_named(pid: int, name: str) -> list[int]:
    """Give the daemon's processes of one of PROCESSES; none where the daemon is one process."""
    if name == PROCESSES[0]:
        return [pid]
    return [process for process in processes(pid) if Path(f"/proc/{process}/comm").read_text().strip() == name]


def pss(pid: int) -> float:
    """Give the proportional memory of the process and its children in MB."""
    total = 0
    for process in processes(pid):
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            total += int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
    return total / 1024


@contextlib.contextmanager
def beside(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Run one of our scripts in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process


def told_to(process: subprocess.Popen[str]) -> IO[str]:
    """Give the standard input of *process*."""
    assert process.stdin is not None
    return process.stdin


def heard_from(process: subprocess.Popen[str]) -> IO[str]:
    """Give the standard output of *process*."""
    assert process.stdout is not None
    return process.stdout


def accounts_of(kind: str) -> list[str]:
    """Give the names of the accounts of a kind."""
    return [f"{kind}{number}" for number in range(ACCOUNTS)]


@contextlib.contextmanager
def loading(
    port: int, key: str, accounts: Sequence[str], count: int, rate: float, *, keep_open: bool
) -> Iterator[subprocess.Popen[str]]:
    """Run the load generator until it is ready to send."""
    sessions = STEADY_SESSIONS if rate else FULL_SESSIONS
    words = [port, key, f"r{secrets.token_hex(4)}", ",".join(accounts), count, rate, sessions, *(["kept"] * keep_open)]
    with beside(str(HERE / "path_load.py"), *map(str, words)) as load:
        assert heard_from(load).readline() == "ready\n"
        yield load


def results(load: subprocess.Popen[str]) -> Run:
    """Let *load* send, and give what it says at its end."""
    told_to(load).write("\n")
    told_to(load).flush()
    rows = (line.split() for line in heard_from(load))
    return Run({recipient: (float(sent), float(moment)) for recipient, sent, moment in rows})


class Watching:
    """Follows the daemon's log and its memory while a mode runs."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        self._from = ours.log.stat().st_size
        self._cpu = self._seconds()
        self.pss = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(1.0):
            self.pss = max(self.pss, pss(self._ours.pid))

    def until(self, recorded: int, sent: int) -> bytes:
        """Wait until the log has so many lines of these events and rests, or rests for long; give the log.

        An older notice may leave before those that are counted: so it must rest, too.
        """
        log, at = b"", time.monotonic()
        with self._ours.log.open("rb") as file:
            file.seek(self._from)
            while True:
                if octets := file.read():
                    log, at = log + octets, time.monotonic()
                whole = log.count(b" recorded letter=") >= recorded and log.count(b" sent entry=") >= sent
                if time.monotonic() - at > (REST_SECONDS if whole else PATIENCE_SECONDS):
                    return log
                time.sleep(LOOK_SECONDS)

    def _seconds(self) -> list[float]:
        pid = self._ours.pid
        return [cpu_seconds(processes(pid)), *(cpu_seconds(processes_named(pid, name)) for name in PROCESSES)]

    def end(self) -> list[float]:
        """End, and give the seconds of CPU since the beginning: of all processes, and of each of PROCESSES."""
        self._stop.set()
        self._thread.join()
        return [after - before for before, after in zip(self._cpu, self._seconds(), strict=True)]


def _moment(text: bytes) -> float:
    return dt.datetime.strptime(text.decode() + "000+0000", "%Y-%m-%d %H:%M:%S,%f%z").timestamp()


def measure(ours: Ours, sink: subprocess.Popen[str], mode: str, options: argparse.Namespace) -> Run:
    """Run *mode*; the notices are not known until the sink has ended."""
    is_told = mode.endswith("-told")
    rate = options.rate if mode.startswith("steady") else 0
    count = rate * options.seconds if rate else options.letters
    accounts = accounts_of("told" if is_told else "quiet")
    key = (ours.folder / "2026.key").read_text().strip()
    with loading(ours.port, key, accounts, count, rate, keep_open=options.kept) as load:
        watching = Watching(ours)
        run = results(load)
    log = watching.until(len(run.answered), len(run.answered) if is_told else 0)
    run.cpu, *of_each = watching.end()
    run.cpu_of = dict(zip(PROCESSES, of_each, strict=True))
    run.pss = watching.pss
    numbers = {}
    for moment, number, recipient in RECORDED.findall(log):
        if (name := recipient.decode()) in run.sent:
            run.recorded[name] = _moment(moment)
            numbers[number.decode()] = name
    told_to(sink).close()
    for line in heard_from(sink):
        message_id, moment_text = line.split()
        if (name_of_number := numbers.get(message_id.partition(".")[0])) is not None:
            run.notified[name_of_number] = float(moment_text)
    return run


@contextlib.contextmanager
def serving(folder: Path, port: int, options: argparse.Namespace) -> Iterator[Ours]:
    """Run the daemon in *folder*, with its accounts, and with a sink at *port* for its smarthost."""
    forward = f'dkim_key = "{folder}/dkim.pem"' if options.dkim else ""
    if options.dkim:
        subprocess.run(["openssl", "genrsa", "-out", f"{folder}/dkim.pem", "2048"], capture_output=True, check=True)
    ours = Ours(folder, courier=f"smtp://127.0.0.1:{port}", forward=forward, anew=True)
    if options.store:
        ours.settings.write_text(ours.settings.read_text().replace(f"sqlite:///{folder}/bouncer.db", options.store))
    with ours:
        names = {row["name"] for row in ours.rows("account", "list")}
        for kind, forwarding in KINDS.items():
            for name in accounts_of(kind):
                if name not in names:
                    owner = ("--owner", f"ann@{name}.example", "--prefer", "most=0")
                    ours.command("account", "add", name, *owner, forwarding)
        time.sleep(2)  # the daemon reads its accounts once a second
        _warm(ours)
        yield ours


def _warm(ours: Ours) -> None:
    """Have a report told, so that every process runs."""
    key = (ours.folder / "2026.key").read_text().strip()
    with loading(ours.port, key, accounts_of("told"), ACCOUNTS, 0, keep_open=False) as load:
        watching = Watching(ours)
        results(load)
    watching.until(ACCOUNTS, ACCOUNTS)
    watching.end()


def run_mode(folder: Path, mode: str, options: argparse.Namespace) -> Run:
    """Run *mode* on the store in *folder*."""
    with (
        beside(str(HERE / "notice_sink.py")) as sink,
        serving(folder, int(heard_from(sink).readline()), options) as ours,
    ):
        return measure(ours, sink, mode, options)


def sink_run(options: argparse.Namespace, rate: int = 0) -> Run:
    """Have a bare aiosmtpd sink take the letters of the same load generator."""
    port = free_port()
    with beside(str(HERE / "bare_sink.py"), str(port)) as sink:
        heard_from(sink).readline()
        count = rate * options.seconds if rate else options.letters
        with loading(port, "k" * 32, ["acme"], count, rate, keep_open=options.kept) as load:
            before = cpu_seconds([sink.pid])
            run = results(load)
            run.cpu = cpu_seconds([sink.pid]) - before
        told_to(sink).close()
        return run


def sink_row(run: Run) -> str:
    """Give the figures of the sink in one line."""
    count = len(run.answered)
    return f"{'bare aiosmtpd sink':20}{count:7}{run.rate(run.answered):7.0f}{1000 * run.cpu / max(1, count):29.2f}"


def url_of(folder: Path, options: argparse.Namespace) -> str:
    """Give the store's url."""
    return options.store or f"sqlite:///{folder}/bouncer.db"


def fill(folder: Path, options: argparse.Namespace) -> None:
    """Fill the store in *folder*: the daemon records BASE bounces, half of them told, and SQL repeats them hour by hour."""
    mark = folder / "filled"
    if mark.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    base = argparse.Namespace(**{**vars(options), "letters": min(BASE, options.bounces) // 2})
    for mode in ("full", "full-told"):
        run_mode(folder, mode, base)
    engine = sa.create_engine(url_of(folder, options))
    with engine.begin() as connection:
        last = {table.name: connection.scalar(sa.select(sa.func.max(table.c.id))) for table in COPIED}
        hours = connection.scalars(sa.select(send_counts.c.hour).distinct()).all()
    for copy in range(1, options.bounces // base.letters // 2):
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA synchronous = OFF")
                connection.exec_driver_sql("PRAGMA cache_size = -500000")
            for table in COPIED:
                connection.execute(_copying(table, copy, last[table.name]))
            connection.execute(_counting(copy, hours))
    with engine.begin() as connection:
        add_totals(connection)
    engine.dispose()
    mark.touch()


COPIED = (letters, bounces, outbox, suppressions, trail)
_ADDRESSES = ("recipient", "recipient_key", "address", "address_key")
_MICROSECONDS = HOUR // dt.timedelta(microseconds=1)


def _copying(table: sa.Table, copy: int, last: int) -> sa.Insert:
    """Build the statement that copies *table*'s rows up to *last*, *copy* hours earlier, each with another address."""
    copied = dict[str, sa.ColumnElement[object]]()
    for column in table.c:
        if column.name == "id":
            if table in (letters, bounces):
                copied["id"] = column - copy * ID_HOUR
        elif column.name == "letter_id":
            copied["letter_id"] = column - copy * ID_HOUR
        elif column.name in _ADDRESSES:
            copied[column.name] = sa.literal(f"c{copy}.") + column
        elif column.name in ("event", "message_id"):
            copied[column.name] = column + f".c{copy}"
        elif isinstance(column.type, type(letters.c.received_at.type)):
            copied[column.name] = sa.type_coerce(
                sa.type_coerce(column, sa.BigInteger) - copy * _MICROSECONDS, column.type
            )
        else:
            copied[column.name] = column
    if table is letters:  # of old letters only the records are left
        copied |= {"raw_id": sa.null(), "state": sa.literal("retired")}
    rows = sa.select(*(value.label(name) for name, value in copied.items())).where(table.c.id <= last)
    if table in (letters, bounces):
        rows = rows.where(table.c.id > sa.select(sa.func.max(table.c.id)).scalar_subquery() - ID_HOUR // 2)
    return sa.insert(table).from_select(list(copied), rows)


def _counting(copy: int, hours: Sequence[dt.datetime]) -> sa.Insert:
    names = [column.name for column in send_counts.c]
    shifted = sa.type_coerce(
        sa.type_coerce(send_counts.c.hour, sa.BigInteger) - copy * len(hours) * _MICROSECONDS,
        send_counts.c.hour.type,
    )
    columns = (shifted if name == "hour" else send_counts.c[name] for name in names)
    return sa.insert(send_counts).from_select(names, sa.select(*columns).where(send_counts.c.hour.in_(hours)))


def row(name: str, run: Run, sink: float) -> str:
    """Give the figures of a run in one line."""
    goal = run.notified if "-told" in name else run.recorded
    columns = [f"{name:20}{len(run.answered):7}{run.rate(run.answered):7.0f}{run.rate(run.recorded):7.0f}"]
    columns.append(f"{run.rate(run.notified):7.0f}{run.rate(goal) / sink:7.2f}")
    columns += [f"{1000 * seconds / max(1, len(run.answered)):8.2f}" for seconds in (run.cpu, *run.cpu_of.values())]
    for moments in (run.recorded, run.notified):
        delays = run.delays(moments)
        columns += [
            f"{1000 * delays[int(len(delays) * part)]:7.0f}" if delays else f"{'-':>7}" for part in (0.5, 0.9, 0.99)
        ]
    lost = len(run.answered) - len(goal)
    return "".join(columns) + f"{run.pss:6.0f}" + (f"  {lost} LOST" if lost else "")


HEAD = (
    f"{'':20}{'letters':>7}{'250/s':>7}{'rec/s':>7}{'told/s':>7}{'ratio':>7}{'cpu ms':>8}{'receive':>8}{'record':>8}"
    f"{'read':>8}{'mail':>8}"
    f"{'rec50':>7}{'rec90':>7}{'rec99':>7}{'not50':>7}{'not90':>7}{'not99':>7}{'PSS':>6}"
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--letters", type=int, default=6000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--bounces", type=int, default=1_000_000)
    parser.add_argument("--on", default="empty,filled")
    parser.add_argument("--only", default=",".join(MODES))
    parser.add_argument("--store", default="", help="the url of a store that is not in a file of ours")
    parser.add_argument("--kept", action="store_true", help="keep the connections")
    parser.add_argument("--dkim", action="store_true", help="sign the notices")
    options = parser.parse_args()
    print(HEAD, flush=True)
    print(sink_row(bare := sink_run(options)), flush=True)
    sink = bare.rate(bare.answered)
    for place in options.on.split(","):
        for mode in options.only.split(","):
            with tempfile.TemporaryDirectory(dir=make_folder(PROJECT / "var/bench")) as fresh:
                folder = Path(fresh) / "store"
                if place == "filled":
                    folder = PROJECT / f"var/bench/{options.bounces}"
                    fill(folder, options)
                print(row(f"{mode}, {place}", run_mode(make_folder(folder), mode, options), sink), flush=True)
    print(sink_row(sink_run(options)), flush=True)
    if any(mode.startswith("steady") for mode in options.only.split(",")):
        print(sink_row(sink_run(options, options.rate)))


def make_folder(folder: Path) -> Path:
    """Make *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    main()
