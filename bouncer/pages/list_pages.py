"""The list of suppressions; and what lists share: the same URL with .csv or .ndjson is the export."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bouncer.compose.language import Language
from bouncer.manage.finding_suppressions import FoundSuppressions, find_suppressions
from bouncer.manage.suppressing import SuppressionOrder, list_suppressions, release_addresses, suppress_addresses
from bouncer.notify.serialize import to_plain
from bouncer.pages.address_page import ACCOUNT, ADDRESS, WHY
from bouncer.pages.cause_words import cause_words
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.pages.wording import BY_HAND, letter_of, reason_title, source_words, words_of_end
from bouncer.policy.records import Suppression
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import Page
from bouncer.web.exporting import ROWS_AT_ONCE, Export, ExportFormat
from bouncer.web.parameter import CURSOR, MOMENT, TEXT, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.row_schema import row_schema

ROWS_SHOWN = 25
"""Rows of one page of a list: with them it stays below 60 kB."""

WHOSE = Parameter("address", TEXT, "only this address, or the addresses of this domain", "example.org")

NEXT = Parameter("before", CURSOR, "the next page", "4611686018427387904")

ReadPage = Callable[[Page], Awaitable[Sequence[tuple[int, Any]]]]


@dataclass(frozen=True, slots=True)
class ShownSuppression:
    """A suppression in words: why, until when, and who asked for it, or the report that led to it."""

    row: Suppression
    reason: str
    until: str
    source: str
    cause: str
    letter: str | None


async def _suppressions(visit: Visit) -> TemplatePage:
    parameters, language = visit.parameters, visit.language
    part = await _requested_suppressions(visit, Page(ROWS_SHOWN, parameters["before"]))
    shown_rows = [_shown_suppression(row, language) for _, row in part.rows]
    query = {"account": parameters["account"], "address": parameters["address"]}
    following = link("/suppressions", **query, before=part.next) if part.next is not None else None
    values = {"rows": shown_rows, "query": query, "next": following, "looked_at": part.looked_at}
    values["is_first"] = parameters["before"] is None
    return TemplatePage("suppressions.html.j2", {**values, "shows_account": visit.signed_in.account is None})


def _shown_suppression(row: Suppression, language: Language) -> ShownSuppression:
    reason, until = reason_title(row.reason, language), words_of_end(row.until, language)
    source, cause = source_words(row.source, language), cause_words(row, language)
    return ShownSuppression(row, reason, until, source, cause, letter_of(row))


async def _requested_suppressions(visit: Visit, page: Page) -> FoundSuppressions:
    """Give a page of the suppressions: of all, or of those that are searched for."""
    account, text = visit.parameters["account"], visit.parameters["address"]
    if text:
        return await find_suppressions(visit.store, visit.scope, account, text, now=visit.now, page=page)
    rows = await list_suppressions(visit.store, visit.scope, account, now=visit.now, page=page)
    return FoundSuppressions(rows, next=rows[-1][0] if len(rows) == page.limit else None)


async def _add(visit: Visit) -> Elsewhere:
    address, until = visit.form["address"], visit.form["until"]
    if address is None:
        raise ProblemError(422, visit.language.say("Name an address."), parameter="address")
    if until is not None and until <= visit.now:
        raise ProblemError(422, visit.language.say("The end lies in the past."), parameter="until")
    order, by = SuppressionOrder(BY_HAND, until), visit.changed_by(visit.form["why"])
    await suppress_addresses(visit.store, visit.scope, visit.account, [address], order, by=by, now=visit.now)
    return Elsewhere(link("/address", address=address, account=visit.form["account"]))


async def _free_address(visit: Visit) -> Elsewhere:
    address, account = visit.parameters["address"], visit.account
    if address is None:
        raise ProblemError(422, visit.language.say("Name an address."), parameter="address")
    await release_addresses(visit.store, visit.scope, account, [address], by=visit.changed_by(None), now=visit.now)
    return Elsewhere(link("/address", address=address, account=visit.parameters["account"]))


async def export_rows(read: ReadPage) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Give all rows of a list, page by page as *read* gives them, as an export needs them."""
    before: int | None = None
    while rows := await read(Page(ROWS_AT_ONCE, before)):
        yield [to_plain(row) for _, row in rows]
        before = rows[-1][0]


async def _suppression_pages(visit: Visit) -> AsyncIterator[Sequence[dict[str, Any]]]:
    part = await _requested_suppressions(visit, Page(ROWS_AT_ONCE))
    while True:
        if part.rows:
            yield [to_plain(row) for _, row in part.rows]
        if part.next is None:
            return
        part = await _requested_suppressions(visit, Page(ROWS_AT_ONCE, part.next))


def _suppression_export(form: ExportFormat) -> Callable[[Visit], Awaitable[Export]]:
    async def answer(visit: Visit) -> Export:
        return Export(form, tuple(row_schema(Suppression)["properties"]), _suppression_pages(visit))

    return answer


def exports(path: str, make: Callable[[ExportFormat], Any], filters: tuple[Parameter, ...]) -> tuple[PageRoute, ...]:
    """Make the routes of a list's exports: its own path with the ending of each form."""
    return tuple(
        PageRoute("GET", f"{path}.{form}", "The same list as a file", Role.OWNER, make(form), filters)
        for form in ExportFormat
    )


LIST_PAGES = (
    PageRoute(
        "GET",
        "/suppressions",
        "Whom do we not write to, and until when?",
        Role.SUPPORT,
        _suppressions,
        (ACCOUNT, WHOSE, NEXT),
    ),
    PageRoute(
        "POST",
        "/suppressions",
        "Stop mail to an address",
        Role.SUPPORT,
        _add,
        (),
        (ADDRESS, ACCOUNT, WHY, Parameter("until", MOMENT, "the end; none: until somebody frees it", "2026-12-24")),
    ),
    PageRoute("POST", "/suppressions/free", "Let mail go to it again", Role.SUPPORT, _free_address, (ADDRESS, ACCOUNT)),
    *exports("/suppressions", _suppression_export, (ACCOUNT, WHOSE)),
)
"""The pages of lists, and their exports."""
