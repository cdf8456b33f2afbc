"""The cost of hostile letters for everybody else, in one run: waits beside them, the time to read the worst, and faults.

    bench_hostile.py [beside] [shapes] [altered] [--only REGEX] [--seconds N] [--megabytes N] [--letters N] [--seed N]

``beside``: letters of one kind arrive without end for so many seconds, over several connections; meanwhile others hand in honest
reports and ask the milter. Told are their slowest answers and the longest time from arrival to record, as differences to
a quiet time, and to as many ordinary letters. ``shapes``: each shape of ``hostile_shapes.py``, read in a process of its own at the
whole size and at half of it; the processor's time is counted. ``altered``: so many fixtures, altered as ``make fuzz`` alters
them, go through the running daemon; its log and its records tell what went wrong. Exit status 1 where a goal is missed.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import re
import smtplib
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "fuzz"), str(Path(__file__).parent)]

from acceptance import forging
from acceptance.forging import DOMAIN, FORMS, KEY, Letter, failure, path
from fuzz import grafted
from hostile_shapes import shapes
from programs.ours import LISTENERS, Ours
from wire.milter_client import CONNECT, MailServer

from bouncer.ndr.reader import read
from bouncer.verdict.judge import as_line, judge

GOAL_WAIT = 50.0
"""Milliseconds that the slowest answer to others may be above that of a quiet time."""
GOAL_READ = 2.0
"""Seconds from an honest report's arrival to its record."""
GOAL_SHAPE = 150.0
"""Milliseconds that the worst letter of 8 MB is read in."""
GOAL_GROWTH = 2.6
"""Times half the size: linear is 2, and what is below the clock's noise is not judged."""
NOISE = 10.0
"""Milliseconds below which growth is not judged."""
ATTACKERS = 4
"""Connections that hostile letters come over at a time."""
ATTACKING, HONEST = "127.66.0.9", "127.0.0.1"
"""Addresses of clients: the flood comes from another network than the others' mail."""
BREATH_SECONDS = 0.02
"""Between two honest letters, and between two questions to the milter: they are not a flood."""
FIXTURES = Path(__file__).parents[2] / "fixtures"
TROUBLE = ("Traceback", " ERROR ", " CRITICAL ", "longer than", "more memory", "letters are put off")


def honest(n: int) -> Letter:
    """A true report of a recipient that is gone."""
    return path(f"gone{n}@example.org"), failure(f"gone{n}@example.org")


def many_addresses(n: int) -> Letter:
    """A hashed path, a hundred recipients and a hundred To in the dearest domains; each from a subscriber of its own."""
    to = ",\r\n ".join(f"t{i}@" + "\u00e9." * 110 + "example" for i in range(100))
    failed = failure(*(f"r{i}@evil.example" for i in range(100)), returned=(f"To: {to}",))
    return path(f"mallory{n}+x@evil.example"), failed


def a_long_recipient(_: int) -> Letter:
    """45 kB of blanks within an address."""
    return f"acme@{DOMAIN}", failure("a@x" + " " * 45_000 + "b")


def honest_of_70_kb(n: int) -> Letter:
    """A true report of the octets that the long word has: what these alone cost."""
    return path(f"large{n}@example.org"), failure(
        f"large{n}@example.org", returned=("Subject: news", "", *("x" * 70,) * 970)
    )


def a_long_word(_: int) -> Letter:
    """One word of 70 kB where addresses are listed."""
    field = b"From: MAILER-DAEMON@mx.example.net\r\nX-Failed-Recipients: " + b"\xc3\xa9" * 35_000
    return f"acme@{DOMAIN}", field + b"\r\nSubject: failure notice\r\n\r\nfailed\r\n"


KINDS: dict[str, Callable[[int], Letter]] = {
    "ordinary letters": honest,
    "ordinary letters of 70 kB": honest_of_70_kb,
    "a hundred recipients, a hundred To, beyond ASCII": many_addresses,
    "an address of 45 kB of blanks": a_long_recipient,
    "a list of recipients of one long word": a_long_word,
    **FORMS,
}
"""Letters that arrive without end, by name."""


@contextlib.contextmanager
def daemon() -> Iterator[Ours]:
    """Our daemon with two accounts, and the key that the forged forms know."""
    forging.TODAY = int(time.time()) // 86_400
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "ours"  # its log lies beside it
        folder.mkdir()
        ours = Ours(folder, milter=LISTENERS, anew=True)
        (folder / "2026.key").write_bytes(KEY.secret)
        with ours:
            for account in ("acme", "evil"):
                words = ("--owner", f"owner@{account}.example", "--sender", f"{account}.example")
                ours.command("account", "add", account, *words)
            yield ours


class Sender:
    """Hands letters in over one connection after another, from one address."""

    def __init__(self, port: int, client: str) -> None:
        self._port = port
        self._client = client
        self._session: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> tuple[int, float]:
        """Hand one in; the reply's code, and the seconds from the end of DATA to 250."""
        address, raw = letter
        for _ in range(2):
            try:
                return self._send(address, raw)
            except (smtplib.SMTPException, OSError):  # cut off after a thousand commands, or ten refusals: come again
                self.close()
            except ValueError:  # a path with a line end in it cannot be asked for
                self.close()
                break
        return 421, 0.0

    def _send(self, address: str, raw: bytes) -> tuple[int, float]:
        if self._session is None:
            self._session = smtplib.SMTP("127.0.0.1", self._port, timeout=120, source_address=(self._client, 0))
            self._session.ehlo("client.example.net")
        self._session.mail("", () if address.isascii() else ("SMTPUTF8",))
        code, _ = self._session.rcpt(address)
        if code != 250:
            self._session.rset()
            return code, 0.0
        begun = time.perf_counter()
        code, _ = self._session.data(raw)
        return code, time.perf_counter() - begun

    def close(self) -> None:
        """Go."""
        if self._session is not None:
            self._session.close()
            self._session = None


def flood(port: int, name: str, seconds: float, start: int, today: int) -> int:
    """Send letters of one kind without end, in a process of its own; gives how many were answered."""
    forging.TODAY = today
    end, numbers = time.monotonic() + seconds, itertools.count(start)

    def attack(_: int) -> int:
        sender, sent = Sender(port, ATTACKING), 0
        while time.monotonic() < end:
            sender.send(KINDS[name](next(numbers)))
            sent += 1
        sender.close()
        return sent

    with ThreadPoolExecutor(ATTACKERS) as attackers:
        return sum(attackers.map(attack, range(ATTACKERS)))


def ask_honestly(port: int, numbers: Iterator[int], over: threading.Event) -> tuple[list[float], list[str]]:
    """Hand in honest reports until it is *over*; the milliseconds to each 250, and the paths that they came to."""
    sender, waits, paths = Sender(port, HONEST), list[float](), list[str]()
    while not over.wait(BREATH_SECONDS):
        letter = honest(next(numbers))
        code, waited = sender.send(letter)
        waits.append(1000 * waited if code == 250 else float("inf"))
        paths.append(letter[0])
    sender.close()
    return waits, paths


def ask_the_milter(port: int, over: threading.Event) -> list[float]:
    """Play message after message through the milter until it is *over*; the milliseconds of each."""

    async def ask() -> list[float]:
        server, waits = await MailServer.connect(f"127.0.0.1:{port}"), list[float]()
        await server.negotiate()
        await server.tell(CONNECT, b"host.example\0" + b"4\x9c\x40127.0.0.1\0")
        while not over.is_set():
            begun = time.perf_counter()
            answered = await server.message(["jane@example.org"])
            waits.append(1000 * (time.perf_counter() - begun) if answered.last == b"c" else float("inf"))
            await asyncio.sleep(BREATH_SECONDS)
        server.close()
        return waits

    return asyncio.run(ask())


def longest_to_record(ours: Ours, paths: list[str]) -> float:
    """Wait until all is read; the seconds that the slowest honest letter to *paths* took from arrival to record."""
    with closing(sqlite3.connect(f"file:{ours.folder}/bouncer.db?mode=ro", uri=True)) as store:
        ours.until(lambda: not store.execute("SELECT 1 FROM letters WHERE state = 'kept' LIMIT 1").fetchone(), 1200)
        query = "SELECT return_path, recorded_at - received_at FROM letters WHERE peer = ?"  # a flood may use the same paths
        rows = store.execute(query, (HONEST,)).fetchall()
    honest_paths = set(paths)
    return max(microseconds for address, microseconds in rows if address in honest_paths) / 1e6


def beside(ours: Ours, name: str | None, seconds: float, numbers: Iterator[int]) -> tuple[float, float, float, int]:
    """The slowest 250, the slowest milter answer, the longest time to record of others; and how many hostile letters came."""
    over, sent = threading.Event(), 0
    with ThreadPoolExecutor(2) as others, ProcessPoolExecutor(1, get_context("spawn")) as attacker:
        attacker.submit(time.time).result()  # until its process is there
        letters = others.submit(ask_honestly, ours.port, numbers, over)
        milter = others.submit(ask_the_milter, ours.listeners["milter"], over)
        try:
            if name is None:
                time.sleep(seconds)
            else:
                start = next(numbers) * 1000
                sent = attacker.submit(flood, ours.port, name, seconds, start, forging.TODAY).result()
        finally:
            over.set()
        waits, paths = letters.result()
        milter_waits = milter.result()
    return max(waits), max(milter_waits), longest_to_record(ours, paths), sent


def all_beside(seconds: float, only: re.Pattern[str]) -> bool:
    """Print who waits how long beside what; gives whether a goal is missed."""
    missed = list[str]()
    with daemon() as ours:
        numbers = itertools.count()
        beside(ours, None, 2.0, numbers)  # until everything is warm
        quiet = [beside(ours, None, seconds, numbers) for _ in range(2)]
        keep, milter, record = (max(times[place] for times in quiet) for place in range(3))
        print(f"{'':52} {'letters/s':>9} {'slowest 250':>12} {'milter':>12} {'to record':>10}")
        print(f"{'quiet':52} {'':9} {keep:9.1f} ms {milter:9.1f} ms {record:8.2f} s")
        for name in filter(only.search, KINDS):
            measures = beside(ours, name, seconds, numbers)
            print(
                f"{name:52} {measures[3] / seconds:9.0f} {measures[0]:9.1f} ms {measures[1]:9.1f} ms {measures[2]:8.2f} s",
                flush=True,
            )
            if max(measures[0] - keep, measures[1] - milter) > GOAL_WAIT or measures[2] > GOAL_READ:
                missed.append(name)
        troubles = told_in_log(ours)
    missed += [name for name in ("log",) if troubles]
    verdict = f"MISSED: {'; '.join(missed)}" if missed else "reached"
    print(f"beside: goals +{GOAL_WAIT:.0f} ms, {GOAL_READ:.0f} s, a clean log: {verdict}")
    return bool(missed)


def told_in_log(ours: Ours) -> Counter[str]:
    """The kinds of trouble that the daemon's log tells, printed."""
    log = re.sub(r" said=.*", "", ours.log.read_text("utf-8", "replace"))  # a stranger's words may be those of trouble
    troubles = Counter({word.strip(): log.count(word) for word in TROUBLE if word in log})
    for word, count in troubles.items():
        print(f"in the log: {word} {count} times")
    return troubles


def milliseconds(name: str, size: int) -> float:
    """The processor's time that a shape is read in, in this process; where it is long, of three the least."""
    raw = dict(shapes())[name](size)
    spent = list[float]()
    while len(spent) < 3 and (not spent or min(spent) > GOAL_SHAPE / 3):
        begun = time.process_time()
        as_line("letter", judge(read(raw)))
        spent.append(1000 * (time.process_time() - begun))
    return min(spent)


def all_shapes(megabytes: int, only: re.Pattern[str]) -> bool:
    """Print the slowest shapes and how they grow; gives whether a goal is missed."""
    size, measures = megabytes << 20, list[tuple[float, float, str]]()
    with ProcessPoolExecutor(1, get_context("spawn")) as reading:
        for name in filter(only.search, dict(shapes())):
            whole, half = (reading.submit(milliseconds, name, octets).result() for octets in (size, size // 2))
            measures.append((whole, whole / half if half else 0.0, name))
    measures.sort(reverse=True)
    for whole, growth, name in measures[:10]:
        print(f"{name:52} {whole:7.0f} ms, {growth:.2f} times half of it")
    grown = [(growth, name) for whole, growth, name in measures if whole > NOISE and growth > GOAL_GROWTH]
    for growth, name in grown:
        print(f"{name:52} grows {growth:.2f} times where its size doubles")
    slow = [name for whole, _, name in measures if whole > GOAL_SHAPE]
    middle = statistics.median(whole for whole, _, _ in measures)
    print(
        f"{len(measures)} shapes of {megabytes} MB: the slowest {measures[0][0]:.0f} ms, in the middle {middle:.0f} ms",
        end="; ",
    )
    missed = {*slow, *(name for _, name in grown)}
    print(f"goal {GOAL_SHAPE:.0f} ms, linear: {f'MISSED by {len(missed)}' if missed else 'reached'}")
    return bool(missed)


def altered(seed: int, seeds: list[bytes]) -> bytes:
    """A fixture, altered: lines grafted in from another, then up to twenty octets changed, put in or taken out."""
    chance = random.Random(seed)  # noqa: S311 -- it protects nothing
    raw = bytearray(grafted(chance.choice(seeds), chance.choice(seeds), chance)[: 1 << 20])
    for _ in range(chance.randrange(20)):
        at = chance.randrange(len(raw) + 1)
        raw[at : at + chance.randrange(3)] = chance.choice(
            (b"", b"\x00", b"\xff", b"<", b"@", bytes([chance.randrange(256)]))
        )
    return bytes(raw).replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def all_altered(count: int, seed: int) -> bool:
    """Send altered fixtures through the daemon, print what became of them; gives whether anything went wrong."""
    seeds = [file.read_bytes() for file in sorted(FIXTURES.glob("ndr/**/*.eml"))]
    with daemon() as ours:
        senders = [Sender(ours.port, ATTACKING) for _ in range(ATTACKERS)]

        def share(place: int) -> Counter[int]:
            numbers = range(seed + place, seed + count, ATTACKERS)
            to = (path(f"user{n}@example.org") if n % 2 else f"acme@{DOMAIN}" for n in numbers)
            return Counter(
                senders[place].send((address, altered(n, seeds)))[0] for n, address in zip(numbers, to, strict=True)
            )

        begun = time.monotonic()
        with ThreadPoolExecutor(ATTACKERS) as sending:
            codes = sum(sending.map(share, range(ATTACKERS)), Counter[int]())
        with closing(sqlite3.connect(f"file:{ours.folder}/bouncer.db?mode=ro", uri=True)) as store:
            ours.until(lambda: not store.execute("SELECT 1 FROM letters WHERE state = 'kept' LIMIT 1").fetchone(), 3600)
            states = store.execute("SELECT state, note, count(*) FROM letters GROUP BY state, note").fetchall()
        seconds, troubles = time.monotonic() - begun, told_in_log(ours)
    replies = ", ".join(f"{number:,} x {code}" for code, number in sorted(codes.items()))
    print(f"{count:,} altered fixtures (from number {seed}) in {seconds:.0f} s: answered {replies}")
    by_state: Counter[Any] = Counter()
    for state, note, number in states:
        by_state[state] += number
        if note and ("longer" in note or "memory" in note or "after" in note):
            troubles[note] += number
            print(f"{state}: {note}: {number}")
    print(f"{dict(by_state)}; goal no exception and no timeout: {'MISSED' if troubles else 'reached'}")
    return bool(troubles)


def main() -> int:
    """Run what is asked for, or all of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", help="beside, shapes, altered; all where none is named")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each kind of letter that arrives without end")
    parser.add_argument("--megabytes", type=int, default=8, help="of each shape")
    parser.add_argument("--letters", type=int, default=5_000, help="altered fixtures")
    parser.add_argument("--seed", type=int, default=0, help="number of the first altered fixture")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="kinds and shapes with such a name")
    options = parser.parse_args()
    parts: dict[str, Callable[[], bool]] = {
        "beside": lambda: all_beside(options.seconds, options.only),
        "shapes": lambda: all_shapes(options.megabytes, options.only),
        "altered": lambda: all_altered(options.letters, options.seed),
    }
    if unknown := [part for part in options.parts if part not in parts]:
        parser.error(f"there is no part {unknown[0]}")
    return int(any([parts[part]() for part in options.parts or parts]))  # noqa: C419 -- each is run, whatever the others miss


if __name__ == "__main__":
    sys.exit(main())
