"""Events that are no outcome of a report: suppressions, dropped mail, letters for a person, blocking providers, auto-replies. Pure.

Such an event carries its facts with it, as JSON in its entry of the outbox: the record that it tells of may change later.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Written
from bouncer.policy.blocking import Blocking
from bouncer.policy.records import Belief, Bucket, EntryKind, NewEntry, Release, Suppression, Unread
from bouncer.policy.webhooks import CHANNEL, OF_SUPPRESSIONS, Endpoint, EventType

MAX_CHANGES = 1000
"""Suppressions that one act (an import, an allow-list entry) may change with an event for each; more changes make one event."""
TIME = "time"
"""The source of a release at the end of a suppression's own time."""
_OF_STRANGERS = (EventType.UNREAD, EventType.AUTO_REPLY)
"""Events that anybody can cause by sending letters, in any number: all other events leave before them."""
_LIMITS = (1000, 100, 10)
"""Characters of each text of an event, and texts of a list; the next limit holds where the facts are too long."""
_MAX_ABOUT = 16_000
"""Characters of the facts in the outbox, whose columns hold some more."""
_DIGEST_OCTETS = 8
_TIME_BITS = 21
"""Bits below the milliseconds in an id, as in the ids of letters."""
_LAST_MILLISECOND = (1 << 63 - _TIME_BITS) - 1
"""The last millisecond that ids can hold, in 2109."""


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """An event with its facts, which are JSON's values."""

    type: EventType
    at: dt.datetime
    facts: Mapping[str, object]
    key: str = ""  # the address that the event is about, in comparable form; empty: it is about none
    belief: Belief = Belief.PROVEN  # in the report that led to it

    @property
    def about(self) -> str:
        """The text in the outbox: JSON of MAX_ABOUT characters at most, its texts cut where they are longer."""
        for limit in _LIMITS:
            content = {"type": self.type.value, "at": self.at.isoformat(), "facts": _cut(dict(self.facts), limit)}
            text = json.dumps(content, ensure_ascii=False)
            if len(text) <= _MAX_ABOUT:
                break
        return text

    @classmethod
    def parse(cls, about: str) -> "AccountEvent | None":
        """Read the text that ``about`` wrote; None for an event of a later version."""
        content = json.loads(about)
        if content["type"] not in set(EventType):
            return None
        return cls(EventType(content["type"]), dt.datetime.fromisoformat(content["at"]), content["facts"])

    def entry_for(self, endpoint: Endpoint, account: str) -> NewEntry:
        """Make the outbox entry for an endpoint of *account*. The same event has the same id for each endpoint."""
        about = self.about
        identity = f"{account}\0{self.key}\0{about}".encode(errors="replace")
        digest = hashlib.sha256(identity).digest()[:_DIGEST_OCTETS].hex()
        event = f"{id_of_time(self.at)}_c{digest}"
        return NewEntry(
            EntryKind.EVENT,
            endpoint.id,
            about,
            bucket=Bucket.UNPROVEN if self.type in _OF_STRANGERS else Bucket.PROVEN,
            channel=CHANNEL,
            at_once=True,
            recipient_key=self.key or event,  # an event without an address waits for no other event
            event=event,
            is_given_up=endpoint.is_resting,
        )


def _cut(value: object, limit: int) -> object:
    if isinstance(value, str):
        return value[:limit]
    if isinstance(value, dict):
        return {name: _cut(item, limit) for name, item in value.items()}
    return [_cut(item, limit) for item in value[:limit]] if isinstance(value, list) else value


def id_of_time(moment: dt.datetime) -> str:
    """Give the beginning of the ids of events of *moment*; ids are in order of time, those of letters' events among them."""
    milliseconds = min(max(int(moment.timestamp() * 1000), 0), _LAST_MILLISECOND)
    return f"evt_{spell_id(milliseconds << _TIME_BITS)}"


def account_entries(endpoints: Iterable[Endpoint], events: Iterable[AccountEvent], account: str) -> Iterator[NewEntry]:
    """Make the outbox entries for *events* of *account*: one for each endpoint that wants it."""
    event_list = tuple(events)
    for endpoint in endpoints:
        for event in event_list:
            if endpoint.wants(event.type, event.belief):
                yield event.entry_for(endpoint, account)


def any_wants(endpoints: Iterable[Endpoint], *types: EventType) -> bool:
    """Whether one of *endpoints* gets events of one of *types*."""
    return any(not set(types).isdisjoint(endpoint.events) for endpoint in endpoints)


def is_of_suppression(entry: NewEntry) -> bool:
    """Whether an outbox entry tells that an address was suppressed, or for longer than before."""
    if not entry.event or entry.about is None:
        return False
    event = AccountEvent.parse(entry.about)
    return event is not None and event.type in OF_SUPPRESSIONS[:2]


@dataclass(frozen=True, slots=True)
class SuppressionChange:
    """A change of one address's suppression, by a report or a person."""

    change: Suppression | Release
    key: str  # the address in comparable form
    is_new: bool = True  # it was not suppressed before, for the same mail
    belief: Belief | None = None  # in the report that led to it; None: no report did

    @property
    def event(self) -> AccountEvent:
        """The event of this change."""
        change, belief = self.change, self.belief
        if isinstance(change, Suppression):
            kind = EventType.SUPPRESSION_CREATED if self.is_new else EventType.SUPPRESSION_CHANGED
            facts, at = suppression_facts(change), change.since
        else:
            kind, at = EventType.SUPPRESSION_RELEASED, change.at
            facts = {"address": change.address, "source": change.source.value, "why": change.why}
            facts["stream"] = change.stream or ""
            facts["letter_id"] = _spell_letter_id(change.letter_id)
        facts["belief"] = belief.value if belief else None
        return AccountEvent(kind, at, facts, self.key, belief or Belief.PROVEN)


def suppression_facts(suppression: Suppression) -> dict[str, object]:
    """Give the facts of a suppression, by the names of ``bouncer suppressions --json``."""
    return {
        "address": suppression.address,
        "stream": suppression.stream,
        "reason": suppression.reason,
        "source": suppression.source.value,
        "since": _moment(suppression.since),
        "until": _moment(suppression.until),
        "rule": suppression.rule,
        "why": suppression.why,
        "letter_id": _spell_letter_id(suppression.letter_id),
    }


def end_event(suppression: Suppression, key: str) -> AccountEvent:
    """Make the event that mail may go to an address again, because its suppression's time is over."""
    why = f"suppressed for {suppression.reason} until then"
    facts = {**suppression_facts(suppression), "source": TIME, "rule": None, "why": why, "belief": None}
    return AccountEvent(EventType.SUPPRESSION_RELEASED, suppression.until or suppression.since, facts, key)


def bulk_event(at: dt.datetime, change: EventType, source: str, count: int, why: str) -> AccountEvent:
    """Make the event that *count* suppressions change at once: more than MAX_CHANGES, the most that have events of their own."""
    facts = {"change": change.value, "source": source, "count": count, "told": MAX_CHANGES, "why": why}
    return AccountEvent(EventType.SUPPRESSION_BULK, at, facts)


def unread_event(at: dt.datetime, letter_id: int, why: Unread, written: Written | None) -> AccountEvent:
    """Make the event of a letter that a person has to see, with its beginning."""
    written = written or Written()
    facts = {
        "letter_id": _spell_letter_id(letter_id),
        "unread": why.value,
        "from": written.sender,
        "subject": written.subject,
    }
    return AccountEvent(EventType.UNREAD, at, {**facts, "beginning": list(written.lines)})


def blocking_event(at: dt.datetime, about: str) -> AccountEvent:
    """Make the event of a warning about blocks; *about* is the warning's text in the outbox."""
    blocking = Blocking.parse(about)
    blocked = [
        {"provider": block.provider, "count": block.count, "day": block.day.isoformat() if block.day else None}
        for block in blocking.blocked
    ]
    return AccountEvent(EventType.BLOCKING, at, {"blocked": blocked, "more_blocked": blocking.omitted})


def auto_reply_event(at: dt.datetime, letter_id: int, key: str, *, is_signed: bool) -> AccountEvent:
    """Make the event of a machine's answer; *key* is the recipient that the return path names, empty where it names none."""
    belief = Belief.PROVEN if is_signed else Belief.UNPROVEN
    facts = {"letter_id": _spell_letter_id(letter_id), "recipient": key or None, "belief": belief.value}
    return AccountEvent(EventType.AUTO_REPLY, at, facts, key, belief)


def drop_event(
    at: dt.datetime, key: str, cause: Suppression | None, facts: Mapping[str, object], *, is_refused: bool
) -> AccountEvent:
    """Make the event of a mail that did not go to a suppressed address; *facts* are those of the mail."""
    of_cause = {
        "reason": cause.reason if cause else None,
        "suppressed_since": _moment(cause.since) if cause else None,
        "suppressed_until": _moment(cause.until) if cause else None,
    }
    how = "refused" if is_refused else "dropped"
    return AccountEvent(EventType.DROPPED, at, {"recipient": key, "how": how, **of_cause, **facts}, key)


def _moment(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds") if moment else None


def _spell_letter_id(letter_id: int | None) -> str | None:
    return None if letter_id is None else spell_id(letter_id)
