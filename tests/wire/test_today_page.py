"""The page Today: what is to be done, the trend, and what is new since somebody looked."""

import datetime as dt
import html
import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx2
import pytest
from contract.factories import DAY, NOON, letter, record, suppression
from wire.pages_client import ANN, JANE, World, browsing, failure, keep_report, leave_empty

from bouncer.doctor.finding import Finding, fail, warn
from bouncer.doctor.publish_command import DnsRecord
from bouncer.ndr.reading import Kind
from bouncer.pages import today_news, today_page, today_tasks
from bouncer.pages.all_pages import make_pages
from bouncer.pages.last_look import LOOK_LASTS
from bouncer.pages.today_page import TREND_DAYS
from bouncer.pages.today_tasks import MOST_TASKS
from bouncer.policy.records import Belief, Unread
from bouncer.policy.sign_in import Role
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import Sent
from bouncer.ports.webhooks import WebhookAttempt
from bouncer.settings.sections import Settings
from bouncer.verdict.verdict import Reason

COOKIE = "bouncer-looks"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def today(browser: httpx2.AsyncClient) -> str:
    answer = await browser.get("/")
    assert answer.status_code == 200, answer.text
    return answer.text


async def block(world: World, recipient: str = "kim@gmail.com", **changed: object) -> None:
    await keep_report(world.store, failure(recipient, Reason.POLICY, "550 5.7.26 unauthenticated"), **changed)


async def write(world: World) -> None:
    """Let a person's letter come."""
    (letter_id,) = await world.store.keep([letter()])
    written = record(letter_id, kind=Kind.OTHER, bounces=(), entries=(), unread=Unread.WRITTEN)
    await world.store.record([written], now=NOON)


def tasks(page: str) -> list[tuple[str, str]]:
    """The sentences in order, each with the path of its button."""
    return re.findall(r'<li class="\w+"><span>(.*?)</span> <a class="button" href="(.*?)">', page)


def table(page: str) -> dict[str, list[str]]:
    """The lines of the trend by day, without those of no number."""
    lines = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    cells = {day: re.findall("<td>(.*?)</td>", line) for day, line in lines}
    assert len(cells) in (0, TREND_DAYS)
    return {day: numbers for day, numbers in cells.items() if set(numbers) - {"0", ""}}


# Tasks


async def test_an_operator_of_a_new_installation_is_led_to_the_first_account(tmp_path: Path):
    def examine(_settings: Settings) -> tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]:
        return (), ()  # whatever this machine has

    async with browsing(tmp_path, fill=leave_empty, pages=partial(make_pages, examining=examine)) as world:
        root = await world.browser(Role.OPERATOR, person="root")
        assert tasks(await today(root)) == [
            ("There is no account yet, so no mail that comes back is taken.", "/setup"),
        ]
        assert "Add an account" in (await root.get("/setup")).text

        await world.store.add_account(OPERATOR, Account("acme", (ANN,)), now=NOON)

        assert tasks(await today(root)) == []
        assert tasks(await today(await world.browser())) == []


async def test_faults_that_the_checks_found_are_the_operators_first_task(tmp_path: Path):
    def examine(_settings: Settings) -> tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]:
        return (fail("certificate", "expired", "renew it"), warn("DKIM key", "none", "make one")), ()

    async with browsing(tmp_path, pages=partial(make_pages, examining=examine)) as world:
        root = await world.browser(Role.OPERATOR, person="root")
        before = tasks(await today(root))
        await root.get("/setup")
        after = tasks(await today(root))

        assert after == [("1 check of the installation found a fault.", "/setup"), *before][:MOST_TASKS]
        assert tasks(await today(await world.browser())) == before


async def test_tasks_of_the_fewest_mails_are_left_out_where_there_are_more_than_five(tmp_path: Path):
    def examine(_settings: Settings) -> tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]:
        return (fail("certificate", "expired", "renew it"),), ()

    async with browsing(tmp_path, pages=partial(make_pages, examining=examine)) as world:
        await world.store.record_webhook_attempt(WebhookAttempt("wh_acme", "evt_1", NOON, 410, "gone", 9))
        for _ in range(2):
            await write(world)
            await block(world)
            await keep_report(world.store, failure("joe@example.net", Reason.MAILBOX_FULL, "452 4.2.2 over quota"))
        root = await world.browser(Role.OPERATOR, person="root")
        await root.get("/setup")
        sentences = [sentence for sentence, _ in tasks(await today(root))]

    assert len(sentences) == 5
    words = " ".join(sentences)
    for part in ("found a fault", "gets no events", "blocked", "again and again", "could not be read"):
        assert part in words
    assert "not proven" not in words, "of one mail only"


async def test_today_says_what_came_and_what_to_do(world: World):
    page = await today(await world.browser())

    assert "5 failures were reported in the last 24 hours. 1 address was suppressed." in page
    assert "1 message was blocked" in page
    assert "1 report is not proven" in page


async def test_today_says_that_it_counts_the_newest_of_very_many_reports(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(today_page, "MOST_COUNTED", 5)
    page = await today(await world.browser())

    assert "More than 5 reports came in the last 24 hours." in page
    assert "count the newest 5 reports" in page


async def test_the_matter_of_most_mails_comes_first(world: World):
    for _ in range(2):
        await write(world)
    for number in range(3):
        doubtful = failure(f"a{number}@example.com", Reason.POLICY, "550 no", belief=Belief.UNPROVEN)
        await keep_report(world.store, doubtful)
    sentences = [words for words, _ in tasks(await today(await world.browser()))]

    assert [words[:20] for words in sentences] == [
        "4 messages were bloc",
        "4 reports are not pr",
        "2 letters came that ",
    ]


async def test_the_provider_that_blocks_most_is_named(world: World):
    assert "By Gmail." in await today(await world.browser())
    for recipient in ("a@example.org", "b@gmail.com", "c@outlook.com"):
        await block(world, recipient)

    paths = [path for words, path in tasks(await today(await world.browser())) if "Gmail blocks most: 2." in words]
    assert paths == ["/receivers"]


async def test_nobody_blocks_most_where_two_block_as_many_and_a_domain_may(world: World):
    for recipient in ("a@one.example", "b@one.example", "c@gmail.com"):
        await block(world, recipient)
    assert "blocks most" not in await today(await world.browser()), "Gmail and one.example block two each"

    await block(world, "d@one.example")
    assert "one.example blocks most: 3." in await today(await world.browser())


async def test_reports_that_are_not_proven_are_listed_without_the_proven_ones(world: World):
    browser = await world.browser()
    (path,) = [path for words, path in tasks(await today(browser)) if "not proven" in words]

    listed = await browser.get(html.unescape(path))
    assert listed.text.count('<td class="when">') == 1


async def test_addresses_that_fail_again_and_again_are_to_be_looked_at(world: World):
    full = failure("joe@example.net", Reason.MAILBOX_FULL, "452 4.2.2 over quota")
    await keep_report(world.store, full)
    assert "again and again" not in await today(await world.browser())
    await keep_report(world.store, full)

    browser = await world.browser()
    assert ("1 address failed again and again in the last 14 days: see whether somebody reads it.",
            "/receivers#repeated") in tasks(await today(browser))  # fmt: skip
    assert 'id="repeated"' in (await browser.get("/receivers")).text
    await world.store.suppress(OPERATOR, suppression("joe@example.net"))
    assert "again and again" not in await today(browser)


async def test_an_endpoint_that_is_gone_is_a_task_of_owners(world: World):
    await world.store.record_webhook_attempt(WebhookAttempt("wh_acme", "evt_1", NOON, 410, "gone", 9))

    assert ("1 webhook gets no events.", "/connections") in tasks(await today(await world.browser()))
    assert "webhook" not in await today(await world.browser(Role.SUPPORT, person="sue"))


async def test_letters_that_a_person_has_to_see_are_counted(world: World, monkeypatch: pytest.MonkeyPatch):
    await write(world)
    browser = await world.browser()
    assert ("1 letter came that could not be read, or that a person wrote.", "/unread") in tasks(await today(browser))

    monkeypatch.setattr(today_tasks, "MOST_LETTERS", 1)
    await write(world)
    assert "More than 1 letters came" in await today(browser)


async def test_an_empty_account_is_told_how_it_begins(world: World):
    browser = await world.browser(account="zoo")
    for _ in range(2):
        page = await today(browser)
        assert "Nothing has come yet." in page
        assert "<svg" not in page
        assert "must do" not in page.replace("What must I do", "")
        world.now += 2 * LOOK_LASTS
    assert "Nothing came since" in page


# The trend


async def test_the_trend_counts_by_category_and_day_where_sends_are_not_known(world: World):
    await block(world, at=NOON - 2 * DAY)
    await block(world, at=NOON - TREND_DAYS * DAY)  # before its first day
    page = await today(await world.browser())

    assert table(page) == {
        "1 March 2026": ["1", "1", "1", "1", "0", "4"],
        "27 February 2026": ["0", "0", "0", "1", "0", "1"],
    }
    assert "5 messages of the last 14 days failed, as far as is known." in page
    assert "How much was sent is not known" in page
    assert page.count('<rect class="part ') == 5
    assert '<text x="0" y="-4">4</text>' in page, "the number of the highest column"


async def test_the_trend_has_rates_where_sends_are_known(world: World):
    sent = [Sent("acme", NOON, tuple(f"a{number}@example.org" for number in range(40)))]
    await world.store.count(AccountScope("acme"), sent)
    page = await today(await world.browser())

    assert table(page) == {"1 March 2026": ["1", "1", "1", "1", "0", "4", "40", "10%"]}
    assert "Of 40 messages of the last 14 days 4 failed: 10%." in page
    assert "How much was sent is not known" not in page


async def test_the_trend_of_another_account_is_its_own(world: World):
    await block(world)
    assert table(await today(await world.browser(account="zoo"))) == {}
    assert table(await today(await world.browser(Role.OPERATOR, person="root"))) != {}


# News


async def test_at_the_first_look_nothing_is_new_and_at_the_next_all_that_came_since(world: World):
    browser = await world.browser()
    world.now += MINUTE
    assert "New since you looked" not in await today(browser)

    world.now += DAY
    assert "Nothing came since" in await today(browser)

    world.now += DAY
    later = NOON + 2 * DAY - MINUTE
    (letter_id,) = await world.store.keep([letter()])
    bounce = failure("new@example.org", Reason.POLICY, "550 5.7.26 unauthenticated")
    await world.store.record([record(letter_id, bounce, entries=(), counts=())], now=later)
    await world.store.suppress(OPERATOR, suppression("held@example.org", since=later))
    page = await today(browser)

    assert ">1 report</a>" in page
    assert ">1 suppressed address</a>" in page
    assert page.count('<span class="label change">new</span>') == 1
    (path,) = re.findall(r'href="(/activity\?since=[^"]*)"', page.partition("New since you looked")[2])
    listed = (await browser.get(path)).text
    assert "new@example.org" in listed
    assert JANE not in listed


async def test_loading_the_page_again_loses_nothing_of_what_is_new(world: World):
    browser = await world.browser()
    world.now += MINUTE
    await today(browser)
    world.now += 2 * LOOK_LASTS
    await today(browser)
    session = browser.cookies[COOKIE]

    world.now += LOOK_LASTS
    page = await today(browser)
    assert browser.cookies[COOKIE] == session
    assert "Nothing came since 1 March 2026, 12:01 UTC." in page

    world.now += MINUTE
    assert "Nothing came since 1 March 2026, 13:01 UTC." in await today(browser)
    assert browser.cookies[COOKIE] != session


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1-2-3",
        "9999999999-0",
        "-1-0",
        "99999999999999999999-0",
        "1772280000-1772280001",
        "\uff11772280000-0",
        "a" * 4000,
    ],
)
async def test_a_cookie_that_is_unreadable_or_tells_of_the_future_counts_as_none(world: World, text: str):
    session = (await world.browser()).cookies["bouncer-session"]
    stranger = world.client()
    cookie = f"bouncer-session={session}; {COOKIE}={text}".encode()
    answer = await stranger.get("/", headers={b"cookie": cookie})

    assert answer.status_code == 200
    assert "New since you looked" not in answer.text
    (cookie_line,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith(COOKIE)]
    assert cookie_line.startswith(f"{COOKIE}={int(NOON.timestamp())}-0;")
    assert "HttpOnly" in cookie_line
    assert "SameSite=lax" in cookie_line


async def test_the_page_says_that_there_is_more_where_very_much_is_new(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(today_news, "MOST_REPORTS", 1)
    monkeypatch.setattr(today_news, "MOST_SUPPRESSIONS", 1)
    monkeypatch.setattr(today_news, "MOST_LETTERS", 0)
    await write(world)
    browser = await world.browser()
    browser.cookies.set(COOKIE, f"{int((NOON - 60 * DAY).timestamp())}-0", domain="127.0.0.1")
    page = await today(browser)

    assert ">More than 1 reports</a>" in page
    assert ">More than 1 suppressed addresses</a>" in page
    assert ">More than 0 letters to read</a>" in page
