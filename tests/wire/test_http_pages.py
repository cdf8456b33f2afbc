"""The pages of every list of the API: each way through them gives every row once, in the list's order, and keeps the filters."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from contract.factories import MINUTE, NOON, bounce, letter, record, suppression
from wire.http_client import Asker, asking

from bouncer.mail.letter import spell_id
from bouncer.policy.records import ChangeSource
from bouncer.ports.scope import OPERATOR
from bouncer.ports.suppressions import Allowed
from bouncer.web.all_routes import ROUTES
from bouncer.web.form import OWN
from bouncer.web.mailgun.form import MAILGUN_FORM
from bouncer.web.postmark.form import POSTMARK_FORM
from bouncer.web.sendgrid.form import SENDGRID_FORM

ROWS = 7
LIMIT = 3
"""Rows of a page: two whole pages, and a page of one row."""


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path, {"per_minute": 1_000_000}) as asker:
        await fill(asker)
        yield asker


async def fill(asker: Asker) -> None:
    """Record letters about several recipients each, and suppress addresses for each reason, some of them again and again."""
    store = asker.store
    for number in range(ROWS):
        (letter_id,) = await store.keep([dataclasses.replace(letter(), received_at=NOON + number * MINUTE)])
        bounces = [bounce(f"r{number}.{place}+x@example.org") for place in range(ROWS)]
        await store.record([record(letter_id, *bounces)], now=NOON + number * MINUTE)
        for reason in ("invalid-recipient", "bad-domain", "complaint", "unsubscribe"):
            await store.suppress(OPERATOR, suppression(f"{reason}{number}+x@example.org", reason=reason))
        await store.suppress(OPERATOR, suppression("again@example.org", NOON + (number + 1) * 1440 * MINUTE))
        friend = Allowed("acme", f"friend{number}@example.org", NOON)
        await store.allow(OPERATOR, friend, source=ChangeSource.COMMAND)
    asker.ids["letter_id"] = spell_id(letter_id)
    asker.now = NOON + 60 * MINUTE


OWN_LISTS = [
    route for route in ROUTES if route.form is OWN and any(parameter.name == "cursor" for parameter in route.parameters)
]


async def test_a_cursor_leads_through_the_rows_that_a_filter_leaves(asker: Asker):
    walks = 0
    for route in OWN_LISTS:
        names = [
            p for p in route.parameters if p.where == "query" and p.name not in ("limit", "cursor", "changed_since")
        ]
        for query in ("", *(f"&{p.name}={quote(p.example, safe='')}" for p in names)):
            target = f"{route.path.format(**asker.ids)}?{query}"
            whole = (await asker.ask("GET", f"{target}&limit=1000")).json
            pages = await walk(asker, f"{target}&limit={LIMIT}")

            assert [row for page in pages for row in page] == whole["data"], target
            assert all(len(page) == LIMIT for page in pages[:-1])
            walks += len(pages) > 2
    assert walks > len(OWN_LISTS)


async def walk(asker: Asker, target: str) -> list[list[Any]]:
    """Give the rows of each page, by the cursors."""
    page = (await asker.ask("GET", target)).json
    pages = [page["data"]]
    while page["next"] is not None:
        page = (await asker.ask("GET", f"{target}&cursor={page['next']}")).json
        pages.append(page["data"])
    return pages


MAILGUN = {
    "bounces": ("", "term=bad"),
    "complaints": ("", "term=comp"),
    "unsubscribes": ("", "term=uns"),
    "whitelists": ("",),
    "events": ("", "event=failed", "recipient=r3.3%2Bx@example.org", "ascending=no&severity=permanent"),
}


@pytest.mark.parametrize(("name", "query"), [(name, query) for name, queries in MAILGUN.items() for query in queries])
async def test_mailguns_pages_lead_to_the_end_and_back_to_the_beginning(asker: Asker, name: str, query: str):
    async def get(target: str) -> Any:
        answer = await asker.ask("GET", target, form=MAILGUN_FORM)
        assert answer.status == 200, (target, answer)
        return answer.json

    async def follow(page: Any, way: str) -> Any:
        url = urlsplit(page["paging"][way])
        return await get(f"{url.path}?{url.query}")

    whole = (await get(f"/v3/acme/{name}?limit=300&{query}"))["items"]
    first = page = await get(f"/v3/acme/{name}?limit={LIMIT}&{query}")
    pages = []
    while page["items"]:
        pages.append(page["items"])
        page = await follow(page, "next")
    assert [row for items in pages for row in items] == whole
    assert whole
    assert all(len(items) == LIMIT for items in pages[:-1])

    back = []
    page = await follow(page, "previous")
    while page["items"]:
        back.append(page["items"])
        page = await follow(page, "previous")
    assert [row for items in reversed(back) for row in items] == whole
    assert (await follow(page, "first"))["items"] == first["items"]
    assert (await follow(page, "last"))["items"] == whole[-LIMIT:]


@pytest.mark.parametrize("name", ["bounces", "invalid_emails", "spam_reports", "unsubscribes"])
@pytest.mark.parametrize("query", ["", "email=%25example%25", f"start_time={int(NOON.timestamp())}"])
async def test_sendgrids_offsets_lead_through_the_rows_that_a_filter_leaves(asker: Asker, name: str, query: str):
    async def rows(limits: str) -> Any:
        return (await asker.ask("GET", f"/v3/suppression/{name}?{limits}&{query}", form=SENDGRID_FORM)).json

    whole = await rows("limit=500")
    assert len(whole) >= ROWS - 1
    assert [
        row for start in range(0, len(whole) + LIMIT, LIMIT) for row in await rows(f"limit={LIMIT}&offset={start}")
    ] == whole
    assert await rows(f"offset={len(whole)}") == []


@pytest.mark.parametrize("query", ["", "type=HardBounce", "emailFilter=r3.3%2Bx@example.org", "inactive=true"])
async def test_postmarks_offsets_lead_through_the_rows_that_a_filter_leaves(asker: Asker, query: str):
    async def rows(count: int, start: int) -> Any:
        target = f"/bounces?count={count}&offset={start}&{query}"
        return (await asker.ask("GET", target, form=POSTMARK_FORM)).json

    whole = await rows(500, 0)
    pages = [await rows(LIMIT, start) for start in range(0, len(whole["Bounces"]) + LIMIT, LIMIT)]
    assert whole["Bounces"]
    assert [row for page in pages for row in page["Bounces"]] == whole["Bounces"]
    assert {page["TotalCount"] for page in pages} == {whole["TotalCount"]} == {len(whole["Bounces"])}
