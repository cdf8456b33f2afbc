"""What passes through the pipes between parent and child: lengths of 8 octets, big-endian, each before what it is the length of."""

import pickle
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from bouncer.mail.letter import Received
from bouncer.ndr.reading import Envelope

LENGTH = 8
"""Octets of a length."""
TAKEN = b"taken"
"""The reading child's word that it has all letters of a bundle; what goes wrong then is the first unanswered letter's doing."""


def framed(octets: bytes) -> tuple[bytes, bytes]:
    """Write one message: its length, itself."""
    return len(octets).to_bytes(LENGTH), octets


def take_frame(pipe: BinaryIO) -> bytes | None:
    """Read what ``framed`` wrote; None where there is nothing more."""
    length = pipe.read(LENGTH)
    return pipe.read(int.from_bytes(length)) if len(length) == LENGTH else None


def bundled(letters: Sequence[Received]) -> Iterator[bytes]:
    """Write *letters*: how many, then of each its envelope and its octets, uncopied: a large one would hold up the event loop."""
    yield len(letters).to_bytes(LENGTH)
    for letter in letters:
        envelope = pickle.dumps(Envelope(letter.return_path.address, letter.reverse_path))
        yield len(envelope).to_bytes(LENGTH) + envelope + len(letter.raw).to_bytes(LENGTH)
        yield letter.raw


def take_bundle(requests: BinaryIO) -> list[tuple[bytes, Envelope]] | None:
    """Read what ``bundled`` wrote: octets and envelope of each letter; None where there is nothing more."""
    count = requests.read(LENGTH)
    if len(count) < LENGTH:
        return None
    return [_letter(requests) for _ in range(int.from_bytes(count))]


def _letter(requests: BinaryIO) -> tuple[bytes, Envelope]:
    envelope: Envelope = pickle.loads(_octets(requests))  # noqa: S301 -- our own parent's
    return _octets(requests), envelope


def _octets(requests: BinaryIO) -> bytes:
    return requests.read(int.from_bytes(requests.read(LENGTH)))
