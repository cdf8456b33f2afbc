"""Pages of Mailgun's lists: a whole URL each for the first, the next, the previous and the last page.

A page is named by an address: the next page begins after it, the previous one ends before it. The URL also says the place where
that address stood, so that a page can be asked for after the address was taken off. Beyond the end pages are empty.
"""

import datetime as dt
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from bouncer.ports.address_lists import ListedAddress, ListPage, ListPlace
from bouncer.web.mailgun.parameters import LIMIT
from bouncer.web.parameter import MAX_TEXT, TEXT, Parameter, ParameterType
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest

_WORDS = ("first", "next", "previous", "last")
_PLACE = re.compile(r"([0-9]{1,16})-([0-9]{1,19})", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_END = ListPlace(dt.datetime(2100, 1, 1, tzinfo=dt.UTC), (1 << 63) - 1)
"""A place behind every address: times and ids of rows are smaller."""


def _word(text: str) -> str:
    if text not in _WORDS:
        raise ValueError(f"must be one of {', '.join(_WORDS)}")
    return text


def _place(text: str) -> ListPlace:
    match = _PLACE.fullmatch(text)
    if match is None or int(match[2]) > _END.id or (at := _EPOCH + int(match[1]) * _MICROSECOND) > _END.at:
        raise ValueError("is no place: take the URLs of paging as they are")
    return ListPlace(at, int(match[2]))


def _pivot(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"must have 1 to {MAX_TEXT} characters")
    return text


PAGING = (
    LIMIT,
    Parameter(
        "page",
        ParameterType({"type": "string", "enum": list(_WORDS)}, _word),
        "which page: take the URLs of `paging` as they are",
        "next",
    ),
    Parameter(
        "address",
        ParameterType({"type": "string", "minLength": 1, "maxLength": MAX_TEXT}, _pivot),
        "the address beside that page, as these URLs have it",
        "jane@example.org",
    ),
    Parameter("term", TEXT, "only addresses that begin so; % stands for any characters", "jane"),
    Parameter(
        "place",
        ParameterType({"type": "string", "pattern": f"^(?:{_PLACE.pattern})$"}, _place),
        "the place of that address, as these URLs have it",
        "1772323200000000-4711",
    ),
)
"""The parameters of Mailgun's lists."""


async def page_of(request: ApiRequest, find: Callable[[str], Awaitable[ListedAddress | None]]) -> ListPage:
    """Give the page that a request asks for; *find* gives an address of the list. Raises ProblemError (404) for an unknown one."""
    word, limit = request.parameters["page"], request.parameters["limit"]
    if word == "last":
        return ListPage(limit, before=_END)
    if word not in ("next", "previous") or not (address := request.parameters["address"]):
        return ListPage(limit)
    place = request.parameters["place"]
    if place is None:
        row = await find(address)
        if row is None:
            raise ProblemError(404, "The address of the page is not on the list.", parameter="address")
        place = row.place
    return ListPage(limit, after=place) if word == "next" else ListPage(limit, before=place)


def paging(request: ApiRequest, ends: Sequence[tuple[str, ListPlace | None]]) -> dict[str, str]:
    """Give the URLs beside a page. *ends* are the first and the last address of the page, each with its place if it has one.

    An empty page is beyond an end: the way back from it leads to the page at that end, and the way on to itself.
    """
    nowhere: tuple[None, None] = (None, None)
    neighbours: dict[str, tuple[str, str | None, ListPlace | None]] = {
        "first": ("first", *nowhere),
        "last": ("last", *nowhere),
    }
    if ends:
        neighbours |= {"next": ("next", *ends[-1]), "previous": ("previous", *ends[0])}
    else:
        neighbours |= {"next": ("first", *nowhere), "previous": ("last", *nowhere)}
        if (word := request.parameters["page"]) in ("next", "previous"):
            neighbours[word] = (word, request.parameters["address"], request.parameters.get("place"))
    return {way: _url(request, *page) for way, page in neighbours.items()}


def ends_of(rows: Sequence[ListedAddress]) -> Sequence[tuple[str, ListPlace | None]]:
    """Give the first and the last address of a page of a list; nothing for an empty one."""
    return [(row.address, row.place) for row in (rows[0], rows[-1])] if rows else ()


def _url(request: ApiRequest, word: str, address: str | None, place: ListPlace | None) -> str:
    address_parameter = {"address": address} if address else {}
    place_parameter = {"place": _spell_place(place)} if address and place else {}
    filters = {name: value for name in ("term", "limit") if (value := request.parameters.get(name))}
    return f"{request.url}?{urlencode({'page': word, **address_parameter, **place_parameter, **filters})}"


def _spell_place(place: ListPlace) -> str:
    return f"{(place.at - _EPOCH) // _MICROSECOND}-{place.id}"


_URL = {"type": "string"}
PAGING_SCHEMA: dict[str, Any] = {"type": "object", "properties": dict.fromkeys(_WORDS, _URL), "required": list(_WORDS)}
