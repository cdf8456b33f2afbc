"""Setup: what it says of the installation and of an account, what each form changes, and that the trail names the person."""

import asyncio
import datetime as dt
import html
import re
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx2
import pytest
from contract.factories import NOON
from patience import until_awaited
from wire.pages_client import ANN, JANE, ZOE, World, browsing, fields_of

from bouncer.compose.filled_text import fill
from bouncer.compose.language import LANGUAGES
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.doctor.publish_command import DnsRecord
from bouncer.errors import StoreError
from bouncer.pages import check_runner
from bouncer.pages.all_pages import make_pages
from bouncer.pages.check_runner import FRESH, CheckRunner, examine
from bouncer.pages.people_pages import MOST_OWNERS
from bouncer.policy.account_rules import SuppressedMail
from bouncer.policy.preferences import preferences
from bouncer.policy.records import Belief
from bouncer.policy.sign_in import Role
from bouncer.ports.accounts import Account
from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.suppressions import TrailChange
from bouncer.settings.sections import Settings

ACME = AccountScope("acme")
RECORD = DnsRecord("rp.example.com", "MX", "10 mx.example.com.")
HOSTILE = "\"'><script>alert(1)</script>{{7*7}}\u202e"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def account(world: World, name: str = "acme") -> Account:
    return (await world.store.directory(OPERATOR)).accounts[name]


async def send(browser: httpx2.AsyncClient, page: str, action: str, **fields: str) -> httpx2.Response:
    """Send a form as a browser does: the token of *page*, and the fields that a person filled in."""
    token = fields_of((await browser.get(page)).text, "/sign-out")["token"]
    return await browser.post(action, data={"token": token, **fields})


async def notes(world: World) -> list[str]:
    """Give the notes of the trail about the account itself, newest first."""
    rows = await world.store.trail(ACME, address="", page=Page())
    assert all(row.change is TrailChange.ACCOUNT for row in rows)
    return [row.why for row in rows]


# People


async def test_an_owner_adds_an_owner_who_can_then_sign_in_and_takes_her_off_again(world: World):
    browser = await world.browser()
    added = await send(browser, "/setup", "/setup/owners", owner="bob@acme.example")
    assert (added.status_code, added.headers["location"]) == (303, "/setup")
    bob = await world.browser(person="bob@acme.example")
    assert "bob@acme.example" in (await bob.get("/setup")).text

    await send(browser, "/setup", "/setup/owners/remove", owner="BOB@acme.example")

    assert (await account(world)).owners == (ANN,)
    assert (await bob.get("/setup")).headers["location"] == "/sign-in"
    assert await notes(world) == [
        f"by {ANN} on the web pages: owner bob@acme.example taken off",
        f"by {ANN} on the web pages: owner bob@acme.example added",
    ]
    page = (await browser.get("/setup")).text
    assert "The account was changed on these pages." in page
    assert "owner bob@acme.example taken off" in page


async def test_the_last_owner_stays(world: World):
    browser = await world.browser()
    refused = await send(browser, "/setup", "/setup/owners/remove", owner=ANN)

    assert (refused.status_code, "keeps one owner at least" in refused.text) == (409, True)
    assert 'action="/setup/owners/remove' not in (await browser.get("/setup")).text
    assert (await account(world)).owners == (ANN,)


async def test_a_text_that_is_no_address_becomes_no_owner(world: World):
    browser = await world.browser()
    for owner in ("", "nobody", "a@b\r\nBcc: x", "a" * 330 + "@b.example"):
        assert (await send(browser, "/setup", "/setup/owners", owner=owner)).status_code == 422, owner

    assert (await account(world)).owners == (ANN,)


async def test_the_same_owner_twice_is_one(world: World):
    await send(await world.browser(), "/setup", "/setup/owners", owner="Ann@ACME.example")

    assert (await account(world)).owners == (ANN,)
    assert await notes(world) == []


async def test_the_page_adds_so_many_owners_and_no_more(world: World):
    many = tuple(f"a{number}@acme.example" for number in range(MOST_OWNERS - 1))
    await world.store.set_account(OPERATOR, Account("acme", (ANN, *many)))
    refused = await send(await world.browser(), "/setup", "/setup/owners", owner="late@acme.example")

    assert refused.status_code == 409
    assert len((await account(world)).owners) == MOST_OWNERS


async def test_an_owner_whose_mail_comes_back_is_marked(world: World):
    await world.store.set_account(OPERATOR, Account("acme", (), forwarding=True))
    root = await world.browser(Role.OPERATOR, person="root")
    page = (await root.get("/setup?account=acme")).text

    assert "Nobody is told of what comes back: the account has no owner." in page


# Preferences of owners


async def test_preferences_are_changed_for_all_and_for_one(world: World):
    browser = await world.browser()
    first = await send(browser, "/setup", "/setup/preferences", soft="weekly", quiet="22:00-07:00", language="de")
    assert first.headers["location"] == "/setup"
    await send(browser, "/setup", f"/setup/preferences?owner={ANN}", soft="off", contact="Sue, -12")

    wishes = (await account(world)).wishes
    assert preferences(wishes, "").soft == "weekly"
    assert (preferences(wishes, "").language, preferences(wishes, "").quiet) == ("de", "22:00-07:00")
    assert (preferences(wishes, ANN).soft, preferences(wishes, ANN).contact) == ("off", "Sue, -12")
    assert (await notes(world))[1].endswith("preferences of all owners: language=de quiet=22:00-07:00 soft=weekly")


async def test_a_form_that_is_sent_as_it_came_changes_nothing(world: World):
    browser = await world.browser()
    before = await account(world)
    owner_preferences = preferences(before.wishes, "")
    unchanged = {
        key: str(getattr(owner_preferences, key)) for key in ("hard", "soft", "most", "zone", "language", "attach")
    }
    await send(browser, "/setup", "/setup/preferences", **unchanged, json="no")
    await send(browser, "/setup", "/setup/terms", soft_failures="3", by_stream="no", suppress_on="proven")

    assert await account(world) == before
    assert await notes(world) == []


async def test_an_emptied_field_is_the_default_again(world: World):
    browser = await world.browser()
    await send(browser, "/setup", "/setup/preferences", quiet="22:00-07:00")
    await send(browser, "/setup", "/setup/preferences", quiet="")

    assert (await account(world)).wishes == {}


IMPOSSIBLE_PREFERENCES = (
    {"soft": "sometimes"}, {"most": "-1"}, {"most": "9" * 99}, {"quiet": "late"}, {"zone": "Mars/Base"}, {"language": "tlh"},
    {"contact": "x" * 401}, {"contact": "a\r\nBcc: b"}, {"dropped": "at-once"}, {"json": "maybe"},
)  # fmt: skip


async def test_a_preference_that_there_is_not_is_refused(world: World):
    browser = await world.browser()
    for fields in IMPOSSIBLE_PREFERENCES:
        refused = await send(browser, "/setup", "/setup/preferences", **fields)
        assert refused.status_code == 422, fields

    assert (await account(world)).wishes == {}


async def test_a_preset_sets_what_belongs_to_a_kind_of_mail(world: World):
    browser = await world.browser()
    await send(browser, "/setup", "/setup/preset", preset="people")
    refused = await send(browser, "/setup", "/setup/preset", preset="robots")

    assert preferences((await account(world)).wishes, "").soft == "at-once"
    assert refused.status_code == 422


async def test_preferences_of_somebody_who_is_no_owner_are_refused(world: World):
    browser = await world.browser()

    assert (await send(browser, "/setup", f"/setup/preferences?owner={ZOE}", soft="off")).status_code == 422
    assert (await browser.get(f"/setup?owner={ZOE}")).status_code == 404
    assert f"What {ANN} is told" in (await browser.get(f"/setup?owner={ANN}")).text


# Terms


async def test_terms_are_changed(world: World):
    browser = await world.browser()
    fields = {"suppress_on": "plausible", "soft_failures": "5", "by_stream": "yes", "suppressed": "drop"}
    await send(browser, "/setup", "/setup/terms", **fields, block_warning="0")

    terms = (await account(world)).terms
    assert (terms.suppress_on, terms.soft_failures, terms.by_stream) == (Belief.PLAUSIBLE, 5, True)
    assert (terms.suppressed, terms.block_warning, terms.technical_failures) == (SuppressedMail.DROP, 0, 7)
    assert "soft_failures=5" in (await notes(world))[0]
    page = (await browser.get("/setup")).text
    assert '<option value="plausible" selected>' in page
    assert "until somebody frees it" in page


IMPOSSIBLE_TERMS = (
    {"suppress_on": "unproven"}, {"soft_failures": "0"}, {"soft_window_days": "366"}, {"technical_failures": "x"},
    {"block_warning": "1000001"}, {"suppressed": "maybe"}, {"soft_failures": "\u0663"},
)  # fmt: skip


async def test_terms_that_cannot_be_are_refused_and_the_servers_are_no_field(world: World):
    browser, before = await world.browser(), (await account(world)).terms
    for fields in IMPOSSIBLE_TERMS:
        assert (await send(browser, "/setup", "/setup/terms", **fields)).status_code == 422, fields
    await send(browser, "/setup", "/setup/terms", servers="0.0.0.0/0", hash_paths="yes")

    assert (await account(world)).terms == before


# Roles


FORMS = ("/setup/owners", "/setup/owners/remove", "/setup/preferences", "/setup/preset", "/setup/terms")


async def test_support_sees_nothing_of_it_and_changes_nothing(world: World):
    support, before = await world.browser(Role.SUPPORT, person="sue"), await account(world)

    assert (await support.get("/setup")).status_code == 403
    assert 'href="/setup"' not in (await support.get("/")).text
    for action in FORMS:
        page = await send(
            support, "/", action, owner="sue@acme.example", soft="off", soft_failures="9", preset="people"
        )
        assert page.status_code == 403, action
    assert await account(world) == before


async def test_an_owner_sees_and_changes_no_other_account_and_nothing_of_the_installation(world: World):
    zoo, before = await world.browser(account="zoo"), await account(world)

    assert (await zoo.get("/setup?account=acme")).status_code == 404
    for action in FORMS:
        fields = {"owner": "zed@zoo.example", "soft": "off", "soft_failures": "9", "preset": "people"}
        answer = await send(zoo, "/", f"{action}?account=acme", **fields)
        assert answer.status_code in (404, 422), action
    assert (await send(zoo, "/", "/setup/check")).status_code == 403
    assert (await send(zoo, "/", "/setup/accounts", name="new")).status_code == 403
    assert (await send(zoo, "/", "/setup/accounts/remove?account=zoo", name="zoo")).status_code == 403
    assert await account(world) == before
    page = (await zoo.get("/setup")).text
    assert "DNS records" not in page
    assert ANN not in page


async def test_an_operator_adds_and_removes_an_account(world: World):
    root = await world.browser(Role.OPERATOR, person="root")
    form = {"name": "shop", "owner": "eve@shop.example", "preset": "people"}
    added = await send(root, "/setup", "/setup/accounts", **form)
    assert added.headers["location"] == "/setup?account=shop"
    assert "eve@shop.example" in (await root.get("/setup?account=shop")).text
    shop = await world.store.trail(AccountScope("shop"), address="", page=Page())
    assert [row.why for row in shop] == ["by root on the web pages: it was added"]

    unsure = await send(root, "/setup", "/setup/accounts/remove?account=shop", name="acme")
    assert unsure.status_code == 422
    removed = await send(root, "/setup", "/setup/accounts/remove?account=shop", name="shop")

    assert removed.headers["location"] == "/setup"
    assert "shop" not in (await world.store.directory(OPERATOR)).accounts
    assert (await root.get("/setup?account=shop")).status_code == 404


async def test_an_account_that_cannot_be_is_refused_with_a_sentence(world: World):
    root = await world.browser(Role.OPERATOR, person="root")
    for name in ("", "acme", "A b", "x" * 21, "../x", "x\r\ny"):
        refused = await send(root, "/setup", "/setup/accounts", name=name)
        assert refused.status_code in (409, 422), name
        assert "<h1" in refused.text


async def test_an_operator_who_names_no_account_changes_none(world: World):
    root, before = await world.browser(Role.OPERATOR, person="root"), await account(world)
    for action in FORMS:
        assert (await send(root, "/setup", action, owner="x@acme.example", preset="people")).status_code == 422

    assert await account(world) == before


# The checks


def results(*findings: Finding) -> check_runner.Examine:
    return lambda _settings: (findings, (RECORD,))


@pytest.mark.parametrize(
    ("findings", "answer"),
    [
        ([ok("clock", "is steady")], "It works, as far as can be seen from here."),
        ([ok("clock", "is steady"), warn("DKIM key", "none", "make one")], "It works. 1 thing needs a look."),
        (
            [warn("a", "b", "c"), fail("accounts", "none", "add one"), fail("x", "y", "z")],
            "2 things have to be put right.",
        ),
    ],
)
async def test_an_operator_reads_the_results_of_the_checks_and_the_records(
    tmp_path: Path, findings: list[Finding], answer: str
):
    async with browsing(tmp_path, pages=partial(make_pages, examining=results(*findings))) as world:
        page = (await (await world.browser(Role.OPERATOR, person="root")).get("/setup")).text

    assert answer in page
    assert "rp.example.com. IN MX 10 mx.example.com." in page
    for finding in findings:
        assert finding.says in page
        assert finding.remedy in page


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_the_answer_of_a_stranger_to_a_check_is_text(tmp_path: Path, language: str):
    greeted = fill("answers as {what}", what=HOSTILE)
    hostile = results(warn(HOSTILE, HOSTILE, HOSTILE), ok(HOSTILE, HOSTILE, HOSTILE), warn("a", greeted, greeted))
    async with browsing(tmp_path, pages=partial(make_pages, examining=hostile)) as world:
        root = await world.browser(Role.OPERATOR, person="root")
        page = (await root.get("/setup", headers={"accept-language": language})).text

    assert f'<html lang="{language}"' in page

    assert "<script" not in page
    assert "\u202e" not in page
    assert "⟦202E⟧" in page
    assert "{{7*7}}" in page


async def test_words_that_people_write_on_the_page_are_shown_as_text(world: World):
    browser = await world.browser()
    await send(browser, "/setup", "/setup/preferences", contact="<script>alert(1)</script>{{7*7}}")
    odd = '"<b>x</b>"@acme.example'
    await send(browser, "/setup", "/setup/owners", owner=odd)

    page = (await browser.get("/setup")).text
    assert "<script" not in page
    assert "<b>" not in page
    assert "{{7*7}}" in page


async def test_the_checks_run_once_however_many_ask_and_again_when_they_are_old(tmp_path: Path):
    runs, now = [0], [NOON]

    def examine(_settings: Settings) -> tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]:
        runs[0] += 1
        return (ok("clock", "is steady"),), ()

    runner = CheckRunner(Settings, lambda: now[0], examine)
    reports = await asyncio.gather(*(runner.report() for _ in range(20)))
    assert runs == [1]
    assert {report.at for report in reports if report} == {NOON}
    now[0] += FRESH + dt.timedelta(seconds=1)
    assert (await runner.report()) is not None
    assert runs == [2]


async def test_no_page_waits_for_a_check_that_hangs_and_nothing_else_waits_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The page comes without the results, other pages come meanwhile, and the results are there when they are."""
    go_on = threading.Event()

    def examine(_settings: Settings) -> tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]:
        go_on.wait(60)
        return (ok("clock", "is steady"),), ()

    monkeypatch.setattr(check_runner, "PAGE_SECONDS", 0.2)
    async with browsing(tmp_path, pages=partial(make_pages, examining=examine)) as world:
        root = await world.browser(Role.OPERATOR, person="root")
        page = (await root.get("/setup")).text
        assert "The checks still run." in page
        assert (await root.get("/")).status_code == 200
        again = await send(root, "/", "/setup/check")
        assert again.headers["location"] == "/setup"
        go_on.set()

        async def is_checked() -> bool:
            return "It works, as far as can be seen from here." in (await root.get("/setup")).text

        assert await until_awaited(is_checked)


async def test_a_check_that_breaks_off_is_a_result(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    def examine(_settings: Settings) -> tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]:
        raise StoreError("no store")

    report = await CheckRunner(Settings, lambda: NOON, examine).report()

    assert report
    assert [(finding.about, finding.level) for finding in report.findings] == [("checks", "fail")]
    assert "broke off" in caplog.text


async def test_the_real_checks_give_results(world: World):
    page = (await (await world.browser(Role.OPERATOR, person="root")).get("/setup")).text

    assert "only good for trying out" in page
    assert "a look" in page or "put right" in page
    assert JANE not in page


async def test_the_results_of_a_new_installation_are_in_the_language_of_the_page(tmp_path: Path):
    """All but the names of settings, which are the same in each."""
    async with browsing(tmp_path, host_settings=Settings(), pages=partial(make_pages, examining=examine)) as world:
        root = await world.browser(Role.OPERATOR, person="root")
        root.headers["accept-language"] = "de"
        page = (await root.get("/setup")).text

    assert "The checks" not in page
    without_titles = re.sub(r"<strong>.*?</strong>", "", page)
    english = {html.unescape(text) for text in re.findall(r'<bdi lang="en">(.*?)</bdi>', without_titles)}
    assert english == set()
