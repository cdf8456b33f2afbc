"""SendGrid's event webhook settings under /v3 over a real socket, and the events that an endpoint then gets."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from programs.webhook_reader import WebhookReader
from sendgrid.helpers.eventwebhook import EventWebhook, EventWebhookHeader
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.manage.webhooks import MOST_WEBHOOKS
from bouncer.policy.webhooks import EventType
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.webhooks import WebhookState
from bouncer.web.sendgrid.webhook_values import FLAGS

SETTINGS = "/v3/user/webhooks/event/settings"
TEST = "/v3/user/webhooks/event/test"
NEW = {"url": "https://app.example.com/events", "enabled": True, "bounce": True, "deferred": True, "open": True}


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path, networks=("127.0.0.0/8",)) as asker:
        yield asker


async def ask(asker: Asker, method: str, path: str, body: Any = None, key: str = "acme admin") -> HttpAnswer:
    return await asker.ask(method, path, None if body is None else json.dumps(body), key=key)


async def add(asker: Asker, **changed: object) -> dict[str, Any]:
    answer = await ask(asker, "POST", SETTINGS, {**NEW, **changed})
    assert answer.status == 201, answer
    row: dict[str, Any] = answer.json
    return row


async def test_a_webhook_is_added_with_the_events_that_its_flags_name(asker: Asker):
    row = await add(asker)

    assert {name for name, value in row.items() if value is True} == {"enabled", "bounce", "deferred"}
    assert row["open"] is row["dropped"] is row["delivered"] is False
    assert len(row["public_key"]) == 124
    assert row["created_date"].endswith("Z")
    (webhook,) = [entry for entry in await asker.store.webhooks(AccountScope("acme")) if entry.id == row["id"]]
    assert webhook.events == (EventType.BOUNCE, EventType.DEFERRAL, EventType.DELAY)


async def test_a_webhook_without_flags_gets_what_no_reader_mistakes(asker: Asker):
    answer = await ask(asker, "POST", SETTINGS, {"url": "https://app.example.com/plain"})

    (webhook,) = [entry for entry in await asker.store.webhooks(OPERATOR) if entry.id == answer.json["id"]]
    assert EventType.BOUNCE in webhook.events
    assert EventType.BLOCK not in webhook.events
    off = await add(asker, url="https://app.example.com/off", enabled=False)
    assert off["enabled"] is off["bounce"] is False


@pytest.mark.parametrize(
    "flags", [{"bounce": False, "delivered": False}, {"open": True, "click": True}, {"processed": False}]
)
@pytest.mark.parametrize("switch", [{}, {"enabled": True}])
async def test_a_webhook_gets_no_event_that_its_flags_do_not_ask_for(
    asker: Asker, flags: dict[str, bool], switch: dict[str, bool]
):
    row = (await ask(asker, "POST", SETTINGS, {"url": "https://app.example.com/none", **flags, **switch})).json

    (webhook,) = [entry for entry in await asker.store.webhooks(OPERATOR) if entry.id == row["id"]]
    assert webhook.events == ()
    assert not [name for name, value in row.items() if value is True]
    again = await ask(asker, "PATCH", f"{SETTINGS}/{row['id']}", {**flags, "enabled": True})
    assert not [name for name, value in again.json.items() if value is True]
    assert (await ask(asker, "PATCH", f"{SETTINGS}/{row['id']}", {"enabled": True})).json["bounce"] is True


async def test_the_flag_of_the_accounts_state_is_shown_to_those_who_ask_for_it(asker: Asker):
    name = "account_status_change"
    assert name not in (await ask(asker, "GET", SETTINGS)).json
    for path in (SETTINGS, f"{SETTINGS}/wh_1"):
        for method, body in (("GET", None), ("PATCH", {name: True})):
            assert (await ask(asker, method, f"{path}?include={name}", body)).json[name] is False
    (row,) = (await ask(asker, "GET", f"{SETTINGS}/all?include=x&include={name}")).json["webhooks"]
    assert row[name] is False


async def test_webhooks_are_listed_from_the_oldest_on(asker: Asker):
    row = await add(asker)
    listed = (await ask(asker, "GET", f"{SETTINGS}/all")).json

    assert listed["max_allowed"] == 20
    assert [row["id"] for row in listed["webhooks"]] == ["wh_1", row["id"]] or listed["webhooks"][0]["id"] == row["id"]
    assert [webhook["created_date"] is None for webhook in listed["webhooks"]] == [True, False]
    assert (await ask(asker, "GET", f"{SETTINGS}/all", key="zoo admin")).json["webhooks"] == []


async def test_a_webhook_is_shown_changed_and_removed(asker: Asker):
    path = f"{SETTINGS}/wh_1"
    assert (await ask(asker, "GET", path)).json["spam_report"] is True

    changed = await ask(asker, "PATCH", path, {"spam_report": False, "url": "https://app.example.com/other"})
    assert (changed.status, changed.json["spam_report"], changed.json["bounce"]) == (200, False, True)
    assert (await ask(asker, "GET", path)).json["url"] == "https://app.example.com/other"
    assert (await ask(asker, "PATCH", path, {"enabled": False})).json["enabled"] is False
    assert (await ask(asker, "PATCH", path, {"enabled": True})).json["bounce"] is True

    removed = await ask(asker, "DELETE", path)
    assert (removed.status, removed.body) == (204, b"")
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {})):
        answer = await ask(asker, method, path, body)
        assert (answer.status, answer.json["errors"][0]["message"]) == (404, "Invalid id provided.")


async def test_the_form_without_an_id_means_the_oldest_webhook(asker: Asker):
    assert (await ask(asker, "GET", SETTINGS)).json["id"] == ""
    assert (await ask(asker, "GET", SETTINGS)).json["url"] == "https://127.0.0.1:1/sendgrid"

    changed = await ask(asker, "PATCH", SETTINGS, {"delivered": True})
    assert (changed.json["id"], changed.json["delivered"]) == ("", True)
    assert (await ask(asker, "GET", f"{SETTINGS}/wh_1")).json["delivered"] is True
    assert (await ask(asker, "GET", f"{SETTINGS}/signed")).json["id"] == ""
    assert (await ask(asker, "GET", SETTINGS, key="zoo admin")).status == 404


async def test_events_are_always_signed(asker: Asker):
    signing = (await ask(asker, "GET", f"{SETTINGS}/signed/wh_1")).json

    assert signing == {"id": "wh_1", "public_key": (await ask(asker, "GET", f"{SETTINGS}/wh_1")).json["public_key"]}
    assert (await ask(asker, "PATCH", f"{SETTINGS}/signed/wh_1", {"enabled": True})).json == signing
    assert (await ask(asker, "PATCH", f"{SETTINGS}/signed", {"enabled": True})).json == {**signing, "id": ""}
    assert (await ask(asker, "PATCH", f"{SETTINGS}/signed/wh_1", {"enabled": False})).status == 400


@pytest.mark.parametrize("url", ["", "ftp://app.example.com/", "https://", "https://127.1/", "no url"])
async def test_a_bad_url_is_named_in_sendgrids_words(asker: Asker, url: str):
    for method, path in (("POST", SETTINGS), ("PATCH", f"{SETTINGS}/wh_1")):
        answer = await ask(asker, method, path, {"url": url})
        (error,) = answer.json["errors"]

        assert (answer.status, error["message"]) == (400, f"'{url}' is not a valid url")


async def test_a_webhook_that_is_in_the_way_is_named(asker: Asker):
    row = await add(asker)
    answer = await ask(asker, "POST", SETTINGS, NEW)
    (error,) = answer.json["errors"]

    assert answer.status == 400
    assert error["message"].startswith(f"Webhook at '{NEW['url']}' already exists.")
    assert (error["id"], error["url"]) == (row["id"], NEW["url"])


async def test_the_most_webhooks_are_no_webhook_that_is_in_the_way(asker: Asker):
    (first, *_) = (await ask(asker, "GET", f"{SETTINGS}/all")).json["webhooks"]
    count = len(
        [entry for entry in await asker.store.webhooks(AccountScope("acme")) if entry.state is not WebhookState.ENDED]
    )
    for number in range(MOST_WEBHOOKS - count):
        await add(asker, url=f"https://app.example.com/{number}")
    answer = await ask(asker, "POST", SETTINGS, {"url": first["url"].removesuffix("/sendgrid")})
    (error,) = answer.json["errors"]

    assert (answer.status, error["message"]) == (400, f"acme has {MOST_WEBHOOKS} endpoints already")
    assert "id" not in error


@pytest.mark.parametrize("flag", [True, False])
async def test_dropped_mail_has_a_flag(asker: Asker, flag: bool):
    row = await add(asker, dropped=flag)

    assert row["dropped"] is flag
    changed = await ask(asker, "PATCH", f"{SETTINGS}/{row['id']}", {"dropped": not flag})
    assert changed.json["dropped"] is not flag
    (webhook,) = [entry for entry in await asker.store.webhooks(AccountScope("acme")) if entry.id == row["id"]]
    assert (EventType.DROPPED in webhook.events) is not flag


async def test_a_webhook_without_flags_shows_the_events_that_it_gets(asker: Asker):
    row = (await ask(asker, "POST", SETTINGS, {"url": "https://app.example.com/plain"})).json

    (webhook,) = [entry for entry in await asker.store.webhooks(AccountScope("acme")) if entry.id == row["id"]]
    flagged = {event for flag, events in FLAGS.items() if row[flag] for event in events}
    assert flagged == set(webhook.events)


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "169.254.169.254", "100.64.0.1"),
        "0.0.0.0",  # noqa: S104 -- an address to refuse
    ],
)
async def test_an_address_that_nothing_is_posted_to_is_refused_at_once(asker: Asker, host: str):
    for method, path in (("POST", SETTINGS), ("PATCH", f"{SETTINGS}/wh_1")):
        answer = await ask(asker, method, path, {"url": f"https://{host}/"})

        assert answer.status == 400
        assert "not public" in answer.json["errors"][0]["help"]["reason"]


@pytest.mark.parametrize("name", ["oauth_client_id", "oauth_client_secret", "oauth_token_url"])
async def test_oauth_is_refused(asker: Asker, name: str):
    for method, path in (("POST", SETTINGS), ("PATCH", f"{SETTINGS}/wh_1")):
        answer = await ask(asker, method, path, {**NEW, name: "x"})

        assert (answer.status, answer.json["errors"][0]["field"]) == (400, name)


async def test_a_friendly_name_is_kept_as_it_was_given(asker: Asker):
    """Programs that hold what they set against what is shown (Terraform's provider) would set it again for ever."""
    row = await add(asker, friendly_name="Zeitung \u2013 Ereignisse")
    path = f"{SETTINGS}/{row['id']}"
    assert row["friendly_name"] == (await ask(asker, "GET", path)).json["friendly_name"] == "Zeitung \u2013 Ereignisse"
    assert (await ask(asker, "PATCH", path, {"bounce": False})).json["friendly_name"] == "Zeitung \u2013 Ereignisse"
    assert (await ask(asker, "PATCH", path, {"friendly_name": None})).json[
        "friendly_name"
    ] == "Zeitung \u2013 Ereignisse"
    assert (await ask(asker, "PATCH", path, {"friendly_name": "shop"})).json["friendly_name"] == "shop"
    assert (await ask(asker, "PATCH", path, {"friendly_name": ""})).json["friendly_name"] is None
    same = await add(asker, url="https://app.example.com/more", friendly_name="shop")  # it need not be unique
    (native,) = [
        entry
        for entry in (await asker.ask("GET", "/api/v1/webhooks", key="acme admin")).json["data"]
        if entry["id"] == same["id"]
    ]
    assert native["label"] == "shop"


@pytest.mark.parametrize("name", ["x" * 101, "a\nb", "\u202eab", 5])
async def test_a_friendly_name_that_no_list_can_show_is_refused(asker: Asker, name: object):
    for method, path in (("POST", SETTINGS), ("PATCH", f"{SETTINGS}/wh_1")):
        answer = await ask(asker, method, path, {**NEW, "friendly_name": name})

        assert answer.status == 400
        assert (await ask(asker, "GET", f"{SETTINGS}/wh_1")).json["friendly_name"] is None


@pytest.mark.parametrize("by", ["id", "url", "other spelling"])
async def test_a_test_event_is_posted_signed(asker: Asker, by: str):
    with WebhookReader() as reader:
        row = await add(asker, url=reader.url)
        bodies = {
            "id": {"id": row["id"], "url": None},
            "url": {"url": row["url"], "id": None},
            "other spelling": {"url": row["url"].replace("http://", "HTTP://ann:secret@")},
        }
        answer = await ask(asker, "POST", TEST, bodies[by])

        assert (answer.status, answer.body) == (204, b"")
        (posted,) = reader.posts
        helper = EventWebhook(row["public_key"])
        header = EventWebhookHeader
        signature, timestamp = (posted.headers[name] for name in (header.SIGNATURE, header.TIMESTAMP))
        assert helper.verify_signature(posted.body.decode(), signature, timestamp)


async def test_a_test_that_is_not_taken_says_so(asker: Asker):
    answer = await ask(asker, "POST", TEST, {"id": "wh_1"})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "url")
    assert (await ask(asker, "POST", TEST, {"url": "https://other.example/"})).status == 404
    assert (await ask(asker, "POST", TEST, {"id": "wh_1"}, key="zoo admin")).status == 404


async def test_no_network_of_the_operators_own_is_posted_to_without_leave(tmp_path: Path):
    async with asking(tmp_path) as asker:
        assert (await ask(asker, "POST", SETTINGS, {**NEW, "url": "http://127.0.0.1:8/"})).status == 400
        answer = await ask(asker, "POST", TEST, {"id": "wh_1"})

    assert answer.status == 400
    assert "not public" in answer.json["errors"][0]["message"]


async def test_webhooks_are_an_administrators(asker: Asker):
    for method, path, body in (("GET", SETTINGS, None), ("POST", SETTINGS, NEW), ("POST", TEST, {"id": "wh_1"})):
        assert (await ask(asker, method, path, body, key="acme write")).status == 403
