"""How many messages a second pass the milter on one core, and what it costs a real Postfix.

    bench_milter.py [--messages N] [--letters N] [--rounds N]

First milter traffic alone against ``bouncer serve`` with its store on a disk, each message looked up, counted and
signed; then Postfix's smtp-source through Postfix into its smtp-sink, without and with the milter by turns in one run. Exit
status 1 where a goal is missed.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

from programs.ours import LISTENERS, Ours
from programs.parts import find, free_port, postfix, why_absent

GOAL_RATE = 1000
"""Messages a second through the milter on one core."""
GOAL_RATIO = 0.8
"""The least fraction of the letters a second that Postfix takes without the milter."""
CONNECTIONS = 20
SUPPRESSED = 5
"""Messages to a suppressed recipient in a hundred messages of the first part."""
OCTETS = 1700


@contextlib.contextmanager
def daemon() -> Iterator[Ours]:
    """Our daemon, its store on a disk: /tmp may be memory."""
    (PROJECT / ".cache").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PROJECT / ".cache") as folder:
        own = Path(folder) / "ours"  # its log lies beside it
        own.mkdir()
        with Ours(own, milter=LISTENERS, anew=True) as ours:
            ours.command(
                "account",
                "add",
                "acme",
                "--owner",
                "ann@acme.example",
                "--sender",
                "acme.example",
                "--suppressed",
                "drop",
            )
            ours.command("suppressions", "add", "--account", "acme", "gone@example.org")
            yield ours


def cpu_seconds(pid: int) -> float:
    """Seconds of processor that a process used, all of its threads (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rate_alone(ours: Ours, messages: int, connections: int) -> tuple[float, float]:
    """Messages a second, and for each second of processor that we used."""
    place = f"127.0.0.1:{ours.listeners['milter']}"
    words = (str(HERE / "asking_load.py"), place, str(messages), str(connections), str(SUPPRESSED))
    before = cpu_seconds(ours.pid)
    result = subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True)
    seconds, signed, discarded = map(float, result.stdout.split())
    assert signed + discarded == messages, result.stdout
    return messages / seconds, messages / (cpu_seconds(ours.pid) - before)


def rate_through(port: int, source: tuple[str, ...], letters: int) -> float:
    """Letters a second that Postfix at *port* takes."""
    load = ("-s", str(CONNECTIONS), "-l", str(OCTETS), "-m", str(letters), "-d")
    path = ("-f", "news@acme.example", "-t", "jane@example.org")
    begun = time.monotonic()
    subprocess.run([*source, *load, *path, f"inet:127.0.0.1:{port}"], check=True)
    return letters / (time.monotonic() - begun)


@contextlib.contextmanager
def sink(command: tuple[str, ...]) -> Iterator[int]:
    """Where the letters end: smtp-sink, which keeps nothing."""
    port = free_port()
    process = subprocess.Popen([*command, "-u", "root", f"inet:127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def rates_through(letters: int, rounds: int) -> list[tuple[float, float]]:
    """Letters a second without and with the milter, round by round: both servers run all the time and take turns."""
    source, end = find("smtp-source"), find("smtp-sink")
    assert source is not None
    assert end is not None
    with daemon() as ours, sink(end.command) as port, contextlib.ExitStack() as stack:
        routes = {"example.org": port}
        ports = [
            stack.enter_context(postfix(routes, listeners=listeners)).port
            for listeners in ({}, {"milter": ours.listeners["milter"]})
        ]
        for listening_port in ports:
            rate_through(listening_port, source.command, letters)  # until its processes are there
        rate_pairs = []
        for turn in range(rounds):
            rates = {port: rate_through(port, source.command, letters) for port in ports[:: 1 - turn % 2 * 2]}
            rate_pairs.append((rates[ports[0]], rates[ports[1]]))
    return rate_pairs


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--messages", type=int, default=20_000)
    arguments.add_argument("--letters", type=int, default=1000)
    arguments.add_argument("--rounds", type=int, default=9)
    options = arguments.parse_args()
    with daemon() as ours:
        for connections in (1, CONNECTIONS, 100):
            rate, by_core = rate_alone(ours, options.messages // (10 if connections == 1 else 1), connections)
            print(f"milter, {connections} connections: {rate:.0f}/s, {by_core:.0f} for each second of one core")
    missed = by_core < GOAL_RATE
    print(f"milter: goal {GOAL_RATE}/s on one core: {'MISSED' if missed else 'reached'}")
    if reason := why_absent("postfix") or why_absent("smtp-source"):
        print(f"milter, Postfix: not measured: {reason}")
        return int(missed)
    pairs = rates_through(options.letters, options.rounds)
    without, with_it = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    ratio = statistics.median(through_milter / other for other, through_milter in pairs)
    print(
        f"Postfix takes {without:.0f}/s, with the milter {with_it:.0f}/s: ratio {ratio:.2f} (median of {options.rounds})"
    )
    print(f"Postfix: goal {GOAL_RATIO}: {'reached' if ratio >= GOAL_RATIO else 'MISSED'}")
    return int(missed or ratio < GOAL_RATIO)


if __name__ == "__main__":
    sys.exit(main())
