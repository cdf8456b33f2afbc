"""The web pages in Debian's Chromium: each walked, in light and dark, narrow and wide; axe finds nothing; no dialog ever opens."""

from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import axe_playwright_python
import pytest
import pytest_asyncio
from acceptance.hostile_texts import MADE, TRICKS
from contract.factories import DAY, NOON, letter, record, suppression
from playwright.async_api import Browser, Page
from wire.pages_client import ANN, JANE, World, browsing, failure, keep_report

from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.records import Belief, EntryKind, NewEntry
from bouncer.policy.sign_in import Role
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import Sent
from bouncer.verdict.verdict import Reason

pytestmark = [
    pytest.mark.real("chromium"),
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
FAULTS = f"""axe.run(document, {{runOnly: {RULES}, resultTypes: ['violations']}}).then(
    result => result.violations.map(fault => fault.id + ': ' + fault.nodes[0].html))"""
"""All rules are tried; of those that find nothing axe need not describe each element, which took most of the time."""


@pytest_asyncio.fixture(loop_scope="module")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


def paths(world: World) -> tuple[str, ...]:
    return (
        "/",
        "/find",
        "/find?q=over+quota",
        "/find?q=nothing+like+it",
        f"/address?address={JANE}",
        "/address?address=nobody@example.org",
        f"/report/{world.letter}",
        "/activity",
        "/activity?since=2027-01-01",
        "/activity?category=block",
        "/activity?campaign=spring&reason=server-busy",
        "/suppressions",
        "/suppressions/import",
        "/unread",
        f"/address/forget?address={JANE}",
        "/receivers",
        "/receivers?by=hour",
        "/receivers?by=campaign",
        "/receivers/countries",
        "/setup",
        "/sessions",
        "/connections",
        f"/connections/webhooks/{world.connections.webhook}",
        "/connections/notices",
        "/connections/notices?state=given-up",
        "/report/0000000000000",
    )


async def signed_in(chromium: Browser, world: World, *, width: int = 1600, **options: object) -> Page:
    """A page of a browser in which the owner is signed in; she pressed the button."""
    context = await chromium.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(world.base + await world.link())
    await page.click("main button")
    assert page.url == f"{world.base}/"
    return page


async def complaints(page: Page) -> list[str]:
    """Give the faults that axe finds, the pixels beyond the window, and the tables that scroll where there is room."""
    faults = await page.evaluate(FAULTS)
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    scrolled = await page.evaluate(SCROLLED)
    return [*faults, *([f"{wide} pixels too wide"] if wide > 0 else []), *scrolled]


SCROLLED = """() => innerWidth < 1600 ? [] : [...document.querySelectorAll('.wide')]
    .filter(part => part.scrollWidth > part.clientWidth)
    .map(part => part.getAttribute('aria-label') + ' has to be scrolled')"""
"""Tables that do not fit where there is room."""


BROKEN = """() => [...document.querySelectorAll('button, .counts th, .list .number')].filter(part => {
    const text = document.createRange();
    text.selectNodeContents(part);
    const lines = new Set([...text.getClientRects()].map(line => line.top)).size;
    return lines > (part.matches('.number') ? 1 : part.textContent.trim().split(/\\s+/).length);
}).map(part => part.textContent + ' is broken within a word')"""
"""Buttons and headings of charts' tables with more lines than words, and numbers that stand apart from their noun."""
CUT_BUTTONS = """() => [...document.querySelectorAll('.wide button')]
    .filter(button => button.getBoundingClientRect().right > button.closest('.wide').getBoundingClientRect().right)
    .map(button => button.textContent + ' is cut off')"""
"""Buttons of a list that the edge of its window cuts off."""
LISTS = ("/", "/activity", "/receivers", "/suppressions", "/connections", "/connections/notices?state=held")


CONTROLS = """() => {
    const all = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]');
    window.controls = [...all].filter(control => control.checkVisibility());
    return window.controls.length;
}"""
"""Remembers what can be used on a page, and gives the number."""
FOCUS = "() => [window.controls.indexOf(document.activeElement), getComputedStyle(document.activeElement).outlineStyle]"
STOPS_OF_A_DATE = 6
"""Presses of Tab that a field for a date takes."""


async def test_everything_on_a_page_is_reached_with_the_keyboard_and_shows_that_it_is(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    for path in paths(world):
        await page.goto(world.base + path)
        number = await page.evaluate(CONTROLS)
        outlines = defaultdict[int, set[str]](set)  # a field for a date has several stops
        for _ in range(number + 2 * STOPS_OF_A_DATE):
            await page.keyboard.press("Tab")
            place, outline = await page.evaluate(FOCUS)
            outlines[place].add(outline)
        outlines.pop(-1, None)  # behind the last one the browser's own buttons come

        assert set(outlines) == set(range(number)), path
        assert {"none"} not in outlines.values(), path


CUT_OFF = """() => [document.documentElement, ...document.querySelectorAll('.wide')]
    .filter(part => part.scrollWidth > part.clientWidth || getComputedStyle(part).overflowX === 'auto')
    .map(part => part.className + ' ' + part.scrollWidth + ' of ' + part.clientWidth)"""
"""Finds elements that paper would cut off at its edge, since it does not scroll."""
PAPER = 680
"""The width of A4 within its margins, in pixels."""


async def test_on_paper_no_column_of_any_page_is_cut_off_and_no_button_stands(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    await page.set_viewport_size({"width": PAPER, "height": 900})
    await page.emulate_media(media="print", color_scheme="dark")
    cut_off, pressed = {}, {}
    for path in paths(world):
        await page.goto(world.base + path)
        cut_off[path] = await page.evaluate(CUT_OFF)
        pressed[path] = await page.locator("button:visible, .button:visible").count()

    assert {path: elements for path, elements in cut_off.items() if elements} == {}
    assert set(pressed.values()) == {0}


ZOOMED = 320
"""The width of 1,280 pixels at 400 % (WCAG 2.2, 1.4.10)."""
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }"""
"""The distances that a reader may want (WCAG 2.2, 1.4.12)."""
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll('button, .button, label, summary, .label')]
    .filter(part => part.scrollWidth > part.clientWidth + 2 && part.clientWidth && getComputedStyle(part).display !== 'inline'
        && part.checkVisibility()).map(part => part.tagName + ' ' + part.textContent.trim().slice(0, 40))"""


async def test_zoomed_to_400_percent_with_wider_letters_no_page_is_wider_than_its_window(
    world: World, chromium: Browser
):
    page = await signed_in(chromium, world, width=ZOOMED, bypass_csp=True)  # the distances are a style of the reader's
    too_wide = {}
    for path in paths(world):
        await page.goto(world.base + path)
        await page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        await page.add_style_tag(content=SPACED)
        too_wide[path] = await page.evaluate(TOO_WIDE)

    assert {path: parts for path, parts in too_wide.items() if parts} == {}


async def test_paper_has_the_legend_of_each_chart_and_all_that_is_new(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    world.now += DAY
    await page.emulate_media(media="print")
    for path, parts in {"/": (".chart + .quick .key", ".news li"), "/receivers": (".chart + .quick .key",)}.items():
        await page.goto(world.base + path)
        for part in parts:
            assert await page.locator(part).count() == await page.locator(f"{part}:visible").count() > 0, (path, part)


CUT_WORDS = """() => [...document.querySelectorAll('svg text')].filter(word => {
    const place = word.getBoundingClientRect(), chart = word.closest('svg').getBoundingClientRect()
    return place.left < chart.left || place.right > chart.right }).map(word => word.textContent)"""
"""Words of a chart that its edge cuts off."""


@pytest.mark.parametrize("width", [360, 1600])
async def test_no_word_of_a_chart_is_cut_off(world: World, chromium: Browser, width: int):
    page = await signed_in(chromium, world, width=width)
    words, cut_off = 0, {}
    for path in ("/", "/receivers?by=hour"):
        await page.goto(world.base + path)
        words += await page.locator("svg text").count()
        cut_off[path] = await page.evaluate(CUT_WORDS)

    assert words
    assert {path: texts for path, texts in cut_off.items() if texts} == {}


CUT_CHOICES = """() => [...document.querySelectorAll('main select')].flatMap(field => {
    const style = getComputedStyle(field), ruler = document.createElement('canvas').getContext('2d');
    ruler.font = style.font;
    return [...field.options].filter((choice, place) => {
        field.selectedIndex = place;
        const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        const lines = Math.floor(ruler.measureText(choice.textContent).width / room) + 1;
        return field.clientHeight < lines * 1.15 * parseFloat(style.fontSize);
    }).map(choice => field.name + ': ' + choice.textContent.trim());
})"""
"""Choices of which a field shows a part only when they are chosen: it has fewer lines than their words fill."""


@pytest.mark.parametrize("code", LANGUAGE_CODES)
async def test_a_field_shows_the_whole_of_any_choice_where_there_is_room(world: World, chromium: Browser, code: str):
    page = await signed_in(chromium, world, locale=code)
    choices, cut_off = 0, {}
    for path in ("/activity", "/setup", "/connections/notices", "/connections"):
        await page.goto(world.base + path)
        await page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        choices += await page.locator("main option").count()
        cut_off[path] = await page.evaluate(CUT_CHOICES)

    assert choices > len(LANGUAGE_CODES)
    assert {path: choices for path, choices in cut_off.items() if choices} == {}


async def test_she_frees_jane_with_the_keyboard_alone(world: World, chromium: Browser):
    page = await signed_in(chromium, world, java_script_enabled=False)
    await page.get_by_role("searchbox").focus()
    await page.keyboard.type(JANE)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Free this address").wait_for()
    await page.get_by_role("textbox", name="Why").first.focus()
    await page.keyboard.type("asked by phone")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await page.get_by_role("heading", name="Mail goes to this address").wait_for()
    assert "asked by phone" in (await page.inner_text("main")).lower()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1600), ("dark", 360)])
async def test_axe_finds_nothing_on_any_page(world: World, chromium: Browser, scheme: str, width: int):
    page = await signed_in(chromium, world, width=width, color_scheme=scheme, bypass_csp=True)
    await page.add_init_script(path=AXE)
    await page.goto(world.base + "/sign-in?link=x")
    faults = {"/sign-in": await complaints(page)}
    for path in paths(world):
        await page.goto(world.base + path)
        for summary in await page.query_selector_all("summary"):
            await summary.click()
        faults[path] = await complaints(page)

    await page.goto(f"{world.base}/address?address={JANE}")
    await page.click("summary")
    await page.get_by_role("button", name="Share this story").click()
    faults["/address/share"] = await complaints(page)
    await page.goto(world.base + (await page.inner_text("main .letter")).removeprefix(world.base))
    assert "shared this story with you" in await page.inner_text("main")
    faults["/shared"] = await complaints(page)
    await page.goto(f"{world.base}/suppressions/import")
    await page.locator("textarea").fill("new@example.org\n=no address\npat@example.org")
    await page.get_by_role("button", name="Show the preview").click()
    assert "1 address would be suppressed." in await page.inner_text("h1")
    faults["the preview of an import"] = await complaints(page)
    await page.locator("button.main").click()
    assert "1 address is suppressed now." in await page.inner_text("main")
    faults["an import"] = await complaints(page)
    await page.context.clear_cookies()
    await page.goto(world.base + await world.link("root", None, Role.OPERATOR))
    await page.click("main button")
    for path in ("/setup", "/setup?account=acme"):
        await page.goto(world.base + path)
        for summary in await page.query_selector_all("summary"):
            await summary.click()
        faults[f"{path}, for an operator"] = await complaints(page)

    assert {path: page_faults for path, page_faults in faults.items() if page_faults} == {}


async def test_in_the_colours_of_the_reader_the_page_that_is_here_and_the_legends_can_still_be_told(
    world: World, chromium: Browser
):
    page = await signed_in(chromium, world, forced_colors="active")
    (here, elsewhere), lines = ("nav a[aria-current]", "nav a:not([aria-current])"), {}
    for selector in (here, elsewhere):
        lines[selector] = await page.locator(selector).first.evaluate("a => getComputedStyle(a).borderBottomColor")
    assert lines[here] != lines[elsewhere]

    colours = {}
    for path in ("/", "/receivers"):
        await page.goto(world.base + path)
        keys = page.locator(".chart + .quick .key")
        colours[path] = await keys.evaluate_all(
            "keys => keys.map(key => getComputedStyle(key, '::before').backgroundColor)"
        )
    assert {path: len(set(marks)) for path, marks in colours.items()} == {"/": 5, "/receivers": 2}


@pytest.mark.parametrize("code", ["de", "fr", "es", "sv", "ja"])
async def test_in_every_language_each_list_fits_a_wide_window_and_no_button_breaks(
    world: World, chromium: Browser, code: str
):
    await world.store.set_account(OPERATOR, Account("acme", (ANN,), wishes={"": {"hard": "weekly"}}))
    (letter_id,) = await world.store.keep([letter()])
    await world.store.record([record(letter_id, entries=(NewEntry(EntryKind.NOTICE, ANN),))], now=NOON)
    await world.store.schedule_entries(now=NOON)
    page = await signed_in(chromium, world, locale=code)
    await page.goto(f"{world.base}/activity?campaign=spring")
    await page.locator('details:has(form[action="/activity/filters"]) summary').click()
    await page.locator('form[action="/activity/filters"] input[name="name"]').fill("n" * 60)
    await page.locator('form[action="/activity/filters"] button').click()
    faults = {}
    for width in (1600, 360):
        await page.set_viewport_size({"width": width, "height": 900})
        for path in LISTS:
            await page.goto(world.base + path)
            assert await page.get_attribute("html", "lang") == code
            faults[path, width] = await page.evaluate(SCROLLED)
            await page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            faults[path, width] += [*await page.evaluate(BROKEN), *await page.evaluate(CUT_BUTTONS)]

    assert {place: list_faults for place, list_faults in faults.items() if list_faults} == {}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_she_learns_why_jane_got_nothing_and_frees_her(world: World, chromium: Browser, scripts: bool):
    """Three clicks: find, free, and the undo."""
    page = await signed_in(chromium, world, java_script_enabled=scripts)
    clicks = 0

    async def click(text: str) -> None:
        nonlocal clicks
        clicks += 1
        await page.get_by_role("button", name=text, exact=True).click()

    await page.get_by_role("searchbox").fill(JANE)
    await click("Find")
    assert "No mail goes to this address until 30 May 2026: mailbox does not exist." in await page.inner_text("h1")
    await click("Free this address")
    assert "Mail goes to this address" in await page.inner_text("h1")
    assert clicks == 2
    assert await world.store.suppressions_of_address(AccountScope("acme"), "acme", JANE, now=NOON) == []
    await click("Undo: suppress it again")
    assert "No mail goes to this address" in await page.inner_text("h1")


async def test_no_trick_opens_a_dialog_or_runs(world: World, chromium: Browser):
    """In diagnostic text, subject, campaign, sender's words, letter, address, a person's name and the field above."""
    for number, trick in enumerate(TRICKS):
        await world.store.count(OPERATOR, [Sent("acme", NOON, ("x1@example.org",), trick, trick, trick, trick)])
        bounce = failure(
            f"x{number}@example.org", Reason.POLICY, f"550 {trick}", campaign=trick, belief=Belief.UNPROVEN, why=trick
        )
        await keep_report(world.store, bounce, raw=f"Subject: {trick}\r\n\r\n550 {trick}\r\n".encode(), subject=trick)
        await world.store.suppress(
            OPERATOR, suppression(f"y{number}@example.org", reason=trick, why=trick, stream=trick)
        )
    page = await signed_in(chromium, world)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await page.goto(world.base + "/activity")
    reports = [await link.get_attribute("href") for link in await page.query_selector_all("td.when a")]
    own = [
        f"/{kind}={quote(trick)}"
        for trick in TRICKS
        for kind in ("find?q", "address?address", "activity?recipient", "activity?campaign")
    ]

    pages_shown = [
        "/",
        "/suppressions",
        "/receivers?by=campaign",
        "/receivers?by=stream",
        "/address?address=x1@example.org",
        "/address?address=y1@example.org",
    ]
    for path in [*map(str, reports[: len(TRICKS)]), *own, *pages_shown]:
        await page.goto(world.base + path)
        await page.mouse.move(400, 300)
        assert await page.evaluate(f"document.querySelectorAll({MADE!r}).length") == 0, path
    assert dialogs == []


async def test_a_page_asks_nobody_but_its_server(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    for path in paths(world):
        await page.goto(world.base + path)

    assert urls
    assert [url for url in urls if not url.startswith(world.base)] == []


async def test_no_other_site_can_put_a_page_into_a_frame(world: World, chromium: Browser):
    page = await signed_in(chromium, world)
    await page.set_content(f'<iframe src="{world.base}/suppressions"></iframe>')
    frame = page.frames[-1]
    await page.wait_for_timeout(500)

    assert "Suppressions" not in await frame.content()
