"""An operator's program does by the API the work of commands: removes accounts, keeps aliases, replays events."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import ALL, NOON, letter, record
from contract.webhook_rows import SECRET, attempt, endpoint, event
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.policy.records import EntryState
from bouncer.ports.outbox import OutboxEntry
from bouncer.ports.scope import OPERATOR, AccountScope

ACME = AccountScope("acme")
ALIAS = "news@rp.localhost"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def ask(
    asker: Asker, method: str, target: str, body: object = None, *, key: str = "operator admin"
) -> HttpAnswer:
    return await asker.ask(method, f"/api/v1/{target}", None if body is None else json.dumps(body), key=key)


async def test_an_account_is_removed_by_naming_it_twice(asker: Asker):
    for query in ("", "?confirm=zoo", "?confirm=ACME"):
        answer = await ask(asker, "DELETE", f"accounts/acme{query}")
        assert (answer.status, answer.json["parameter"]) == (422, "confirm")
    assert "acme" in (await asker.store.directory(OPERATOR)).accounts

    answer = await ask(asker, "DELETE", "accounts/acme?confirm=acme")

    assert (answer.status, answer.json) == (200, {"name": "acme", "former_name": "acme/removed-1"})
    assert "acme" not in (await asker.store.directory(OPERATOR)).accounts
    assert (await ask(asker, "GET", "bounces?account=acme/removed-1", key="operator read")).json["data"]
    assert (await ask(asker, "GET", "bounces", key="acme read")).status == 401
    assert (await ask(asker, "DELETE", "accounts/acme?confirm=acme")).status == 404


@pytest.mark.parametrize("key", ["acme admin", "zoo admin", "operator write"])
async def test_only_the_operators_administrator_removes_accounts_and_changes_aliases(asker: Asker, key: str):
    for method, target, body in (
        ("DELETE", "accounts/acme?confirm=acme", None),
        ("POST", "aliases", {"address": ALIAS, "account": "acme"}),
        ("DELETE", f"aliases/{ALIAS}", None),
    ):
        assert (await ask(asker, method, target, body, key=key)).status == 403
    assert "acme" in (await asker.store.directory(OPERATOR)).accounts


async def test_an_alias_is_added_listed_and_removed(asker: Asker):
    added = await ask(asker, "POST", "aliases", {"address": "News@RP.localhost", "account": "acme"})

    assert (added.status, added.json) == (201, {"address": ALIAS, "account": "acme"})
    assert (await ask(asker, "GET", "aliases", key="acme read")).json == {"data": [added.json]}
    assert (await ask(asker, "GET", "aliases", key="zoo read")).json == {"data": []}
    assert (await ask(asker, "GET", "aliases?account=acme", key="zoo read")).status == 404
    again = await ask(asker, "POST", "aliases", {"address": ALIAS, "account": "zoo"})
    assert again.status == 409
    assert (await ask(asker, "DELETE", "aliases/NEWS@rp.localhost")).status == 204
    assert (await ask(asker, "DELETE", f"aliases/{ALIAS}")).status == 404
    assert (await ask(asker, "GET", "aliases")).json == {"data": []}


@pytest.mark.parametrize(
    ("address", "account", "status"),
    [
        ("news@elsewhere.example", "acme", 422),
        ("postmaster@rp.localhost", "acme", 422),
        ("a+b@rp.localhost", "acme", 422),
        ("no", "acme", 422),
        (ALIAS, "ghost", 404),
    ],
)
async def test_a_bad_alias_is_refused_with_a_sentence(asker: Asker, address: str, account: str, status: int):
    answer = await ask(asker, "POST", "aliases", {"address": address, "account": account})

    assert answer.status == status
    assert answer.json["detail"].strip()


async def replay(asker: Asker, body: object, *, webhook: str = "wh_2", key: str = "acme admin") -> HttpAnswer:
    return await ask(asker, "POST", f"webhooks/{webhook}/replay", body, key=key)


async def entries_of(asker: Asker, webhook: str) -> list[OutboxEntry]:
    return [entry for entry in await asker.store.entries(ACME, state=None, page=ALL) if entry.to == webhook]


@pytest.fixture
async def failed(asker: Asker) -> str:
    """Two endpoints of acme's, each with three events that were given up; gives the id of one event."""
    for name in ("wh_2", "wh_3"):
        await asker.store.add_webhook(OPERATOR, endpoint(name))
    for _ in range(3):
        (letter_id,) = await asker.store.keep([letter()])
        entries = tuple(event(to=name, is_given_up=True) for name in ("wh_2", "wh_3"))
        await asker.store.record([record(letter_id, entries=entries)], now=NOON)
    return (await entries_of(asker, "wh_2"))[0].event


SPANS = [
    ({"failed": True}, 3),
    ({"since": "2020-01-01T00:00:00Z"}, 3),
    ({"since": "2020-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, 3),
    ({"until": "9999-12-31T23:59:59+00:00", "failed": True}, 3),
    ({"until": "2020-01-01T00:00:00+01:00"}, 0),
    ({"since": "2099-01-01T00:00:00Z"}, 0),
    ({"since": "9999-12-31T23:59:59Z"}, 0),
    ({"until": "0001-01-02T00:00:00Z"}, 0),
    ({"since": "2020-01-01T00:00:00Z", "until": "2020-01-01T00:00:01Z"}, 0),
    ({"event": "evt_unknown_1"}, 0),
]
"""Bodies of replays, and how many events each chooses."""


@pytest.mark.parametrize(("body", "count"), SPANS)
async def test_events_of_a_time_are_posted_again(asker: Asker, failed: str, body: dict[str, object], count: int):
    answer = await replay(asker, body)

    assert failed
    assert (answer.status, answer.json) == (200, {"replayed": count})
    assert [entry.state for entry in await entries_of(asker, "wh_3")] == [EntryState.GIVEN_UP] * 3
    states = [entry.state for entry in await entries_of(asker, "wh_2")]
    assert states.count(EntryState.WAITING) == count


async def test_one_event_is_posted_again_to_its_own_endpoint(asker: Asker, failed: str):
    assert (await replay(asker, {"event": failed})).json == {"replayed": 1}
    assert (await replay(asker, {"event": failed, "until": "2020-01-01T00:00:00Z"})).json == {"replayed": 0}
    assert (await replay(asker, {"event": failed}, webhook="wh_1")).json == {"replayed": 0}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"failed": False},
        {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T01:00:00+01:00"},
        {"since": "2026-01-01"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"since": "2026-01-01T00:00:00"},
        {"webhook": "wh_3", "failed": True},
    ],
)
async def test_a_replay_that_says_nothing_or_ends_before_it_begins_is_refused(
    asker: Asker, failed: str, body: dict[str, object]
):
    assert (await replay(asker, body)).status == 422
    assert {entry.state for entry in await entries_of(asker, "wh_2") if failed} == {EntryState.GIVEN_UP}


async def test_an_end_beyond_every_calendar_is_refused(asker: Asker):
    body = {"addresses": ["joe@example.net"], "until": "9999-12-31T23:59:59-14:00"}

    answer = await ask(asker, "POST", "suppressions", body, key="acme write")

    assert (answer.status, answer.json["parameter"]) == (422, "until")


async def test_another_accounts_endpoint_is_unknown(asker: Asker, failed: str):
    assert (await replay(asker, {"failed": True}, key="zoo admin")).status == 404
    assert (await ask(asker, "GET", "webhooks/wh_2/attempts", key="zoo admin")).status == 404
    assert (await ask(asker, "GET", "webhooks", key="zoo admin")).json == {"data": []}
    assert (await replay(asker, {"failed": True}, key="acme write")).status == 403
    assert {entry.state for entry in await entries_of(asker, "wh_2") if failed} == {EntryState.GIVEN_UP}
    assert (await replay(asker, {"event": failed}, key="operator admin")).json == {"replayed": 1}


async def test_endpoints_and_attempts_are_listed_without_secrets(asker: Asker):
    await asker.store.add_webhook(OPERATOR, endpoint("wh_2"))
    await asker.store.record_webhook_attempt(attempt(503, NOON, "wh_2", "later"))

    rows = (await ask(asker, "GET", "webhooks", key="acme admin")).json["data"]
    assert [row["id"] for row in rows] == ["wh_1", "wh_2"]
    assert (rows[1]["state"], rows[1]["last_status"]) == ("active", 503)
    (row,) = (await ask(asker, "GET", "webhooks/wh_2/attempts", key="acme admin")).json["data"]
    assert (row["event"], row["status"], row["answer"]) == ("evt_1", 503, "later")
    text = str(rows) + str(row)
    assert SECRET not in text
    assert "password" not in text
