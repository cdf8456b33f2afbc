"""The protocol of the pipes between parent and child: frames, each with its length before it in 8 octets, big-endian."""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from bouncer.mail.letter import Received
from bouncer.ndr.reading import Envelope
from bouncer.verdict.taught_rule import TaughtRule

LENGTH = 8
"""Octets of a frame's length."""
RECEIVED_ALL = b"taken"
"""The reading child's message that it has received all letters of a batch: a later death is the first unanswered letter's fault."""


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """Options of reading: the taught rules that are asked beside the dialects, and whether the lines of letters are wanted."""

    rules: tuple[TaughtRule, ...] = ()
    outlines: bool = False


def frame(octets: bytes) -> tuple[bytes, bytes]:
    """Frame one message: its length, then the message."""
    return len(octets).to_bytes(LENGTH), octets


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Read one frame; None at the end of the pipe."""
    length = pipe.read(LENGTH)
    return pipe.read(int.from_bytes(length)) if len(length) == LENGTH else None


def write_batch(letters: Sequence[Received], task: ReadingTask | None = None) -> Iterator[bytes]:
    """Write *letters*: their number, the task where it is another one than before, then each one's envelope and octets.

    The octets are not copied, which would stall the event loop.
    """
    order = b"" if task is None else pickle.dumps(task)
    yield len(letters).to_bytes(LENGTH) + len(order).to_bytes(LENGTH) + order
    for letter in letters:
        envelope = pickle.dumps(Envelope(letter.return_path.address, letter.reverse_path))
        yield len(envelope).to_bytes(LENGTH) + envelope + len(letter.raw).to_bytes(LENGTH)
        yield letter.raw


def read_batch(requests: BinaryIO) -> tuple[ReadingTask | None, list[tuple[bytes, Envelope]]] | None:
    """Read the output of ``write_batch``: a new task or None, octets and envelope of each letter; None at the pipe's end."""
    count = requests.read(LENGTH)
    if len(count) < LENGTH:
        return None
    order = _octets(requests)
    task: ReadingTask | None = pickle.loads(order) if order else None  # noqa: S301 -- our own parent's
    return task, [_letter(requests) for _ in range(int.from_bytes(count))]


def _letter(requests: BinaryIO) -> tuple[bytes, Envelope]:
    envelope: Envelope = pickle.loads(_octets(requests))  # noqa: S301 -- our own parent's
    return _octets(requests), envelope


def _octets(requests: BinaryIO) -> bytes:
    return requests.read(int.from_bytes(requests.read(LENGTH)))
