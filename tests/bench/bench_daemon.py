"""The daemon's footprint: how quick the command is, how much memory it takes idle and under many letters, who waits for whom.

    python tests/bench/bench_daemon.py [--letters 100000]

Prints figures; memory is proportional set size (PSS) of the daemon and its reading process together. Load comes from Postfix's
smtp-source (make real-parts).
"""

import argparse
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from real.ours import DOMAIN, Ours
from real.parts import find, why_absent

REPORT = Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml"
STEPS = 5
HELP_RUNS = 7
PROBES = 200
HOSTILE_OCTETS = 10_000_000


def seconds_of_help() -> float:
    """The median time of ``bouncer --help`` as a whole process."""
    taken = []
    for _ in range(HELP_RUNS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bouncer", "--help"], check=True, capture_output=True)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def megabytes(pid: int) -> float:
    """Proportional memory of the process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_pss(one) for one in [str(pid), *children]) / 1024


def _pss(pid: str) -> int:
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


def waiting(ours: Ours) -> tuple[float, float, float]:
    """The worst of *PROBES* small letters alone and beside a hostile one, and the seconds that the hostile one was read in."""
    alone = max(probes(ours, PROBES))
    begun = time.perf_counter()
    sender = threading.Thread(target=send, args=(ours, hostile()))
    sender.start()
    beside = max(probes(ours, PROBES))
    sender.join()
    ours.until(lambda: all_read(ours))
    return alone, beside, time.perf_counter() - begun


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--letters", type=int, default=100_000)
    letters = parser.parse_args().letters
    print(f"bouncer --help                      {seconds_of_help():.2f} s")
    with tempfile.TemporaryDirectory() as folder, Ours(Path(folder)) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--no-forward")
        time.sleep(2)
        print(f"idle                                {megabytes(ours.pid):.0f} MB")
        alone, beside, read_in = waiting(ours)
        print(f"slowest 250 of {PROBES}, alone           {alone:.1f} ms")
        print(
            f"slowest 250 of {PROBES}, beside 10 MB    {beside:.1f} ms (the 10 MB were kept and read within {read_in:.1f} s)"
        )
        if absent := why_absent("smtp-source"):
            print(absent)
            return
        for step in range(1, STEPS + 1):
            load(ours, letters // STEPS)
            ours.until(lambda: all_read(ours), seconds=1200)
            print(f"after {step * letters // STEPS:7} letters kept and read  {megabytes(ours.pid):.0f} MB")


if __name__ == "__main__":
    main()
