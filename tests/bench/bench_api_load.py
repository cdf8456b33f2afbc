"""The rate of receiving while programs ask the HTTP API: the same letters with and without, by turns.

    bench_api_load.py [--letters N] [--rounds N] [--rate N]

RATE requests a second come over four kept connections, with a key of the account that the letters are for: the newest 100 bounces,
the bounces of one recipient, an address's story, a check of 1,000 addresses. Each round takes the letters once without them and
once with them, by ``bouncer serve`` on an empty store. Prints of each the letters that got their 250 in a second, and the
processor time of the receiving process, which also answers HTTP; at the end the ratio of the medians. Exit status 1 where it
is below the goal.
"""

import argparse
import dataclasses
import http.client
import itertools
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from bench_path import Run, beside, cpu_seconds, heard_from, loading, results, told_to
from programs.ours import Ours

GOAL = 0.9
"""The part of the rate without requests that receiving is to keep."""
ACCOUNT = "acme"
CONNECTIONS = 4
CHECKED = 1000
"""Addresses of a check."""
REST_SECONDS = 1.0
"""Seconds between two looks for letters that are not recorded yet."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Letters a second, and milliseconds of the receiving process's processor for each."""

    rate: float
    receiving: float
    letters: int
    requests: int = 0


def requests() -> Iterator[tuple[str, str, bytes | None]]:
    """Give method, target and body of each request, by turns."""
    addresses = [f"reader{number}@example.net" for number in range(CHECKED)]
    check = json.dumps({"addresses": addresses}).encode()
    return itertools.cycle(
        [
            ("GET", "/api/v1/bounces?limit=100", None),
            ("GET", "/api/v1/bounces?recipient=u1.r@d1.example", None),
            ("GET", "/api/v1/story?address=u1.r@d1.example", None),
            ("POST", "/api/v1/suppressions/check", check),
        ]
    )


def ask(port: int, key: str, rate: float) -> None:
    """Ask until the standard input ends; then print how many answers came, and their median and 99th percentile in milliseconds."""
    seconds, ended, turns, lock = list[float](), threading.Event(), requests(), threading.Lock()

    def asking() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        due = time.monotonic()
        while not ended.wait(max(0.0, due - time.monotonic())):
            due += CONNECTIONS / rate
            with lock:
                method, target, body = next(turns)
            begun = time.perf_counter()
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            answer.read()
            seconds.append(time.perf_counter() - begun)
            assert answer.status == http.client.OK, (target, answer.status)

    threads = [threading.Thread(target=asking) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    late = statistics.quantiles(seconds, n=100)[98] if len(seconds) > 1 else 0.0
    print(len(seconds), statistics.median(seconds or [0.0]) * 1000, late * 1000)


def take(ours: Ours, letters: int) -> Taken:
    """Send *letters*, and give how they were taken."""
    key = (ours.folder / "2026.key").read_text().strip()
    with loading(ours.port, key, [ACCOUNT], letters, 0, keep_open=False) as load:
        before = cpu_seconds([ours.pid])
        run: Run = results(load)
    return Taken(
        run.rate(run.answered), 1000 * (cpu_seconds([ours.pid]) - before) / len(run.answered), len(run.answered)
    )


def take_while_asked(ours: Ours, letters: int, rate: float, key: str) -> Taken:
    """Take letters beside requests."""
    words = ("ask", str(ours.listeners["http"]), key, str(rate))
    with beside(str(Path(__file__)), *words) as asking:
        begun = time.monotonic()
        figures = take(ours, letters)
        told_to(asking).close()
        count, median, late = heard_from(asking).read().split()
        seconds = time.monotonic() - begun
    rates = f"{int(count) / seconds:.0f} requests a second, median {float(median):.1f} ms, 99th percentile {float(late):.1f} ms"
    print(f"  asked: {rates}", flush=True)
    return dataclasses.replace(figures, requests=int(count))


def rest(ours: Ours) -> None:
    """Wait until all letters are recorded."""
    while ours.rows("letters", "--state", "kept", "--limit", "1"):
        time.sleep(REST_SECONDS)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=20.0)
    options = parser.parse_args()
    alone, beside_questions = list[Taken](), list[Taken]()
    with tempfile.TemporaryDirectory() as folder:
        lines = 'listen = ["127.0.0.1:0"]\nper_minute = 1000000'
        with Ours(Path(folder), http=lines, anew=True) as ours:
            ours.command("account", "add", ACCOUNT, "--no-forward")
            key = ours.command("key", "add", ACCOUNT).stdout.splitlines()[-1]
            take(ours, options.letters // 4)  # every process runs, and the lists have rows
            for _ in range(options.rounds):
                rest(ours)
                alone.append(take(ours, options.letters))
                rest(ours)
                beside_questions.append(take_while_asked(ours, options.letters, options.rate, key))
    for name, runs in (("alone", alone), ("asked", beside_questions)):
        figures = ", ".join(f"{run.rate:.0f} a second ({run.receiving:.2f} ms)" for run in runs)
        print(f"{name}: {figures}")
    letter = statistics.median(run.receiving for run in alone)
    request = statistics.median(
        (run.receiving - letter) * run.letters / max(1, run.requests) for run in beside_questions
    )
    print(f"a request takes {request:.1f} ms of the receiving process's processor, a letter {letter:.2f} ms")
    ratio = statistics.median(run.rate for run in beside_questions) / statistics.median(run.rate for run in alone)
    print(f"receiving keeps {ratio:.2f} of its rate (goal {GOAL})")
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        ask(int(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
    else:
        sys.exit(main())
