"""The filters of the page Activity, as parameters of its URL."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from bouncer.pages.address_page import ACCOUNT
from bouncer.policy.records import Belief
from bouncer.ports.letters import BounceFilter
from bouncer.verdict.verdict import Category, Reason
from bouncer.web.parameter import MOMENT, TEXT, Parameter, word_of

ACTIVITY_FILTERS = (
    ACCOUNT,
    Parameter("category", word_of(Category), "only this category", "hard"),
    Parameter("since", MOMENT, "only from this day or time on, UTC", "2026-11-01"),
    Parameter("until", MOMENT, "only up to this day, which is included, or before this time, UTC", "2026-11-30"),
    Parameter("recipient", TEXT, "only reports on this address", "jane@example.org"),
    Parameter("domain", TEXT, "only reports on addresses of this domain", "example.org"),
    Parameter("provider", TEXT, "only reports of this mailbox provider, by domain or server", "Gmail"),
    Parameter("campaign", TEXT, "only reports on mail of this campaign", "march"),
    Parameter("stream", TEXT, "only reports on mail of this stream", "news"),
    Parameter("reason", word_of(Reason), "only this reason", "invalid-recipient"),
    Parameter("belief", word_of(Belief), "only reports that are believed so", "proven"),
)
"""The parameters of the list, of its exports, and of saved filters."""
FURTHER_FILTERS = frozenset({"until", "domain", "provider", "campaign", "stream", "reason", "belief"})
"""The filters in the part that a summary opens: most people need none of them."""
_SAME = ("since", "domain", "provider", "campaign", "stream", "reason", "belief")


def activity_query(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the filters of a request by name, None for those that it does not have."""
    return {parameter.name: parameters[parameter.name] for parameter in ACTIVITY_FILTERS}


def read_filter(query: Mapping[str, Any]) -> BounceFilter:
    """Make the filter of the list out of *query*, by parameter name; a day without a time counts as a whole."""
    same = {name: query[name] for name in _SAME}
    return BounceFilter(query["recipient"], query["category"], before=_end(query["until"]), **same)


def _end(until: dt.datetime | None) -> dt.datetime | None:
    """Give the moment before which reports are listed: a day without a time is meant as a whole."""
    if until is None or until.time() != dt.time():
        return until
    return until + dt.timedelta(days=1)
