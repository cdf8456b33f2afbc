"""Guards between the pages of a person who is signed in and everybody else: each has a test that fails without it."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
from wire.http_client import asking
from wire.pages_client import JANE, World, browsing, fields_of
from wire.routes_of_pages import FORMS, SIGNED_IN, everything, name, path_of

from bouncer.pages import page_context
from bouncer.pages.page_context import SIGN_INS_A_MINUTE
from bouncer.pages.page_exchange import MOST_FORM_OCTETS
from bouncer.web import peer


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path, {"per_minute": 100_000}) as world:
        yield world


async def test_no_answer_to_a_person_is_kept_by_a_browser_or_a_proxy(world: World):
    """Pages, redirects, refusals, files: a shared computer shows none of them behind the next person's Back button."""
    browser = await world.browser()
    token = fields_of((await browser.get("/")).text, "/sign-out")["token"]
    statuses = set[int]()
    for route in sorted(SIGNED_IN, key=lambda route: route.path == "/sign-out"):
        for form in ({"token": token, "address": JANE}, {"token": "0" * 32}) if route.method == "POST" else (None,):
            answer = await browser.request(route.method, path_of(route, world), data=form)
            statuses.add(answer.status_code)
            assert answer.headers["cache-control"] == "no-store", name(route)
    for target in ("/nowhere", "/address", "/activity.csv", "/suppressions.csv", f"/letters/{world.letter}/raw"):
        answer = await (await world.browser()).get(target)
        statuses.add(answer.status_code)
        assert answer.headers["cache-control"] == "no-store", target
    assert statuses >= {200, 303, 403, 404, 422}


async def test_documents_for_everybody_can_only_be_read(world: World):
    client = world.client({"accept": "text/html"})
    for target in ("/docs", "/openapi.json", "/pages.css"):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = await client.request(method, target)
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD"), (method, target)
        answer, head = await client.get(target), await client.head(target)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])


async def test_the_requests_of_a_session_are_limited_and_no_other_session_pays_for_it(tmp_path: Path):
    async with browsing(tmp_path, {"per_minute": 5}) as world:
        greedy, other = await world.browser(), await world.browser()
        answers = [await greedy.get("/activity") for _ in range(6)]

        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert "Too much at once: wait a moment, then try again." in answers[-1].text
        assert int(answers[-1].headers["retry-after"]) > 0
        assert (await other.get("/activity")).status_code == 200


async def test_the_holder_of_a_share_link_opens_so_many_pages_a_minute_and_nobody_else_pays_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The story of a link is as dear as one of a person who is signed in, and anybody may have the link."""
    monkeypatch.setattr(page_context, "OPENINGS_A_MINUTE", 4)
    async with browsing(tmp_path, {"proxies": ("127.0.0.1",)}) as world:
        browser = await world.browser()
        token = fields_of((await browser.get("/")).text, "/sign-out")["token"]
        page = await browser.post("/address/share", params={"address": JANE}, data={"token": token})
        (path,) = re.findall(r"(/shared\?link=[\w-]{43})<", unescape(page.text))
        greedy = world.client({"x-forwarded-for": "192.0.2.7", "accept": "text/html"})
        paths = (path, "/sign-in", "/sign-in?link=x", "/nowhere")
        statuses = [(await greedy.get(path)).status_code for path in paths]
        refusals = [await greedy.get(path) for path in paths]

        assert statuses == [200, 200, 200, 404]
        assert [answer.status_code for answer in refusals] == [429] * 4
        assert "Too much at once" in refusals[0].text
        assert JANE not in refusals[0].text
        assert (await greedy.post("/sign-in", data={"link": "x"})).status_code == 403
        assert (await world.client({"x-forwarded-for": "192.0.2.8"}).get(path)).status_code == 200
        assert (await browser.get("/activity")).status_code == 200


async def test_attempts_to_sign_in_count_for_a_site_and_not_for_each_of_its_addresses(tmp_path: Path):
    async with browsing(tmp_path, {"proxies": ("127.0.0.1",)}) as world:
        statuses = list[int]()
        for number in range(SIGN_INS_A_MINUTE + 1):
            client = world.client({"x-forwarded-for": f"2001:db8:7::{number:x}"})
            await client.get("/sign-in?link=x")
            statuses.append((await client.post("/sign-in", data={"link": "x"})).status_code)
        other = await world.client({"x-forwarded-for": "2001:db8:8::1"}).post("/sign-in", data={"link": "x"})

    assert statuses == [403] * SIGN_INS_A_MINUTE + [429]
    assert other.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-site", "origin": "https://other.example.com"},
        {"sec-fetch-site": ""},
        {"origin": "null"},
        {"origin": ""},
    ],
    ids=["a sibling host", "a sibling host with its name", "an empty word", "a sandbox", "an empty origin"],
)
async def test_a_form_of_a_sibling_host_or_of_a_sandbox_does_nothing(world: World, headers: dict[str, str]):
    """The token does not help: a person may have shown it on a screen that was shared."""
    browser = await world.browser()
    token = fields_of((await browser.get("/")).text, "/sign-out")["token"]
    before = await everything(world)

    for route in FORMS:
        answer = await browser.post(path_of(route, world), data={"token": token, "address": JANE}, headers=headers)
        assert answer.status_code == 403, name(route)
    assert await everything(world) == before


async def test_a_form_that_is_larger_than_any_of_ours_is_not_read(world: World):
    browser = await world.browser()
    token = fields_of((await browser.get("/")).text, "/sign-out")["token"]
    fields = {"token": token, "address": JANE, "why": "x" * MOST_FORM_OCTETS}

    assert (await browser.post(f"/address/hold?address={JANE}", data=fields)).status_code == 413


async def test_a_path_with_a_line_end_behind_it_is_no_page(world: World):
    """A proxy that guards /sessions sees another path."""
    browser = await world.browser()
    for target in ("/activity%0a", "/sessions%0A", "/%0a", "/activity.csv%0a", "/docs%0a", "/openapi.json%0a"):
        assert (await browser.get(target)).status_code == 404, target


async def test_a_path_with_a_line_end_behind_it_is_no_route(tmp_path: Path):
    async with asking(tmp_path) as asker:
        for target in ("/api/v1/bounces%0a", "/api/v1/keys%0A", "/v3/suppression/bounces%0a", "/bounces%0a"):
            assert (await asker.ask("GET", target)).status == 404, target


async def test_over_a_network_in_the_clear_nobody_signs_in_or_sees_a_page(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    browser, link = await world.browser(), await world.link()
    monkeypatch.setattr(peer, "LOOPBACK", ())  # this machine is any host now

    for target in ("/", link, "/activity", "/activity.csv", "/shared?link=x"):
        answer = await browser.get(target)
        assert answer.status_code == 403, target
        assert "Ask over TLS" in answer.text
        assert JANE not in answer.text


async def test_over_a_network_in_the_clear_no_key_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with asking(tmp_path) as asker:
        monkeypatch.setattr(peer, "LOOPBACK", ())
        for target in ("/api/v1/bounces", "/v3/suppression/bounces"):
            for key in ("acme read", None):
                answer = await asker.ask("GET", target, key=key)
                assert (answer.status, b"Ask over TLS" in answer.body) == (403, True), target
