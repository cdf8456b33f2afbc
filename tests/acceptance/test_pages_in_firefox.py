"""The main path of the pages in Debian's Firefox, without JavaScript: sign in, find, free, undo."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import NOON
from programs.firefox import Firefox, firefox
from wire.pages_client import JANE, World, browsing

from bouncer.ports.scope import AccountScope

pytestmark = [pytest.mark.real("firefox"), pytest.mark.timeout(300)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


def walk(base: str, link: str) -> list[str]:
    """Walk the path; the first sentence of each page."""
    with firefox() as browser:
        return list(steps(browser, base, link))


def steps(browser: Firefox, base: str, link: str) -> list[str]:
    browser.go_to(base + link)
    browser.press("main button")
    headings = [browser.text("h1")]
    browser.write("input[type=search]", JANE)
    browser.press(".find button")
    headings.append(browser.text("h1"))
    browser.press("button.main")
    headings.append(browser.text("h1"))
    browser.press(".events a[href^='/report/']")
    headings.append(browser.text("mark"))
    return headings


async def test_firefox_walks_the_main_path(world: World):
    today, suppressed, freed, line = await asyncio.to_thread(walk, world.base, await world.link())

    assert "in the last 24 hours" in today
    assert "No mail goes to this address until 30 May 2026: mailbox does not exist." in suppressed
    assert "Mail goes to this address" in freed
    assert line
    assert await world.store.suppressions_of_address(AccountScope("acme"), "acme", JANE, now=NOON) == []
