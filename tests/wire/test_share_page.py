"""Sharing a story: who may, what the link shows and what never, and that it ends."""

import logging
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from contract.factories import DAY, MINUTE, NOON, suppression
from wire.pages_client import ANN, JANE, RAW, World, browsing, failure, fields_of, keep_report

from bouncer.pages.all_pages import PAGES
from bouncer.policy.records import Belief
from bouncer.policy.sharing import MOST_SHARES
from bouncer.policy.sign_in import Role
from bouncer.ports.scope import OPERATOR
from bouncer.ports.shares import Share
from bouncer.verdict.verdict import Reason

HOSTILE = "\"'><script>alert(1)</script><img src=x>{{7*7}}\u202e"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def share(browser: httpx2.AsyncClient, address: str = JANE, account: str = "") -> httpx2.Response:
    """Press the button of an address."""
    token = fields_of((await browser.get("/")).text, "/sign-out")["token"]
    query = {"address": address, **({"account": account} if account else {})}
    return await browser.post("/address/share", params=query, data={"token": token})


async def made_here(world: World) -> list[Share]:
    """The links that a test has made, beside the one that acme has."""
    return [row for row in await world.store.shares(OPERATOR, now=NOON) if row.id != world.connections.share]


def path_in(page: str) -> str:
    """The path of the link that a page shows."""
    link = re.search(r"https?://[^/]+(/shared\?link=[\w-]{43})<", unescape(page))
    assert link, page
    return link[1]


async def shared(world: World, address: str = JANE) -> str:
    return path_in((await share(await world.browser(), address)).text)


async def test_a_colleague_without_an_account_reads_the_story_for_a_day(world: World):
    path = await shared(world)
    answer = await world.client().get(path)

    assert answer.status_code == 200
    assert "No mail goes to this address until 30 May 2026: mailbox does not exist." in answer.text
    assert "User unknown" in answer.text
    assert f"{ANN} shared this story with you." in answer.text
    world.now += DAY - MINUTE
    assert (await world.client().get(path)).status_code == 200
    world.now += MINUTE
    ended = await world.client().get(path)
    assert (ended.status_code, JANE in ended.text) == (404, False)


async def test_the_page_of_a_link_leads_nowhere_and_changes_nothing(world: World):
    """No form, no link but to our own sheet and first page, no letter, no token, whoever opens it."""
    path = await shared(world)
    for browser in (world.client(), await world.browser(), await world.browser(account="zoo")):
        page = (await browser.get(path)).text
        assert "<form" not in page
        assert set(re.findall(r'(?:href|src)="([^"?]*)', page)) == {"/pages.css", "#main", "/"}
        assert "MAILER-DAEMON" not in page
        assert world.letter not in page
        assert "sign out" not in page.lower()


async def test_no_one_learns_of_the_link_from_the_page(world: World, caplog: pytest.LogCaptureFixture):
    """The page's headers keep the link from caches, search engines and other sites; neither log nor store has the secret."""
    with caplog.at_level(logging.INFO):
        page = await share(await world.browser())
        path = path_in(page.text)
        answers = [page, await world.client().get(path), await world.client().get("/shared?link=" + "A" * 43)]

    assert [answer.headers["referrer-policy"] for answer in answers] == ["same-origin", "no-referrer", "no-referrer"]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    secret = path.partition("=")[2]
    ours = [entry.getMessage() for entry in caplog.records if entry.name.startswith("bouncer")]
    assert any("/shared" in line for line in ours)
    assert secret not in "\n".join(ours)
    assert secret not in repr(await world.store.shares(OPERATOR, now=NOON))


@pytest.mark.parametrize(
    ("method", "addition", "status"),
    [("GET", "&a=b" * 30, 422), ("GET", "x", 404), ("POST", "", 405), ("PUT", "", 405), ("HEAD", "", 200)],
)
async def test_no_answer_at_its_path_passes_the_link_on(world: World, method: str, addition: str, status: int):
    """A browser that shows a page of an error still has the secret in the URL."""
    answer = await world.client().request(method, await shared(world) + addition)

    assert (answer.status_code, answer.headers["referrer-policy"]) == (status, "no-referrer")


async def test_a_link_shows_its_own_address_and_account_and_no_other(world: World):
    path = await shared(world)
    await keep_report(world.store, failure("pat@example.org", Reason.POLICY, "550 other words"))
    await world.store.suppress(OPERATOR, suppression(JANE, account="zoo", reason="a secret of zoo"))
    stranger = world.client()
    page = (await stranger.get(path)).text
    assert "secret of zoo" not in page
    assert "other words" not in page

    for addition in ("&address=pat@example.org", "&account=zoo", "&fbclid=x", "&utm_source=x&utm_source=y"):
        widened = await stranger.get(path + addition)
        assert (widened.status_code, "User unknown" in widened.text, "other words" in widened.text) == (
            200,
            True,
            False,
        )
    assert (await stranger.get(path + "&link=x")).status_code == 404
    for route in PAGES:
        if route.role and route.method == "GET":
            answer = await stranger.get(f"{route.path.split('{')[0]}?{path.partition('?')[2]}")
            assert answer.status_code in (303, 404), route.path
            assert "User unknown" not in answer.text


@pytest.mark.parametrize("link", ["", "x", "A" * 43, "A" * 44, "'; DROP TABLE shares", "%00", "é" * 43])
async def test_an_invalid_link_is_not_found(world: World, link: str):
    answer = await world.client().get("/shared", params={"link": link})

    assert (answer.status_code, "This link does not work any more." in answer.text) == (404, True)


async def test_a_link_is_listed_and_ended_beside_the_sessions(world: World):
    path, browser = await shared(world), await world.browser()
    page = (await browser.get("/sessions")).text
    assert JANE in page
    (row,) = await made_here(world)
    zoo = await world.browser(account="zoo")
    assert JANE not in (await zoo.get("/sessions")).text
    token = fields_of((await zoo.get("/")).text, "/sign-out")["token"]
    assert (await zoo.post(f"/sessions/shares/{row.id}/end", data={"token": token})).status_code == 404
    assert (await world.client().get(path)).status_code == 200

    answer = await browser.post(
        f"/sessions/shares/{row.id}/end", data=fields_of(page, f"/sessions/shares/{row.id}/end")
    )

    assert answer.headers["location"] == "/sessions"
    assert (await world.client().get(path)).status_code == 404
    assert JANE not in (await browser.get("/sessions")).text
    assert "No story is shared." in (await zoo.get("/sessions")).text


async def test_support_shares_nothing_and_sees_no_way_to(world: World):
    support = await world.browser(Role.SUPPORT, person="sue")

    assert (await share(support)).status_code == 403
    assert "Share this story" not in (await support.get(f"/address?address={JANE}")).text
    assert await made_here(world) == []


async def test_an_operator_names_the_account_and_an_owner_has_only_her_own(world: World):
    root = await world.browser(Role.OPERATOR, person="root")
    assert (await share(root)).status_code == 422
    assert "/shared?link=" in (await share(root, account="acme")).text
    assert (await share(await world.browser(account="zoo"), account="acme")).status_code == 404

    assert [row.person for row in await made_here(world)] == ["root"]


async def test_a_link_is_gone_when_the_address_is_forgotten(world: World):
    path, browser = await shared(world), await world.browser()
    forget = f"/address/forget?address={JANE}"
    await browser.post(forget, data=fields_of((await browser.get(forget)).text, "/address/forget"))

    assert (await world.client().get(path)).status_code == 404


async def test_very_many_links_are_refused_with_a_sentence(world: World):
    await shared(world)
    (first,) = await made_here(world)
    for number in range(MOST_SHARES - 2):
        same = Share(f"id{number}", "acme", JANE, ANN, NOON, first.until)
        assert await world.store.add_share(OPERATOR, same, f"digest {number}", limit=MOST_SHARES)
    refused = await share(await world.browser())

    assert (refused.status_code, "share links" in refused.text) == (409, True)


async def test_words_of_strangers_and_persons_are_text_on_the_page_of_a_link(world: World):
    bounce = failure(
        "eve@example.org", Reason.POLICY, f"550 {HOSTILE}", campaign=HOSTILE, belief=Belief.UNPROVEN, why=HOSTILE
    )
    await keep_report(world.store, bounce, raw=RAW, subject=HOSTILE)
    await world.store.suppress(
        OPERATOR, suppression("eve@example.org", reason=HOSTILE, why=HOSTILE, stream=HOSTILE[:60])
    )
    root = await world.browser(Role.OPERATOR, person="<b>root</b>")
    page = (await world.client().get(path_in((await share(root, "eve@example.org", "acme")).text))).text

    assert not re.search(r"<script|<img|<b>|49", page.partition("<main")[2])
    assert "\u202e" not in page


async def test_the_page_of_a_link_speaks_the_language_of_who_opens_it(world: World):
    page = (await world.client({"accept-language": "de"}).get(await shared(world))).text

    assert '<html lang="de">' in page
    assert "hat diese Geschichte mit Ihnen geteilt" in page
