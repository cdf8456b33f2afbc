"""Pictures of every web page with a filled store: light and dark, wide and as narrow as a telephone; to be looked at.

    .venv/bin/python tests/programs/page_screenshots.py [FOLDER]     (make screenshots; .cache/screenshots when none is named)

Rendered by Debian's Chromium, which Playwright drives, from the pages of a real server. The manual's picture of a page
is rendered anew, too.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as tests/conftest.py does

from playwright.async_api import Page, async_playwright
from programs.chromium import chromium_to_drive
from programs.parts import why_absent
from wire.pages_client import JANE, World, browsing
from wire.taught_world import keep_and_read, notice, path_of, write_settings

from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.policy.sign_in import Role
from bouncer.ports.scope import OPERATOR
from bouncer.ports.taught_rules import KeptRule
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache/screenshots"
MANUAL, MANUAL_SIZE = ROOT / "docs/pages.png", {"width": 900, "height": 720}
FORMS = {"light": ("light", 1600), "dark": ("dark", 1600), "narrow": ("light", 360), "narrow-dark": ("dark", 360)}
"""How they are rendered: scheme, width."""


def pages(world: World) -> dict[str, str]:
    """Name -> path of all that is rendered."""
    return {
        "today": "/",
        "find": "/find?q=over+quota",
        "find-nothing": "/find?q=nothing+like+it",
        "address": f"/address?address={JANE}",
        "address-unknown": "/address?address=nobody@example.org",
        "report": f"/report/{world.letter}",
        "activity": "/activity",
        "activity-nothing": "/activity?since=2027-01-01",
        "suppressions": "/suppressions",
        "import": "/suppressions/import",
        "receivers": "/receivers",
        "countries": "/receivers/countries",
        "unread": "/unread",
        "forget": f"/address/forget?address={JANE}",
        "setup": "/setup",
        "sessions": "/sessions",
        "connections": "/connections",
        "webhook": f"/connections/webhooks/{world.connections.webhook}",
        "notices": "/connections/notices",
        "problem": "/report/0000000000000",
    }


def operator_pages(unread: str) -> dict[str, str]:
    """Name -> path of what an operator sees; *unread* is the id of a letter that nobody could read."""
    return {"setup-operator": "/setup", "teach": f"/unread/{unread}/teach", "rules": "/rules"}


async def shared_story(page: Page, world: World) -> str:
    """Share jane's story, as an owner does, and give the link."""
    await page.goto(f"{world.base}/address?address={JANE}")
    await page.click("main details summary")
    await page.click('form[action^="/address/share"] button')
    link = re.search(r"http[^\s<]*/shared\?link=[\w-]+", await page.content())
    assert link, "no link on the page"
    return world.base + "/shared?" + link[0].partition("?")[2]


async def teachable(world: World, folder: Path) -> str:
    """Keep a letter that nobody can read, and a rule; give the letter's id."""
    settings = write_settings(folder)
    rule = TaughtRule(TaughtForm(("saapuva viesti palautui",), RecipientPlace.ONLY), Reason.POLICY)
    await world.store.add_rule(OPERATOR, KeptRule(rule, "root", world.now, None), limit=9)
    return await keep_and_read(world.store, settings, notice(JANE), path_of(settings, JANE))


async def render(folder: Path) -> int:
    """Render all; give their number."""
    count = 0
    with tempfile.TemporaryDirectory() as temporary, chromium_to_drive() as url:
        async with browsing(Path(temporary)) as world, async_playwright() as playwright:
            unread = await teachable(world, Path(temporary))
            browser = await playwright.chromium.connect_over_cdp(url)
            for form, (scheme, width) in FORMS.items():
                context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
                page = await context.new_page()
                await page.goto(world.base + await world.link())
                await page.screenshot(path=folder / f"page-sign-in-{form}.png")
                await page.click("main button")
                for name, path in pages(world).items():
                    await page.goto(world.base + path)
                    await page.screenshot(path=folder / f"page-{name}-{form}.png", full_page=True)
                    count += 1
                if form == "light":
                    await page.set_viewport_size(MANUAL_SIZE)
                    await page.goto(f"{world.base}/address?address={JANE}")
                    await page.screenshot(path=MANUAL)
                    await page.set_viewport_size({"width": width, "height": 900})
                await page.goto(await shared_story(page, world))
                await page.screenshot(path=folder / f"page-shared-{form}.png", full_page=True)
                await context.clear_cookies()
                await page.goto(world.base + await world.link("root", None, Role.OPERATOR))
                await page.click("main button")
                for name, path in operator_pages(unread).items():
                    await page.goto(world.base + path)
                    await page.screenshot(path=folder / f"page-{name}-{form}.png", full_page=True)
                    count += 1
                count += 1
                await context.close()
    return count


def main(folder: Path) -> None:
    """Render all, where there is a Chromium."""
    if why := why_absent("chromium"):
        sys.exit(why)
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{asyncio.run(render(folder))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
