"""The pages of connections: webhooks with their attempts, notices on their way, keys of programs."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from contract.factories import DAY, NOON
from programs.webhook_reader import WebhookReader
from wire.pages_client import ANN, World, browsing, fields_of

from bouncer.notify.webhooks.formats import FORMATS as KNOWN_FORMATS
from bouncer.notify.webhooks.formats import format_of
from bouncer.pages.connection_pages import FORMATS, MOST_ATTEMPTS
from bouncer.policy.records import Belief, EntryState
from bouncer.policy.sign_in import Role
from bouncer.policy.webhooks import EventType
from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.webhooks import OpenWebhook, Webhook, WebhookAttempt, WebhookSecrets, WebhookState
from bouncer.settings.sections import ForwardSettings

ACME = AccountScope("acme")
LOOPBACK = ForwardSettings(webhook_networks=("127.0.0.0/8",))
WEBHOOK = "/connections/webhooks/wh_acme"
HOSTILE = "<script>alert(1)</script>\u202e{{7*7}}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path, forward=LOOPBACK) as world:
        yield world


async def post(browser: httpx2.AsyncClient, page: str, action: str, **fields: str) -> httpx2.Response:
    """Send the form of *page* with that action."""
    hidden = fields_of((await browser.get(page)).text, action)
    return await browser.post(action, data={**hidden, **fields})


async def add_endpoint(world: World, url: str, webhook_id: str = "wh_local", account: str = "acme") -> str:
    """Add a webhook; the path of its page."""
    state = WebhookState.ACTIVE
    webhook = Webhook(webhook_id, account, url, "standard", (EventType.BOUNCE,), Belief.PROVEN, state, NOON - DAY)
    await world.store.add_webhook(OPERATOR, OpenWebhook(webhook, WebhookSecrets("whsec_" + "A" * 32)))
    return f"/connections/webhooks/{webhook_id}"


async def test_the_first_sentence_says_whether_everybody_heard(world: World):
    browser = await world.browser()
    assert "Everybody who wants to hear of it has heard, or will soon.</h1>" in (await browser.get("/connections")).text

    await world.store.record_webhook_attempt(WebhookAttempt("wh_acme", "evt_1", NOON, None, "timed out", 9000))
    assert "1 webhook fails, and is tried again.</h1>" in (await browser.get("/connections")).text
    await world.store.record_webhook_attempt(WebhookAttempt("wh_acme", "evt_1", NOON + 4 * DAY, 503, "no", 9))
    assert "1 webhook gets no events.</h1>" in (await browser.get("/connections")).text
    await world.store.mark_given_up(world.connections.notice, now=NOON, reply="550 no such user")
    page = (await browser.get("/connections")).text
    assert "1 webhook gets no events.</h1>" in page
    assert "could not be delivered." in page


async def test_an_endpoint_shows_every_attempt_with_its_answer(world: World):
    page = (await (await world.browser()).get(WEBHOOK)).text

    assert "https://hooks.acme.example/bounces" in page
    assert page.index("evt_10") < page.index("evt_20")
    assert "our database is away" in page
    assert "whsec_" not in page


@pytest.mark.parametrize(("status", "sentence"), [(200, "gets events"), (500, "fails"), (410, "is gone")])
async def test_a_test_event_is_posted_now_and_its_answer_is_shown(world: World, status: int, sentence: str):
    with WebhookReader(answer=lambda _posted: (status, b"heard you", {})) as reader:
        path = await add_endpoint(world, reader.url)
        browser = await world.browser()
        answer = await post(browser, path, f"{path}/test")
        page = (await browser.get(path)).text

    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert len(reader.posts) == 1
    assert "heard you" in page
    assert f": {sentence}</h1>" in page
    assert (f'action="{path}/test"' in page) == (status != 410)


async def test_a_test_goes_to_no_network_that_the_settings_do_not_allow(tmp_path: Path):
    with WebhookReader() as reader:
        async with browsing(tmp_path) as world:
            path = await add_endpoint(world, reader.url)
            browser = await world.browser()
            await post(browser, path, f"{path}/test")
            page = (await browser.get(path)).text

    assert reader.posts == []
    assert "no answer" in page


async def test_a_replay_wakes_an_endpoint_and_says_how_many_events_leave_again(world: World):
    browser = await world.browser()

    failed = await post(browser, WEBHOOK, f"{WEBHOOK}/replay")
    assert failed.headers["location"] == f"{WEBHOOK}?replayed=0"
    assert "0 events leave again." in (await browser.get(failed.headers["location"])).text
    every = await post(browser, WEBHOOK, f"{WEBHOOK}/replay", which="all", since="2026-01-01")
    assert every.status_code == 303
    without_a_day = await post(browser, WEBHOOK, f"{WEBHOOK}/replay", which="all")
    assert (without_a_day.status_code, "Name the day" in without_a_day.text) == (422, True)


async def test_a_notice_is_sent_now_and_dropped_and_the_list_keeps_its_filters(world: World):
    browser, number = await world.browser(), world.connections.notice
    page = (await browser.get("/connections/notices?state=waiting")).text
    assert ANN in page
    token = fields_of(page, "/sign-out")["token"]

    dropped = await browser.post(f"/connections/notices/{number}/drop?state=waiting", data={"token": token})
    assert dropped.headers["location"] == "/connections/notices?state=waiting"
    assert "Nothing fits these filters." in (await browser.get("/connections/notices?state=waiting")).text
    again = await browser.post(f"/connections/notices/{number}/drop", data={"token": token})
    assert (again.status_code, "does not wait any more" in again.text) == (409, True)
    await browser.post(f"/connections/notices/{number}/retry", data={"token": token})
    (entry,) = await world.store.entries(ACME, state=EntryState.WAITING, page=Page())
    assert entry.id == number
    await world.store.mark_sent(number, now=NOON, reply="250 ok")
    sent = await browser.post(f"/connections/notices/{number}/retry", data={"token": token})
    assert (sent.status_code, "sent already" in sent.text) == (409, True)


@pytest.mark.parametrize("path", ["/connections/webhooks/wh_none", "/connections/webhooks/..%2f", "/connections?account=ghost",
                                  "/connections/notices?account=ghost"])  # fmt: skip
async def test_a_page_of_something_unknown_is_not_found(world: World, path: str):
    assert (await (await world.browser()).get(path)).status_code == 404


async def test_a_revoked_key_opens_nothing_any_more(world: World):
    browser, key = await world.browser(), world.connections.key
    assert "the shop" in (await browser.get("/connections")).text

    page = await post(browser, "/connections", f"/connections/keys/{key}/revoke")

    assert page.headers["location"] == "/connections"
    assert await world.store.keys(ACME) == []
    assert "bouncer key add" in (await browser.get("/connections")).text


async def test_an_operator_sees_the_connections_of_every_account_and_of_one(world: World):
    await add_endpoint(world, "https://zoo.example/hook", "wh_zoo", account="zoo")
    browser = await world.browser(Role.OPERATOR, person="root")

    every, of_zoo = [(await browser.get(f"/connections{query}")).text for query in ("", "?account=zoo")]

    assert "hooks.acme.example" in every
    assert "zoo.example" in every
    assert "hooks.acme.example" not in of_zoo


async def test_an_endpoints_answer_is_shown_as_text(world: World):
    await world.store.record_webhook_attempt(WebhookAttempt("wh_acme", HOSTILE, NOON, 500, HOSTILE, 1))
    browser = await world.browser()

    for path in ("/connections", WEBHOOK):
        page = (await browser.get(path)).text
        assert "<script" not in page
        assert "\u202e" not in page
        assert "⟦202E⟧" in page


ADD = "/connections/webhooks"


async def test_a_webhook_is_added_and_its_secret_is_shown_once(world: World):
    with WebhookReader() as reader:
        browser = await world.browser()
        added = await post(browser, "/connections", ADD, url=reader.url, format="standard")
        (webhook,) = [row for row in await world.store.webhooks(ACME) if row.url == reader.url]
        endpoint = await world.store.webhook(ACME, webhook.id)
        path = f"{ADD}/{webhook.id}"
        action = f"{path}/test"
        await browser.post(action, data=fields_of(added.text, action))
        later = [(await browser.get(page)).text for page in ("/connections", path)]

    assert endpoint is not None
    secret = endpoint.secrets.current
    assert added.status_code == 200
    assert added.headers["cache-control"] == "no-store"
    assert secret.startswith("whsec_")
    assert added.text.count(secret) == 1
    assert not any(secret in page for page in later)
    assert len(reader.posts) == 1
    assert "taken" in later[1]


@pytest.mark.parametrize("form", FORMATS)
async def test_each_format_is_added_with_the_events_that_it_names_itself(world: World, form: str):
    answer = await post(await world.browser(), "/connections", ADD, url="https://hooks.acme.example/x", format=form)
    (webhook,) = [row for row in await world.store.webhooks(ACME) if row.url == "https://hooks.acme.example/x"]
    webhook_format = format_of(form)

    assert webhook_format is not None
    assert (webhook.format, webhook.events, webhook.belief) == (form, webhook_format.events, webhook_format.belief)
    assert ('class="secret"' in answer.text) == (form not in ("postmark", "listmonk"))


def test_the_page_lists_every_format():
    assert tuple(webhook_format.name for webhook_format in KNOWN_FORMATS) == FORMATS


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("http://hooks.acme.example/", "standard"),
        ("javascript:alert(1)", "standard"),
        ("file:///etc/passwd", "standard"),
        ("https://127.1/", "standard"),
        ("https://2130706433/", "standard"),
        ("https://", "standard"),
        ("https://hooks.acme.example/#x", "standard"),
        ("https://hooks.acme.example/" + "x" * 1000, "standard"),
        ("", "standard"),
        ("https://hooks.acme.example/", "<script>"),
    ],
)
async def test_the_form_refuses_what_the_command_refuses(tmp_path: Path, url: str, form: str):
    async with browsing(tmp_path) as world:
        before = await world.store.webhooks(OPERATOR)
        answer = await post(await world.browser(), "/connections", ADD, url=url, format=form)

        assert answer.status_code == 422
        assert "<script>" not in answer.text
        assert await world.store.webhooks(OPERATOR) == before


async def test_the_name_of_a_private_address_is_added_but_nothing_is_posted_to_it(tmp_path: Path):
    """As with the command: the addresses of a name are checked when it is posted to, since they change."""
    async with browsing(tmp_path) as world:
        browser = await world.browser()
        added = await post(browser, "/connections", ADD, url="https://localhost:1/", format="standard")
        (webhook,) = [row for row in await world.store.webhooks(ACME) if "localhost" in row.url]
        action = f"{ADD}/{webhook.id}/test"
        await browser.post(action, data=fields_of(added.text, action))
        (attempt,) = await world.store.webhook_attempts(ACME, webhook.id, Page(5))

    assert attempt.status is None
    assert "address" in attempt.answer


async def test_a_person_without_the_right_adds_no_webhook(world: World):
    before = await world.store.webhooks(OPERATOR)
    ann, root = await world.browser(), await world.browser(Role.OPERATOR, person="root")
    support = await world.browser(Role.SUPPORT, person="sam")
    fields = {"url": "https://hooks.acme.example/y", "format": "standard"}

    assert (await ann.post(ADD, data=fields)).status_code == 403
    assert (await support.post(ADD, data=fields)).status_code == 403
    assert (await post(ann, "/connections", ADD, **fields, account="zoo")).status_code == 404
    assert (await post(root, "/connections", ADD, **fields)).status_code == 422
    assert await world.store.webhooks(OPERATOR) == before
    assert (await post(root, "/connections", ADD, **fields, account="zoo")).status_code == 200
    assert (await post(root, "/connections", ADD, **fields, account="zoo")).status_code == 409


async def test_every_attempt_is_shown_page_by_page(world: World):
    for number in range(MOST_ATTEMPTS + 3):
        attempt = WebhookAttempt("wh_acme", f"evt_more_{number}", NOON + dt.timedelta(seconds=number), 500, "no", 9)
        await world.store.record_webhook_attempt(attempt)
    browser = await world.browser()
    first = (await browser.get(WEBHOOK)).text
    older = re.search(rf'href="({WEBHOOK}\?before=\d+)"', first)
    assert older
    second = (await browser.get(older[1])).text

    event_ids = [re.findall(r"<bdi>(evt_\w+)</bdi>", page) for page in (first, second)]
    assert [len(events) for events in event_ids] == [MOST_ATTEMPTS, 5]
    assert len({*event_ids[0], *event_ids[1]}) == MOST_ATTEMPTS + 5


async def test_a_webhook_is_removed_after_a_look_at_what_that_means(world: World):
    browser = await world.browser()
    assert "This cannot be undone." in (await browser.get(WEBHOOK)).text
    page = await post(browser, WEBHOOK, f"{WEBHOOK}/remove")

    assert (page.status_code, page.headers["location"]) == (303, "/connections")
    assert await world.store.webhooks(ACME) == []
    assert (await browser.get(WEBHOOK)).status_code == 404
