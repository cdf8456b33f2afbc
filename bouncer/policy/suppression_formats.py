"""Suppression lists of other tools, and our own: the columns of their exports.

    ours       address,reason,source,since,until,stream,why
    SendGrid   email,created,reason,status                     (created: seconds since 1970)
    Mailgun    address,code,error,created_at                   (RFC 2822 times)
    SES        EmailAddress,Reason,LastUpdateTime              (BOUNCE, COMPLAINT)
    Postmark   EmailAddress,SuppressionReason,Origin,CreatedAt (HardBounce, SpamComplaint, ManualSuppression)
    listmonk   email,name,status,created_at,updated_at         (enabled, disabled, blocklisted; times as Go prints them)
    listmonk   email,type,source,created_at                    (of a bounce: hard, soft, complaint)

A row is a mapping of column to text, from CSV or JSON; it becomes a Suppression, or a message with the cause of its refusal. An
address that another provider lists because of a block is not suppressed, as everywhere here; nor is a reader who gets mail. A
full mailbox, or a server that was away, is suppressed for as long as the ladder says (ladder.py), counted from the row's time.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache

from bouncer.mail.address import is_plausible
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.address_list import BOUNCED
from bouncer.policy.guarded_cells import unguard_cell
from bouncer.policy.ladder import COMPLAINT, OF_THE_MESSAGE, UNSUBSCRIBE, rule_for
from bouncer.policy.records import MAX_STREAM, ChangeSource, Suppression, is_possible_stream
from bouncer.verdict.verdict import Category, Reason

COLUMNS = ("address", "reason", "source", "since", "until", "stream", "why")
"""Our own columns, in the order of an export."""
IMPORTED = "import"
"""The reason of an imported suppression, where its row states none."""
MAX_WHY = 500
"""Characters kept of another system's words."""

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
"""The columns that may hold each fact; the first that is not empty counts."""
_FIELDS = {name: (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names)}
_WORDS = {
    **dict.fromkeys(("bounce", "bounced", "hard", "hardbounce", "hard_bounce", "hard bounce", "cleaned"), BOUNCED),
    **dict.fromkeys(("complaint", "spamreport", "spamcomplaint", "spam complaint", "abuse", "complained"), COMPLAINT),
    **dict.fromkeys(("unsubscribe", "unsubscribed", "opt-out", "optout", "opted out"), UNSUBSCRIBE),
    "mail domain mentioned in email address is unknown": Reason.BAD_DOMAIN.value,  # SendGrid, about an invalid address
}
"""Other tools' words for a reason."""
_BY_HAND = frozenset({"manualsuppression", "blocklisted", "disabled", "blacklisted", "suppressed", "inactive"})
"""Words that say that mail is held back, but give no reason: a person decided so."""
_GETS_MAIL = frozenset({"enabled", "active", "subscribed", "confirmed", "unconfirmed", "pending", "delivered", "valid"})
"""Values of a status column for people who get mail."""
_BY_ITSELF = frozenset({"soft", "softbounce", "soft_bounce", "soft bounce", "transient", "dnserror"})
"""Words of Postmark and listmonk for one temporary failure."""
_BLOCKS = frozenset({"blocked", "spamnotification"})
"""Postmark's words for refusals that are not the address's fault."""
_PASSED = "passes by itself, which suppresses nobody"
_BLOCKED = "was blocked, which suppresses nobody"
_ONE_MESSAGE = "was for one message, which suppresses nobody"
_MAY_PASS = frozenset({Category.SOFT, Category.TECHNICAL})
_REASONS = frozenset(Reason)
_MOST_SECONDS = 1 << 40
_TIME_OF_GO = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([+-]\d{4}) [A-Z0-9+-]{1,8}")
"""The form of Go's ``Time.String``: 2026-10-01 09:30:00.123456 +0200 CEST."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of an import, beside its file."""

    account: str
    now: dt.datetime
    why: str  # the file and the person
    reason: str = IMPORTED  # for rows without a reason
    stream: str = ""
    until: dt.datetime | None = None


def _is_ours(row: Mapping[str, str]) -> bool:
    """Whether a row has the columns of our own export: an empty end then means no end."""
    return {"source", "until"} <= {_plain_name(name) for name in row}


def has_address(columns: Mapping[str, object]) -> bool:
    """Whether a known column of *columns* holds the address."""
    return any(_plain_name(name) in _NAMES["address"] for name in columns)


def read_row(row: Mapping[str, str], terms: ImportOptions) -> Suppression | str:
    """Make a suppression of one row; else give the cause of its refusal in words."""
    facts = _facts(row)
    if fault := _fault(facts):
        return fault
    stated = unguard_cell(facts["reason"]).strip()
    if stated.lower() in _BY_ITSELF:
        return _PASSED
    reason = stated[:MAX_WHY] if stated and _is_ours(row) else _reason_of(stated, facts, terms)
    if reason is None:
        return _BLOCKED
    # In our own export that source is a person's decision: it is kept, whatever the reason.
    if stated and reason in OF_THE_MESSAGE and row.get("source") != ChangeSource.COMMAND:
        return _ONE_MESSAGE
    since = min(_time(facts["since"]) or terms.now, terms.now)
    until = _time(facts["until"]) or terms.until or (None if _is_ours(row) else _end_if_temporary(reason, since))
    if until is not None and until <= terms.now:
        return "has run out"
    stream = unguard_cell(facts["stream"]).strip() or terms.stream
    words = unguard_cell(facts["why"]).strip() or (stated if stated.lower() not in (reason, *_WORDS) else "")
    why = f"{terms.why}; {words[:MAX_WHY]}" if words else terms.why
    address = _bare_address(unguard_cell(facts["address"]))
    return Suppression(terms.account, address, reason, ChangeSource.IMPORT, None, since, until, stream, why=why)


def _fault(facts: Mapping[str, str]) -> str:
    """Describe the fault of a row's fields; empty where there is none."""
    address = _bare_address(unguard_cell(facts["address"]))
    if not is_plausible(address):
        return "no mail address" if address else "no address"
    if any(facts[name] and _time(facts[name]) is None for name in ("since", "until")):
        return "a time that cannot be read"
    if (status := facts["code"].strip().lower()) in _GETS_MAIL:
        return f"is written to there: {status}"
    can_be = is_possible_stream(unguard_cell(facts["stream"]).strip())
    return "" if can_be else f"a stream of more than {MAX_STREAM} octets, or with a NUL"


def _bare_address(text: str) -> str:
    """Give the address of a cell; Mailman and mail programs write a name before it: Jane <jane@example.org>."""
    text = text.strip()
    return text[text.rfind("<") + 1 : -1].strip() if text.endswith(">") and "<" in text else text


def write_row(suppression: Suppression) -> dict[str, str]:
    """Make a row of a suppression, in our own columns; no spreadsheet takes a cell of it for a formula."""
    facts = {
        "address": suppression.address,
        "reason": suppression.reason,
        "source": suppression.source,
        "since": suppression.since.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "until": suppression.until.astimezone(dt.UTC).isoformat(timespec="seconds") if suppression.until else "",
        "stream": suppression.stream,
        "why": suppression.why,
    }
    return {name: facts[name] for name in COLUMNS}


def _facts(row: Mapping[str, str]) -> dict[str, str]:
    """Our fields of a row: if several columns hold one fact, the first in _NAMES that is not empty."""
    facts, ranks = dict.fromkeys(_NAMES, ""), dict.fromkeys(_NAMES, len(_FIELDS))
    for name, value in row.items():
        field, rank = _FIELDS.get(_plain_name(name), ("", 0))
        if field and value and rank < ranks[field]:
            facts[field], ranks[field] = value, rank
    return facts


def _plain_name(name: str) -> str:
    return name.strip().strip("\ufeff").lower()


def _reason_of(stated: str, facts: Mapping[str, str], terms: ImportOptions) -> str | None:
    """Our reason for a row that states *stated*; None where it was a block, or a temporary failure."""
    status = facts["code"].strip().lower()
    word = stated.lower() or (status if status in _WORDS or status in _BY_HAND else "")
    if word in _BLOCKS:
        return None
    if word in _BY_HAND:
        return UNSUBSCRIBE if facts["origin"].strip().lower() == "recipient" else terms.reason
    return _reason(stated or word, facts["code"]) if word else terms.reason


def _end_if_temporary(reason: str, since: dt.datetime) -> dt.datetime | None:
    """When a temporary suppression that began *since* ends; None where it does not end."""
    if reason not in _REASONS or Reason(reason).category not in _MAY_PASS:
        return None
    rule = rule_for(Reason(reason))
    days = rule.rung(0) if rule.days else None  # a person may give any reason, also one whose rule never suppresses
    return since + dt.timedelta(days=days) if days else None


@lru_cache(maxsize=4096)  # most rows of a list have one of a few reasons
def _reason(stated: str, code: str) -> str | None:
    """Our reason for another system's words; None where it was a block."""
    from bouncer.verdict.classify import classify  # noqa: PLC0415 -- 30 ms, and no other command on suppressions asks the rules

    word = stated.lower()
    if word in _WORDS or word in _REASONS:
        return _WORDS.get(word, word)
    recipient = Recipient("", Action.FAILED, diagnostic_code=f"{code} {stated}".strip(), own_lines=(stated,))
    verdict = classify(recipient, Reading(Kind.BOUNCE, recipients=(recipient,)))
    if verdict.category is not Category.HARD and not any(character.isdigit() for character in stated + code):
        return stated[:MAX_WHY]  # a person's own words, not a server's
    if verdict.category is Category.BLOCK:
        return None
    return verdict.reason.value


def _time(text: str) -> dt.datetime | None:
    """Parse a time: seconds since 1970, ISO 8601, RFC 2822, or Go's form; UTC where it has no zone."""
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
