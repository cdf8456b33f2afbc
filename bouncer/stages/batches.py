"""Batches that fit the load: how many letters are leased, read and committed at a time."""

import datetime as dt
from collections.abc import Iterator, Sequence

from bouncer.policy.read_letter import ReadLetter
from bouncer.ports.letters import KeptLetter

BATCH_LETTERS = 256
"""The most letters of a batch: under load they share the cost of one lease."""
PART_LETTERS = 64
"""Letters that the reader is given at once: while one part of a batch is recorded, it reads the next."""
PART_OCTETS = 128 * 1024
"""Octets that the reader is given at once: PART_LETTERS letters of usual size. A batch that takes too long ends between two
parts, so that no letter is read in vain; two letters of a hundred recipients each take some hundredths of a second."""
FEW_LETTERS = 32
"""A batch of fewer letters shows that the load is low: the next batch waits for GATHER_SECONDS, while letters gather."""
GATHER_SECONDS = 0.03
"""Seconds for which letters gather after a batch of few. A lease and a commit cost some milliseconds of the processor, whatever the
number of letters: at 200 letters a second six letters share that. A letter is recorded half of this time later, on average."""
MIN_BATCH_LETTERS = 4
"""The fewest letters of a batch, however slow they are to read: they share a commit."""
BATCH_TIME = dt.timedelta(milliseconds=300)
"""Time of a batch: one that takes longer ends early, and fewer letters are leased next, so that new letters do not wait long."""
COMMIT_RECIPIENTS = 32
"""Recipients of one commit: other writers, such as Keep and Send, wait for it. A report that nobody is told
of takes 0.8 ms of the processor; with twice as many in a commit each takes a twentieth less, and the others wait twice as long."""
BATCH_OCTETS = 4 * 1024 * 1024
"""Octets of the letters of one batch, which are held in memory together."""


def split_for_reader(letters: Sequence[KeptLetter]) -> list[Sequence[KeptLetter]]:
    """Split a batch into parts of PART_LETTERS and PART_OCTETS at most; a larger letter is a part of its own."""
    parts, room = list[list[KeptLetter]](), 0
    for letter in letters:
        size = len(letter.received.raw)
        if not parts or len(parts[-1]) == PART_LETTERS or size > room:
            parts.append([])
            room = PART_OCTETS
        parts[-1].append(letter)
        room -= size
    return list[Sequence[KeptLetter]](parts)


def is_enough_for_commit(readings: Sequence[ReadLetter | None]) -> bool:
    """Whether the letters of these *readings* are enough for a commit of their own."""
    read = (read_letter.judgement.reading for read_letter in readings if read_letter is not None)
    return sum(max(1, len(reading.recipients)) for reading in read) >= COMMIT_RECIPIENTS


def split_for_commits(
    letters: Sequence[KeptLetter], readings: Sequence[ReadLetter | None]
) -> Iterator[tuple[Sequence[KeptLetter], Sequence[ReadLetter]]]:
    """Split the *letters* that could be read, and their readings, into groups of COMMIT_RECIPIENTS for one commit each."""
    group, group_readings, room = list[KeptLetter](), list[ReadLetter](), COMMIT_RECIPIENTS
    for letter, reading in zip(letters, readings, strict=True):
        if reading is None:
            continue
        size = len(reading.judgement.reading.recipients)
        if group and size > room:
            yield group, group_readings
            group, group_readings, room = [], [], COMMIT_RECIPIENTS
        group.append(letter)
        group_readings.append(reading)
        room -= size
    if group:
        yield group, group_readings


def next_count(count: int, read_letters: int, duration: dt.timedelta) -> int:
    """Give the number of letters to lease next, after a lease of up to *count* letters: *read_letters* were read in *duration*."""
    if duration > BATCH_TIME:
        return max(MIN_BATCH_LETTERS, int(read_letters * (BATCH_TIME / duration)))
    return min(BATCH_LETTERS, count * 2)
