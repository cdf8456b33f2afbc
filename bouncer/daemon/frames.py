"""What passes through the pipes of the reading room: lengths of 8 octets, big-endian, each before what it is the length of."""

import pickle
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from bouncer.mail.letter import Received
from bouncer.ndr.reading import Envelope

LENGTH = 8
"""Octets of a length."""
TAKEN = "taken"
"""The child's word that it has all letters of a bundle; whatever goes wrong from here on is the first unanswered letter's doing."""
HELLO = "ready"
"""The child's first message: it has started, and what goes wrong from here on is a letter's doing."""


def framed(message: Any) -> tuple[bytes, bytes]:
    """Write one message of the child's: its length, itself as a pickle."""
    octets = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(octets).to_bytes(LENGTH), octets


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
