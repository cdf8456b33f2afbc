"""The filters of the page Activity, as parameters of its URL."""

from bouncer.pages.address_page import ACCOUNT
from bouncer.verdict.verdict import Category
from bouncer.web.parameter import MOMENT, TEXT, Parameter, word_of

ACTIVITY_FILTERS = (
    ACCOUNT,
    Parameter("category", word_of(Category), "only this category", "hard"),
    Parameter("since", MOMENT, "only from this day or time on, UTC", "2026-11-01"),
    Parameter("recipient", TEXT, "only reports on this address", "jane@example.org"),
)
"""The parameters of the list, of its exports, and of what is saved."""
