"""Memory for letters on their way in, all connections together, so that large ones cannot use up the machine's."""

from dataclasses import dataclass

from bouncer.settings.sections import MAX_RECEIVED_OCTETS

EXEMPT = 64 * 1024
"""Octets of a letter that need no reservation: reports are small, and must get in while large letters fill the budget."""
BUDGET = MAX_RECEIVED_OCTETS
"""Octets of letters on their way in, all connections together; [smtp] max_message is no more, so the largest letter fits."""


@dataclass(slots=True)
class MemoryBudget:
    """Memory that is left for letters on their way in, in octets."""

    left: int = BUDGET


@dataclass(slots=True)
class Reservation:
    """The part of the budget that one letter holds, in octets."""

    budget: MemoryBudget
    octets: int = 0

    def grow(self, size: int) -> bool:
        """Reserve memory for a letter of *size* octets so far; False where none is left, and then nothing is held."""
        growth = max(0, size - EXEMPT) - self.octets
        if growth > self.budget.left:
            self.release()
            return False
        self.budget.left -= growth
        self.octets += growth
        return True

    def release(self) -> None:
        """Give all of it back."""
        self.budget.left += self.octets
        self.octets = 0
