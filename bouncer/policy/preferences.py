"""Who is told what, and when: an owner's preferences, digests, quiet hours, and what a storm becomes. Pure.

Preferences are words, ``soft=daily`` or ``quiet=22:00-07:00``: those of an account hold for all its owners, and each owner's own
go before them. How often a mail leaves is bounded by buckets (``policy.rate_limit``).
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bouncer.ndr.reading import Kind
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.rate_limit import Bound, most_at_once
from bouncer.policy.records import Bucket

Overrides = Mapping[str, Mapping[str, str]]
"""What an account's owners prefer: by owner, the account's own under the empty name; only what is not the default."""

ADDRESS_MAILS = 2
"""Mails a day about one address at most; what more comes of it stands in the digest."""
DIGEST_HOUR = 8
"""When daily and weekly digests leave, in the owner's own time: they are there when the day's work begins."""
MAX_MAILS = 1000
"""An hour, that an owner can wish for."""
MAX_TEXT = 400
"""Characters of a preference."""

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


class Frequency(StrEnum):
    """How soon one kind of report is told."""

    AT_ONCE = "at-once"  # a mail for each report
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"  # on Mondays
    OFF = "off"


class Attach(StrEnum):
    """What of the report goes along."""

    HEADERS = "headers"  # the headers of the returned message
    REPORT = "report"  # these in a report of our own that programs read (RFC 6522)
    FULL = "full"  # these, and the whole report
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one owner prefers."""

    hard: Frequency = Frequency.AT_ONCE
    block: Frequency = Frequency.AT_ONCE
    complaint: Frequency = Frequency.AT_ONCE
    other: Frequency = Frequency.AT_ONCE
    soft: Frequency = Frequency.DAILY
    technical: Frequency = Frequency.DAILY
    delay: Frequency = Frequency.DAILY
    unread: Frequency = Frequency.DAILY  # letters that nobody could read, and what people wrote
    dropped: Frequency = (
        Frequency.DAILY
    )  # mail of the account that went nowhere, as its address is suppressed; never at once
    most: int = 2  # mails at once; after that one an hour, a digest; 0: no bound but that of strangers' mails
    quiet: str = ""  # "22:00-07:00": nothing is sent then
    zone: str = "UTC"
    language: str = "en"
    attach: Attach = Attach.HEADERS
    json: bool = False  # the bounces as JSON go along
    contact: str = ""  # whom the owner can ask


OPERATOR = Preferences(most=3)
"""How the operator, who prefers nothing, is told: three mails of a kind at once, then one each half hour, a list of what came."""
UNREAD = "unread"
"""The topic of letters that a person has to see."""
TOPICS = ("hard", "block", "complaint", "other", "soft", "technical", "delay", UNREAD)
"""What is told each in its own time: kinds of report, and what is none."""


def _whole(said: str) -> int:
    if not said.isascii() or not said.isdigit() or int(said) > MAX_MAILS:
        raise ValueError(f"must be a number from 0 to {MAX_MAILS}")
    return int(said)


def _quiet(said: str) -> str:
    if said and not _HOURS.fullmatch(said):
        raise ValueError("must be two times of day, 22:00-07:00")
    return said


def _zone(said: str) -> str:
    try:
        return ZoneInfo(said).key
    except (ValueError, OSError, LookupError):
        raise ValueError("must be the name of a time zone, Europe/Berlin") from None


def _one_of(names: Iterable[str]) -> Callable[[str], str]:
    known = tuple(names)

    def read(said: str) -> str:
        if said not in known:
            raise ValueError(f"must be one of {', '.join(known)}")
        return said

    return read


def _text(said: str) -> str:
    if len(said) > MAX_TEXT:
        raise ValueError(f"must have {MAX_TEXT} characters at most")
    return said


_READ: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(TOPICS, lambda said: Frequency(_one_of(Frequency)(said))),
    "dropped": lambda said: Frequency(_one_of(often for often in Frequency if often is not Frequency.AT_ONCE)(said)),
    "most": _whole,
    "quiet": _quiet,
    "zone": _zone,
    "language": _one_of(LANGUAGE_CODES),
    "attach": lambda said: Attach(_one_of(Attach)(said)),
    "json": lambda said: _one_of(("yes", "no"))(said) == "yes",
    "contact": _text,
}
KEYS = tuple(one.name for one in fields(Preferences))
"""What can be preferred."""


def read(key: str, said: str) -> Any:
    """Read one preference; raises ValueError with what it must be."""
    if key not in _READ:
        raise ValueError(f"there is no such preference; there are {', '.join(KEYS)}")
    return _READ[key](said)


def preferences(wishes: Overrides, owner: str) -> Preferences:
    """Give what *owner* prefers; a wish that cannot be read, as a later version may have written it, is the default."""
    values = {}
    for key, said in {**wishes.get("", {}), **wishes.get(owner, {})}.items():
        try:
            values[key] = read(key, said)
        except ValueError:
            continue
    return Preferences(**values)


def wish(wishes: Overrides, owner: str, key: str, said: str) -> Overrides:
    """Give *wishes* with one more, or, where *said* is empty, without it."""
    own = {**wishes.get(owner, {}), key: said} if said else {k: v for k, v in wishes.get(owner, {}).items() if k != key}
    every = {**wishes, owner: own}
    return {name: those for name, those in every.items() if those}


def topic(kind: str | None, category: str | None) -> str:
    """Say under which of TOPICS a report's recipient falls."""
    if kind in (Kind.DELAY, Kind.COMPLAINT):
        return str(kind)
    return category if category in TOPICS else "other"


class HoldReason(StrEnum):
    """Why a report is not told at once."""

    PREFERENCE = "preference"  # its reader wants such reports in a digest
    PATH = "path"  # its return path has spoken too often today
    ADDRESS = "address"  # two mails told of the same address today
    MOST = "most"  # as many mails as its reader wants at once left shortly before
    QUIET = "quiet"  # these are the reader's quiet hours


@dataclass(frozen=True, slots=True)
class Timing:
    """What becomes of one report for one owner: told at once, in the digest that leaves at *digest_at*, or not at all."""

    at_once: bool = False
    digest_at: dt.datetime | None = None
    why: HoldReason | None = None  # it is held


def schedule(
    wanted: Preferences,
    topics: Iterable[str],
    bound: Bound,
    *,
    told_of_address: int,
    now: dt.datetime,
    bucket: Bucket = Bucket.PROVEN,
) -> Timing:
    """Decide on one report, warning or mail to the operator, that *bucket* has room for as *bound* says.

    *told_of_address*: mails about the same address within the last day.
    """
    times = {Frequency(getattr(wanted, one)) for one in topics} or {wanted.other}
    if times == {Frequency.OFF}:
        return Timing()
    soonest = next(one for one in Frequency if one in times)
    if bucket is Bucket.DIGEST and soonest in (Frequency.AT_ONCE, Frequency.HOURLY):
        return Timing(digest_at=digest_time(wanted, Frequency.DAILY, now), why=HoldReason.PATH)
    if soonest is not Frequency.AT_ONCE:
        return Timing(digest_at=digest_time(wanted, soonest, now), why=HoldReason.PREFERENCE)
    awake, most = wakes_at(wanted, now), most_at_once(bucket, wanted.most)
    if told_of_address >= ADDRESS_MAILS:
        return Timing(digest_at=digest_time(wanted, Frequency.DAILY, now), why=HoldReason.ADDRESS)
    if most and bound.next_at(most) > now:
        return Timing(digest_at=wakes_at(wanted, bound.next_at(most)), why=HoldReason.MOST)
    return Timing(at_once=True) if awake <= now else Timing(digest_at=awake, why=HoldReason.QUIET)


def digest_time(wanted: Preferences, often: Frequency, now: dt.datetime) -> dt.datetime:
    """Say when the digest leaves that takes what came at *now*: a full hour, or eight in the morning."""
    if often is Frequency.HOURLY:
        hour = now.replace(minute=0, second=0, microsecond=0) + _HOUR
        return wakes_at(wanted, hour)
    there = now.astimezone(zone_of(wanted))
    morning = there.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if morning <= there:
        morning += _DAY
    if often is Frequency.WEEKLY:
        morning += _DAY * (-morning.weekday() % 7)
    return wakes_at(wanted, morning.astimezone(dt.UTC))


def wakes_at(wanted: Preferences, moment: dt.datetime) -> dt.datetime:
    """Give *moment*, or the end of the quiet hours that it lies in."""
    found = _HOURS.fullmatch(wanted.quiet)
    if found is None:
        return moment
    begin, end = (dt.time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    there = moment.astimezone(zone_of(wanted))
    clock = there.time()
    inside = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not inside:
        return moment
    wakes = there.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return (wakes if wakes > there else wakes + _DAY).astimezone(dt.UTC)


def zone_of(wanted: Preferences) -> dt.tzinfo:
    """Give the zone in which this owner's times are told; UTC where this machine does not know it."""
    try:
        return ZoneInfo(wanted.zone)
    except (ValueError, OSError, LookupError):
        return dt.UTC
