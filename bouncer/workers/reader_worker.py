"""The reader's child: letters come in through one pipe, and the results leave through another.

This process is bounded in memory and confined, yields the processor to the process that receives mail, and imports only what
reading needs.
"""

from collections.abc import Sequence
from typing import BinaryIO

import flufl.bounce  # noqa: F401 -- a dialect would import it for its first letter, after confinement
import idna.uts46data  # noqa: F401 -- as idna would for the first domain beyond ASCII

from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.outline import outline
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope
from bouncer.ndr.taught_form import TaughtForm
from bouncer.ndr.written import summarize
from bouncer.policy.own_mail import is_of_a_bouncer, named_notices
from bouncer.policy.read_letter import ReadLetter
from bouncer.verdict.judge import judge
from bouncer.verdict.rules import written_needs
from bouncer.workers.answers import serialize_read_letter
from bouncer.workers.protocol import RECEIVED_ALL, ReadingTask, read_batch
from bouncer.workers.worker import answer, confine_and_report


def _open(raw: bytes, envelope: Envelope, task: ReadingTask, forms: Sequence[TaughtForm]) -> ReadLetter:
    reading = read(raw, envelope, taught=forms)
    return ReadLetter(
        judge(reading, task.rules),
        comparable_forms(reading),
        named_notices(raw),
        is_of_a_bouncer(raw),
        summarize(raw, reading.kind, envelope),
        outline(raw, reading, envelope) if task.outlines else None,
    )


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    task, forms = ReadingTask(), tuple[TaughtForm, ...]()
    while (batch := read_batch(requests)) is not None:
        answer(answers, RECEIVED_ALL)
        changed, letters = batch
        if changed is not None:
            task, forms = changed, tuple(rule.form for rule in changed.rules)
        for raw, envelope in letters:
            answer(answers, serialize_read_letter(_open(raw, envelope, task, forms)))


def main() -> None:
    """Confine this process, then serve its parent until the pipe ends."""
    written_needs.read_file()  # confined, it could not open the file
    _serve(*confine_and_report())


if __name__ == "__main__":
    main()
