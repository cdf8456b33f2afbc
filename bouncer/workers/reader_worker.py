"""The reader's child: letters come in through one pipe, and the results leave through another.

This process is bounded in memory and confined, yields the processor to the process that receives mail, and imports only what
reading needs.
"""

from typing import BinaryIO

import idna.uts46data  # noqa: F401 -- idna would import it for the first domain beyond ASCII, after confinement

from bouncer.ndr.named import named
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope
from bouncer.ndr.written import written
from bouncer.policy.opened import Opened
from bouncer.policy.own_mail import is_of_a_bouncer, named_notices
from bouncer.verdict.judge import judge
from bouncer.workers.answers import write_opened
from bouncer.workers.protocol import TAKEN, take_bundle
from bouncer.workers.worker import answer, begin


def _open(raw: bytes, envelope: Envelope) -> Opened:
    reading = read(raw, envelope)
    seen = written(raw, reading.kind, envelope)
    return Opened(judge(reading), named(reading), named_notices(raw), is_of_a_bouncer(raw), seen)


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while (letters := take_bundle(requests)) is not None:
        answer(answers, TAKEN)
        for raw, envelope in letters:
            answer(answers, write_opened(_open(raw, envelope)))


def main() -> None:
    """Confine this process, then serve its parent until the pipe ends."""
    _serve(*begin())


if __name__ == "__main__":
    main()
