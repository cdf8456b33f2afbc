"""The ends of pages are remembered for a while, and only so many."""

import datetime as dt

from bouncer.ports.address_lists import ListPlace
from bouncer.store.suppressions.places import MOST_PLACES, REMEMBERED_FOR, ListPlaces

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PLACE = ListPlace(NOON, 17)


def test_the_end_of_a_page_is_known_for_its_list_and_offset_only():
    places = ListPlaces()
    places.remember(("acme", "bounces"), 500, PLACE, NOON)

    assert places.find(("acme", "bounces"), 500, NOON) == PLACE
    assert places.find(("acme", "bounces"), 499, NOON) is None
    assert places.find(("zoo", "bounces"), 500, NOON) is None


def test_a_place_is_forgotten_after_a_while():
    places = ListPlaces()
    places.remember("a", 500, PLACE, NOON)

    assert places.find("a", 500, NOON + REMEMBERED_FOR) == PLACE
    assert places.find("a", 500, NOON + REMEMBERED_FOR + dt.timedelta(seconds=1)) is None


def test_the_oldest_places_make_room():
    places = ListPlaces()
    for offset in range(MOST_PLACES + 1):
        places.remember("a", offset, PLACE, NOON)
        places.remember("a", 1, PLACE, NOON)  # read again and again

    assert places.find("a", 0, NOON) is None
    assert places.find("a", 1, NOON) == PLACE
    assert places.find("a", MOST_PLACES, NOON) == PLACE
