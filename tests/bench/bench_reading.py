"""How fast letters are read: ``python tests/bench/bench_reading.py [FOLDER]`` (default: fixtures/).

Prints letters a second, one core, in one process, warm, for the standard library's ``message_from_bytes``, for ``ndr.read``
alone, with the verdicts, and for everything that ``bouncer read`` does with a letter, and their ratios to the first: the goal is
0.6. Time is the processor's; they take turns, and the median of each turn's ratio counts, so that a busy machine harms all
alike. Then the time for the nastiest letters of 1, 2, 4 and 8 MB: it has to grow as they do.
"""

import statistics
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

from bouncer.ndr.reader import read
from bouncer.verdict.judge import as_line, judge

ROUNDS = 15
FIXTURES = Path(__file__).parents[2] / "fixtures"
MEGABYTE = 1024 * 1024


def everything(raw: bytes) -> str:
    """Do the work of ``bouncer read --format jsonl`` on a letter."""
    return as_line("letter", judge(read(raw)))


def letters(folder: Path) -> list[bytes]:
    """Every file of *folder* that holds a letter."""
    kinds = {".eml", ".txt", ".msg"}
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix in kinds and path.is_file()]


def seconds(work: Callable[[bytes], object], raws: list[bytes]) -> float:
    """Time for one round."""
    begun = time.process_time()
    for raw in raws:
        work(raw)
    return time.process_time() - begun


def compare(raws: list[bytes]) -> None:
    """Print letters a second for each kind of work, and the ratio to the standard library."""
    works: dict[str, Callable[[bytes], object]] = {
        "message_from_bytes": message_from_bytes,
        "ndr.read": read,
        "read, judged": lambda raw: judge(read(raw)),
        "read, judged, as JSON": everything,
    }
    turns = [{name: seconds(work, raws) for name, work in works.items()} for _ in range(ROUNDS)]
    for name in works:
        best = min(turn[name] for turn in turns)
        ratio = statistics.median(turn["message_from_bytes"] / turn[name] for turn in turns)
        print(f"{name:24}{len(raws) / best:10.0f} letters/s   ratio {ratio:.2f}")


HEAD = b"From: MAILER-DAEMON@mx.example.net\r\nSubject: Delivery failure\r\n"
REPORT = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
NASTY: dict[str, Callable[[int], bytes]] = {
    "one line": lambda size: HEAD + b"\r\n" + b"x" * size,
    "one line of @": lambda size: HEAD + b"\r\n" + b"a@" * (size // 2),
    "brackets": lambda size: HEAD + b"\r\n" + b"<" * size,
    "a line of addresses": lambda size: HEAD + b"\r\nfailed: " + b"a@b.example " * (size // 12),
    "a line of replies": lambda size: HEAD + b"\r\n" + b"550 <a@b.example>... User unknown " * (size // 34),
    "links to addresses": lambda size: (
        HEAD + b"Content-Type: text/html\r\n\r\nfailed " + b'<a href="mailto:a@b.example">x</a>' * (size // 34)
    ),
    "a field of addresses": lambda size: HEAD + b"To: " + b"a@b.example, " * (size // 13) + b"\r\n\r\nfailed",
    "a recipient of blanks": lambda size: HEAD + REPORT + b"Final-Recipient: rfc822; a@x" + b" " * size + b"b\r\n",
    "blanks": lambda size: HEAD + b"\r\nfailed " + b" " * size,
    "addresses": lambda size: HEAD + b"\r\nfailed:\r\n" + b"<a@example.org>:\r\n" * (size // 18),
    "replies": lambda size: HEAD + b"\r\n" + b"550-5.1.1 <a@example.org> no\r\n" * (size // 30),
    "fields in text": lambda size: HEAD + b"\r\nTo a@example.org\r\n" + b"From: a\r\nTo: b\r\n" * (size // 16),
    "header fields": lambda size: HEAD + b"X-A: b\r\n" * (size // 8) + b"\r\n",
    "one header field": lambda size: HEAD + b"X-A: " + b"=?utf-8?q?a?= " * (size // 14) + b"\r\n\r\n",
    "no header ends": lambda size: HEAD + b"x" * size,
    "delimiters": lambda size: HEAD + REPORT + b"--b\r\n\r\n" * (size // 7),
    "status blocks": lambda size: HEAD + REPORT + b"Final-Recipient: rfc822; a@example.org\r\n" * (size // 40),
    "status text": lambda size: HEAD + REPORT + b"Diagnostic-Code: smtp; 550\r\n" + b" x\r\n" * (size // 4),
    "html": lambda size: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p <style><!-- &" * (size // 16),
    "carriage returns": lambda size: HEAD + b"\r\n" + b"\r" * size,
    "nested": lambda size: (
        HEAD
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(size // 60))
    ),
    "json": lambda size: HEAD + b"\r\n" + b'{"a":' * (size // 5),
    "quoted": lambda size: HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n=E9" * (size // 7),
}


def grow() -> None:
    """Print the time for 1, 2, 4 and 8 MB of each nasty letter."""
    print(f"\n{'milliseconds for':24}" + "".join(f"{size:>7} MB" for size in (1, 2, 4, 8)))
    for name, make in NASTY.items():
        times = [min(seconds(everything, [make(size * MEGABYTE)]) for _ in range(2)) for size in (1, 2, 4, 8)]
        print(f"{name:24}" + "".join(f"{1000 * seconds:10.0f}" for seconds in times))


if __name__ == "__main__":
    compare(letters(Path(sys.argv[1]) if sys.argv[1:] else FIXTURES))
    grow()
