"""What a check finds: good, doubtful or wrong, and what would put it right, in words."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what it is, how it stands, what to do. May hold a stranger's text."""

    level: Level
    about: str
    says: str
    remedy: str = ""


def ok(about: str, says: str, remark: str = "") -> Finding:
    """It is as it should be; *remark* is what one should know all the same."""
    return Finding(Level.OK, about, says, remark)


def warn(about: str, says: str, remedy: str) -> Finding:
    """It works, but not as well as it could, or it cannot be known from here."""
    return Finding(Level.WARN, about, says, remedy)


def fail(about: str, says: str, remedy: str) -> Finding:
    """Bounces will be lost, or mail refused, until this is put right."""
    return Finding(Level.FAIL, about, says, remedy)
