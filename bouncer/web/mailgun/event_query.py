"""The query of Mailgun's list of events: filters in its words, and the place of a page, which its URLs carry in their path."""

import base64
import binascii
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bouncer.manage.records import SETTLED
from bouncer.policy.outcome_kinds import OutcomeKind
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import EventType
from bouncer.ports.letters import BounceFilter
from bouncer.web.mailgun.parameters import parse_time
from bouncer.web.parameter import CURSOR, MAX_TEXT, TEXT, Parameter, ParameterType, parse_parameters
from bouncer.web.problem import ProblemError
from bouncer.web.sendgrid.parameters import whole_number

MAX_EVENTS = 300
"""Events of a page: Mailgun's own limit."""
USUAL_EVENTS = 100
"""Events of a page where no number is asked for: Mailgun's own."""
MAX_TOKEN = 4000
"""Characters of a page's token: all filters at their longest."""

_PERMANENT = (EventType.BOUNCE,)
_TEMPORARY = (EventType.BLOCK, EventType.DEFERRAL, EventType.DELAY)
_EVENTS = {
    "failed": (*_PERMANENT, *_TEMPORARY),
    "delivered": (EventType.DELIVERED,),
    "complained": (EventType.COMPLAINT,),
    "unsubscribed": (EventType.UNSUBSCRIBE,),
}
"""By Mailgun's word, our types of such an event; its other events do not happen here."""
_SEVERITIES = {"permanent": _PERMANENT, "temporary": _TEMPORARY}
_NOTHING = "nothing"
"""The word of an expression that leaves everything out: no event has it."""
_JOINING = frozenset({"or", "and", "not"})
_JOINS = (" AND ", " OR ", ",")


def _words_of(words: Iterable[str]) -> ParameterType:
    """Make the type of an expression: words joined by OR, or those of *words* that do not follow a NOT."""
    every = tuple(words)

    def parse(text: str) -> tuple[str, ...]:
        if len(text) > MAX_TEXT:
            raise ValueError(f"must have 1 to {MAX_TEXT} characters")
        words = [word.strip("\"'()").lower() for word in text.replace(",", " ").split()]
        words_asked, left_out = list[str](), set[str]()
        for before, word in zip(["", *words], words, strict=False):
            if before == "not":
                left_out.add(word)
            elif word not in _JOINING:
                words_asked.append(word)
        if not left_out:
            return tuple(words_asked)
        return tuple(word for word in words_asked or every if word not in left_out) or (_NOTHING,)

    return ParameterType({"type": "string", "minLength": 1, "maxLength": MAX_TEXT}, parse)


def _moment(text: str) -> dt.datetime:
    if (moment := parse_time(text)) is None:
        raise ValueError("is no time: seconds since 1970, or as Fri, 21 Oct 2011 11:02:55 UTC")
    return moment


def _parse_flag(text: str) -> bool:
    if text.lower() not in ("yes", "no", "true", "false"):
        raise ValueError("must be yes or no")
    return text.lower() in ("yes", "true")


def _way(text: str) -> str:
    if text not in _WAYS:
        raise ValueError(f"must be one of {', '.join(_WAYS)}")
    return text


_WAYS = ("first", "next", "previous", "last")
_TIME = ParameterType({"type": "string"}, _moment)
FILTERS = (
    Parameter(
        "event", _words_of(_EVENTS), "only these, joined by OR: failed, delivered, complained, unsubscribed", "failed"
    ),
    Parameter("severity", _words_of(_SEVERITIES), "of failures only these: permanent, temporary", "permanent"),
    Parameter("recipient", TEXT, "only events of this address", "jane@example.org"),
    Parameter("message-id", TEXT, "only events of the message with this Message-ID", "m1@acme.example"),
    Parameter("tags", TEXT, "only events of this campaign", "march"),
    Parameter("begin", _TIME, "the beginning: seconds since 1970, or a date of RFC 2822", "1772323200"),
    Parameter("end", _TIME, "the end, exclusive", "1893456000"),
    Parameter(
        "ascending",
        ParameterType({"type": "string", "enum": ["yes", "no"]}, _parse_flag),
        "yes: oldest first, 90 seconds behind; no: newest first. Left out: yes where begin is given and is not after end",
        "yes",
    ),
    Parameter("limit", whole_number(1, MAX_EVENTS, USUAL_EVENTS), "events of a page", "50", default=USUAL_EVENTS),
)
"""The filters of a list of events."""
_PLACE = (
    Parameter("way", ParameterType({}, _way), "", "", default="first"),
    Parameter("place", CURSOR, "", ""),
)
"""The parameters that a page's token has beside the filters."""


@dataclass(frozen=True, slots=True)
class EventQuery:
    """The *values* of the filters, and the page that is asked for: *way*, such as next, from the row with the id *place*."""

    values: Mapping[str, Any]
    way: str = "first"
    place: int | None = None

    @property
    def is_ascending(self) -> bool:
        """Whether the list is oldest first."""
        begin, end, chosen = (self.values[name] for name in ("begin", "end", "ascending"))
        if chosen is not None:
            return bool(chosen)
        return begin is not None and (end is None or begin <= end)

    def filter_at(self, now: dt.datetime) -> BounceFilter | None:
        """Give the filter of the record at *now*; None where no event of ours is asked for.

        A list that is oldest first has only settled rows, so that no row appears later among those that were given.
        """
        kinds = tuple(OutcomeKind(event) for event in self._types())
        begin, end = self.values["begin"], self.values["end"]
        if begin and end and begin > end:
            begin, end = end, begin
        if self.is_ascending:
            end = min(end or now, now - SETTLED)
        values = self.values
        facts = {"recipient": values["recipient"], "message_id": values["message-id"], "campaign": self._campaign()}
        criteria = BounceFilter(since=begin, before=end, belief=Belief.PROVEN, outcomes=kinds, **facts)
        return criteria if kinds else None

    def _types(self) -> Iterator[EventType]:
        events, severities = self.values["event"] or tuple(_EVENTS), self.values["severity"]
        if severities is not None:
            events = tuple(name for name in events if name == "failed")
        for name in dict.fromkeys(events):
            failures = [kind for word in severities or tuple(_SEVERITIES) for kind in _SEVERITIES.get(word, ())]
            yield from failures if name == "failed" else _EVENTS.get(name, ())

    def _campaign(self) -> str | None:
        """The campaign, where the query has one tag; empty where it has several, as a mail has one campaign at most."""
        tags: str | None = self.values["tags"]
        return None if tags is None or any(join in tags.upper() for join in _JOINS) else tags

    def token(self, way: str, place: int | None) -> str:
        """Give the token of another page of the same list."""
        place_parameter = {} if place is None else {"place": str(place)}
        filters = {name: _spell_value(value) for name, value in self.values.items() if value is not None}
        query = urlencode({**filters, "way": way, **place_parameter})
        return base64.urlsafe_b64encode(query.encode()).rstrip(b"=").decode("ascii")


def first_page_query(parameters: Mapping[str, Any]) -> EventQuery:
    """Make the query for the first page, out of the parameters of a request."""
    return EventQuery(_filter_values(parameters))


def _filter_values(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {parameter.name: parameters[parameter.name] for parameter in FILTERS}


def _spell_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return " OR ".join(value) if isinstance(value, tuple) else str(value)


def read_token(token: str) -> EventQuery:
    """Read the query out of a page's token. Raises ProblemError (404) for a text that is no token."""
    unknown_page = ProblemError(404, "There is no such page: take the URLs of paging as they are.")
    if len(token) > MAX_TOKEN or not token.isascii():
        raise unknown_page
    try:
        query = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode("utf-8")
        fields = dict(parse_qsl(query, max_num_fields=len(FILTERS) + len(_PLACE)))
        values = parse_parameters((*FILTERS, *_PLACE), {}, list(fields.items()), is_lenient=True, joins=False)
    except (ValueError, binascii.Error, ProblemError):
        raise unknown_page from None
    return EventQuery(_filter_values(values), values["way"], values["place"])
