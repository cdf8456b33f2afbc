"""The pages in Debian's Chromium with the keyboard alone: each form is reached, filled in and sent, and errors get the focus."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route
from playwright.async_api import TimeoutError as BrowserTimeoutError
from wire.pages_client import JANE, World, browsing
from wire.taught_world import keep_and_read, notice, path_of, write_settings

from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.policy.sign_in import Role
from bouncer.ports.scope import OPERATOR
from bouncer.ports.taught_rules import KeptRule
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

pytestmark = [
    pytest.mark.real("chromium"),
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

STOP = """() => {
    const control = document.activeElement, form = control.form;
    window.stops = window.stops || new Set();
    const isNew = !window.stops.has(control);
    window.stops.add(control);
    return {
        isNew, isAtTop: control === document.body, tag: control.tagName, type: control.type || '',
        isClosed: control.tagName === 'SUMMARY' && !control.parentElement.open,
        isEmpty: !control.value, action: form ? form.getAttribute('action') : '',
    };
}"""
"""Describes the element with the focus, and whether it had the focus before."""
FORMS = "() => [...document.forms].map(form => form.getAttribute('action'))"
KEYS = {"email": "new@example.org", "url": "https://hooks.acme.example/x", "date": "01012027", "number": "7"}
"""Texts for the fields of a type; any other field for text takes a word."""
UNTYPED = {"submit", "file", "radio", "checkbox", "hidden", "select-one", "textarea"}
MOST_STOPS = 250
"""Presses of Tab after which a page that never comes to its end is a trap; the longest has 90 stops."""

MOST_WAITING = 5_000
"""Milliseconds from a press of a button to the request."""


@pytest_asyncio.fixture(loop_scope="module")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def signed_in(chromium: Browser, world: World, role: Role = Role.OWNER) -> Page:
    """A page of a browser in which somebody of that role is signed in, by Tab and Enter."""
    page = await (await chromium.new_context()).new_page()
    link = await (world.link("root", None, role) if role is Role.OPERATOR else world.link())
    await page.goto(world.base + link)
    for key in ("Tab", "Tab", "Tab", "Enter"):  # past the link to the content, and the name of the program
        await page.keyboard.press(key)
    await page.wait_for_url(f"{world.base}/")
    return page


async def fill_in(page: Page, stop: dict[str, str | bool]) -> None:
    """Fill in the field with the focus, or choose something."""
    kind = str(stop["type"])
    if kind in ("radio", "checkbox"):
        await page.keyboard.press("Space")
    elif kind == "select-one":
        await page.keyboard.press("ArrowDown")
    elif stop["isEmpty"] and stop["tag"] == "INPUT" and kind not in UNTYPED:
        await page.keyboard.type(KEYS.get(kind, "a1"))


async def press(page: Page, key: str) -> None:
    """Press a button, and wait until its form leaves; one that the browser finds wrong never does."""
    with contextlib.suppress(BrowserTimeoutError):
        async with page.expect_request("**", timeout=MOST_WAITING):
            await page.keyboard.press(key)


async def sent_forms(page: Page, path: str) -> tuple[set[str], set[str]]:
    """Walk a page with the keyboard, and send each form; give the forms that were sent, and all that the page has.

    The requests are answered by 204, which leaves the page as it is. A button is pressed with Enter and with Space in turns.
    """
    sent = set[str]()

    async def take(route: Route) -> None:
        url = urlsplit(route.request.url)
        sent.add(
            f"{unquote(url.path)}?{url.query}" if route.request.method == "POST" and url.query else unquote(url.path)
        )
        await route.fulfill(status=204)

    await page.goto(path)
    await page.route(lambda url: not url.endswith(".css"), take)
    try:
        for number in range(MOST_STOPS):
            await page.keyboard.press("Tab")
            stop = await page.evaluate(STOP)
            if stop["isAtTop"] or (not stop["isNew"] and stop["type"] != "date" and number > 1):
                break
            if stop["isClosed"]:
                await page.keyboard.press("Enter")
            elif stop["type"] == "submit":
                await press(page, "Space" if number % 2 else "Enter")
            elif stop["action"]:
                await fill_in(page, stop)
        else:
            pytest.fail(f"{path} holds the focus")
        return sent, set(await page.evaluate(FORMS))
    finally:
        await page.unroute_all()


OWNERS = (
    "/", "/activity", "/activity?category=block", f"/address?address={JANE}", "/address?address=nobody@example.org",
    f"/address/forget?address={JANE}", "/receivers", "/suppressions", "/suppressions/import", "/sessions", "/setup",
    "/connections", "/connections/webhooks/wh_acme", "/connections/notices",
)  # fmt: skip


async def test_an_owner_reaches_and_sends_each_form_with_the_keyboard_alone(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    unsent = {}
    for path in (*OWNERS, f"/report/{world.letter}"):
        sent, forms = await sent_forms(page, world.base + path)
        unsent[path] = forms - sent

    assert {path: actions for path, actions in unsent.items() if actions} == {}


async def test_an_operator_reaches_and_sends_each_form_with_the_keyboard_alone(
    world: World, chromium: Browser, tmp_path: Path
):
    settings = write_settings(tmp_path)
    rule = TaughtRule(TaughtForm(("saapuva viesti palautui",), RecipientPlace.ONLY), Reason.POLICY)
    await world.store.add_rule(OPERATOR, KeptRule(rule, "root", world.now, None), limit=9)
    unread = await keep_and_read(world.store, settings, notice(JANE), path_of(settings, JANE))
    page = await signed_in(chromium, world, Role.OPERATOR)
    unsent = {}
    for path in (
        "/rules",
        "/unread",
        f"/unread/{unread}/teach",
        "/setup",
        "/setup?account=acme",
        "/suppressions/import",
    ):
        sent, forms = await sent_forms(page, world.base + path)
        unsent[path] = forms - sent

    assert {path: actions for path, actions in unsent.items() if actions} == {}


async def test_the_first_stop_of_a_page_leads_past_the_menu(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    await page.goto(f"{world.base}/activity")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    assert await page.locator(".skip").evaluate("link => link.getBoundingClientRect().left >= 0")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")

    assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(
    ("path", "field", "words"),
    [
        ("/suppressions", 'details input[name="address"]', "no address"),
        ("/connections", 'input[name="url"]', "http://hooks.acme.example/"),
    ],
)
async def test_behind_a_refused_form_the_message_has_the_focus_and_is_the_title(
    world: World, chromium: Browser, path: str, field: str, words: str
):
    page = await signed_in(chromium, world)
    await page.goto(world.base + path)
    await page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    await page.locator(field).first.focus()
    await page.keyboard.type(words)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")

    assert await page.evaluate("document.activeElement.textContent") == "That did not work."
    assert await page.title() == "That did not work. · bouncer"
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")


async def test_behind_a_link_that_was_used_the_message_has_the_focus(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    await page.context.clear_cookies()
    await page.goto(f"{world.base}/sign-in?link=used")
    await page.locator("main button").focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")

    assert await page.evaluate("document.activeElement.textContent") == "This link does not work any more."
