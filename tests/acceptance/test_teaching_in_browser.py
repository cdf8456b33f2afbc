"""Teaching in Debian's Chromium: a letter that nobody read is taught in few clicks, with and without scripts; axe finds nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import axe_playwright_python
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from wire.pages_client import World, browsing
from wire.taught_world import keep_and_read, notice

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.policy.sign_in import Role
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import Settings

pytestmark = [
    pytest.mark.real("chromium"),
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
ALIAS = ReturnPath("news@acme.example", PathKind.ALIAS, "acme")


@pytest_asyncio.fixture(loop_scope="module")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        for name in ("jane@example.org", "bob@example.net"):
            await keep_and_read(world.store, Settings(), notice(name), ALIAS)
        yield world


async def operator(chromium: Browser, world: World, *, width: int = 1600, **options: object) -> Page:
    context = await chromium.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(world.base + await world.link("root", None, Role.OPERATOR))
    await page.click("main button")
    return page


async def complaints(page: Page) -> list[str]:
    """Give the faults that axe finds, and the elements that are wider than the window."""
    await page.add_script_tag(path=AXE)
    result = await page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    faults = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in result["violations"]]
    return [*faults, *([f"{wide} pixels too wide"] if wide > 0 else [])]


async def mark(page: Page) -> None:
    await page.get_by_label("Line 2 says what happened").check()
    await page.get_by_label("Line 2 names the recipient").check()
    await page.get_by_label("Reason", exact=True).select_option("invalid-recipient")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1600), ("dark", 360)])
async def test_axe_finds_nothing_on_the_way(world: World, chromium: Browser, scheme: str, width: int, tmp_path: Path):
    page = await operator(chromium, world, width=width, color_scheme=scheme, bypass_csp=True)  # axe is a script
    faults = dict[str, list[str]]()

    async def look(name: str) -> None:
        faults[name] = await complaints(page)
        await page.screenshot(path=tmp_path / f"{name}-{scheme}-{width}.png", full_page=True)

    await page.goto(world.base + "/rules")
    await look("no rule")
    await page.goto(world.base + "/unread")
    await look("unread")
    await page.get_by_role("link", name="Teach how").first.click()
    await look("lines")
    await mark(page)
    await page.get_by_role("button", name="See what it would read").click()
    await look("trial")
    await page.get_by_role("button", name="Keep this rule").click()
    await look("rules")

    assert {name: page_faults for name, page_faults in faults.items() if page_faults} == {}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_letter_that_nobody_read_is_taught_in_seven_clicks(world: World, chromium: Browser, scripts: bool):
    """Unread, Teach, two lines, a reason, try, keep."""
    page = await operator(chromium, world, java_script_enabled=scripts)
    await page.get_by_role("link", name="Unread", exact=True).click()
    await page.get_by_role("link", name="Teach how").first.click()
    await mark(page)
    await page.get_by_role("button", name="See what it would read").click()
    assert "The rule would read 2 unread letters." in await page.inner_text("h1")
    await page.get_by_role("button", name="Keep this rule").click()

    assert "read 2 letters" in await page.inner_text("main")
    assert [rule.taught_by for rule in await world.store.rules(OPERATOR)] == ["root"]
    await page.get_by_role("link", name="Unread", exact=True).first.click()
    assert "Every letter was read" in await page.inner_text("main")
