"""Blocks: a provider that refuses mail because of the sender or the message. They suppress no address, but people must know soon.

A warning goes to owner and operator when one provider's blocks of one account reach the account's number on one day (UTC), and
again at ten times as many, and so on. Only proven blocks count, and each address once a day: the holder of one mail's return
path can report it blocked ten times, and it still counts once. One letter leads to at most one warning for each person.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bouncer.policy.history import History
from bouncer.policy.notifications import Notification
from bouncer.policy.records import NO_ACCOUNT, Bucket, EntryKind

MOST_NAMED = 50
"""Blocks that one warning names; it counts the others."""
MAX_ABOUT = 12_000
"""Characters of a warning's facts in the outbox, whose columns hold some sixteen thousand; names may be long."""
BLOCK = "block"
"""The topic of warnings."""
_LATER = 10
"""The factor between one warning's number of blocks and the next one's."""
_MOST = 10**9
"""An upper bound of blocks a day, which nobody reaches."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """How many mails of an account a provider refused on one day."""

    provider: str
    count: int
    account: str = NO_ACCOUNT  # absent in older rows of the outbox, which mean the row's account
    day: dt.date | None = None  # UTC; absent in older rows


@dataclass(frozen=True, slots=True)
class Blocking:
    """The content of one warning: the most frequent blocks, and the number of those that it does not name."""

    blocked: tuple[Blocked, ...]
    omitted: int = 0

    @classmethod
    def parse(cls, about: str) -> "Blocking":
        """Parse the text in the outbox, also the form of older versions, ``10 Gmail``; malformed text gives no blocks."""
        if not about.startswith("{"):
            count, _, provider = about.partition(" ")
            is_number = count.isascii() and count.isdigit()
            return cls((Blocked(provider, int(count)) if is_number else Blocked(about, 0),))
        facts = json.loads(about)
        return cls(tuple(_parse_blocked(*fact) for fact in facts["blocked"]), facts["more"])

    @classmethod
    def of(cls, blocked: Iterable[Blocked], omitted: int = 0) -> "Blocking":
        """Name the most frequent of *blocked*, as many as fit; *omitted* further blocks are only counted."""
        ordered = sorted(blocked, key=lambda block: -block.count)
        fitting = cls(tuple(ordered[:MOST_NAMED]), omitted + len(ordered[MOST_NAMED:]))
        while len(str(fitting)) > MAX_ABOUT:
            fitting = cls(fitting.blocked[:-1], fitting.omitted + 1)
        return fitting

    def __str__(self) -> str:
        rows = [
            (block.provider, block.count, block.account, block.day.isoformat() if block.day else None)
            for block in self.blocked
        ]
        return json.dumps({"blocked": rows, "more": self.omitted}, ensure_ascii=False)


def _parse_blocked(provider: str, count: int, account: str, day: str | None) -> Blocked:
    return Blocked(provider, count, account, dt.date.fromisoformat(day) if day else None)


def warnings_of_blocks(
    blocked: tuple[str, ...],
    history: History,
    *,
    account: str,
    now: dt.datetime,
) -> tuple[Notification, ...]:
    """Give the warnings that *blocked* (the providers of one letter's blocks) causes with the day's history.

    One warning is for the account's subscribers, one for the operator. The operator's warning belongs to no account, so that the
    warnings of all accounts share one rate limit.
    """
    day = now.astimezone(dt.UTC).date()
    crossed = [
        Blocked(provider, history.blocked.get(provider, 0) + count, account, day)
        for provider, count in Counter(blocked).items()
        if _crosses(history.blocked.get(provider, 0), count, history.rules.block_warning)
    ]
    if not crossed:
        return ()
    about = str(Blocking.of(crossed))
    topics = frozenset({BLOCK})
    return tuple(
        Notification(EntryKind.WARNING, topics, holder, about, Bucket.WARNING) for holder in (None, NO_ACCOUNT)
    )


def merge_warnings(warned: Iterable[tuple[str, str | None]], unread: int = 0) -> Blocking:
    """Merge warnings, given as (text, account), into one: for a provider's blocks on one day the highest count.

    *unread* is the number of warnings that were not read; they are only counted.
    """
    highest: dict[tuple[str, str, dt.date | None], Blocked] = {}
    omitted = unread
    for about, account in warned:
        blocking = Blocking.parse(about)
        omitted += blocking.omitted
        for counted in blocking.blocked:
            block = replace(counted, account=counted.account or account or NO_ACCOUNT)
            key = (block.account, block.provider, block.day)
            if key not in highest or highest[key].count < block.count:
                highest[key] = block
    return Blocking.of(highest.values(), omitted)


def _crosses(before: int, added: int, step: int) -> bool:
    if step < 1:
        return False
    while step <= min(before + added, _MOST):
        if before < step:
            return True
        step *= _LATER
    return False
