"""Enhanced status codes (RFC 3463 section 2) and reply codes (RFC 5321 section 4.2)."""

import re
from dataclasses import dataclass
from functools import lru_cache

# RFC 3463: class 2, 4 or 5; subject and detail of one to three digits. Not inside a longer dotted number. The expression begins
# with a digit and looks back from there, so that the engine can skip to the few digits of a text.
_STATUS = re.compile(r"([245])(?<![\d.][245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")

_CODES = 1024
"""Codes that are remembered: servers use some hundred, and each letter names one several times."""


@dataclass(frozen=True, slots=True, order=True)
class EnhancedStatus:
    """An enhanced status code: class.subject.detail (RFC 3463 section 2)."""

    class_: int
    subject: int
    detail: int

    @classmethod
    def parse(cls, text: str) -> "EnhancedStatus | None":
        """Parse the code at the start of *text*, after white space; None where there is none."""
        match = _STATUS.match(text.lstrip())
        return _status(*match.groups()) if match else None

    @classmethod
    def find(cls, text: str) -> "EnhancedStatus | None":
        """Find the first code anywhere in *text*; None where there is none."""
        match = _STATUS.search(text)
        return _status(*match.groups()) if match else None

    @property
    def is_permanent(self) -> bool:
        """Whether the class is 5: a retry will not help."""
        return self.class_ == 5  # noqa: PLR2004 -- RFC 3463's own number

    def __str__(self) -> str:
        return f"{self.class_}.{self.subject}.{self.detail}"


@lru_cache(_CODES)
def _status(class_: str, subject: str, detail: str) -> EnhancedStatus:
    return EnhancedStatus(int(class_), int(subject), int(detail))
