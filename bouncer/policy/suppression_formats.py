"""Suppressions in other people's words: the columns that other tools export, and our own.

    ours       address,reason,source,since,until,stream,why
    SendGrid   email,created,reason,status                     (created: seconds since 1970)
    Mailgun    address,code,error,created_at                   (RFC 2822 times)
    SES        EmailAddress,Reason,LastUpdateTime              (BOUNCE, COMPLAINT)
    Postmark   EmailAddress,SuppressionReason,Origin,CreatedAt (HardBounce, SpamComplaint, ManualSuppression)
    listmonk   email,name,status,created_at,updated_at         (enabled, disabled, blocklisted; times as Go prints them)
    listmonk   email,type,source,created_at                    (of a bounce: hard, soft, complaint)

A row is a mapping of column to text, out of CSV or JSON; it becomes a Suppression, or the words why it does not. What another
provider lists because it was blocked suppresses nobody here, as everywhere else; nor does a reader who gets mail there. A
full mailbox, or a server that was away, is believed for as long as the ladder says (ladder.py), reckoned from when it was so.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache

from bouncer.mail.address import plausible
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.ladder import COMPLAINT, OF_THE_MESSAGE, UNSUBSCRIBE, rule_for
from bouncer.policy.records import MAX_STREAM, Suppression
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
    "reason": ("reason", "error", "suppressionreason", "suppression_reason", "type"),
    "since": (
        *("since", "lastupdatetime", "bouncedat", "updated_at", "created", "created_at", "created at"),
        *("createdat", "timestamp", "date"),
    ),
    "until": ("until",),
    "stream": ("stream",),
    "why": ("why",),
    "code": ("code", "status"),
    "origin": ("origin",),
}
"""The columns that hold each fact; of several the first that is not empty counts."""
_FIELDS = {name: (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names)}
_WORDS = {
    **dict.fromkeys(("bounce", "bounced", "hard", "hardbounce", "hard_bounce", "hard bounce", "cleaned"), "bounce"),
    **dict.fromkeys(("complaint", "spamreport", "spamcomplaint", "spam complaint", "abuse", "complained"), COMPLAINT),
    **dict.fromkeys(("unsubscribe", "unsubscribed", "opt-out", "optout", "opted out"), UNSUBSCRIBE),
    "mail domain mentioned in email address is unknown": Reason.BAD_DOMAIN.value,  # SendGrid, of an invalid address
}
"""Words for a reason, as the tools write them."""
_BY_HAND = frozenset({"manualsuppression", "blocklisted", "disabled", "blacklisted", "suppressed", "inactive"})
"""Words that say that mail is kept back, and not why: a person did so."""
_GETS_MAIL = frozenset({"enabled", "active", "subscribed", "confirmed", "unconfirmed", "pending", "delivered", "valid"})
"""Words of a column called status for those who are written to."""
_BY_ITSELF = frozenset({"soft", "softbounce", "soft_bounce", "soft bounce", "transient", "dnserror"})
"""Words of Postmark and listmonk for one failure that is over by itself."""
_BLOCKS = frozenset({"blocked", "spamnotification"})
"""Postmark's words for what was not because of the address."""
_PASSED = "passes by itself, which suppresses nobody"
_BLOCKED = "was blocked, which suppresses nobody"
_ONE_MESSAGE = "was for one message, which suppresses nobody"
BY_COMMAND = "command"
"""The source, in our own export, of what a person did: it stays as it is, whatever the reason."""
_MAY_PASS = frozenset({Category.SOFT, Category.TECHNICAL})
_REASONS = frozenset(Reason)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_SECONDS = 1 << 40
_TIME_OF_GO = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([+-]\d{4}) [A-Z0-9+-]{1,8}")
"""What Go's ``Time.String`` writes: 2026-10-01 09:30:00.123456 +0200 CEST."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What an import is told beside its file."""

    account: str
    now: dt.datetime
    why: str  # which file, by whom
    reason: str = IMPORTED  # where the file says none
    stream: str = ""
    until: dt.datetime | None = None


def _is_ours(row: Mapping[str, str]) -> bool:
    """Whether a row has the columns of our own export, whose ends are right as they are: an empty one is no end."""
    return {"source", "until"} <= {_plain(name) for name in row}


def has_address(columns: Mapping[str, object]) -> bool:
    """Whether one of *columns* is known to hold the address."""
    return any(_plain(one) in _NAMES["address"] for one in columns)


def read_row(row: Mapping[str, str], terms: ImportOptions) -> Suppression | str:
    """Make a suppression of one row; else say why it is refused."""
    given = _given(row)
    if fault := _fault(given):
        return fault
    said = unguarded(given["reason"]).strip()
    if said.lower() in _BY_ITSELF:
        return _PASSED
    reason = said[:MAX_WHY] if said and _is_ours(row) else _reason_of(said, given, terms)
    if reason is None:
        return _BLOCKED
    if said and reason in OF_THE_MESSAGE and row.get("source") != BY_COMMAND:
        return _ONE_MESSAGE
    since = min(_time(given["since"]) or terms.now, terms.now)
    until = _time(given["until"]) or terms.until or (None if _is_ours(row) else _passes(reason, since))
    if until is not None and until <= terms.now:
        return "has run out"
    stream = unguarded(given["stream"]).strip() or terms.stream
    words = unguarded(given["why"]).strip() or (said if said.lower() not in (reason, *_WORDS) else "")
    why = f"{terms.why}; {words[:MAX_WHY]}" if words else terms.why
    address = _bare(unguarded(given["address"]))
    return Suppression(terms.account, address, reason, IMPORTED, None, since, until, stream, why=why)


def _fault(given: Mapping[str, str]) -> str:
    """Say what is wrong with a row's fields; empty where nothing is."""
    address = _bare(unguarded(given["address"]))
    if not plausible(address):
        return "no mail address" if address else "no address"
    if any(given[name] and _time(given[name]) is None for name in ("since", "until")):
        return "a time that cannot be read"
    if (status := given["code"].strip().lower()) in _GETS_MAIL:
        return f"is written to there: {status}"
    long = len(unguarded(given["stream"]).strip()) > MAX_STREAM
    return f"a stream of more than {MAX_STREAM} characters" if long else ""


def _bare(text: str) -> str:
    """Give the address of a cell; Mailman and mail programs write a name before it: Jane <jane@example.org>."""
    text = text.strip()
    return text[text.rfind("<") + 1 : -1].strip() if text.endswith(">") and "<" in text else text


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
    """Give a cell that no spreadsheet computes (OWASP, CSV injection): an apostrophe goes before what begins a formula.

    One goes before what looks guarded already, too: so ``unguarded`` gives every text back.
    """
    return f"'{text}" if text.startswith(_FORMULA) or _is_guarded(text) else text


def unguarded(text: str) -> str:
    """Take away what ``guarded`` put before a formula."""
    return text[1:] if _is_guarded(text) else text


def _is_guarded(text: str) -> bool:
    return text.startswith("'") and text[1:].startswith((*_FORMULA, "'"))


def _given(row: Mapping[str, str]) -> dict[str, str]:
    """Our fields of a row: of several columns that one is called by, the first in _NAMES that is not empty."""
    given, ranks = dict.fromkeys(_NAMES, ""), dict.fromkeys(_NAMES, len(_FIELDS))
    for name, value in row.items():
        field, rank = _FIELDS.get(_plain(name), ("", 0))
        if field and value and rank < ranks[field]:
            given[field], ranks[field] = value, rank
    return given


def _plain(name: str) -> str:
    return name.strip().strip("\ufeff").lower()


def _reason_of(said: str, given: Mapping[str, str], terms: ImportOptions) -> str | None:
    """Our reason for a row that says *said*; None where it was a block, or is over by itself."""
    status = given["code"].strip().lower()
    word = said.lower() or (status if status in _WORDS or status in _BY_HAND else "")
    if word in _BLOCKS:
        return None
    if word in _BY_HAND:
        return UNSUBSCRIBE if given["origin"].strip().lower() == "recipient" else terms.reason
    return _reason(said or word, given["code"]) if word else terms.reason


def _passes(reason: str, since: dt.datetime) -> dt.datetime | None:
    """When a suppression ends that began *since* for something that passes; None for what does not."""
    if reason not in _REASONS or Reason(reason).category not in _MAY_PASS:
        return None
    rule = rule_for(Reason(reason))
    days = rule.rung(0) if rule.days else None  # a person may give any reason, also one that never suppresses by itself
    return since + dt.timedelta(days=days) if days else None


@lru_cache(maxsize=4096)  # most of a list says one of a few things
def _reason(said: str, code: str) -> str | None:
    """Our reason for another system's words; None where it was a block."""
    word = said.lower()
    if word in _WORDS or word in _REASONS:
        return _WORDS.get(word, word)
    recipient = Recipient("", Action.FAILED, diagnostic_code=f"{code} {said}".strip(), said=(said,))
    verdict = classify(recipient, Reading(Kind.BOUNCE, recipients=(recipient,)))
    if verdict.category is not Category.HARD and not any(character.isdigit() for character in said + code):
        return said[:MAX_WHY]  # a person's own words, no server's
    if verdict.category is Category.BLOCK:
        return None
    return verdict.reason.value


def _time(text: str) -> dt.datetime | None:
    """Read a time: seconds since 1970, ISO 8601, RFC 2822, or as Go prints it; without a zone it is UTC."""
    text = text.strip()
    if printed := _TIME_OF_GO.fullmatch(text):
        text = "".join(printed.groups())
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
