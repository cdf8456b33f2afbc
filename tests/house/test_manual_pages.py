"""The manual's page about the web pages names each page, each role, and the times of links and sessions."""

import re

from manual import ROOT

from bouncer.pages.all_pages import PAGES
from bouncer.pages.find_page import MOST_LOOKED_AT
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.sign_in import LINK_LASTS, SESSION_IDLES, SESSION_LASTS, Role

TEXT = (ROOT / "docs/pages.md").read_text()
NOT_IN_THE_TABLE = {"/sign-in"}
"""Pages that have a section of their own."""
NUMBERS = ("five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""The number of languages in words."""


def first_part(path: str) -> str:
    return "/" + re.split(r"[/.]", path)[1]


def test_every_page_stands_in_the_table_and_no_other():
    paths_shown = {first_part(path) for path in re.findall(r"^\| `(/[^`]*)`", TEXT, re.MULTILINE)}

    assert paths_shown == {first_part(route.path) for route in PAGES if route.method == "GET"} - NOT_IN_THE_TABLE


def test_the_question_of_each_page_is_the_one_that_it_answers():
    for route in PAGES:
        if route.method == "GET" and "." not in route.path and route.path.count("/") == 1:
            assert route.question in TEXT or route.path in NOT_IN_THE_TABLE, route.path


def test_every_role_and_every_time_stands_on_the_page():
    assert re.findall(r"^\| `(\w+)` \| `bouncer login", TEXT, re.MULTILINE) == [Role.OWNER, Role.SUPPORT, Role.OPERATOR]
    for words in (
        f"within {LINK_LASTS.seconds // 60} minutes",
        f"{SESSION_IDLES.days} days",
        f"{SESSION_LASTS.days} days",
        f"newest {MOST_LOOKED_AT:,} reports",
    ):
        assert words in TEXT


def test_the_front_page_counts_the_languages_right():
    assert f"in {NUMBERS[len(LANGUAGE_CODES) - 5]} languages" in (ROOT / "README.md").read_text()
