"""Letters that a person has to see, as the store gives them. The module loads fast, because it imports no text of a mail."""

import datetime as dt
from dataclasses import dataclass

from bouncer.policy.records import Unread

MOST_SHOWN = 50
"""Letters that are shown; the mail gives the number of the others."""
MOST_WISHES = MOST_SHOWN // 2
"""Requests to be taken off among them, if there is other mail too: a thousand requests must not hide an answer."""


@dataclass(frozen=True, slots=True)
class UnreadLetter:
    """One letter; sender, subject and lines are a stranger's text."""

    report: str  # the letter's id, spelled as in logs
    why: Unread
    sender: str
    subject: str
    arrived_at: dt.datetime
    lines: tuple[str, ...] = ()
    followed: bool = False  # for a request to be taken off: mail to the address has stopped
    account: str = ""


@dataclass(frozen=True, slots=True)
class UnreadListing:
    """The letters, some of them shown, and the number of automatic answers since the first."""

    count: int
    letters: tuple[UnreadLetter, ...]
    automatic: int = 0
