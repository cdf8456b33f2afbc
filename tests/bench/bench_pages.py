"""First contentful paint of every page in Debian's Chromium on loopback, and the size of each.

    .venv/bin/python tests/bench/bench_pages.py [--times 15] [--only REGEX]

Each page is loaded several times by an owner and an operator, from a real server with a filled store; the style sheet is in the
browser's cache, as it is after the first page. The paint is the browser's own mark, from the beginning of the navigation.
The page Teach has a letter read, by a process that is forked as the daemon's own are.
"""

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as tests/conftest.py does

from playwright.async_api import Page, async_playwright
from programs.chromium import chromium_to_drive
from programs.page_screenshots import operator_pages, pages
from wire.pages_client import World, browsing
from wire.taught_world import keep_and_read, notice, path_of, write_settings

from bouncer.cli.serve import prepare_forks
from bouncer.policy.sign_in import Role

PAINT_MS = 300.0
PAGE_OCTETS = 60_000
PAINTED = """new Promise(resolve => {
    const look = () => {
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        paint ? resolve(paint.startTime) : setTimeout(look, 5);
    };
    look();
})"""
"""Waits for the paint, and gives its time in milliseconds."""


async def measured(page: Page, world: World, path: str, times: int) -> tuple[float, float, int]:
    """Load a page *times* times; give the median and the longest time to its first paint, and its octets."""
    paints, octets = list[float](), 0
    for _ in range(times + 1):
        answer = await page.goto(world.base + path)
        assert answer is not None
        octets = len(await answer.body())
        paints.append(await page.evaluate(PAINTED))
    paints = paints[1:]  # the first fills the caches
    return statistics.median(paints), max(paints), octets


async def measure(times: int, only: str) -> list[str]:
    """Print a line for each page; give the goals that are missed."""
    missed = list[str]()
    with tempfile.TemporaryDirectory() as name, chromium_to_drive() as url:
        folder = Path(name)
        async with browsing(folder) as world, async_playwright() as playwright:
            settings = write_settings(folder)
            raw = notice("jane@example.org", subject="Mail returned", sender="post@example.fi")
            unread = await keep_and_read(world.store, settings, raw, path_of(settings, "jane@example.org"))
            browser = await playwright.chromium.connect_over_cdp(url)
            for role, all_pages in ((Role.OWNER, pages(world)), (Role.OPERATOR, operator_pages(unread))):
                page = await (await browser.new_context()).new_page()
                await page.goto(
                    world.base + await (world.link() if role is Role.OWNER else world.link("root", None, role))
                )
                await page.click("main button")
                for title, path in all_pages.items():
                    if re.search(only, title):
                        missed += _print_figures(title, *await measured(page, world, path, times))
    return missed


def _print_figures(title: str, median: float, longest: float, octets: int) -> list[str]:
    print(
        f"  {title}: paint median {median:.0f} ms, longest {longest:.0f} ms (goal {PAINT_MS:.0f}); {octets:,} octets",
        flush=True,
    )
    return [title] if median > PAINT_MS or octets > PAGE_OCTETS else []


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    prepare_forks(lambda: True)
    missed = asyncio.run(measure(options.times, options.only))
    print("missed: " + ", ".join(missed) if missed else "all goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
