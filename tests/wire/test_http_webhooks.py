"""Webhooks by the API: a program adds, changes, tests and removes its endpoints, and gives them new secrets."""

import datetime as dt
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import NOON
from contract.webhook_rows import SECRET, attempt, endpoint
from programs.webhook_reader import WebhookReader
from standardwebhooks import Webhook as Verifier
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.notify.webhooks.formats import FORMATS, format_of
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import EventType
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.webhooks import OpenWebhook, WebhookState

ACME = AccountScope("acme")
URL = "https://hooks.acme.example/bounces"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def ask(asker: Asker, method: str, target: str, body: object = None, *, key: str = "acme admin") -> HttpAnswer:
    target = f"/api/v1/webhooks{target}"
    return await asker.ask(method, target, None if body is None else json.dumps(body), key=key)


async def open_endpoint(asker: Asker, webhook_id: str) -> OpenWebhook:
    row = await asker.store.webhook(OPERATOR, webhook_id)
    assert row is not None
    return row


@pytest.mark.parametrize("form", [webhook_format.name for webhook_format in FORMATS])
async def test_an_endpoint_of_each_format_is_added_and_its_secret_shown_once(asker: Asker, form: str):
    answer = await ask(asker, "POST", "", {"url": URL, "format": form, "label": "the shop"})
    webhook_format, row = format_of(form), answer.json
    webhook = await open_endpoint(asker, row["id"])

    assert webhook_format is not None
    assert answer.status == 201
    assert (row["account"], row["url"], row["format"], row["label"]) == ("acme", URL, form, "the shop")
    assert (webhook.webhook.events, webhook.webhook.belief) == (webhook_format.events, webhook_format.belief)
    current = webhook.secrets.current
    assert row["secret"] == (webhook_format.show_secret(current) if current else None)
    for target in ("", f"/{row['id']}", f"/{row['id']}/attempts"):
        output = (await ask(asker, "GET", target)).body.decode()
        assert not current or current not in output
        assert "secret" not in output


async def test_an_endpoint_gets_what_was_chosen_for_it(asker: Asker):
    body = {"url": URL, "events": ["complaint", "bounce", "bounce"], "belief": "plausible"}

    row = (await ask(asker, "POST", "?account=zoo", body, key="operator admin")).json

    assert (row["account"], row["events"], row["belief"]) == ("zoo", ["bounce", "complaint"], "plausible")
    assert (await ask(asker, "GET", f"/{row['id']}", key="zoo admin")).json == {
        name: value for name, value in row.items() if name != "secret"
    }


REFUSED = [
    ({}, 422, None),
    ({"url": ""}, 422, None),
    ({"url": "http://hooks.acme.example/"}, 422, "url"),
    ({"url": "https://127.1/"}, 422, "url"),
    ({"url": "https://2130706433/"}, 422, "url"),
    ({"url": "https://0x7f000001/"}, 422, "url"),
    ({"url": "https://[::1]/"}, 422, "url"),
    ({"url": "https://[::ffff:169.254.169.254]/"}, 422, "url"),
    ({"url": "https://[64:ff9b::7f00:1]/"}, 422, "url"),
    ({"url": "https://10.0.0.1/"}, 422, "url"),
    ({"url": "https://169.254.169.254/latest/meta-data"}, 422, "url"),
    ({"url": "file:///etc/passwd"}, 422, "url"),
    ({"url": "https://hooks.acme.example/\r\nx: y"}, 422, "url"),
    ({"url": URL, "format": "fax"}, 422, "format"),
    ({"url": URL, "events": ["birth"]}, 422, None),
    ({"url": URL, "events": ["test"]}, 422, "events"),
    ({"url": URL, "format": "listmonk", "events": ["unsubscribe"]}, 422, "events"),
    ({"url": URL, "belief": "certain"}, 422, None),
    ({"url": URL, "label": "x" * 101}, 422, None),
    ({"url": URL, "secret": "whsec_mine"}, 422, None),
    ({"url": URL, "account": "zoo"}, 422, None),
]
"""Bodies of endpoints, the status of the answer, and the member that is at fault where it is no matter of form."""


@pytest.mark.parametrize(("body", "status", "member"), REFUSED)
async def test_a_url_that_cannot_be_posted_to_is_neither_added_nor_changed_to(
    asker: Asker, body: dict[str, object], status: int, member: str | None
):
    before = await asker.store.webhooks(OPERATOR)

    for method, target in (("POST", ""), ("PATCH", "/wh_1")):
        if method == "PATCH" and (not body or "format" in body or body.get("events") == ["unsubscribe"]):
            continue
        answer = await ask(asker, method, target, body)
        assert answer.status == status, answer
        assert answer.json["detail"].strip()
        assert member is None or answer.json["parameter"] == member
    assert await asker.store.webhooks(OPERATOR) == before


async def test_the_same_endpoint_twice_and_too_many_are_refused(asker: Asker):
    first = await ask(asker, "POST", "", {"url": URL})
    again = await ask(asker, "POST", "", {"url": URL})

    assert (again.status, again.json["parameter"]) == (409, "url")
    assert first.json["id"] in again.json["detail"]
    for number in range(18):
        assert (await ask(asker, "POST", "", {"url": f"{URL}/{number}"})).status == 201
    assert (await ask(asker, "POST", "", {"url": f"{URL}/more"})).status == 409


async def test_a_change_leaves_what_it_does_not_name(asker: Asker):
    await asker.store.add_webhook(OPERATOR, endpoint("wh_2", label="the shop"))
    before = await open_endpoint(asker, "wh_2")

    row = (await ask(asker, "PATCH", "/wh_2", {"events": [], "belief": "unproven"})).json
    assert (row["events"], row["belief"], row["label"]) == ([], "unproven", "the shop")
    row = (await ask(asker, "PATCH", "/wh_2", {"url": before.webhook.url, "label": ""})).json
    assert (row["url"], row["events"], row["label"]) == (before.webhook.url, [], "")
    after = await open_endpoint(asker, "wh_2")
    assert (after.secrets, after.webhook.belief) == (before.secrets, Belief.UNPROVEN)


async def test_a_password_goes_to_no_other_url_than_its_own(asker: Asker):
    await asker.store.add_webhook(OPERATOR, endpoint("wh_2"))
    assert (await open_endpoint(asker, "wh_2")).secrets.credentials == "user:password"

    moved = await ask(asker, "PATCH", "/wh_2", {"url": URL})
    assert (await open_endpoint(asker, "wh_2")).secrets.credentials is None
    with_login = await ask(asker, "PATCH", "/wh_2", {"url": "https://ann:hunter2@hooks.acme.example/new"})

    assert (await open_endpoint(asker, "wh_2")).secrets.credentials == "ann:hunter2"
    assert with_login.json["url"] == "https://hooks.acme.example/new"
    assert b"hunter2" not in moved.body + with_login.body + (await ask(asker, "GET", "")).body


async def test_an_endpoint_does_not_become_another_that_the_account_has(asker: Asker):
    first = (await ask(asker, "POST", "", {"url": URL})).json["id"]
    other = (await ask(asker, "POST", "", {"url": f"{URL}/2"})).json["id"]

    answer = await ask(asker, "PATCH", f"/{other}", {"url": URL})

    assert (answer.status, answer.json["parameter"]) == (409, "url")
    assert first in answer.json["detail"]


async def test_a_new_secret_signs_beside_the_one_before(asker: Asker):
    added = (await ask(asker, "POST", "", {"url": URL})).json

    answer = (await ask(asker, "POST", f"/{added['id']}/rotate")).json

    secrets = (await open_endpoint(asker, added["id"])).secrets
    assert secrets.signing(NOON) == (answer["secret"], added["secret"])
    assert answer["former_until"] == secrets.former_until.isoformat() if secrets.former_until else False
    Verifier(answer["secret"])
    assert (await ask(asker, "POST", "/wh_1/rotate")).json["secret"] == FORMATS[1].show_secret(
        (await open_endpoint(asker, "wh_1")).secrets.current
    )


@pytest.mark.parametrize("form", ["postmark", "listmonk"])
async def test_a_format_that_signs_nothing_has_no_new_secret(asker: Asker, form: str):
    added = (await ask(asker, "POST", "", {"url": URL, "format": form})).json

    answer = await ask(asker, "POST", f"/{added['id']}/rotate")

    assert answer.status == 422
    assert "user and password" in answer.json["detail"]


@pytest.mark.parametrize(("target", "body"), [("", {"url": URL}), ("/wh_1/rotate", None)])
async def test_an_answer_with_a_secret_is_kept_for_nobody(asker: Asker, target: str, body: object):
    before = await open_endpoint(asker, "wh_1"), await asker.store.webhooks(OPERATOR)
    answer = await asker.ask(
        "POST",
        f"/api/v1/webhooks{target}",
        json.dumps(body) if body else None,
        key="acme admin",
        headers={"idempotency-key": "again"},
    )

    assert answer.status == 422
    assert (await open_endpoint(asker, "wh_1"), await asker.store.webhooks(OPERATOR)) == before


async def test_a_test_wakes_a_resting_endpoint_that_takes_it(tmp_path: Path):
    async with asking(tmp_path, networks=("127.0.0.0/8",)) as asker:
        with WebhookReader() as reader:
            added = (await ask(asker, "POST", "", {"url": reader.url})).json
            for hours in (0, 80):
                await asker.store.record_webhook_attempt(attempt(503, NOON.replace(day=hours // 24 + 1), added["id"]))
            assert (await open_endpoint(asker, added["id"])).webhook.state is WebhookState.RESTING

            asker.now = dt.datetime.now(dt.UTC)
            answer = await ask(asker, "POST", f"/{added['id']}/test")

            assert (answer.status, answer.json["status"], answer.json["taken"]) == (200, 200, True)
            (post,) = reader.posts
            assert Verifier(added["secret"]).verify(post.body, post.headers)["type"] == EventType.TEST
            assert (await ask(asker, "GET", f"/{added['id']}")).json["state"] == "active"


async def test_a_test_that_nobody_takes_says_so(asker: Asker):
    answer = await ask(asker, "POST", "/wh_1/test")

    assert (answer.status, answer.json["status"], answer.json["taken"]) == (200, None, False)
    assert answer.json["answer"]
    assert answer.json["id"] is None, "only the attempts of the list have a number"


async def test_an_endpoint_is_removed(asker: Asker):
    assert (await ask(asker, "DELETE", "/wh_1")).status == 204
    assert (await ask(asker, "GET", "/wh_1")).status == 404
    assert (await ask(asker, "DELETE", "/wh_1")).status == 404


@pytest.mark.parametrize("key", ["zoo admin", "acme write", "acme read"])
async def test_nobody_else_changes_an_endpoint(asker: Asker, key: str):
    await asker.store.add_webhook(OPERATOR, endpoint("wh_2"))
    before = [await open_endpoint(asker, name) for name in ("wh_1", "wh_2")]

    for method, target, body in (
        ("GET", "/wh_2", None),
        ("PATCH", "/wh_2", {"events": []}),
        ("POST", "/wh_2/rotate", None),
        ("POST", "/wh_2/test", None),
        ("DELETE", "/wh_2", None),
        ("POST", "?account=acme", {"url": URL}),
    ):
        answer = await ask(asker, method, target, body, key=key)
        assert answer.status == (404 if key == "zoo admin" else 403), answer
        assert SECRET not in answer.body.decode()
    assert [await open_endpoint(asker, name) for name in ("wh_1", "wh_2")] == before
