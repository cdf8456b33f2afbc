"""Countries: "in which countries are the servers that reject us?" The page gives the source of each country."""

from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.compose.country_names import country_name
from bouncer.compose.language import Language
from bouncer.manage.countries import MOST_READ, CountryCounts, CountryLine, KnownBy, count_countries
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.advice_texts import AdviceText, advice_on
from bouncer.pages.page_route import PageRoute, TemplatePage, Visit
from bouncer.pages.receiver_page import FEWEST, TIMES, usual_number
from bouncer.pages.wording import reason_title
from bouncer.policy.sign_in import Role
from bouncer.verdict.verdict import Reason

SETTING = "[http] country_file"
LINES_SHOWN = 30
"""Countries that are shown, those with the most failures."""

_KNOWN_BY = {
    KnownBy.ADDRESS: "by the server's address",
    KnownBy.NAME: "by the ending of the server's name",
    KnownBy.NOTHING: "the name tells none",
}


@dataclass(frozen=True, slots=True)
class ShownCountry:
    """A country in words."""

    line: CountryLine
    name: str
    why: str
    advice: Sequence[AdviceText]
    known_by: str
    usual: str
    is_more: bool


async def _countries(visit: Visit) -> TemplatePage:
    account, file = visit.parameters["account"], visit.host.settings().http.country_file
    counts = await count_countries(visit.store, visit.scope, account, file, now=visit.now)
    values = {
        "answer": _answer(counts, visit.language),
        "lines": [
            _show_country(line, visit.language, is_compared=any(line.usual for line in counts.lines))
            for line in counts.lines[:LINES_SHOWN]
        ],
        "has_file": file is not None,
        "setting": SETTING,
        "is_unreadable": counts.is_unreadable,
        "most_read": MOST_READ if counts.is_cut else None,
        "account": account,
    }
    return TemplatePage("countries.html.j2", {**values, "shows_account": visit.signed_in.account is None})


def _answer(counts: CountryCounts, language: Language) -> str:
    if not counts.lines:
        return language.say("No mail came back in the last 24 hours.")
    known_total, busiest = language.number(counts.known_total), counts.lines[0]
    if not busiest.country:
        return language.say("No country is known of the servers that refused mail in the last 24 hours.")
    return language.say(
        "Most failures of the last 24 hours: {country}, {number} of {total} whose country is known.",
        total=known_total,
        number=language.number(busiest.failed),
        country=country_name(busiest.country, language.code),
    )


def _show_country(line: CountryLine, language: Language, *, is_compared: bool) -> ShownCountry:
    why = reason_title(line.reason, language) if line.reason else ""
    reason = Reason.from_record(line.reason or None)
    advice = advice_on(None, reason, language) if reason else ()
    is_more = is_compared and line.failed >= FEWEST and line.rate > TIMES * line.usual
    name, known_by = country_name(line.country, language.code), language.say(_KNOWN_BY[line.known_by])
    usual = usual_number(line.usual, language) if is_compared else ""
    return ShownCountry(line, name, why, advice, known_by, usual, is_more)


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return tuple(_KNOWN_BY.values())


COUNTRY_PAGES = (
    PageRoute(
        "GET",
        "/receivers/countries",
        "In which countries are the servers that reject us?",
        Role.SUPPORT,
        _countries,
        (ACCOUNT,),
    ),
)
"""The page of countries."""
