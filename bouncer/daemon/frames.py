"""What passes through the pipes of the reading room: lengths of 8 octets, big-endian, each before what it is the length of."""

import pickle
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

LENGTH = 8
"""Octets of a length."""
HELLO = "ready"
"""The child's first message: it has started, and what goes wrong from here on is a letter's doing."""


def framed(message: Any) -> tuple[bytes, bytes]:
    """Write one message of the child's: its length, itself as a pickle."""
    octets = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(octets).to_bytes(LENGTH), octets


def bundled(letters: Sequence[bytes]) -> Iterator[bytes]:
    """Write *letters*: how many, then each. They are not copied: a large one would hold up the event loop."""
    yield len(letters).to_bytes(LENGTH)
    for letter in letters:
        yield len(letter).to_bytes(LENGTH)
        yield letter


def take_bundle(requests: BinaryIO) -> list[bytes] | None:
    """Read what ``bundled`` wrote; None where there is nothing more."""
    count = requests.read(LENGTH)
    if len(count) < LENGTH:
        return None
    return [requests.read(int.from_bytes(requests.read(LENGTH))) for _ in range(int.from_bytes(count))]
