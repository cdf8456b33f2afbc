"""The child of the reading room: letters come in through one pipe, what is made of them leaves through another.

This process is bounded in memory, gives way to the one that
receives, and imports no more than reading needs.
"""

import contextlib
import os
import resource
import sys
from typing import Any, BinaryIO

from bouncer.daemon.frames import HELLO, TAKEN, framed, take_bundle
from bouncer.ndr import read
from bouncer.ndr.named import named
from bouncer.ndr.reading import Envelope
from bouncer.policy.loop import is_of_a_bouncer, named_notices
from bouncer.policy.opened import Opened
from bouncer.verdict.judge import judge

NICENESS = 5
"""Reading gives way to receiving."""


def _open(raw: bytes, envelope: Envelope) -> Opened:
    reading = read(raw, envelope)
    return Opened(judge(reading), named(reading), named_notices(raw), is_of_a_bouncer(raw))


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    _answer(answers, HELLO)
    while (letters := take_bundle(requests)) is not None:
        _answer(answers, TAKEN)
        for raw, envelope in letters:
            _answer(answers, _open(raw, envelope))


def _answer(answers: BinaryIO, message: Any) -> None:
    """Send at once: the parent tells by what was answered which letter is being read."""
    answers.writelines(framed(message))
    answers.flush()


def main() -> None:
    """Bound this process, then serve its parent until the pipe ends."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # where a service manager forbids it, reading takes its share
        os.nice(NICENESS)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print never mixes with the answers
    _serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
