"""The bounds of the daemon's reading process, for a command that reads letters in its own: of time for each, and of memory."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from bouncer.settings.sections import ReadingSettings

_BOUNDS = ReadingSettings()
"""As they are where no setting says otherwise: the command reads no settings."""
_AGAIN_SECONDS = 0.5
"""The alarm rings again so soon: Python drops what is raised while it clears an object away."""


class OutOfBounds(BaseException):
    """A letter took too long, or too much. No Exception: a dialect's stumbling is lived with, and the next one tried; not this."""


@contextmanager
def bounded(bounds: ReadingSettings = _BOUNDS) -> Iterator[None]:
    """Raise OutOfBounds where what is done in here takes longer or needs more memory than a reading may; in the main thread only.

    Expressions are interrupted, too: the engine asks for signals while it searches.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfBounds(f"reading took longer than {bounds.seconds:g} s")

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = bounds.memory if hard == resource.RLIM_INFINITY else min(bounds.memory, hard)
    before = signal.signal(signal.SIGALRM, ring)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    signal.setitimer(signal.ITIMER_REAL, bounds.seconds, _AGAIN_SECONDS)
    try:
        yield
    except MemoryError:
        raise OutOfBounds("reading needed more memory than it may have") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGALRM, before)
