"""The web pages over HTTP: who may see what, what each page says, and what each button does."""

import base64
import dataclasses
import datetime as dt
import html
import re
import ssl
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from contract.factories import DAY, NOON, letter, record, suppression
from wire.pages_client import (
    ANN,
    JANE,
    PATIENCE_SECONDS,
    RAW,
    ZOE,
    World,
    browsing,
    failure,
    fields_of,
    keep_report,
    leave_empty,
)
from wire.routes_of_pages import ACME, FORMS, SIGNED_IN, everything, name, path_of, trail

from bouncer.compose import providers
from bouncer.compose.advising import advice_about
from bouncer.compose.language import LANGUAGES
from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.notify.facts import notice_recipient
from bouncer.pages import activity_page, find_page, neighbours
from bouncer.pages.all_pages import PAGES
from bouncer.pages.find_page import BEGINNINGS_SHOWN
from bouncer.pages.list_pages import ROWS_SHOWN
from bouncer.pages.page_context import SIGN_INS_A_MINUTE
from bouncer.pages.page_exchange import POLICY
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.records import Belief, Believed, Bounce, ChangeSource
from bouncer.policy.sign_in import LINK_LASTS, SESSION_IDLES, SESSION_LASTS, Role
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import Sent
from bouncer.ports.suppressions import Allowed
from bouncer.store.bounces import filtering
from bouncer.verdict.verdict import Reason
from bouncer.web.exporting import ROWS_AT_ONCE

MOST_OCTETS = 60 * 1024
BUTTONS = {"free": "/address/free", "hold": "/address/hold", "allow": "/address/allow", "disallow": "/address/disallow"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def press(browser: httpx2.AsyncClient, page: str, action: str, **fields: str) -> httpx2.Response:
    """Send the form of *page* with that action, as a browser does."""
    text = (await browser.get(page)).text
    form = re.search(rf'<form[^>]* action="({re.escape(action)}[^"]*)"', text)
    assert form, f"{page} has no form for {action}"
    answer = await browser.post(form[1].replace("&amp;", "&"), data={**fields_of(text, action), **fields})
    assert answer.status_code == 303, answer.text
    return answer


# Signing in


async def test_a_link_signs_in_once_and_only_when_the_button_is_pressed(world: World):
    link = await world.link()
    browser, other = world.client(), world.client()

    for _ in range(3):  # as programs do that look at links in mails
        page = await browser.get(link)
    assert await world.store.sessions(OPERATOR) == []
    late = await other.get(link)
    answer = await browser.post("/sign-in", data=fields_of(page.text, "/sign-in"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await browser.get("/")).status_code == 200

    again = await other.post("/sign-in", data=fields_of(late.text, "/sign-in"))
    assert again.status_code == 403
    assert "does not work any more" in again.text
    assert len(await world.store.sessions(OPERATOR)) == 1


async def test_a_link_ends_by_itself(world: World):
    browser = world.client()
    page = await browser.get(await world.link())
    world.now += LINK_LASTS

    assert (await browser.post("/sign-in", data=fields_of(page.text, "/sign-in"))).status_code == 403


async def test_a_session_gets_a_secret_that_nobody_chose_before(world: World):
    """No fixation: whatever session a browser is made to bring, signing in gives it another."""
    chosen = "A" * 43
    browser = world.client({"cookie": f"bouncer-session={chosen}"})
    page = await browser.get(await world.link())
    token = fields_of(page.text, "/sign-in")
    form = re.search(r"bouncer-form=([^;]*)", page.headers["set-cookie"])
    assert form
    signed_out = {"cookie": f"bouncer-session={chosen}; bouncer-form={form[1]}"}

    answer = await world.client(signed_out).post("/sign-in", data=token)

    assert answer.status_code == 303
    assert chosen not in str(answer.headers.get_list("set-cookie"))
    assert (await world.client(signed_out).get("/")).headers["location"] == "/sign-in"


async def test_a_used_link_is_no_key_to_its_session_and_the_secret_of_the_form_is_dropped(world: World):
    browser, link = world.client(), await world.link()
    page = await browser.get(link)
    assert "bouncer-form" in browser.cookies
    await browser.post("/sign-in", data=fields_of(page.text, "/sign-in"))
    assert "bouncer-form" not in browser.cookies

    thief = world.client({"cookie": f"bouncer-session={link.partition('=')[2]}"})
    assert (await thief.get("/")).headers["location"] == "/sign-in"


async def test_a_browser_that_signs_in_again_leaves_no_earlier_session_open(world: World):
    browser = await world.browser()
    earlier = {"cookie": f"bouncer-session={browser.cookies['bouncer-session']}"}
    page = await browser.get(await world.link())
    assert (await browser.post("/sign-in", data=fields_of(page.text, "/sign-in"))).status_code == 303

    assert (await browser.get("/")).status_code == 200
    assert (await world.client(earlier).get("/")).headers["location"] == "/sign-in"


async def test_cookies_are_for_the_server_alone(world: World):
    browser = world.client()
    page = await browser.get(await world.link())
    answer = await browser.post("/sign-in", data=fields_of(page.text, "/sign-in"))

    for cookie in [*page.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]:
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie  # a browser would not keep it: this is http on loopback


async def test_behind_tls_cookies_are_secure(tmp_path: Path):
    async with browsing(tmp_path, {"proxies": ("127.0.0.1",)}) as world:
        page = await world.client({"x-forwarded-proto": "https"}).get("/sign-in")
        in_the_clear = await world.client({"x-forwarded-proto": "http"}).get("/sign-in")

    assert page.headers["set-cookie"].startswith("__Host-bouncer-form=")
    assert "Secure" in page.headers["set-cookie"]
    assert "Secure" not in in_the_clear.headers["set-cookie"]


async def test_a_stranger_cannot_say_that_he_came_over_tls(world: World):
    page = await world.client({"x-forwarded-proto": "https"}).get("/sign-in")

    assert "Secure" not in page.headers["set-cookie"]


async def test_a_session_that_nobody_uses_ends(world: World):
    browser = await world.browser()
    world.now += SESSION_IDLES + DAY / 24

    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_a_session_ends_however_much_it_is_used(world: World):
    browser = await world.browser()
    for _ in range(SESSION_LASTS // SESSION_IDLES):
        world.now += SESSION_IDLES - DAY / 24
        assert (await browser.get("/")).status_code == 200
    world.now += SESSION_IDLES - DAY / 24

    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_a_former_owner_is_signed_out(world: World):
    browser = await world.browser()
    await world.store.set_account(OPERATOR, Account("acme", ("new@acme.example",)))

    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_signing_out_ends_the_session(world: World):
    browser = await world.browser()
    session = str(browser.cookies["bouncer-session"])

    await press(browser, "/", "/sign-out")

    assert await world.store.sessions(OPERATOR) == []
    assert (await world.client({"cookie": f"bouncer-session={session}"}).get("/")).status_code == 303


async def test_an_owner_sees_and_ends_the_sessions_of_the_account(world: World):
    browser, other = await world.browser(), await world.browser(Role.SUPPORT, person="sue")
    await world.browser(account="zoo")

    page = (await browser.get("/sessions")).text
    assert "sue" in page
    assert ZOE not in page
    (support,) = [row for row in await world.store.sessions(ACME) if row.role is Role.SUPPORT]
    await press(browser, "/sessions", f"/sessions/{support.id}/end")
    assert (await other.get("/")).status_code == 303


async def test_parameters_that_other_programs_add_to_a_sign_in_link_are_passed_over(world: World):
    client = world.client()
    page = await client.get(await world.link() + "&fbclid=x&utm_source=a&utm_source=b")
    assert page.status_code == 200

    assert (await client.post("/sign-in", data=fields_of(page.text, "/sign-in"))).status_code == 303


async def test_attempts_to_sign_in_are_limited(world: World):
    client = world.client()
    await client.get("/sign-in?link=x")
    statuses = [(await client.post("/sign-in", data={"link": "x"})).status_code for _ in range(SIGN_INS_A_MINUTE + 1)]

    assert statuses == [403] * SIGN_INS_A_MINUTE + [429]


# By construction from the list of pages


async def test_a_page_is_nobodys_who_is_not_signed_in(world: World):
    stranger = world.client()
    for route in SIGNED_IN:
        answer = await stranger.request(route.method, path_of(route, world))
        expected = (303, "/sign-in") if route.method == "GET" else (403, None)
        if answer.status_code != 429:  # attempts are limited
            assert (answer.status_code, answer.headers.get("location")) == expected, name(route)
        assert "User unknown" not in answer.text


async def test_after_signing_in_a_browser_goes_on_to_the_page_that_was_asked_for(world: World):
    browser = world.client()
    target = f"/address?address={JANE}&account=acme"
    assert (await browser.get(target)).headers["location"] == "/sign-in"
    page = await browser.get(await world.link())
    answer = await browser.post("/sign-in", data=fields_of(page.text, "/sign-in"))

    assert answer.headers["location"] == target
    assert (await browser.get(target)).status_code == 200
    assert "bouncer-wanted" not in browser.cookies


@pytest.mark.parametrize(
    "path", ["/report/%0d%0aset-cookie:%20x=y", "/report/%E2%80%AE", "/report/%22;x=y", "/activity?" + "a" * 2000]
)
async def test_any_path_leads_to_the_sign_in_page(world: World, path: str):
    answer = await world.client().get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert len(answer.headers.get("set-cookie", "")) < 300


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a b", "/%0d%0aX: y\t"],
)
async def test_a_wanted_page_is_one_of_ours(world: World, target: str):
    """The page is the same for any cookie that a browser was made to bring."""
    page = await world.client().get(await world.link())
    form = re.search(r"bouncer-form=([^;]*)", page.headers["set-cookie"])
    assert form
    brought = world.client({"cookie": f'bouncer-form={form[1]}; bouncer-wanted="{target}"'})
    answer = await brought.post("/sign-in", data=fields_of(page.text, "/sign-in"))

    assert answer.status_code == 303
    assert answer.headers["location"] in ("/", "/evil.example")


async def test_a_foreign_account_sees_nothing_and_changes_nothing(world: World):
    """A request of zoo with acme's ids is answered as if acme did not exist."""
    await world.browser()
    (of_acme,) = await world.store.sessions(ACME)
    zoo = await world.browser(account="zoo")
    token = fields_of((await zoo.get("/")).text, "/sign-out")["token"]
    before = await everything(world)
    for route in SIGNED_IN:
        if route.path == "/sign-out":
            continue
        path = path_of(route, world, of_acme.id)
        for target in (path, f"{path}{'&' if '?' in path else '?'}account=acme"):
            form_fields = {"token": token, "account": "acme", "address": JANE} if route.method == "POST" else None
            answer = await zoo.request(route.method, target, data=form_fields)
            usual = (403,) if route.role is Role.OPERATOR else (200, 303, 404, 422)
            assert answer.status_code in usual, name(route)
            assert "{" not in route.path or answer.status_code in (403, 404, 422), name(route)
            assert not re.search(rf"User unknown|{ANN}|Your order|hooks.acme|the shop", answer.text), name(route)
        assert await everything(world) == before, name(route)


async def test_a_role_sees_its_own_pages_only(world: World):
    support = await world.browser(Role.SUPPORT, person="sue")
    token = fields_of((await support.get("/")).text, "/sign-out")["token"]
    for route in sorted(SIGNED_IN, key=lambda route: route.path == "/sign-out"):
        assert route.role
        form = {"token": token} if route.method == "POST" else None
        answer = await support.request(route.method, path_of(route, world), data=form)
        assert (answer.status_code == 403) == (not Role.SUPPORT.includes(route.role)), name(route)


@pytest.mark.parametrize("kind", ["no token", "another's token", "two tokens", "another site", "another origin"])
async def test_a_form_of_another_site_does_nothing(world: World, kind: str):
    browser, other = await world.browser(), await world.browser()
    own = fields_of((await browser.get("/")).text, "/sign-out")["token"]
    foreign = fields_of((await other.get("/")).text, "/sign-out")["token"]
    tokens: list[str] = {"no token": [], "another's token": [foreign], "two tokens": [foreign, own]}.get(kind, [own])
    headers = {
        "another site": {"sec-fetch-site": "cross-site"},
        "another origin": {"origin": "https://evil.example"},
    }.get(kind, {})
    before = await everything(world)

    for route in FORMS:
        answer = await browser.post(path_of(route, world), data={"token": tokens, "address": JANE}, headers=headers)
        assert answer.status_code == 403, name(route)
    assert await everything(world) == before


async def test_a_form_of_an_ended_session_says_so_gives_back_what_was_typed_and_leads_back_to_its_page(world: World):
    browser = await world.browser()
    page = f"/address?address={JANE}"
    token = fields_of((await browser.get(page)).text, "/address/free")["token"]
    for session in await world.store.sessions(OPERATOR):
        await world.store.end_session(OPERATOR, session.id)
    before = await everything(world)
    typed = {"token": token, "why": "she asked <b>by phone</b>\u202e"}
    answer = await browser.post(f"/address/free?address={JANE}", data=typed, headers={"referer": world.base + page})

    assert answer.status_code == 403
    assert "You are not signed in any more, so nothing was changed." in answer.text
    assert "she asked &lt;b&gt;by phone&lt;/b&gt;⟦202E⟧" in answer.text
    assert token not in answer.text
    assert 'href="/sign-in"' in answer.text
    assert await everything(world) == before
    again = await browser.get(await world.link())
    begun = await browser.post("/sign-in", data=fields_of(again.text, "/sign-in"))
    assert begun.headers["location"] == page


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}], ids=["site", "origin"]
)
async def test_another_site_has_no_words_of_its_own_shown_on_a_page(world: World, headers: dict[str, str]):
    async with world.client() as stranger:
        answer = await stranger.post("/suppressions", data={"why": "call 555-0100"}, headers=headers)

    assert answer.status_code == 403
    assert "555-0100" not in answer.text


@pytest.mark.parametrize("referer", ["https://evil.example//evil.example/", "//evil.example", "x" * 5000, "https://["])
async def test_after_an_ended_session_no_referer_leads_to_another_site(world: World, referer: str):
    async with world.client() as stranger:
        answer = await stranger.post("/suppressions", data={"why": "so"}, headers={"referer": referer})
        assert answer.status_code == 403
        fields = fields_of((await stranger.get(await world.link())).text, "/sign-in")
        assert (await stranger.post("/sign-in", data=fields)).headers["location"] == "/"


async def test_typed_values_are_given_back_with_a_refusal(world: World):
    browser = await world.browser()
    fields = fields_of((await browser.get("/suppressions")).text, "/suppressions")
    filled = {**fields, "address": "jane at example", "why": "a long reason, typed with care"}
    headers = {"referer": f"{world.base}/suppressions"}
    answer = await browser.post("/suppressions", data=filled, headers=headers)

    assert answer.status_code == 422
    assert "a long reason, typed with care" in answer.text
    assert "jane at example" in answer.text
    assert "is no mail address.</bdi>" in answer.text
    assert (
        answer.text.count('<a class="button" href="/suppressions">Suppressions</a>') == 1
    )  # back to where it was typed


async def test_on_the_answer_to_a_form_the_choice_of_a_language_leads_back_to_the_page_of_the_form(world: World):
    browser = await world.browser()
    page = f"/address?address={JANE}"
    fields = fields_of((await browser.get(page)).text, "/address/free")
    headers = {"referer": world.base + page}
    refused = await browser.post("/suppressions", data={**fields, "address": "no address"}, headers=headers)
    chosen = await browser.post("/language", data={**fields_of(refused.text, "/language"), "language": "de"})

    assert (refused.status_code, chosen.headers["location"]) == (422, page)
    bare = await browser.post("/suppressions", data={**fields, "address": "no address"})
    assert fields_of(bare.text, "/language")["back"] == "/"


LINK_AWAY = re.compile(r'<a href="(https://[^"]+)" rel="noreferrer">')
"""A link to a provider's own page, which a person may follow; no page fetches it."""


async def test_every_page_is_whole_without_scripts_and_without_anything_from_elsewhere(world: World):
    browser = await world.browser()
    for route in PAGES:
        answer = await browser.request(route.method, path_of(route, world))
        assert answer.headers["content-security-policy"] == POLICY, name(route)
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert not re.search(r"<script|<style|<img|<iframe|\sstyle=|\son\w+=|javascript:", answer.text)
            own = LINK_AWAY.sub(lambda link: "" if link[1] in providers.PAGES else link[0], answer.text)
            assert not re.search(r'(?:href|src|action)="(?!/|#)', own)
            assert '<html lang="en">' in answer.text
            assert len(answer.content) < MOST_OCTETS


def test_the_policy_of_every_page_allows_our_own_sheet_and_forms_and_no_frame_around_it():
    directives = dict(directive.split(" ", 1) for directive in POLICY.split("; "))

    assert {name for name, value in directives.items() if value == "'none'"} == {
        "default-src",
        "frame-ancestors",
        "base-uri",
    }
    assert {name for name, value in directives.items() if value == "'self'"} == {"style-src", "img-src", "form-action"}
    assert len(directives) == 6


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(world: World, method: str):
    assert (await (await world.browser()).request(method, "/activity")).status_code == 405


@pytest.mark.parametrize(
    "path",
    ["/activity?category=x", "/activity?since=x", "/activity?before=x", "/activity?unknown=1", "/address",
     "/address?address=" + "a" * 400, "/report/x", "/report/" + "0" * 13, "/find?q=" + "a" * 400, "/activity?account=ghost",
     "/activity?" + "&".join(f"a{n}=1" for n in range(40)), "/sessions/x/end"],
)  # fmt: skip
async def test_a_wrong_address_of_a_page_is_answered_with_a_sentence(world: World, path: str):
    answer = await (await world.browser()).get(path)

    assert answer.status_code in (404, 405, 422)
    assert "<h1" in answer.text


async def test_a_mistyped_path_is_a_page_for_people_and_a_problem_for_programs(world: World):
    browser = await world.browser()

    for path in ("/nope", "/adress?address=x", "/%00", "/sessions/"):
        page = await browser.get(path, headers={"accept": "text/html,*/*"})
        assert (page.status_code, "There is no such page here." in page.text) == (404, True), path
    for path, accept in (("/nope", "*/*"), ("/api/v1/nope", "text/html"), ("/v3/nope", "text/html")):
        answer = await browser.get(path, headers={"accept": accept})
        kind = "application/json" if path.startswith("/v3/") else "application/problem+json"
        assert (answer.status_code, answer.headers["content-type"]) == (404, kind)
    assert (await browser.post("/nope", headers={"accept": "text/html"})).status_code == 404


async def test_behind_a_proxy_that_changes_the_host_the_browsers_own_word_counts(world: World):
    browser = await world.browser()
    token = fields_of((await browser.get("/")).text, "/language")["token"]
    headers = {"origin": "https://bounces.acme.example", "sec-fetch-site": "same-origin"}

    page = await browser.post("/language", data={"token": token, "language": "de"}, headers=headers)

    assert page.status_code == 303


async def test_no_page_with_a_token_is_compressed(world: World):
    answer = await (await world.browser()).get("/find?q=token", headers={"accept-encoding": "gzip"})

    assert "content-encoding" not in answer.headers
    assert 'name="token"' in answer.text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\tx",
                                  "\\\\evil", "/" + "%0d%0a" * 900])  # fmt: skip
async def test_no_form_leads_to_another_site(world: World, back: str):
    browser = await world.browser()
    token = fields_of((await browser.get("/")).text, "/language")["token"]

    page = await browser.post("/language", data={"token": token, "language": "de", "back": back})

    assert page.headers["location"] == "/"


# Words and actions of the pages


async def test_the_address_page_answers_in_its_first_sentence_and_tells_the_story(world: World):
    page = (await (await world.browser()).get(f"/address?address={JANE}")).text

    assert ">No mail goes to this address until 30 May 2026: mailbox does not exist.</h1>" in page
    assert "User unknown" in page
    assert "Your order" in page
    assert "spring" in page
    assert f"/report/{world.letter}" in page


async def test_the_address_page_says_whether_it_is_she_alone_whose_mail_fails(world: World):
    browser = await world.browser()
    assert "In the last 24 hours" not in (await browser.get(f"/address?address={JANE}")).text
    for number in range(2):
        await keep_report(world.store, failure(f"n{number}@example.org", Reason.POLICY, "550 5.7.1 refused"))
    await keep_report(world.store, failure("forged@example.org", Reason.POLICY, "550 no", belief=Belief.UNPROVEN))
    await keep_report(world.store, failure("old@example.org", Reason.POLICY, "550 no"), at=NOON - 2 * DAY)
    page = (await browser.get(f"/address?address={JANE}")).text

    sentence = r"In the last 24 hours mail to 2 other addresses of example\.org failed, too\. <a href=\"(.*?)\">"
    path = re.search(sentence, page)
    assert path
    listed = (await browser.get(html.unescape(path[1]))).text
    assert set(re.findall(r"<bdi>(\w+)@example.org", listed)) == {"jane", "n0", "n1"}


async def test_the_page_says_that_there_are_at_least_so_many_others_where_very_many_fail(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(neighbours, "REPORTS_READ", 2)
    for number in range(3):
        await keep_report(world.store, failure(f"n{number}@example.org", Reason.POLICY, "550 5.7.1 refused"))
    root = await world.browser(Role.OPERATOR, person="root")
    page = (await root.get(f"/address?address={JANE}")).text

    assert "mail to at least 2 other addresses of example.org failed, too." in page


async def test_the_change_by_a_report_stands_above_the_report_that_was_recorded_a_moment_later(world: World):
    (letter_id,) = await world.store.keep([letter(RAW)])
    absent = failure("gone@example.org", Reason.INVALID_RECIPIENT, "550 5.1.1 no such user", suppressed=True)
    row = suppression("gone@example.org", letter_id=letter_id, since=NOON)
    decided = record(letter_id, absent, entries=(), suppressions=(row,))
    await world.store.record([decided], now=NOON + dt.timedelta(milliseconds=1))

    page = (await (await world.browser()).get("/address?address=gone@example.org")).text
    words = re.findall(r'<p class="what"><strong>([^<]*)', page)

    assert [text.partition(",")[0] for text in words] == ["Suppressed by a report", "Mailbox does not exist"]


async def test_an_address_is_freed_with_a_reason_and_the_undo_puts_the_suppression_back(world: World):
    browser, page = await world.browser(), f"/address?address={JANE}"

    await press(browser, page, "/address/free", why="she called")
    assert "Mail goes to this address" in (await browser.get(page)).text
    (freed, *_) = await trail(world)
    assert (freed.change, freed.source, freed.why) == (
        "freed",
        ChangeSource.PAGE,
        f"she called; by {ANN} on the web pages",
    )

    await press(browser, page, "/address/hold")
    (suppression,) = await world.store.suppressions_of_address(ACME, "acme", JANE, now=NOON)
    assert (suppression.reason, suppression.until) == ("invalid-recipient", NOON + 90 * DAY)


async def test_the_story_of_an_address_that_was_freed_does_not_say_that_it_is_suppressed(world: World):
    browser, page = await world.browser(), f"/address?address={JANE}"
    assert "is now on your suppression list" in (await browser.get(page)).text
    await press(browser, page, "/address/free")

    assert "is now on your suppression list" not in (await browser.get(page)).text
    assert "Meanwhile it is free" in (await browser.get(f"/report/{world.letter}")).text


async def test_an_address_is_allowed_and_taken_off_again(world: World):
    browser, page = await world.browser(), f"/address?address={JANE}"

    await press(browser, page, "/address/allow", why="my mother")
    assert "it is on the allow-list" in (await browser.get(page)).text
    assert await world.store.suppressions_of_address(ACME, "acme", JANE, now=NOON) == []
    await press(browser, page, "/address/disallow")
    assert await world.store.allow_list(ACME) == []


async def test_a_whole_domain_is_taken_off_the_allow_list_on_the_page_of_its_address(world: World):
    await world.store.allow(OPERATOR, Allowed("acme", "@example.org", NOON), source=ChangeSource.COMMAND)
    browser = await world.browser()

    await press(browser, "/address?address=sam@example.org", "/address/disallow")

    assert await world.store.allow_list(ACME) == []


async def test_an_address_of_which_nothing_is_known_can_be_held(world: World):
    browser, page = await world.browser(), "/address?address=new@example.org"
    assert "Nothing is known of this address" in (await browser.get(page)).text

    await press(browser, page, "/address/hold", until="2026-12-24", why="on leave")

    assert "No mail goes to this address until 24 December 2026" in (await browser.get(page)).text


@pytest.mark.parametrize("until", ["2020-01-01", "tomorrow", "9999-99-99"])
async def test_an_end_that_makes_no_sense_is_refused(world: World, until: str):
    browser, page = await world.browser(), "/address?address=new@example.org"
    text = (await browser.get(page)).text
    answer = await browser.post(
        "/address/hold?address=new@example.org", data={**fields_of(text, "/address/hold"), "until": until}
    )

    assert answer.status_code == 422


async def test_support_frees_and_exports_nothing(world: World):
    browser = await world.browser(Role.SUPPORT, person="sue")

    await press(browser, f"/address?address={JANE}", "/address/free")
    assert (await browser.get("/activity.csv")).status_code == 403
    assert ".csv" not in (await browser.get("/activity")).text
    assert "/letter" not in (await browser.get(f"/report/{world.letter}")).text
    assert (await trail(world))[0].why == "by sue on the web pages"


async def test_an_operator_sees_all_accounts_and_says_which_one_is_meant(world: World):
    await world.store.suppress(OPERATOR, suppression(account="zoo"))
    browser = await world.browser(Role.OPERATOR, None, "root")

    page = (await browser.get(f"/address?address={JANE}")).text
    assert page.count("No mail goes to this address") == 2
    await press(browser, f"/address?address={JANE}&account=zoo", "/address/free")
    assert await world.store.suppressions_of_address(AccountScope("zoo"), "zoo", JANE, now=NOON) == []
    assert await world.store.suppressions_of_address(ACME, "acme", JANE, now=NOON)
    assert "zoo" in (await browser.get("/suppressions")).text or "acme" in (await browser.get("/suppressions")).text


async def test_the_report_marks_the_deciding_line_however_it_is_folded(world: World):
    page = (await (await world.browser()).get(f"/report/{world.letter}")).text

    assert "<mark>550 5.1.1\n    &lt;jane@example.org&gt;: Recipient address rejected: User unknown</mark>" in page
    assert "This report is proven" in page
    assert "Undo: free this address" in page


async def test_a_proven_report_shows_its_proof_in_the_language_of_the_page(world: World):
    why = "its return path was signed for one recipient, whatever address the report names"
    proven = failure("kai@example.org", Reason.MAILBOX_FULL, "452 4.2.2 over quota", why=why)
    letter_id = await keep_report(world.store, proven)
    browser = await world.browser()
    path = f"/report/{spell_id(letter_id)}"

    assert f"The proof: {why}." in (await browser.get(path)).text
    german = (await browser.get(path, headers={"accept-language": "de"})).text
    assert "Der Beweis: sein Rückpfad wurde für einen Empfänger signiert" in german


async def test_a_report_that_is_not_proven_says_why_it_was_not_counted(world: World):
    number = await keep_report(
        world.store, failure("max@example.com", Reason.INVALID_RECIPIENT, "550 no", belief=Belief.UNPROVEN, why="x y")
    )
    rows = (await (await world.browser()).get("/find?q=max%40example.com")).headers["location"]
    page = (await (await world.browser()).get(rows)).text

    assert number
    assert "not proven" in page
    assert "Your suppression list was not changed, because this report is not proven (see below)" in page
    assert "x y" in page.partition("(see below)")[2]


async def test_the_doubt_of_a_report_stands_below_the_sentence_that_points_to_it(world: World):
    number = await keep_report(
        world.store, failure("max@example.com", Reason.INVALID_RECIPIENT, "550 no", belief=Belief.UNPROVEN, why="x y")
    )
    page = (await (await world.browser()).get(f"/report/{spell_id(number)}")).text

    assert "x y" in page.partition("(see below)")[2]


async def test_only_the_known_facts_of_a_complaint_are_listed_and_its_colour_is_no_success(world: World):
    outcome = Recipient("eve@example.org", Action.FAILED)
    complaint = Bounce(outcome, None, Believed(Belief.PROVEN, "so"), "eve@example.org")
    (number,) = await world.store.keep([letter(RAW)])
    reading = Reading(Kind.COMPLAINT, "arf", original=Original("m1@acme.example"))
    await world.store.record([record(number, complaint, kind=Kind.COMPLAINT, reading=reading, entries=())], now=NOON)
    page = (await (await world.browser()).get(f"/report/{spell_id(number)}")).text

    assert re.findall(r"<h1 class=\"answer (\w+)\">([^:]*):", page) == [("hard", "Marked as spam")]
    assert "—" not in page.partition("<main")[2]
    assert page.count("<dt>") == 1
    assert "Codes" not in page


async def test_the_letter_is_saved_as_text(world: World):
    answer = await (await world.browser()).get(f"/report/{world.letter}/letter")

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"] == f'attachment; filename="{world.letter}.eml.txt"'
    assert answer.content.startswith(b"From: MAILER-DAEMON")


async def test_a_report_says_what_can_be_done_in_the_words_of_its_notice(world: World):
    browser, failures = await world.browser(), await world.store.bounces(ACME, BounceFilter(), Page(9))
    assert {row.belief for row in failures} == {Belief.PROVEN, Belief.UNPROVEN}
    for row in failures:
        page = (await browser.get(f"/report/{spell_id(row.letter_id)}")).text
        shown_advice = page.partition("What you can do")[2].partition("</ul>")[0]
        advised = advice_about(row.kind, notice_recipient(row), LANGUAGES["en"])

        assert [unescape(re.sub("<[^>]*>", "", words)) for words in re.findall("<li>(.*?)</li>", shown_advice)] == list(
            advised
        )
        assert len(re.findall('<a href="https://', shown_advice)) == sum("https://" in words for words in advised)
    gmail = next(row for row in failures if row.recipient == "kim@gmail.com")
    assert "https://support.google.com" in (await browser.get(f"/report/{spell_id(gmail.letter_id)}")).text


async def test_the_deciding_line_is_marked_in_an_encoded_letter_too_and_the_page_says_that_it_was_decoded(world: World):
    line = "Das Postfach ist überfüllt"
    body = base64.encodebytes(f"Guten Tag,\n<b>{line}</b>".encode())
    raw = b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + body
    number = await keep_report(world.store, failure("max@example.org", Reason.MAILBOX_FULL, line), raw=raw)
    browser = await world.browser()
    page, plain = [(await browser.get(f"/report/{report}")).text for report in (spell_id(number), world.letter)]

    assert f"&lt;b&gt;<mark>{line}</mark>&lt;/b&gt;" in page
    assert ["Its encoded parts are shown" in text for text in (page, plain)] == [True, False]
    assert (await browser.get(f"/report/{spell_id(number)}/letter")).content == raw


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (JANE, f"/address?address={quote(JANE)}"),
        (" Jane@Example.org ", "/address?address=Jane%40Example.org"),
        ("nobody@example.org", "/address?address=nobody%40example.org"),
    ],
)
async def test_an_address_is_found(world: World, text: str, place: str):
    answer = await (await world.browser()).get("/find", params={"q": text})

    assert answer.headers["location"] == place


FULL_WIDTH = ord("\uff41") - ord("a")
"""How much farther in Unicode the full-width forms of ASCII's characters are."""


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"Jane Doe <{JANE}>",
            f'"Doe, Jane" <{JANE}>',
            f"<{JANE}>",
            f"To: {JANE}",
            f"mailto:{JANE}",
            f"rfc822; {JANE}",
        ),
        *(f"{JANE},", f"{JANE};", f"{JANE}.", f"'{JANE}'", f"({JANE})", f"Is {JANE} gone?", f"{JANE}, {JANE}"),
        *(f"\u200b{JANE}\ufeff", "jane\u00ad@example.org", "".join(chr(ord(letter) + FULL_WIDTH) for letter in JANE)),
        *(
            "acme-abcdabcdefghijklmnop-jane=example.org@rp.example.com",
            "<acme-abcdabcdefghijklmnop-jane=example.org@rp.x>",
        ),
    ],
)
async def test_an_address_is_found_however_it_is_pasted(world: World, text: str):
    answer = await (await world.browser()).get("/find", params={"q": text})

    assert answer.headers["location"] == f"/address?address={quote(JANE)}"


async def test_an_address_of_which_nothing_is_known_is_shown_without_what_was_pasted_beside_it(world: World):
    answer = await (await world.browser()).get("/find", params={"q": "Max <max@example.org>,"})

    assert answer.headers["location"] == "/address?address=max%40example.org"


async def test_none_of_two_addresses_is_chosen(world: World):
    answer = await (await world.browser()).get("/find", params={"q": f"{JANE}, max@example.org"})

    assert "No report has these words." in answer.text


@pytest.mark.parametrize("form", ["{}", " {} ", "/report/{}", "https://bounces.acme.example/report/{}/letter?x#main"])
async def test_a_report_is_found_by_its_id_and_by_the_url_of_its_page(world: World, form: str):
    answer = await (await world.browser()).get("/find", params={"q": form.format(world.letter.upper())})

    assert answer.headers["location"] == f"/report/{world.letter}"


@pytest.mark.parametrize(
    ("text", "whom"),
    [("<m1@acme.example>", JANE), ("m1@acme.example", "joe@example.net"), ("over QUOTA", "joe@example.net"),
     ("example.net", "joe@example.net"), ("spring busy", "lee@example.com"), ("5.7.26", "kim@gmail.com")],
)  # fmt: skip
async def test_reports_are_found_by_message_id_domain_and_words(world: World, text: str, whom: str):
    answer = await (await world.browser()).get("/find", params={"q": text})

    assert whom in answer.text
    assert "have these words" in answer.text or "has these words" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        *("<old@acme.example>", "old@acme.example", "Message-ID: <old@acme.example>", "message-id:old@acme.example"),
        *("old.example", "OLD.example", "@old.example", "*@old.example", "last winter", " last winter "),
    ],
)
async def test_a_message_a_domain_and_a_campaign_are_found_however_old_they_are(
    world: World, text: str, monkeypatch: pytest.MonkeyPatch
):
    bounce = failure("eve@old.example", Reason.POLICY, "550 no", campaign="last winter")
    await keep_report(world.store, bounce, message_id="old@acme.example")
    for number in range(3):
        await keep_report(world.store, failure(f"new{number}@new.example", Reason.POLICY, "550 no"))
    monkeypatch.setattr(find_page, "MOST_LOOKED_AT", 2)
    browser = await world.browser()
    answer = await browser.get("/find", params={"q": text})

    assert "eve@old.example" in answer.text
    assert "1 report has these words." in answer.text
    assert "the newest" not in answer.text
    assert "No report" in (await browser.get("/find", params={"q": "winter eve"})).text
    assert "No report" in (await (await world.browser(account="zoo")).get("/find", params={"q": "old.example"})).text


async def test_a_long_list_of_found_reports_goes_on_page_by_page(world: World):
    for number in range(ROWS_SHOWN + 3):
        await keep_report(world.store, failure(f"a{number}@many.example", Reason.POLICY, "550 no"))
    browser = await world.browser()
    first = (await browser.get("/find?q=many.example")).text
    following = re.search(r'href="(/find\?q=many.example&amp;before=\d+)"', first)
    assert following
    second = (await browser.get(following[1].replace("&amp;", "&"))).text

    assert [len(set(re.findall(r"a\d+@many", page))) for page in (first, second)] == [ROWS_SHOWN, 3]


async def test_the_page_says_in_its_language_that_a_person_suppressed_an_address(world: World):
    browser = await world.browser()
    form = fields_of((await browser.get("/suppressions")).text, "/suppressions")
    await browser.post("/suppressions", data={**form, "address": "karla@example.org"})
    for path in ("/suppressions", "/address?address=karla@example.org"):
        page = await browser.get(path, headers={"accept-language": "de"})
        assert "von Hand gesperrt" in page.text
        assert "manual" not in page.text


@pytest.mark.parametrize("text", ["karla", "KARLA.h", "karla.hand@", "<karla"])
async def test_a_suppressed_address_is_found_by_its_beginning_though_no_report_names_it(world: World, text: str):
    for address, account in (("karla.hand@example.org", "acme"), ("karla.foreign@example.org", "zoo")):
        await world.store.suppress(OPERATOR, suppression(address, account=account, reason="manual"))
    page = (await (await world.browser()).get("/find", params={"q": text})).text

    assert re.findall(r'<a href="/address\?address=(karla[^"]*)"', page) == ["karla.hand%40example.org"]


async def test_some_of_many_addresses_with_the_beginning_are_listed_and_the_page_says_so(world: World):
    for number in range(BEGINNINGS_SHOWN + 1):
        await world.store.suppress(OPERATOR, suppression(f"many{number}@example.org", reason="manual"))
    root = await world.browser(Role.OPERATOR, person="root")
    page = (await root.get("/find", params={"q": "many"})).text

    assert page.count('<li><a href="/address') == BEGINNINGS_SHOWN
    assert "There are more: write more of the address." in page


@pytest.mark.parametrize("text", ["%", "_", "pa%", "nothing like it", "'", "38g0n6damk02s", "<none@acme.example>"])
async def test_unknown_words_are_not_found_and_the_page_says_where_it_looked(world: World, text: str):
    answer = await (await world.browser()).get("/find", params={"q": text})

    assert "No report has these words." in answer.text
    assert "the newest" in answer.text
    assert 'href="/address?' not in answer.text


async def test_the_activity_is_filtered_by_words_of_the_url(world: World):
    browser = await world.browser()

    blocked = (await browser.get("/activity?category=block")).text
    assert "kim@gmail.com" in blocked
    assert JANE not in blocked
    assert "Nothing fits these filters." in (await browser.get("/activity?since=2026-12-01")).text
    assert JANE in (await browser.get(f"/activity?recipient={JANE}&category=&since=")).text


async def many_reports(world: World) -> None:
    for number in range(3):
        bounce = failure(f"a{number}@firm.example", Reason.MAILBOX_FULL, "452 4.2.2 over quota", campaign="autumn")
        await keep_report(world.store, dataclasses.replace(bounce, stream="news"), at=NOON + number * DAY)


@pytest.mark.parametrize(("query", "count"), [
    ("campaign=autumn", 3), ("campaign=spring", 2), ("stream=news", 3), ("domain=firm.example", 3),
    ("domain=FIRM.example&stream=receipts", 0), ("provider=Gmail", 1), ("reason=mailbox-full", 4), ("belief=unproven", 1),
    ("campaign=autumn&until=2026-03-01", 1), ("campaign=autumn&until=2026-03-02", 2), ("until=2026-02-28", 0),
    ("campaign=autumn&since=2026-03-02&until=2026-03-02&reason=mailbox-full&belief=proven&stream=news", 1),
])  # fmt: skip
async def test_each_filter_is_a_word_of_the_url_of_the_list_and_of_its_exports(world: World, query: str, count: int):
    await many_reports(world)
    browser = await world.browser()
    page = (await browser.get(f"/activity?{query}")).text

    assert len(re.findall('<td class="address">', page)) == count
    assert len((await browser.get(f"/activity.ndjson?{query}")).text.splitlines()) == count
    assert len((await browser.get(f"/activity.csv?{query}")).text.splitlines()) == 1 + count
    if count:
        name, _, value = query.partition("&")[0].partition("=")
        assert fields_of(page, '/activity/filters"')[name] == value
        assert "<details open>" in page


@pytest.mark.parametrize("query", ["reason=x", "belief=x", "until=x", "provider=Nobody", "campaign=" + "a" * 321])
async def test_no_filter_that_is_none_lists_anything(world: World, query: str):
    browser = await world.browser()

    assert (await browser.get(f"/activity?{query}")).status_code == 422
    assert (await browser.get(f"/activity.csv?{query}")).status_code == 422


async def test_a_filter_that_few_reports_fit_looks_through_the_list_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(filtering, "EXAMINED", 2)
    monkeypatch.setattr(activity_page, "MOST_PARTS", 2)
    await many_reports(world)
    browser = await world.browser()
    following, pages = "/activity?campaign=spring&stream=none", []
    while following:
        pages.append((await browser.get(following)).text)
        cursor_link = re.search(r'href="(/activity\?campaign=spring&amp;stream=none&amp;before=\d+)"', pages[-1])
        following = unescape(cursor_link[1]) if cursor_link else ""

    assert len(pages) > 1
    assert all("None among these. There may be older ones." in page for page in pages[:-1])
    assert "Nothing fits these filters." in pages[-1]


async def test_a_days_choice_keeps_the_other_filters(world: World):
    page = (await (await world.browser()).get("/activity?campaign=spring")).text

    assert 'href="/activity?since=2026-02-22&amp;campaign=spring"' in page


@pytest.mark.parametrize("path", ["/activity.csv", "/suppressions.csv", "/activity.ndjson", "/suppressions.ndjson"])
async def test_an_export_is_the_same_url_with_an_ending(world: World, path: str):
    answer = await (await world.browser()).get(path)

    assert answer.status_code == 200
    assert JANE in answer.text
    assert answer.headers["content-type"].startswith("text/csv" if path.endswith("csv") else "application/x-ndjson")


async def test_an_export_has_what_the_filters_leave(world: World):
    rows = (await (await world.browser()).get("/activity.ndjson?category=block")).text.splitlines()

    assert [("kim@gmail.com" in row) for row in rows] == [True]


async def test_an_export_breaks_off_when_the_session_ends(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    browser, read, calls = await world.browser(), world.store.suppressions, list[int]()
    await world.store.import_suppressions(
        OPERATOR, (suppression(f"a{number}@example.org") for number in range(2 * ROWS_AT_ONCE))
    )
    (session,) = await world.store.sessions(AccountScope("acme"))

    async def read_counted(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            await world.store.end_session(OPERATOR, session.id)
        return await read(*arguments, **options)

    monkeypatch.setattr(world.store, "suppressions", read_counted)
    with pytest.raises(httpx2.RemoteProtocolError):
        await browser.get("/suppressions.csv")
    assert "an export broke off: the key or session that asked for it is no longer known" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_long_list_goes_on_page_by_page(world: World):
    for number in range(ROWS_SHOWN + 5):
        await world.store.suppress(OPERATOR, suppression(f"a{number}@example.org"))
    browser = await world.browser()
    first = (await browser.get("/suppressions")).text
    following = re.search(r'href="(/suppressions\?before=\d+)"', first)
    assert following
    second = (await browser.get(following[1])).text

    addresses = [re.findall(r'href="/address\?address=([^"&]+)', page) for page in (first, second)]
    assert len(addresses[0]) == ROWS_SHOWN
    assert len(addresses[1]) == 7
    assert not set(addresses[0]) & set(addresses[1])


async def test_an_address_is_suppressed_and_freed_on_the_list(world: World):
    browser = await world.browser()
    token = fields_of((await browser.get("/suppressions")).text, "/suppressions")["token"]

    page = await browser.post(
        "/suppressions", data={"token": token, "address": "new@example.org", "until": "2026-12-24"}
    )
    assert page.headers["location"] == "/address?address=new%40example.org"
    await press(browser, "/suppressions", "/suppressions/free")
    assert await world.store.suppressions_of_address(ACME, "acme", "new@example.org", now=NOON) == []


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("example.net", ["joe@example.net"]),
        ("@EXAMPLE.net", ["joe@example.net"]),
        ("Joe@Example.NET", ["joe@example.net"]),
        ("example.com", []),
        ("kim@example.net", []),
        ("'; --", []),
    ],
)
async def test_suppressions_are_found_by_address_and_by_domain(world: World, query: str, listed: list[str]):
    await world.store.suppress(OPERATOR, suppression("joe@example.net"))
    await world.store.suppress(OPERATOR, suppression("joe@example.net", account="zoo"))
    browser = await world.browser()
    page = (await browser.get("/suppressions", params={"address": query})).text
    export = (await browser.get("/suppressions.csv", params={"address": query})).text

    assert re.findall(r'<td class="address"><a[^>]*><bdi>([^<]*)', page) == listed
    assert [line for line in export.splitlines() if "joe@" in line or "pat@" in line] == export.splitlines()[1:]
    assert len(export.splitlines()) == 1 + len(listed)
    assert ("Nothing fits these filters." in page) is not bool(listed)


async def test_a_domain_is_looked_for_page_by_page(world: World):
    for number in range(ROWS_SHOWN + 2):
        await world.store.suppress(OPERATOR, suppression(f"a{number}@example.net"))
    browser = await world.browser()
    first = (await browser.get("/suppressions?address=example.net")).text
    following = re.search(r'href="(/suppressions\?address=example.net&amp;before=\d+)"', first)
    assert following
    second = (await browser.get(unescape(following[1]))).text

    assert [len(re.findall(r'<td class="address">', page)) for page in (first, second)] == [ROWS_SHOWN, 2]


async def test_the_list_says_who_asked(world: World):
    browser = await world.browser()
    token = fields_of((await browser.get("/suppressions")).text, "/suppressions")["token"]
    await browser.post("/suppressions", data={"token": token, "address": "new@example.org", "why": "phone call"})

    assert f"on these pages. <bdi>By {ANN}. Phone call</bdi>" in (await browser.get("/suppressions")).text


@pytest.mark.parametrize("address", ["", "no address", "a@b\r\nx"])
async def test_a_text_that_is_no_address_is_not_suppressed(world: World, address: str):
    browser = await world.browser()
    token = fields_of((await browser.get("/suppressions")).text, "/suppressions")["token"]

    assert (await browser.post("/suppressions", data={"token": token, "address": address})).status_code == 422


async def test_every_list_has_an_empty_state_that_says_what_to_do_next(world: World):
    browser = await world.browser(account="zoo")

    assert "Let your mail carry return paths" in (await browser.get("/")).text
    assert "Let your mail carry return paths" in (await browser.get("/activity")).text
    assert "mail goes to everybody" in (await browser.get("/suppressions")).text
    assert "Write an address" in (await browser.get("/find")).text
    assert "Check the spelling" in (await browser.get(f"/address?address={JANE}")).text
    found_page = (await browser.get("/find?q=over+quota")).text
    assert "Let your mail carry return paths" in found_page
    assert "Looked at" not in found_page


async def test_each_page_of_an_empty_store_has_a_heading_and_no_chart(tmp_path: Path):
    async with browsing(tmp_path, fill=leave_empty) as world:
        browser = await world.browser(Role.OPERATOR)
        paths = [route.path for route in PAGES if route.method == "GET" and "{" not in route.path and route.role]
        pages = {path: await browser.get(path, params={"address": JANE} if "address" in path else {}) for path in paths}

    listed = {path: page for path, page in pages.items() if not path.endswith((".csv", ".ndjson"))}
    assert {path: page.status_code for path, page in listed.items()} == dict.fromkeys(listed, 200)
    assert {path: page.text.count("<h1") for path, page in listed.items()} == dict.fromkeys(listed, 1)
    assert not any("<svg" in page.text for page in listed.values())
    assert "Add an account" in listed["/address"].text


# Languages


@pytest.mark.parametrize(
    ("header", "code"),
    [("de", "de"), ("de-AT,de;q=0.9,en;q=0.8", "de"), ("xx, fr;q=0.1", "fr"), ("en;q=0.1, sv;q=0.2", "sv"), ("", "en"),
     ("ja;q=0", "en"), ("*;q=x,,;;", "en"), ("de;q=9", "en")],
)  # fmt: skip
async def test_a_page_is_in_the_best_language_that_the_browser_asks_for(world: World, header: str, code: str):
    page = (await world.client({"accept-language": header}).get("/sign-in")).text

    assert f'<html lang="{code}">' in page


async def test_a_chosen_language_stays(world: World):
    browser = await world.browser()

    page = await press(browser, "/activity?category=hard", "/language", language="de")
    assert page.headers["location"] == "/activity?category=hard"
    assert '<html lang="de">' in (await browser.get("/", headers={"accept-language": "fr"})).text


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
async def test_a_page_speaks_like_the_notice(world: World, code: str):
    browser = await world.browser()
    page = (await browser.get(f"/address?address={JANE}", headers={"accept-language": code})).text

    assert LANGUAGES[code].say("mailbox does not exist") in page


# Sent messages


async def test_a_story_has_the_messages_that_were_sent(world: World):
    sent = Sent("acme", NOON - DAY, (JANE, "pia@example.org"), "<m9@acme.example>", "Spring sale", "spring", "news")
    await world.store.count(OPERATOR, [sent, dataclasses.replace(sent, account="zoo", subject="of the zoo")])
    browser = await world.browser()
    jane = (await browser.get(f"/address?address={JANE}")).text
    pia = (await browser.get("/find?q=Pia@example.org", follow_redirects=True)).text

    assert "A message was sent to it." in jane
    assert "Spring sale" in jane
    assert jane.index("will never arrive") < jane.index("A message was sent to it.")
    assert "The last message was sent on 28 February 2026; nothing came back." in pia
    assert "of the zoo" not in jane + pia
    assert "Stream <bdi>news</bdi>" in pia


# A stranger's text

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}\u202egpj.exe\u200b\x1b[31m"
"""Markup, a template, a text that is turned round, a zero-width blank, an escape sequence."""


async def test_a_strangers_words_are_shown_as_text_with_their_hidden_characters_as_marks(world: World):
    raw = f"Subject: {HOSTILE}\r\n\r\n550 {HOSTILE}\r\n".encode()
    bounce = failure(
        "evil\u202e@example.org", Reason.POLICY, f"550 {HOSTILE}", campaign=HOSTILE, belief=Belief.UNPROVEN, why=HOSTILE
    )
    await keep_report(world.store, bounce, raw=raw, subject=HOSTILE)
    await world.store.suppress(
        OPERATOR, suppression("evil@example.org", reason=HOSTILE, why=HOSTILE, stream=HOSTILE[:60])
    )
    await world.browser(Role.SUPPORT, person="<b>sue</b>")
    sent = Sent("acme", NOON, ("evil@example.org",), HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    await world.store.count(OPERATOR, [sent])
    browser = await world.browser()
    report = re.search(r"/report/\w+", (await browser.get("/activity")).text)
    assert report

    for path in ("/", "/activity", "/suppressions", "/sessions", "/address?address=evil@example.org", report[0],
                 "/find?q=7*7", f"/find?q={quote(HOSTILE)}", f"/address?address={quote(HOSTILE)}",
                 "/receivers?by=campaign", f"/activity?campaign={quote(HOSTILE)}"):  # fmt: skip
        page = (await browser.get(path)).text
        assert not re.search(r"<script|<img|<b>|49gpj", page), path
        assert not [hex(ord(sign)) for sign in page if ord(sign) in (0x202E, 0x200B, 0x1B)], path
    assert "⟦202E⟧" in (await browser.get(report[0])).text


async def test_the_largest_pages_stay_small(world: World):
    """Lists full of the longest texts, and a letter of which each character is escaped."""
    long = "'\"" * 500
    long_answer, raw = f"550 {long}", b"Subject: x\r\n\r\n" + b"'\"\x00\x1b" * 9000
    for number in range(ROWS_SHOWN + 1):
        local = f"{number:03}" + "é" * 60
        bounce = failure(
            f"{local}@example.org", Reason.POLICY, long_answer, campaign=long, belief=Belief.UNPROVEN, why=long
        )
        await keep_report(world.store, bounce, raw=raw, subject=long)
        await keep_report(world.store, failure(JANE, Reason.POLICY, long_answer), subject=long)
        await world.store.suppress(
            OPERATOR, suppression(f"{local}@example.org", reason=long, stream=f"{long[:50]}{number}")
        )
    browser = await world.browser()
    report = re.findall(r"/report/\w+", (await browser.get("/activity")).text)[1]

    for path in ("/", "/activity", "/suppressions", f"/address?address={JANE}", report, "/find?q=example.org"):
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert len(answer.content) < MOST_OCTETS, (path, len(answer.content))


def test_no_template_writes_markup_of_its_own_making():
    for template in sorted((Path(__file__).parents[2] / "bouncer/pages/templates").glob("*.j2")):
        assert not re.search(r"\|\s*safe|Markup|autoescape|<script|style=|tojson", template.read_text()), template.name


async def test_a_session_over_tls_needs_no_proxy(tmp_path: Path, contexts: tuple[ssl.SSLContext, ssl.SSLContext]):
    async with browsing(tmp_path, tls=contexts[0]) as world:
        client = httpx2.AsyncClient(
            base_url=f"https://127.0.0.1:{world.port}", verify=False, trust_env=False, timeout=PATIENCE_SECONDS
        )
        page = await client.get("/sign-in")
        await client.aclose()

    assert "Secure" in page.headers["set-cookie"]


@pytest.mark.parametrize(
    ("path", "english"),
    [
        ("/report/0000000000000", "there is no"),
        ("/setup?owner=x@y.example", "there is no owner"),
        ("/activity?since=never", "is no day"),
        ("/activity?category=x", "must be one of"),
        ("/activity?a=1", "There is no parameter"),
        ("/activity?since=2026-01-01&since=2026-01-01", "is given twice"),
        (f"/connections/webhooks/{'x' * 9}", "there is no"),
    ],
)
@pytest.mark.parametrize("code", [code for code in LANGUAGE_CODES if code != "en"])
async def test_an_error_is_told_in_the_language_of_the_page(world: World, code: str, path: str, english: str):
    browser = await world.browser()
    browser.headers["accept-language"] = code
    answer = await browser.get(path)
    browser.headers["accept-language"] = "en"
    plain = await browser.get(path)

    assert answer.status_code == plain.status_code
    assert english.lower() in plain.text.lower()
    assert english.lower() not in answer.text.lower()
