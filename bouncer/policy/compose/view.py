"""What a notice shows: a Notice in words, every stranger's text in it made plain and bounded.

Text and HTML are drawn from one View, so that they say the same. Recipients that share a cause stand together.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from bouncer.ndr.header import Headers
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import reasons
from bouncer.policy.compose.codes import enhanced_status, reply_code
from bouncer.policy.compose.notice import Notice, NoticeRecipient
from bouncer.policy.compose.plain import line
from bouncer.policy.compose.reasons import WORDS, Words
from bouncer.policy.record import Belief
from bouncer.policy.verdict import Category, Reason

MAX_ADDRESS = 254
"""Characters; RFC 5321 section 4.5.3.1.3 without the angle brackets."""
MAX_SUBJECT = 200
"""Characters of the original's subject. Inboxes show sixty."""
MAX_SAID = 1000
"""Characters of a server's own words. RFC 5321 section 4.5.3.1.5: 512 octets a reply line; replies have a few."""
MAX_NAME = 255
"""Characters of a host's name (RFC 1035 section 2.3.4)."""
CAUSES = 10
"""Causes shown. More are no longer read; the report has them all."""
ADDRESSES = 20
"""Addresses shown for a cause; how many more there are is said."""
SAYINGS = 3
"""Different words of servers shown for a cause: most differ in the address only."""

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905 -- reads better
_LEAST = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some recipients did not get the message, and what follows; plain text throughout."""

    title: str
    addresses: tuple[str, ...]
    more: int  # addresses that are not shown
    why: str
    said_by: str
    said: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]  # (code, its meaning)
    done: str
    advice: tuple[str, ...]
    doubt: str  # empty where the report is proven


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the templates show; plain text throughout."""

    subject: str
    sentence: str
    tone: str  # hard, soft, technical, block, other, delay, complaint: what colours may go by
    facts: tuple[tuple[str, str], ...]  # (label, value)
    causes: tuple[Cause, ...]
    hidden: int  # recipients whose causes are not shown
    headers_attached: bool
    footer: str


def view(notice: Notice, returned: Headers) -> View:
    """Put *notice* into words; *returned* are the returned message's headers."""
    groups = _grouped(_in_question(notice))
    words = _titles(notice.kind, groups)
    shown = groups[:CAUSES]
    return View(
        subject=_subject(notice, groups, words),
        sentence=_sentence(notice, groups, words),
        tone=_tone(notice.kind, groups),
        facts=_facts(notice, returned),
        causes=tuple(_cause(notice.kind, group) for group in shown),
        hidden=sum(len(group) for group in groups[CAUSES:]),
        headers_attached=bool(returned),
        footer=_footer(notice),
    )


def when(time: dt.datetime) -> str:
    """Write a time for people: in UTC where it is ours, in its own zone where a stranger wrote it."""
    zone = time.strftime("%z")
    zone = "UTC" if zone in {"", "+0000"} else zone
    return f"{time.day} {_MONTHS[time.month - 1]} {time.year}, {time:%H:%M} {zone}"


def _in_question(notice: Notice) -> Sequence[NoticeRecipient]:
    """The recipients that the notice is about, those that failed first; others of the report only where there are none."""
    wanted = {Kind.BOUNCE: Action.FAILED, Kind.DELAY: Action.DELAYED}.get(notice.kind)
    about = [one for one in notice.recipients if one.action is wanted]
    return about or notice.recipients


def _grouped(recipients: Sequence[NoticeRecipient]) -> list[list[NoticeRecipient]]:
    """Put together what has one cause and one consequence; the largest group first."""
    groups: dict[object, list[NoticeRecipient]] = {}
    for one in recipients:
        fate = (one.suppressed, one.suppressed_until or _LEAST, one.belief, one.belief_why)
        groups.setdefault((one.action, one.reason, one.status, one.reply_code, fate), []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def _words(kind: Kind, one: NoticeRecipient) -> Words:
    if kind is Kind.COMPLAINT:
        return reasons.COMPLAINT
    if one.action is Action.DELAYED:
        return reasons.DELAY
    if one.action is not Action.FAILED:
        return reasons.ARRIVED
    return WORDS[one.reason or Reason.UNKNOWN]


def _titles(kind: Kind, groups: Sequence[Sequence[NoticeRecipient]]) -> str:
    """Name the causes in the fewest words: one, two, or one and how many others."""
    titles = list(dict.fromkeys(_words(kind, group[0]).title for group in groups))
    if len(titles) > 2:  # noqa: PLR2004 -- a third does not fit into a subject
        return f"{titles[0]} and {len(titles) - 1} other reasons"
    return ", ".join(titles)


_HEADS = {Kind.BOUNCE: "Not delivered", Kind.DELAY: "Not delivered yet", Kind.COMPLAINT: "Marked as spam"}


def _subject(notice: Notice, groups: Sequence[Sequence[NoticeRecipient]], words: str) -> str:
    head = _HEADS.get(notice.kind, "Report on your message")
    whom = _whom(groups) or "a message of yours"
    why = f" \u00b7 {words}" if notice.kind is Kind.BOUNCE and words else ""
    return f"{head}: {whom}{why}"


def _whom(groups: Sequence[Sequence[NoticeRecipient]]) -> str:
    count = sum(map(len, groups))
    if count > 1:
        return f"{count:,} recipients"
    return line(groups[0][0].recipient, MAX_ADDRESS) if count else ""


def _sentence(notice: Notice, groups: Sequence[Sequence[NoticeRecipient]], words: str) -> str:
    whom = _whom(groups)
    to = f" to {whom}" if whom else ""
    match notice.kind:
        case Kind.BOUNCE:
            return f"Your message{to} was not delivered{': ' + words if words else ''}."
        case Kind.DELAY:
            return f"Your message{to} has not been delivered yet. It is still being tried."
        case Kind.COMPLAINT:
            return f"Your message{to} was marked as spam."
        case _:
            return f"A report on your message{to} came in."


def _tone(kind: Kind, groups: Sequence[Sequence[NoticeRecipient]]) -> str:
    if kind in (Kind.DELAY, Kind.COMPLAINT):
        return kind.value
    reason = groups[0][0].reason if groups else None
    return (reason.category if reason else Category.OTHER).value


def _facts(notice: Notice, returned: Headers) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Subject", line(notice.subject or returned.get("subject"), MAX_SUBJECT)),
        ("Sent", _sent(returned.raw("date"))),
        ("Reported", when(notice.arrived_at) if notice.arrived_at else ""),
        ("Reported by", line(notice.reporting_mta or "", MAX_NAME)),
    )
    return tuple((label, value) for label, value in facts if value)


def _sent(date: str) -> str:
    try:
        return when(parsedate_to_datetime(date[:MAX_NAME]))
    except (ValueError, OverflowError):
        return line(date, MAX_NAME)


def _cause(kind: Kind, group: Sequence[NoticeRecipient]) -> Cause:
    first = group[0]
    words = _words(kind, first)
    sayings = dict.fromkeys(line(one.diagnostic_code, MAX_SAID) for one in group[:ADDRESSES] if one.diagnostic_code)
    servers = {one.remote_mta for one in group[:ADDRESSES]}
    return Cause(
        title=words.title[0].upper() + words.title[1:],
        addresses=tuple(line(one.recipient, MAX_ADDRESS) for one in group[:ADDRESSES]),
        more=max(0, len(group) - ADDRESSES),
        why=words.why,
        said_by=line(servers.pop() or "", MAX_NAME) if len(servers) == 1 else "",
        said=tuple(sayings)[:SAYINGS],
        codes=tuple(_codes(first)),
        done=_done(kind, first, several=len(group) > 1),
        advice=words.advice,
        doubt=_doubt(first),
    )


def _codes(one: NoticeRecipient) -> list[tuple[str, str]]:
    codes = [(str(one.reply_code), reply_code(one.reply_code))] if one.reply_code else []
    meaning = enhanced_status(one.status) if one.status else None
    return [*codes, (line(one.status or "", MAX_NAME), meaning)] if meaning else codes


def _done(kind: Kind, one: NoticeRecipient, *, several: bool) -> str:
    the_address = "These addresses are" if several else "The address is"
    if one.suppressed:
        it, taken = ("them", "they are") if several else ("it", "it is")
        end = when(one.suppressed_until) if one.suppressed_until else f"{taken} taken off"
        return f"{the_address} now on your suppression list, until {end}. Send nothing more to {it}."
    if kind is Kind.DELAY or one.action is not Action.FAILED:
        return "This was recorded. It does not count as a failure."
    if one.reason and one.reason.category is Category.BLOCK:
        return f"This was recorded. {the_address} not suppressed: the fault does not lie there."
    return f"This was recorded. {the_address} not suppressed."


def _doubt(one: NoticeRecipient) -> str:
    why = line(one.belief_why, MAX_SUBJECT)
    match one.belief:
        case Belief.PROVEN:
            return ""
        case Belief.PLAUSIBLE:
            return f"This report is plausible, but not proven: {why}."
        case Belief.CONTRADICTED:
            return f"This report contradicts itself and may be forged: {why}."
        case _:
            return f"This report is not proven: {why}. Anyone can send one, so nothing is suppressed on its word."


def _footer(notice: Notice) -> str:
    account = f"Account {line(notice.account, MAX_NAME)}" if notice.account else ""
    report = f"report {line(notice.report, MAX_NAME)}" if notice.report else ""
    return ", ".join(one for one in (account, report) if one)
