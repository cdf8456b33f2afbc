"""The daemon's footprint: how quick the command is, how much memory it takes idle and under many letters, who waits for whom.

    python tests/bench/bench_daemon.py [--letters 100000]

Waits: the 250 of small letters, one after another, and the milter's answers, in a quiet time, beside a hostile letter of 10 MB,
and while 500 reports are received and recorded.

Prints figures; memory is proportional set size (PSS) of the daemon and its processes together, with the bytecode that an
installation has: without PYTHONDONTWRITEBYTECODE, and not in the first run. Load comes from Postfix's
smtp-source (make real-parts).
"""

import argparse
import re
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_hostile import BREATH_SECONDS, ask_the_milter
from bench_path import loading, results
from programs.ours import DOMAIN, LISTENERS, Ours
from programs.parts import find, why_absent
from wire.milter_client import NEWS

REPORT = Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml"
STEPS = 5
HELP_RUNS = 7
PROBES = 200
HOSTILE_OCTETS = 10_000_000
REPORTS = 500
QUIET_SECONDS = 3.0
IDLE_SECONDS = 12.0
HTTP = 'listen = ["127.0.0.1:0"]'


def seconds_of_help() -> float:
    """The median time of ``bouncer --help`` as a whole process."""
    times = []
    for _ in range(HELP_RUNS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bouncer", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def megabytes(pid: int) -> float:
    """Proportional memory of the process and its descendants."""
    return sum(map(_pss, _family(pid))) / 1024


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in _family(int(child)))]


def _pss(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])


def load(ours: Ours, letters: int) -> None:
    """Send *letters* copies of a report."""
    part = find("smtp-source")
    assert part is not None
    words = ["-s", "20", "-m", str(letters), "-f", "", "-t", f"acme@{DOMAIN}", "-F", str(REPORT)]
    subprocess.run([*part.command, *words, f"127.0.0.1:{ours.port}"], check=True)


def all_read(ours: Ours) -> bool:
    """Whether no letter is left to read."""
    return not ours.rows("letters", "--state", "kept", "--limit", "1")


def send(ours: Ours, letter: bytes) -> float:
    """Send one letter; the seconds from the end of DATA to 250."""
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=60) as client:
        client.ehlo("client.example.net")
        client.mail("")
        client.rcpt(f"acme@{DOMAIN}")
        client.putcmd("data")
        client.getreply()
        begun = time.perf_counter()
        client.send(letter + b".\r\n")
        assert client.getreply()[0] == 250
        return time.perf_counter() - begun


def probes(ours: Ours, count: int) -> list[float]:
    """Milliseconds to 250 of small letters, one after another."""
    report = REPORT.read_bytes()
    return [1000 * send(ours, report) for _ in range(count)]


def hostile() -> bytes:
    """Ten megabytes that look like a report on every line."""
    line = (
        b"550 5.1.1 <jane@example.org>... User unknown; said: 452 4.2.2 <<>> Final-Recipient: rfc822;x@example.org\r\n"
    )
    head = b"From: MAILER-DAEMON@mx.example.net\r\nSubject: failure notice\r\n\r\n"
    return head + line * (HOSTILE_OCTETS // len(line))


def flood(ours: Ours) -> None:
    """Have *REPORTS* reports recorded, as quickly as they come."""
    key = (ours.folder / "2026.key").read_text().strip()
    with loading(ours.port, key, ["acme"], REPORTS, 0, keep_open=False) as load:
        results(load)
    until_logged(ours, lambda log: len(re.findall(r" recorded letter=.* recipient='u[^@]*@d", log)) >= REPORTS)


def attack(ours: Ours) -> None:
    """Have a large hostile letter read."""
    letter = hostile()
    send(ours, letter)
    kept_line = re.compile(rf" kept letter=(\S+) .* octets={len(letter)}\n")
    until_logged(
        ours,
        lambda log: (
            (kept_match := kept_line.search(log)) and re.search(rf" (read|shunted) letter={kept_match[1]} ", log)
        ),
    )


def until_logged(ours: Ours, holds: Callable[[str], object]) -> None:
    """Wait until *holds* of the log."""
    while not holds(ours.log.read_text()):
        time.sleep(0.25)


def waiting(ours: Ours, work: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Do *work*; give the milliseconds of others' 250 and of the milter's answers meanwhile, the least first."""
    over, keeping = threading.Event(), list[float]()
    with ThreadPoolExecutor(2) as pool:
        asking = pool.submit(ask_the_milter, ours.listeners["milter"], over)
        working = pool.submit(work)
        while not working.done() or len(keeping) < PROBES:
            keeping += probes(ours, 1)
            time.sleep(BREATH_SECONDS)
        over.set()
        working.result()
        return sorted(keeping), sorted(asking.result())


def print_waiting(ours: Ours) -> None:
    """Print who waits for whom."""
    print(f"{'':28}{'250: p50':>10}{'p99':>8}{'max':>8}{'milter: p50':>14}{'p99':>8}{'max':>8}  (ms)")
    works = {
        "quiet": lambda: time.sleep(QUIET_SECONDS),
        "beside a letter of 10 MB": lambda: attack(ours),
        f"beside {REPORTS} reports": lambda: flood(ours),
    }
    for name, work in works.items():
        receiving, milter = waiting(ours, work)
        columns = [
            f"{statistics.median(rate):.1f} {rate[len(rate) * 99 // 100]:7.1f} {rate[-1]:7.1f}"
            for rate in (receiving, milter)
        ]
        print(f"{name:28}{columns[0]:>26}{columns[1]:>30}", flush=True)


def print_idle() -> None:
    """Print the memory of a daemon of which nobody asks anything, without HTTP and with it."""
    for name, http in {"idle": "", "idle, with HTTP": HTTP}.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            Ours(Path(folder), milter=LISTENERS, http=http, anew=True) as ours,
        ):
            add_account(ours)
            time.sleep(IDLE_SECONDS)
            print(f"{name:36}{megabytes(ours.pid):.0f} MB", flush=True)


def add_account(ours: Ours) -> None:
    """Add the account that the letters are for."""
    ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--no-forward", "--sender", NEWS)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--letters", type=int, default=100_000)
    letters = parser.parse_args().letters
    print(f"bouncer --help                      {seconds_of_help():.2f} s")
    print_idle()
    with tempfile.TemporaryDirectory() as folder, Ours(Path(folder), milter=LISTENERS, anew=True) as ours:
        add_account(ours)
        print_waiting(ours)
        if absent := why_absent("smtp-source"):
            print(absent)
            return
        for step in range(1, STEPS + 1):
            load(ours, letters // STEPS)
            ours.until(lambda: all_read(ours), seconds=1200)
            print(f"after {step * letters // STEPS:7} letters kept and read  {megabytes(ours.pid):.0f} MB")


if __name__ == "__main__":
    main()
