"""The dialects in which mail servers report, in the order in which they are asked.

One module each; ``None`` means "not my handwriting". To add one: a module with a class that reads, a line in ``DIALECTS``
at the place where it belongs, and a folder of letters under ``fixtures/ndr``.
"""

from typing import Protocol, runtime_checkable

from bouncer.ndr.dialects.flufl import Flufl
from bouncer.ndr.dialects.rfc3464 import Rfc3464
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Reading


@runtime_checkable
class Dialect(Protocol):
    """One handwriting. It sees only the opened letter: no octets of its own, no clock, no log, no network."""

    name: str

    def read(self, letter: Letter) -> Reading | None:
        """Say what the letter reports, or None where it is not in this dialect."""
        ...


DIALECTS: tuple[Dialect, ...] = (
    Rfc3464(),  # the standard: what it says in fields is not guessed from text
    Flufl(),  # last: addresses without a word of why
)
