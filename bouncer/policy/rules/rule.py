"""A text rule: the phrases in which mail servers say one thing, and the reason that they mean.

A rule is data. Its phrases are searched in lower-case text with single blanks and without addresses (classify.py
prepares it). A phrase is a small regular expression of bounded repetition only, so that searching is linear in the
text's length; a test walks every phrase's parse tree to hold this. Alternatives stand in groups, never at the top,
so that every phrase has a literal that must be there: its key, looked for first because that is cheap.
"""

import re
from dataclasses import dataclass

from bouncer.policy.verdict import Reason

_ESCAPE = re.compile(r"\\.")
_GROUP = re.compile(r"\([^()]*\)\??")
_OPEN_ENDED = re.compile(r"\[[^\]]*\]\??|\{[^}]*\}|.\?|[.^$\0]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that servers say: its id (as shown to operators), its phrases, what it means, and who says so where."""

    id: str
    reason: Reason
    source: str
    phrases: tuple[str, ...]


def key_of(phrase: str) -> str:
    """Give the longest literal run that any text matching *phrase* must contain."""
    literal = _ESCAPE.sub("\0", phrase)
    while "(" in literal:
        literal = _GROUP.sub("\0", literal)
    return max(_OPEN_ENDED.sub("\0", literal).split("\0"), key=len)
