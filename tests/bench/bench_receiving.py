"""How many letters a second our server keeps durably, against what a bare aiosmtpd sink takes that keeps nothing.

    bench_receiving.py [--letters N] [--rounds N]

Postfix's smtp-source sends 1.7 kB letters in 20 sessions, first with one connection for each letter, then with kept
connections; sink and server take turns, each fresh for every round. Prints the medians and their ratios, by the clock and by the
processor time of sink and server, which other work on the machine changes less; exit status 1 where the first ratio is below
the goal.
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
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

from cpu import cpu_seconds
from programs.parts import find, free_port, why_absent

GOAL = 1.5
"""Letters a second kept by us for each one that the bare sink takes, one connection for each letter."""
SESSIONS = 20
OCTETS = 1700
MODES = {"one connection for each letter": (), "connections kept": ("-d",)}


@dataclass(frozen=True, slots=True)
class Runs:
    """Letters a second, and milliseconds of processor time for each, of every run of a server."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)


@contextlib.contextmanager
def served(*command: str) -> Iterator[tuple[str, int]]:
    """Run a server; gives its address and its process."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        ) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        if not address:
            log.seek(0)
            raise RuntimeError(f"{command[0]} did not start: {log.read().decode()}")
        yield address, server.pid
        server.stdin.close()


def load(runs: Runs, source: tuple[str, ...], server: tuple[str, int], letters: int, *flags: str) -> None:
    """Send *letters* to the server at an address, a process of ours, and note what it takes."""
    address, pid = server
    path = ("-f", "sender@example.net", "-t", "acme@rp.example.com")
    words = ("-s", str(SESSIONS), "-l", str(OCTETS), "-m", str(letters), *path, *flags)
    begun, before = time.monotonic(), cpu_seconds([pid])
    subprocess.run([*source, *words, f"inet:{address}"], check=True)
    runs.rates.append(letters / (time.monotonic() - begun))
    runs.costs.append(1000 * (cpu_seconds([pid]) - before) / letters)


def measure(source: tuple[str, ...], letters: int, rounds: int) -> dict[str, tuple[Runs, Runs]]:
    """For each mode, the runs of the sink and of the server."""
    runs = {mode: (Runs(), Runs()) for mode in MODES}
    (PROJECT / ".cache").mkdir(exist_ok=True)
    for _ in range(rounds):
        for mode, flags in MODES.items():
            with served(str(HERE / "bare_sink.py"), str(free_port())) as sink:
                load(runs[mode][0], source, sink, letters, *flags)
            with (
                tempfile.TemporaryDirectory(dir=PROJECT / ".cache") as folder,  # on a disk: /tmp may be memory
                served(str(HERE / "keeping_server.py"), f"{folder}/bouncer.db") as listener,
            ):
                load(runs[mode][1], source, listener, letters, *flags)
    return runs


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--letters", type=int, default=5000)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    source = find("smtp-source")
    if source is None:
        print(f"receiving: not measured: {why_absent('smtp-source')}")
        return 0
    ratios = []
    for mode, (sink, listener) in measure(source.command, options.letters, options.rounds).items():
        sink_rate, our_rate = statistics.median(sink.rates), statistics.median(listener.rates)
        ratios.append(our_rate / sink_rate)
        print(
            f"receiving, {mode}: bare sink takes {sink_rate:.0f}/s, we keep {our_rate:.0f}/s: ratio {our_rate / sink_rate:.2f}"
        )
        sinks, ours = statistics.median(sink.costs), statistics.median(listener.costs)
        print(f"  processor time for each: {sinks:.2f} and {ours:.2f} ms: ratio {sinks / ours:.2f}")
    print(f"receiving: goal {GOAL}: {'reached' if ratios[0] >= GOAL else 'MISSED'}")
    return 0 if ratios[0] >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
