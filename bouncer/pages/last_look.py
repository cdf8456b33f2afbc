"""The last looks of a person at the page Today: two times in a cookie, so that loading the page again loses no news.

Visits within half an hour are one look. In all of them, reports are new that came after the look before had begun.
"""

import datetime as dt
import re
from dataclasses import dataclass

LOOK_LASTS = dt.timedelta(minutes=30)
"""Visits within this time are one look: a person who reads reports comes back to the page before it is over."""

_SPELLING = re.compile(r"([0-9]{1,10})-([0-9]{1,10})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Looks:
    """The times at which the present look and the look before it began, in whole seconds; None where there was none."""

    start: dt.datetime
    before: dt.datetime | None = None


def looks_at(text: str, now: dt.datetime) -> Looks:
    """Give the looks of a visit at *now* by the cookie's *text*.

    A cookie that is unreadable, or has a time ahead of *now*, counts as missing.
    """
    last_look = _read(text)
    this_second = now.replace(microsecond=0)
    if last_look is None or last_look.start > now:
        return Looks(this_second)
    return Looks(this_second, last_look.start) if this_second - last_look.start > LOOK_LASTS else last_look


def spell(looks: Looks) -> str:
    """Write looks as the cookie has them."""
    before = 0 if looks.before is None else int(looks.before.timestamp())
    return f"{int(looks.start.timestamp())}-{before}"


def _read(text: str) -> Looks | None:
    parts = _SPELLING.fullmatch(text)
    if parts is None:
        return None
    start, before = (dt.datetime.fromtimestamp(int(part), dt.UTC) for part in parts.groups())
    if before.timestamp() == 0:
        return Looks(start)
    return Looks(start, before) if before <= start else None
