"""The places of offsets on a list: the page after a page begins at a known row, and does not skip all rows before it.

A program that reads a whole list asks for one offset after the other. The end of each page is remembered for a while, and the page
that begins there is read from that place. Any other offset is counted from the list's beginning.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from bouncer.ports.address_lists import ListPlace

REMEMBERED_FOR = dt.timedelta(minutes=10)
"""The time between two pages of a reader; one that thinks longer waits a little longer for its page."""
MOST_PLACES = 1000
"""Places that are remembered: those of so many readers at once."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    place: ListPlace
    at: dt.datetime


class ListPlaces:
    """The ends of the pages that were read lately, by list and offset."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[Hashable, int], _Remembered] = OrderedDict()

    def find(self, of_list: Hashable, offset: int, now: dt.datetime) -> ListPlace | None:
        """Give the place of *offset* on a list, where it was the end of a page."""
        known_place = self._places.get((of_list, offset))
        return known_place.place if known_place and now - known_place.at <= REMEMBERED_FOR else None

    def remember(self, of_list: Hashable, offset: int, place: ListPlace, now: dt.datetime) -> None:
        """Remember that *offset* is behind *place*."""
        self._places.pop((of_list, offset), None)
        self._places[of_list, offset] = _Remembered(place, now)
        while len(self._places) > MOST_PLACES:
            self._places.popitem(last=False)
