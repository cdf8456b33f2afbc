"""Saved filters on the page Activity: saved, opened, deleted, each person's own, and leading nowhere else."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from contract.factories import NOON
from wire.pages_client import ANN, JANE, World, browsing, fields_of

from bouncer.manage.saving_filters import MAX_NAME, MOST_FILTERS
from bouncer.policy.sign_in import Role
from bouncer.ports.saved_filters import FilterOwner, SavedFilter
from bouncer.ports.scope import AccountScope

ACME = AccountScope("acme")
OF_ANN = FilterOwner("acme", ANN)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def save(browser: httpx2.AsyncClient, name: str, **fields: str) -> httpx2.Response:
    token = fields_of((await browser.get("/activity")).text, "/sign-out")["token"]
    return await browser.post("/activity/filters", data={"token": token, "name": name, **fields})


def links(page: str) -> dict[str, str]:
    """The saved filters of a page: name and path."""
    links = re.findall(r'<li><a href="([^"]*)"><bdi>(.*?)</bdi></a> <form action="/activity/filters', page)
    return {unescape(name): unescape(path) for path, name in links}


async def test_a_filter_is_saved_opened_and_deleted(world: World):
    browser = await world.browser()
    filtered = (await browser.get("/activity?category=hard&since=2026-01-01")).text
    answer = await browser.post("/activity/filters", data={**fields_of(filtered, '/activity/filters"'), "name": "gone"})
    assert answer.status_code == 303

    saved = links((await browser.get("/activity")).text)
    assert (
        saved["gone"] == "/activity?category=hard&since=2026-01-01T00%3A00%3A00%2B00%3A00" == answer.headers["location"]
    )
    page = (await browser.get(saved["gone"])).text
    assert JANE in page
    assert "kim@gmail.com" not in page
    (row,) = [saved for saved in await world.store.saved_filters(ACME, OF_ANN) if saved.name == "gone"]
    action = f"/activity/filters/{row.id}/delete"
    assert (await browser.post(action, data=fields_of(page, action))).headers["location"] == "/activity"
    assert "gone" not in links((await browser.get("/activity")).text)


async def test_filters_are_a_persons_own_in_whatever_browser(world: World):
    await save(await world.browser(), "mine", category="block")
    bob = await world.browser(Role.SUPPORT, person="bob")

    assert "mine" in links((await (await world.browser(person="Ann@acme.EXAMPLE")).get("/activity")).text)
    assert links((await bob.get("/activity")).text) == {}
    (row,) = [saved for saved in await world.store.saved_filters(ACME, OF_ANN) if saved.name == "mine"]
    token = fields_of((await bob.get("/")).text, "/sign-out")["token"]
    assert (await bob.post(f"/activity/filters/{row.id}/delete", data={"token": token})).status_code == 404
    await save(bob, "his", recipient=JANE)
    assert links((await bob.get("/activity")).text).keys() == {"his"}


async def test_an_invalid_filter_is_not_saved(world: World):
    browser = await world.browser()
    for name, fields in (
        ("", {"category": "block"}), ("x" * (MAX_NAME + 1), {"category": "block"}), ("x\u202ey", {"category": "block"}),
        ("none", {}), ("x", {"category": "evil"}), ("x", {"since": "yesterday"}), ("x", {"recipient": "a" * 321}),
        ("x", {"account": "zoo"}),
    ):  # fmt: skip
        assert (await save(browser, name, **fields)).status_code in (404, 422), (name, fields)

    assert links((await browser.get("/activity")).text).keys() == {"blocks"}


async def test_a_saved_filter_leads_to_no_other_page_and_to_no_other_site(world: World):
    """Any text from the form, or from the store, is parsed as filters of the page, and the rest is left out."""
    browser = await world.browser()
    result = await save(
        browser, "odd", recipient="//evil.example/\r\nLocation: x", path="//evil.example", back="/sign-out"
    )
    assert result.headers["location"].startswith("/activity?recipient=%2F%2Fevil.example")
    for number, words in enumerate(("//evil.example", "javascript:alert(1)", "category=evil&since=x", "before=1&q=2")):
        bad = SavedFilter(str(number), "acme", ANN, f"bad {number}", words, NOON)
        assert await world.store.save_filter(ACME, bad, limit=99)

    saved = links((await browser.get("/activity")).text)
    assert {path for name, path in saved.items() if name.startswith("bad")} == {"/activity"}
    assert all(path.partition("?")[0] == "/activity" for path in saved.values())


async def test_very_many_are_refused_with_a_sentence(world: World):
    browser = await world.browser()
    statuses = [(await save(browser, f"n{number}", category="hard")).status_code for number in range(MOST_FILTERS)]

    assert statuses == [303] * (MOST_FILTERS - 1) + [409]
    assert (await save(browser, "n3", category="soft")).status_code == 303  # in the place of the former one
    assert len((await browser.get("/activity")).content) < 60 * 1024


async def test_a_name_is_text(world: World):
    browser = await world.browser()
    name = "\"'><script>alert(1)</script>{{7*7}}"
    await save(browser, name, category="block")
    page = (await browser.get("/activity")).text

    assert "<script" not in page
    assert name in links(page)
