"""The page Receivers: what fails since yesterday, beside the week before, by provider, domain, hour, campaign and stream."""

import dataclasses
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import DAY, NOON
from wire.pages_client import World, browsing, failure, fields_of, keep_report

from bouncer.manage import receivers
from bouncer.manage.receivers import ReceiversBy, compare_receivers
from bouncer.pages.repeated_failures import HELD_DAYS
from bouncer.policy.sign_in import Role
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.sends import Sent
from bouncer.verdict.verdict import Reason

HOSTILE = "<svg onload=alert(1)>\u202e{{7*7}}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def sends(world: World, count: int, domain: str, *, days: int = 0, account: str = "acme", **facts: str) -> None:
    """Count that many mails to a domain, sent some days ago."""
    at = NOON - days * DAY
    sent = [Sent(account, at, (f"a{number}@{domain}",), **facts) for number in range(count)]
    await world.store.count(AccountScope(account), sent)


async def blocks(world: World, count: int, domain: str, **changed: str) -> None:
    for number in range(count):
        bounce = failure(f"a{number}@{domain}", Reason.POLICY, "550 5.7.26 unauthenticated", **changed)
        await keep_report(world.store, bounce)


async def test_failures_are_counted_if_no_sends_are_known_and_the_page_says_so(world: World):
    page = (await (await world.browser()).get("/receivers")).text

    assert "Failures since yesterday: 4." in page
    assert "How much was sent is not known" in page
    assert not re.search(r"\d\s?%", page)


async def test_failures_of_known_sends_are_rated_beside_the_week_before(world: World):
    await sends(world, 40, "gmail.com")
    await sends(world, 40, "gmail.com", days=3)
    await blocks(world, 9, "gmail.com")
    page = (await (await world.browser()).get("/receivers")).text

    assert "of 40 messages failed:" in page
    assert "How much was sent is not known" not in page
    assert "more than usual" in page
    assert "Gmail" in page or "Google" in page


@pytest.mark.parametrize(
    ("by", "group"),
    [
        ("provider", "gmail"),
        ("domain", "gmail.com"),
        ("hour", "12:00"),
        ("campaign", "spring"),
        ("stream", "without a name"),
    ],
)
async def test_failures_are_grouped_by_what_is_asked_for(world: World, by: str, group: str):
    page = (await (await world.browser()).get(f"/receivers?by={by}")).text

    table = page.partition("What to do")[2]
    assert group in table.lower()
    assert "1 failure" in table or "failures" in table


async def test_each_group_has_its_usual_cause_and_one_thing_to_do(world: World):
    page = (await (await world.browser()).get("/receivers?by=domain")).text
    (row,) = [row for row in page.split("<tr>") if "gmail.com" in row]

    assert row.count("<td") == 5
    assert all(cell.strip() for cell in row.replace("</td>", "").split("<td>")[1:])


async def test_the_chart_is_drawn_by_the_server_and_stands_as_a_table_too(world: World):
    page = (await (await world.browser()).get("/receivers")).text

    assert page.count('<rect class="failed"') == 24
    tallest = max(map(int, re.findall(r"</th><td>(\d+)</td>", page)))
    assert re.findall(r'<text x="0" y="-4">([^<]*)', page) == [str(tallest)]
    assert re.findall(r'<span class="key (\w+)">(\w+)', page) == [("failed", "Failed"), ("usual", "Usual")]
    assert 'role="img"' in page
    assert page.partition("As a table")[2].count("<tr>") > 24
    assert "<script" not in page


async def test_addresses_that_fail_for_now_again_and_again_are_shown(world: World):
    for days in range(4):
        full = failure("full@example.net", Reason.MAILBOX_FULL, "452 4.2.2 over quota")
        await keep_report(world.store, full, at=NOON - days * DAY)
    page = (await (await world.browser()).get("/receivers")).text
    listed = page.partition("Addresses that fail again and again")[2]

    assert "full@example.net" in listed
    assert "joe@example.net" not in listed


async def test_an_address_that_fails_again_and_again_is_held_and_freed_beside_it(world: World):
    for days in range(4):
        full = failure("full@example.net", Reason.MAILBOX_FULL, "452 4.2.2 over quota")
        await keep_report(world.store, full, at=NOON - days * DAY)
    browser, path = await world.browser(), "/address/{}?address=full%40example.net"
    page = (await browser.get("/receivers")).text
    await browser.post(path.format("hold"), data=fields_of(page, path.format("hold")))
    (suppression,) = await world.store.suppressions_of_address(
        AccountScope("acme"), "acme", "full@example.net", now=NOON
    )
    page = (await browser.get("/receivers")).text
    await browser.post(path.format("free"), data=fields_of(page, path.format("free")))

    assert suppression.until
    assert (suppression.until - NOON).days == HELD_DAYS - 1  # the day begins at midnight
    assert await world.store.suppressions_of_address(AccountScope("acme"), "acme", "full@example.net", now=NOON) == []


@pytest.mark.parametrize("by", [by.value for by in ReceiversBy])
async def test_on_a_first_day_nothing_is_more_than_usual_and_the_page_says_that_nothing_is_compared(
    world: World, by: str
):
    await blocks(world, 10, "gmail.com")
    page = (await (await world.browser()).get(f"/receivers?by={by}")).text

    assert "Failures since yesterday: 14. Nothing is known of the week before, so nothing is compared." in page
    assert "ore than usual" not in page
    assert "0 a day" not in page


async def test_on_a_first_day_a_rate_stands_alone(world: World):
    await sends(world, 40, "gmail.com")
    page = (await (await world.browser()).get("/receivers")).text

    assert "Since yesterday 4 of 40 messages failed: 10%. Nothing is known of the week before" in page


async def test_a_campaign_that_is_new_has_no_usual_number_but_a_provider_has(world: World):
    spring = failure("old@example.org", Reason.POLICY, "550 5.7.1 no", campaign="spring")
    await keep_report(world.store, spring, at=NOON - 3 * DAY)
    await blocks(world, 10, "gmail.com", campaign="summer")
    browser = await world.browser()

    assert "ore than usual" not in (await browser.get("/receivers?by=campaign")).text
    assert "More than usual: Gmail, 11." in (await browser.get("/receivers?by=provider")).text


async def test_sends_before_yesterday_are_the_week_before(world: World):
    for days in (0, 1, 7, 8, 30):
        await sends(world, 10, "example.com", days=days, account="zoo")
    compared = await compare_receivers(world.store, AccountScope("zoo"), None, ReceiversBy.STREAM, now=NOON)

    assert [(line.now.sent, line.before.sent) for line in compared.lines] == [(10, 20)]


@pytest.mark.parametrize("scope", [AccountScope("acme"), OPERATOR])
@pytest.mark.parametrize("by", [ReceiversBy.DOMAIN, ReceiversBy.PROVIDER])
async def test_domains_that_fail_most_are_compared_and_the_others_are_counted(
    world: World, monkeypatch: pytest.MonkeyPatch, by: ReceiversBy, scope: Scope
):
    monkeypatch.setattr(receivers, "MOST_DOMAINS", 2)
    await sends(world, 40, "a.example", days=3)
    await sends(world, 30, "a.example")
    await sends(world, 50, "never-fails.example")
    await blocks(world, 3, "a.example")
    await blocks(world, 2, "b.example")
    compared = await compare_receivers(world.store, scope, "acme", by, now=NOON)

    failing = [(line.group, line.failed, line.now.sent, line.before.sent) for line in compared.lines if line.failed]
    assert failing[:2] == [("a.example", 3, 30, 40), ("b.example", 2, 0, 0)]
    assert "never-fails.example" not in [line.group for line in compared.lines]
    assert compared.further == {ReceiversBy.DOMAIN: 4, ReceiversBy.PROVIDER: 3}[by]


async def test_domains_of_known_providers_are_compared_however_little_they_fail(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receivers, "MOST_DOMAINS", 1)
    await sends(world, 30, "gmail.com")
    await blocks(world, 3, "a.example")
    compared = await compare_receivers(world.store, AccountScope("acme"), None, ReceiversBy.PROVIDER, now=NOON)

    assert [(line.group, line.failed) for line in compared.lines if line.failed] == [("a.example", 3), ("Gmail", 1)]


async def test_an_account_sees_its_own_receivers_and_an_operator_those_of_any(world: World):
    await sends(world, 3, "of-zoo.example", account="zoo")
    ann, root = await world.browser(), await world.browser(Role.OPERATOR, person="root")
    path = "/receivers?by=domain"

    assert "How much was sent is not known" in (await ann.get(path)).text
    assert "Groups without failures in the last eight days are not listed" in (await root.get(path)).text
    assert "Mail was sent, and nothing failed" in (await root.get(f"{path}&account=zoo")).text
    assert "gmail.com" not in (await root.get(f"{path}&account=zoo")).text
    assert (await root.get(f"{path}&account=ghost")).status_code == 404
    assert (await ann.get("/receivers?by=person")).status_code == 422


async def test_without_any_mail_the_page_says_so(world: World):
    page = (await (await world.browser(account="zoo")).get("/receivers")).text

    assert "Nothing was sent and nothing failed" in page
    assert "<svg" not in page


async def test_a_strangers_words_stand_as_text(world: World):
    await sends(world, 2, "example.org", campaign=HOSTILE, stream=HOSTILE)
    await blocks(world, 1, "example.org", campaign=HOSTILE)
    for by in ("campaign", "stream"):
        page = (await (await world.browser()).get(f"/receivers?by={by}")).text
        assert "<svg onload" not in page
        assert "\u202e" not in page
        assert "49" not in page.partition("What to do")[2].partition("</tbody>")[0]


async def test_the_largest_page_stays_small(world: World):
    long = "'\"" * 100
    for number in range(40):
        bounce = dataclasses.replace(
            failure(f"a@{number}.example.org", Reason.POLICY, "550 no"), campaign=f"{number}{long}"
        )
        await keep_report(world.store, bounce)
    answer = await (await world.browser()).get("/receivers?by=campaign")

    assert "more groups have fewer failures" in answer.text
    assert len(answer.content) < 60 * 1024


@pytest.mark.parametrize(("by", "path"), [
    ("provider", "/activity?since=2026-02-28&amp;provider=Gmail"), ("domain", "/activity?since=2026-02-28&amp;domain=gmail.com"),
    ("campaign", "/activity?since=2026-02-28&amp;campaign=autumn"),
])  # fmt: skip
async def test_a_group_leads_to_its_reports(world: World, by: str, path: str):
    await blocks(world, 3, "gmail.com", campaign="autumn")
    browser = await world.browser()

    assert f'href="{path}"' in (await browser.get(f"/receivers?by={by}")).text
    assert "a2@gmail.com" in (await browser.get(path.replace("&amp;", "&"))).text


async def test_addresses_that_fail_again_and_again_are_found_behind_many_others(world: World):
    """Each of the reports counts, and not only the newest."""
    for _ in range(3):
        await keep_report(world.store, failure("full@example.net", Reason.MAILBOX_FULL, "452 4.2.2 over quota"))
    for number in range(520):
        await keep_report(world.store, failure(f"b{number}@example.net", Reason.MAILBOX_FULL, "452 4.2.2 over quota"))
    page = (await (await world.browser()).get("/receivers")).text

    assert "full@example.net" in page.partition("Addresses that fail again and again")[2]
