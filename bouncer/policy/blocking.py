"""Blocks: a provider that refuses mail because of the sender or the message suppresses nobody, but people must know soon.

Owner and operator are warned when one provider's blocks of one account reach the account's number on one day (UTC), and again
at ten times as many, and so on. Only proven blocks count, and each address once a day: who holds the return path of one mail can
report it blocked ten times, and it is still one. All that one letter leads to is one warning to each person.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bouncer.policy.history import History
from bouncer.policy.notifications import Notification
from bouncer.policy.records import NO_ACCOUNT, Bucket, ParcelKind

MOST_NAMED = 50
"""Blocks that one warning names; how many more there are is said."""
MAX_ABOUT = 12_000
"""Characters of a warning's facts in the outbox, whose columns hold some sixteen thousand; names may be long."""
BLOCK = "block"
"""The topic of warnings."""
_LATER = 10
"""How many times more it takes until the same is told again."""
_MOST = 10**9
"""More blocks a day than anyone has."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """How many mails of an account a provider has refused on one day."""

    provider: str
    count: int
    account: str = NO_ACCOUNT  # older rows of the outbox do not say; theirs is the row's
    day: dt.date | None = None  # UTC; likewise


@dataclass(frozen=True, slots=True)
class Blocking:
    """What one warning tells: the most frequent blocks, and how many it does not name."""

    blocked: tuple[Blocked, ...]
    more: int = 0

    @classmethod
    def parse(cls, about: str) -> "Blocking":
        """Read what stands in the outbox; a row of an older version, ``10 Gmail``, too. What is none counts nothing."""
        if not about.startswith("{"):
            count, _, provider = about.partition(" ")
            known = count.isascii() and count.isdigit()
            return cls((Blocked(provider, int(count)) if known else Blocked(about, 0),))
        facts = json.loads(about)
        return cls(tuple(_blocked(*each) for each in facts["blocked"]), facts["more"])

    @classmethod
    def of(cls, blocked: Iterable[Blocked], more: int = 0) -> "Blocking":
        """Name the most frequent of *blocked*, as many as fit."""
        ordered = sorted(blocked, key=lambda block: -block.count)
        fitting = cls(tuple(ordered[:MOST_NAMED]), more + len(ordered[MOST_NAMED:]))
        while len(str(fitting)) > MAX_ABOUT:
            fitting = cls(fitting.blocked[:-1], fitting.more + 1)
        return fitting

    def __str__(self) -> str:
        rows = [
            (block.provider, block.count, block.account, block.day.isoformat() if block.day else None)
            for block in self.blocked
        ]
        return json.dumps({"blocked": rows, "more": self.more}, ensure_ascii=False)


def _blocked(provider: str, count: int, account: str, day: str | None) -> Blocked:
    return Blocked(provider, count, account, dt.date.fromisoformat(day) if day else None)


def warnings(
    blocked: tuple[str, ...],
    past: History,
    *,
    account: str,
    now: dt.datetime,
) -> tuple[Notification, ...]:
    """Give the warnings that *blocked*, the providers of one letter's blocks, add to what the day has seen.

    One for the account's subscribers, one for the operator. That one is of no account, so that the warnings of all accounts
    draw from one bucket.
    """
    day = now.astimezone(dt.UTC).date()
    crossed = [
        Blocked(provider, past.blocked.get(provider, 0) + more, account, day)
        for provider, more in Counter(blocked).items()
        if _crosses(past.blocked.get(provider, 0), more, past.terms.block_warning)
    ]
    if not crossed:
        return ()
    about = str(Blocking.of(crossed))
    topics = frozenset({BLOCK})
    return tuple(Notification(ParcelKind.WARNING, topics, whose, about, Bucket.WARNING) for whose in (None, NO_ACCOUNT))


def merged(warned: Iterable[tuple[str, str | None]], unread: int = 0) -> Blocking:
    """Make one warning of many, given as what each tells and its account: of one provider on one day, the highest count.

    *unread* more were not looked at.
    """
    highest: dict[tuple[str, str, dt.date | None], Blocked] = {}
    more = unread
    for about, account in warned:
        blocking = Blocking.parse(about)
        more += blocking.more
        for found in blocking.blocked:
            block = replace(found, account=found.account or account or NO_ACCOUNT)
            key = (block.account, block.provider, block.day)
            if key not in highest or highest[key].count < block.count:
                highest[key] = block
    return Blocking.of(highest.values(), more)


def _crosses(before: int, more: int, step: int) -> bool:
    if step < 1:
        return False
    while step <= min(before + more, _MOST):
        if before < step:
            return True
        step *= _LATER
    return False
