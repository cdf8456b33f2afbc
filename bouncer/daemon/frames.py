"""What passes through the pipes of the reading room: a length of 8 octets, big-endian, then a pickle."""

import pickle
from typing import Any

LENGTH = 8
"""Octets of a message's length."""
HELLO = "ready"
"""The child's first message: it has started, and what goes wrong from here on is a letter's doing."""


def framed(message: Any) -> tuple[bytes, bytes]:
    """Write one message: its length, itself."""
    octets = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(octets).to_bytes(LENGTH), octets
