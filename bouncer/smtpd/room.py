"""Memory for letters on their way in, all connections together, so that large ones cannot use up the machine's."""

from dataclasses import dataclass

from bouncer.settings import MOST_RECEIVED

FREE = 64 * 1024
"""Octets of a letter that need no share of the room: reports are small, and must get in while large letters fill it."""
ROOM = MOST_RECEIVED
"""Octets of letters on their way in, all connections together; one of [smtp] max_message always fits, which is no more."""


@dataclass(slots=True)
class Room:
    """Memory for letters on their way in, in octets."""

    left: int = ROOM


@dataclass(slots=True)
class Share:
    """One letter's part of the room."""

    room: Room
    held: int = 0

    def grow(self, size: int) -> bool:
        """Make place for a letter of *size* octets so far; False where there is none, and then nothing is held."""
        more = max(0, size - FREE) - self.held
        if more > self.room.left:
            self.give_back()
            return False
        self.room.left -= more
        self.held += more
        return True

    def give_back(self) -> None:
        """Let go of all of it."""
        self.room.left += self.held
        self.held = 0
