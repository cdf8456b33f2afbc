"""A browser for the tests of a module: it is started once, and each test has windows of its own in it."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio
from programs.chromium import chromium_to_drive

if TYPE_CHECKING:
    from playwright.async_api import Browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_chromium() -> "AsyncIterator[Browser]":
    """A Chromium, and Playwright's program that drives it: to start both takes more of the processor than most tests."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 -- most tests drive no browser

    with chromium_to_drive() as url:
        async with async_playwright() as playwright:
            yield await playwright.chromium.connect_over_cdp(url)


@pytest_asyncio.fixture(loop_scope="module")
async def chromium(running_chromium: "Browser") -> "AsyncIterator[Browser]":
    """A Chromium in which a test opens contexts, each with cookies, storage and cache of its own; they end with the test.

    A test that has it runs in the event loop of its module: ``pytest.mark.asyncio(loop_scope="module")``.
    """
    before = running_chromium.contexts
    yield running_chromium
    for context in running_chromium.contexts:
        if context not in before:
            await context.close()
