"""Suppressions in other people's words: the columns that SendGrid, Mailgun and Amazon SES export, and our own.

    ours      address,reason,source,since,until,stream,why
    SendGrid  email,created,reason,status           (created: seconds since 1970)
    Mailgun   address,code,error,created_at         (RFC 2822 times)
    SES       EmailAddress,Reason,LastUpdateTime    (BOUNCE, COMPLAINT)

A row is a mapping of column to text, out of CSV or JSON; it becomes a Suppression, or the words why it does not. What another
provider lists because it was blocked suppresses nobody here, as everywhere else.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache

from bouncer.mail.address import plausible
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.ladder import COMPLAINT, UNSUBSCRIBE
from bouncer.policy.record import MAX_STREAM, Suppression
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category, Reason

COLUMNS = ("address", "reason", "source", "since", "until", "stream", "why")
"""Our own, in the order of an export."""
IMPORTED = "import"
"""The source of what was imported."""
MAX_WHY = 500
"""Characters of another system's words that are kept."""

_NAMES = {
    "address": ("address", "email", "emailaddress", "email_address", "email address", "recipient"),
    "reason": ("reason", "error", "type"),
    "since": ("since", "created", "created_at", "created at", "lastupdatetime", "timestamp", "date"),
    "until": ("until",),
    "stream": ("stream",),
    "why": ("why",),
    "code": ("code", "status"),
}
_WORDS = {"bounce": "bounce", "complaint": COMPLAINT, "spamreport": COMPLAINT, "unsubscribe": UNSUBSCRIBE}
_REASONS = frozenset(Reason)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_SECONDS = 1 << 40


@dataclass(frozen=True, slots=True)
class Terms:
    """What an import is told beside its file."""

    account: str
    now: dt.datetime
    why: str  # which file, by whom
    reason: str = IMPORTED  # where the file says none
    stream: str = ""
    until: dt.datetime | None = None


def has_address(columns: Mapping[str, object]) -> bool:
    """Whether one of *columns* is known to hold the address."""
    return any(_plain(one) in _NAMES["address"] for one in columns)


def read_row(row: Mapping[str, str], terms: Terms) -> Suppression | str:
    """Make a suppression of one row; else say why it is refused."""
    given = _given(row)
    address = unguarded(given["address"]).strip()
    if not plausible(address):
        return "no mail address" if address else "no address"
    since, until = _time(given["since"]), _time(given["until"])
    if (given["since"] and since is None) or (given["until"] and until is None):
        return "a time that cannot be read"
    until = until or terms.until
    if until is not None and until <= terms.now:
        return "has run out"
    said = unguarded(given["reason"]).strip()
    reason = _reason(said, given["code"]) if said else terms.reason
    if reason is None:
        return "was blocked, which suppresses nobody"
    stream = unguarded(given["stream"]).strip() or terms.stream
    if len(stream) > MAX_STREAM:
        return f"a stream of more than {MAX_STREAM} characters"
    words = unguarded(given["why"]).strip() or (said if said.lower() not in (reason, *_WORDS) else "")
    why = f"{terms.why}; {words[:MAX_WHY]}" if words else terms.why
    return Suppression(
        terms.account, address, reason, IMPORTED, None, min(since or terms.now, terms.now), until, stream, why=why
    )


def write_row(one: Suppression) -> dict[str, str]:
    """Make a row of a suppression, in our own columns; no spreadsheet takes any of it for a formula."""
    facts = {
        "address": one.address,
        "reason": one.reason,
        "source": one.source,
        "since": one.since.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "until": one.until.astimezone(dt.UTC).isoformat(timespec="seconds") if one.until else "",
        "stream": one.stream,
        "why": one.why,
    }
    return {name: facts[name] for name in COLUMNS}


def guarded(text: str) -> str:
    """Give a cell that no spreadsheet computes (OWASP, CSV injection): an apostrophe goes before what begins a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or text.startswith(("'=", "'+", "'-", "'@")) else text


def unguarded(text: str) -> str:
    """Take away what ``guarded`` put before a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text


def _given(row: Mapping[str, str]) -> dict[str, str]:
    """Our fields of a row: of several columns that one is called by, the first that is not empty."""
    given = dict.fromkeys(_NAMES, "")
    for name, value in row.items():
        field = _field(name)
        if field and value and not given[field]:
            given[field] = value
    return given


@lru_cache(maxsize=256)
def _field(name: str) -> str | None:
    plain = _plain(name)
    return next((field for field, names in _NAMES.items() if plain in names), None)


def _plain(name: str) -> str:
    return name.strip().strip("\ufeff").lower()


@lru_cache(maxsize=4096)  # most of a list says one of a few things
def _reason(said: str, code: str) -> str | None:
    """Our reason for another system's words; None where it was a block."""
    word = said.lower()
    if word in _WORDS or word in _REASONS:
        return _WORDS.get(word, word)
    if not any(character.isdigit() for character in said + code):
        return said[:MAX_WHY]
    recipient = Recipient("", Action.FAILED, diagnostic_code=f"{code} {said}".strip(), said=(said,))
    verdict = classify(recipient, Reading(Kind.BOUNCE, recipients=(recipient,)))
    if verdict.category is Category.BLOCK:
        return None
    return verdict.reason.value


def _time(text: str) -> dt.datetime | None:
    """Read a time: seconds since 1970, ISO 8601, RFC 2822; without a zone it is UTC."""
    text = text.strip()
    for read in (_seconds, dt.datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.removesuffix(" UTC"))
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return None


def _seconds(text: str) -> dt.datetime:
    seconds = float(text)
    if not 0 <= seconds < _MOST_SECONDS:
        raise ValueError(text)
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
