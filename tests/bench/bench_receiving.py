"""How many letters a second our server keeps durably, against what a bare aiosmtpd sink takes that keeps nothing.

    bench_receiving.py [--letters N] [--rounds N]

Postfix's smtp-source sends 1.7 kB letters in 20 sessions, first with one connection for each letter, then with kept
connections; sink and server take turns, each fresh for every round. Prints the medians and their ratios; exit status 1 where
the first ratio is below the goal.
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

from real.parts import find, free_port, why_absent

GOAL = 1.5
"""Letters a second kept by us for each one that the bare sink takes, one connection for each letter."""
SESSIONS = 20
OCTETS = 1700
MODES = {"one connection for each letter": (), "connections kept": ("-d",)}


@contextlib.contextmanager
def served(*command: str) -> Iterator[str]:
    """Run a server; gives its address."""
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
        yield address
        server.stdin.close()


def rate(source: tuple[str, ...], address: str, letters: int, *flags: str) -> float:
    """Letters a second that the server at *address* takes."""
    path = ("-f", "sender@example.net", "-t", "acme@rp.example.com")
    load = ("-s", str(SESSIONS), "-l", str(OCTETS), "-m", str(letters), *path, *flags)
    begun = time.monotonic()
    subprocess.run([*source, *load, f"inet:{address}"], check=True)
    return letters / (time.monotonic() - begun)


def measure(source: tuple[str, ...], letters: int, rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """For each mode, the rates of the sink and of the server."""
    rates: dict[str, tuple[list[float], list[float]]] = {mode: ([], []) for mode in MODES}
    (PROJECT / ".cache").mkdir(exist_ok=True)
    for _ in range(rounds):
        for mode, flags in MODES.items():
            with served(str(HERE / "bare_sink.py"), str(free_port())) as address:
                rates[mode][0].append(rate(source, address, letters, *flags))
            with (
                tempfile.TemporaryDirectory(dir=PROJECT / ".cache") as folder,  # on a disk: /tmp may be memory
                served(str(HERE / "keeping_server.py"), f"{folder}/bouncer.db") as address,
            ):
                rates[mode][1].append(rate(source, address, letters, *flags))
    return rates


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--letters", type=int, default=5000)
    arguments.add_argument("--rounds", type=int, default=5)
    asked = arguments.parse_args()
    source = find("smtp-source")
    if source is None:
        print(f"receiving: not measured: {why_absent('smtp-source')}")
        return 0
    ratios = []
    for mode, (sink, listener) in measure(source.command, asked.letters, asked.rounds).items():
        taken, kept = statistics.median(sink), statistics.median(listener)
        ratios.append(kept / taken)
        print(f"receiving, {mode}: bare sink takes {taken:.0f}/s, we keep {kept:.0f}/s: ratio {kept / taken:.2f}")
    print(f"receiving: goal {GOAL}: {'reached' if ratios[0] >= GOAL else 'MISSED'}")
    return 0 if ratios[0] >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
