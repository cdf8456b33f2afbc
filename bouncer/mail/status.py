"""Enhanced status codes (RFC 3463 section 2) and reply codes (RFC 5321 section 4.2)."""

import re
from dataclasses import dataclass

# RFC 3463: class 2, 4 or 5; subject and detail of one to three digits. Not inside a longer dotted number. It begins with a
# digit and looks back from there: that is how the engine skips to the few places that matter.
_STATUS = re.compile(r"([245])(?<![\d.][245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")


@dataclass(frozen=True, slots=True, order=True)
class EnhancedStatus:
    """An enhanced status code: class.subject.detail (RFC 3463 section 2)."""

    klass: int
    subject: int
    detail: int

    @classmethod
    def parse(cls, text: str) -> "EnhancedStatus | None":
        """Read the code that *text* starts with, white space aside; None where there is none."""
        found = _STATUS.match(text.lstrip())
        return cls(*map(int, found.groups())) if found else None

    @classmethod
    def find(cls, text: str) -> "EnhancedStatus | None":
        """Read the first code anywhere in *text*; None where there is none."""
        found = _STATUS.search(text)
        return cls(*map(int, found.groups())) if found else None

    @property
    def permanent(self) -> bool:
        """Class 5: trying again will not help."""
        return self.klass == 5  # noqa: PLR2004 -- RFC 3463's own number

    def __str__(self) -> str:
        return f"{self.klass}.{self.subject}.{self.detail}"
