"""Time and memory limits for a command that reads letters in its own process; the same as those of the daemon's reading process."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from bouncer.settings.sections import ReadingSettings

_BOUNDS = ReadingSettings()
"""The default limits: the command reads no settings."""
_AGAIN_SECONDS = 0.5
"""Seconds after which the alarm is repeated: Python drops an exception that is raised while it deletes an object."""


class OutOfBounds(BaseException):
    """Reading a letter took too much time or memory.

    It is no Exception, because the reader catches an Exception of a dialect, and goes on with the next dialect.
    """


@contextmanager
def limit_reading(bounds: ReadingSettings = _BOUNDS) -> Iterator[None]:
    """Raise OutOfBounds if the body takes more time or memory than *bounds* allow; in the main thread only.

    Regular expressions are interrupted, too: Python's engine checks for signals while it searches.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfBounds(f"reading took longer than {bounds.seconds:g} s")

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = bounds.memory if hard == resource.RLIM_INFINITY else min(bounds.memory, hard)
    before = signal.signal(signal.SIGALRM, ring)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    signal.setitimer(signal.ITIMER_REAL, bounds.seconds, _AGAIN_SECONDS)
    try:
        yield
    except MemoryError:
        raise OutOfBounds("reading needed more memory than it may have") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGALRM, before)
