"""The reader's child: letters come in through one pipe, and the results leave through another.

This process is bounded in memory and confined, yields the processor to the process that receives mail, and imports only what
reading needs.
"""

from typing import BinaryIO

import idna.uts46data  # noqa: F401 -- idna would import it for the first domain beyond ASCII, after confinement

from bouncer.ndr.named import comparable_forms
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope
from bouncer.ndr.written import summarize
from bouncer.policy.opened import ReadLetter
from bouncer.policy.own_mail import is_of_a_bouncer, named_notices
from bouncer.verdict.judge import judge
from bouncer.workers.answers import write_opened
from bouncer.workers.protocol import RECEIVED_ALL, read_batch
from bouncer.workers.worker import answer, confine_and_report


def _open(raw: bytes, envelope: Envelope) -> ReadLetter:
    reading = read(raw, envelope)
    seen = summarize(raw, reading.kind, envelope)
    return ReadLetter(judge(reading), comparable_forms(reading), named_notices(raw), is_of_a_bouncer(raw), seen)


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while (letters := read_batch(requests)) is not None:
        answer(answers, RECEIVED_ALL)
        for raw, envelope in letters:
            answer(answers, write_opened(_open(raw, envelope)))


def main() -> None:
    """Confine this process, then serve its parent until the pipe ends."""
    _serve(*confine_and_report())


if __name__ == "__main__":
    main()
