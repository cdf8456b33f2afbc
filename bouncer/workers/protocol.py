"""The protocol of the pipes between parent and child: frames, each with its length before it in 8 octets, big-endian."""

import pickle
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from bouncer.mail.letter import Received
from bouncer.ndr.reading import Envelope

LENGTH = 8
"""Octets of a frame's length."""
RECEIVED_ALL = b"taken"
"""The reading child's message that it has received all letters of a batch: a later death is the first unanswered letter's fault."""


def frame(octets: bytes) -> tuple[bytes, bytes]:
    """Frame one message: its length, then the message."""
    return len(octets).to_bytes(LENGTH), octets


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Read one frame; None at the end of the pipe."""
    length = pipe.read(LENGTH)
    return pipe.read(int.from_bytes(length)) if len(length) == LENGTH else None


def write_batch(letters: Sequence[Received]) -> Iterator[bytes]:
    """Write *letters*: their number, then each one's envelope and octets, without a copy, which would stall the event loop."""
    yield len(letters).to_bytes(LENGTH)
    for letter in letters:
        envelope = pickle.dumps(Envelope(letter.return_path.address, letter.reverse_path))
        yield len(envelope).to_bytes(LENGTH) + envelope + len(letter.raw).to_bytes(LENGTH)
        yield letter.raw


def read_batch(requests: BinaryIO) -> list[tuple[bytes, Envelope]] | None:
    """Read the output of ``write_batch``: octets and envelope of each letter; None at the end of the pipe."""
    count = requests.read(LENGTH)
    if len(count) < LENGTH:
        return None
    return [_letter(requests) for _ in range(int.from_bytes(count))]


def _letter(requests: BinaryIO) -> tuple[bytes, Envelope]:
    envelope: Envelope = pickle.loads(_octets(requests))  # noqa: S301 -- our own parent's
    return _octets(requests), envelope


def _octets(requests: BinaryIO) -> bytes:
    return requests.read(int.from_bytes(requests.read(LENGTH)))
