"""The preferences of owners, and the schedule that follows from them: at once, in a digest, or not at all. Pure.

A preference is a key and a text, such as ``soft=daily`` or ``quiet=22:00-07:00``. An account's preferences hold for all its owners;
an owner's own preferences override them. Token buckets limit the rate of mails (``policy.rate_limit``).
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
from bouncer.policy.rate_limit import RateLimit, bucket_capacity
from bouncer.policy.records import Bucket

Overrides = Mapping[str, Mapping[str, str]]
"""The preferences of an account's owners, by owner and key; the account's own under the empty name. Defaults are left out."""

ADDRESS_MAILS = 2
"""Mails a day about one address at most; further reports about it go to the digest."""
DIGEST_HOUR = 8
"""The hour, in the owner's time zone, at which daily and weekly digests leave: before the day's work begins."""
MAX_MAILS = 1000
"""The greatest number for the preference ``most``."""
MAX_TEXT = 400
"""Characters of a free text preference at most."""

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


class Frequency(StrEnum):
    """The frequency at which the owner is told of reports of a topic."""

    AT_ONCE = "at-once"  # a mail for each report
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"  # on Mondays
    OFF = "off"


class Attach(StrEnum):
    """The part of the report that is attached to a notice."""

    HEADERS = "headers"  # the headers of the returned message
    REPORT = "report"  # the same headers, in a report of our own for programs (RFC 6522)
    FULL = "full"  # the same headers, and the whole report
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The preferences of one owner."""

    hard: Frequency = Frequency.AT_ONCE
    block: Frequency = Frequency.AT_ONCE
    complaint: Frequency = Frequency.AT_ONCE
    other: Frequency = Frequency.AT_ONCE
    soft: Frequency = Frequency.DAILY
    technical: Frequency = Frequency.DAILY
    delay: Frequency = Frequency.DAILY
    unread: Frequency = Frequency.DAILY  # letters that could not be read, and letters of people
    dropped: Frequency = Frequency.DAILY  # dropped mail of the account to suppressed addresses; never at once
    most: int = 2  # mails at once; after that one digest an hour; 0: no limit but that of unproven reports
    quiet: str = ""  # "22:00-07:00": no mail is sent then
    zone: str = "UTC"
    language: str = "en"
    attach: Attach = Attach.HEADERS
    json: bool = False  # the bounces are attached as JSON
    contact: str = ""  # the contact for the owner's questions


OPERATOR = Preferences(most=3)
"""The operator's fixed preferences: three mails of a kind at once, then one each half hour, with a list of the letters."""
UNREAD = "unread"
"""The topic of letters that a person has to see."""
TOPICS = ("hard", "block", "complaint", "other", "soft", "technical", "delay", UNREAD)
"""The topics, each with a frequency of its own: kinds and categories of reports, and unread letters."""


def _parse_whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MAX_MAILS:
        raise ValueError(f"must be a number from 0 to {MAX_MAILS}")
    return int(text)


def _quiet(text: str) -> str:
    if text and not _HOURS.fullmatch(text):
        raise ValueError("must be two times of day, 22:00-07:00")
    return text


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        raise ValueError("must be the name of a time zone, Europe/Berlin") from None


def _make_choice(names: Iterable[str]) -> Callable[[str], str]:
    name_list = tuple(names)

    def read(text: str) -> str:
        if text not in name_list:
            raise ValueError(f"must be one of {', '.join(name_list)}")
        return text

    return read


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"must have {MAX_TEXT} characters at most")
    return text


_READ: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(TOPICS, lambda text: Frequency(_make_choice(Frequency)(text))),
    "dropped": lambda text: Frequency(
        _make_choice(frequency for frequency in Frequency if frequency is not Frequency.AT_ONCE)(text)
    ),
    "most": _parse_whole_number,
    "quiet": _quiet,
    "zone": _zone,
    "language": _make_choice(LANGUAGE_CODES),
    "attach": lambda text: Attach(_make_choice(Attach)(text)),
    "json": lambda text: _make_choice(("yes", "no"))(text) == "yes",
    "contact": _text,
}
KEYS = tuple(field.name for field in fields(Preferences))
"""The keys of preferences."""


def parse_preference(key: str, text: str) -> Any:
    """Parse the text of a preference; raises ValueError with the form that it must have."""
    if key not in _READ:
        raise ValueError(f"there is no such preference; there are {', '.join(KEYS)}")
    return _READ[key](text)


def preferences(wishes: Overrides, owner: str) -> Preferences:
    """Give the preferences of *owner*; a text that cannot be parsed, as of a later version, counts as the default."""
    values = {}
    for key, text in {**wishes.get("", {}), **wishes.get(owner, {})}.items():
        try:
            values[key] = parse_preference(key, text)
        except ValueError:
            continue
    return Preferences(**values)


def override(wishes: Overrides, owner: str, key: str, text: str) -> Overrides:
    """Give *wishes* with the preference *key* of *owner* set to *text*, or removed where *text* is empty."""
    owner_wishes = (
        {**wishes.get(owner, {}), key: text} if text else {k: v for k, v in wishes.get(owner, {}).items() if k != key}
    )
    by_owner = {**wishes, owner: owner_wishes}
    return {name: texts for name, texts in by_owner.items() if texts}


def topic_of(kind: str | None, category: str | None) -> str:
    """Give the topic of one recipient of a report."""
    if kind in (Kind.DELAY, Kind.COMPLAINT):
        return str(kind)
    return category if category in TOPICS else "other"


class HoldReason(StrEnum):
    """Why a report waits for a digest."""

    PREFERENCE = "preference"  # the owner wants such reports in a digest
    PATH = "path"  # its return path was used too often today
    ADDRESS = "address"  # two mails were about the same address today
    MOST = "most"  # the owner's limit of mails at once (rate limit) is reached
    QUIET = "quiet"  # it is within the owner's quiet hours


@dataclass(frozen=True, slots=True)
class Timing:
    """The schedule of one report for one owner: a mail at once, the digest that leaves at *digest_at*, or nothing."""

    at_once: bool = False
    digest_at: dt.datetime | None = None
    why: HoldReason | None = None  # why it is held for the digest


def schedule(
    owner_preferences: Preferences,
    topics: Iterable[str],
    bound: RateLimit,
    *,
    told_of_address: int,
    now: dt.datetime,
    bucket: Bucket = Bucket.PROVEN,
) -> Timing:
    """Schedule a report, warning or mail to the operator for one owner.

    *bound* is the state of the token bucket (rate limit) *bucket*. *told_of_address*: mails about the same address within a day.
    """
    times = {Frequency(getattr(owner_preferences, name)) for name in topics} or {owner_preferences.other}
    if times == {Frequency.OFF}:
        return Timing()
    soonest = next(frequency for frequency in Frequency if frequency in times)
    if bucket is Bucket.DIGEST and soonest in (Frequency.AT_ONCE, Frequency.HOURLY):
        return Timing(digest_at=digest_time(owner_preferences, Frequency.DAILY, now), why=HoldReason.PATH)
    if soonest is not Frequency.AT_ONCE:
        return Timing(digest_at=digest_time(owner_preferences, soonest, now), why=HoldReason.PREFERENCE)
    end_of_quiet_hours, most = end_of_quiet(owner_preferences, now), bucket_capacity(bucket, owner_preferences.most)
    if told_of_address >= ADDRESS_MAILS:
        return Timing(digest_at=digest_time(owner_preferences, Frequency.DAILY, now), why=HoldReason.ADDRESS)
    if most and bound.next_at(most) > now:
        return Timing(digest_at=end_of_quiet(owner_preferences, bound.next_at(most)), why=HoldReason.MOST)
    return (
        Timing(at_once=True)
        if end_of_quiet_hours <= now
        else Timing(digest_at=end_of_quiet_hours, why=HoldReason.QUIET)
    )


def digest_time(owner_preferences: Preferences, frequency: Frequency, now: dt.datetime) -> dt.datetime:
    """Give the time of the digest with a report of *now*: the next hour, DIGEST_HOUR of the zone, or Monday; not in quiet hours."""
    if frequency is Frequency.HOURLY:
        hour = now.replace(minute=0, second=0, microsecond=0) + _HOUR
        return end_of_quiet(owner_preferences, hour)
    local = now.astimezone(zone_of(owner_preferences))
    morning = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if morning <= local:
        morning += _DAY
    if frequency is Frequency.WEEKLY:
        morning += _DAY * (-morning.weekday() % 7)
    return end_of_quiet(owner_preferences, morning.astimezone(dt.UTC))


def end_of_quiet(owner_preferences: Preferences, moment: dt.datetime) -> dt.datetime:
    """Give *moment*, or the end of the quiet hours where it is within them."""
    hours = _HOURS.fullmatch(owner_preferences.quiet)
    if hours is None:
        return moment
    begin, end = (dt.time(int(hours[n]), int(hours[n + 1])) for n in (1, 3))
    local = moment.astimezone(zone_of(owner_preferences))
    clock = local.time()
    is_quiet = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not is_quiet:
        return moment
    quiet_end = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return (quiet_end if quiet_end > local else quiet_end + _DAY).astimezone(dt.UTC)


def zone_of(owner_preferences: Preferences) -> dt.tzinfo:
    """Give the owner's time zone; UTC where this machine does not know it."""
    try:
        return ZoneInfo(owner_preferences.zone)
    except (ValueError, OSError, LookupError):
        return dt.UTC
