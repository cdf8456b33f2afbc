"""The result of a check: good, doubtful or wrong, and the remedy, in words."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The level of a result: good, doubtful or wrong."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result: the thing that was checked, its state, the remedy. May hold a stranger's text.

    Each is English: a FilledText, or a text without values that is a key of the catalogues itself, or the words of a system, of
    another program or of the DNS, which have no translation.
    """

    level: Level
    about: str
    says: str
    remedy: str = ""


def ok(about: str, says: str, remark: str = "") -> Finding:
    """Make the result for a thing that is in order; *remark* is a fact that the operator should know all the same."""
    return Finding(Level.OK, about, says, remark)


def warn(about: str, says: str, remedy: str) -> Finding:
    """Make the result for a thing that works, but not as well as it could, or that cannot be judged from here."""
    return Finding(Level.WARN, about, says, remedy)


def fail(about: str, says: str, remedy: str) -> Finding:
    """Make the result for a fault: until it is repaired, bounces will be lost, or mail refused."""
    return Finding(Level.FAIL, about, says, remedy)
