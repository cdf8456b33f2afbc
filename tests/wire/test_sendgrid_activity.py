"""SendGrid's activity and its validation of addresses under /v3 over a real socket."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from contract.factories import DAY, NOON, bounce, letter, record, suppression
from contract.outcome_rows import arrived
from wire.http_client import Asker, asking

from bouncer.ndr.reading import Kind, Original, Reading
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR, Scope
from bouncer.verdict.verdict import Reason

JANE = "jane@example.org"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def report(asker: Asker, *outcomes: tuple[str, Reason]) -> None:
    (letter_id,) = await asker.store.keep([letter()])
    bounces = [bounce(address, reason) for address, reason in outcomes]
    await asker.store.record([record(letter_id, *bounces)], now=NOON + DAY)


async def messages(asker: Asker, query: str, parameters: str = "", key: str = "acme read") -> list[dict[str, Any]]:
    answer = await asker.ask("GET", f"/v3/messages?query={quote(query)}{parameters}", key=key)
    assert answer.status == 200, answer
    rows: list[dict[str, Any]] = answer.json["messages"]
    return rows


async def logs(asker: Asker, query: str, limit: int = 10) -> list[dict[str, Any]]:
    answer = await asker.ask("POST", "/v3/logs", json.dumps({"query": query, "limit": limit}))
    assert answer.status == 200, answer
    rows: list[dict[str, Any]] = answer.json["messages"]
    return rows


async def test_the_messages_to_an_address_are_those_that_reports_are_about(asker: Asker):
    (row,) = await messages(asker, f'to_email="{JANE}"')

    assert row == {
        "from_email": "shop@acme.example",
        "subject": "Your order",
        "to_email": JANE,
        "msg_id": asker.ids["msg_id"],
        "status": "not_delivered",
        "opens_count": 0,
        "clicks_count": 0,
        "last_event_time": "2026-03-01T12:00:00Z",
    }
    assert await messages(asker, 'to_email="nobody@example.org"') == []
    assert await messages(asker, f'to_email="{JANE}"', key="zoo read") == []


async def test_conditions_are_joined(asker: Asker):
    await report(asker, (JANE, Reason.POLICY), ("joe@example.net", Reason.MAILBOX_FULL))

    assert [row["to_email"] for row in await messages(asker, "status='not_delivered'")] == [
        "joe@example.net",
        JANE,
        JANE,
    ]
    assert len(await messages(asker, f'to_email = "{JANE}" and status="not_delivered"', "&limit=1")) == 1
    assert await messages(asker, f'status="delivered" AND to_email="{JANE}"') == []
    first = asker.ids["msg_id"]
    assert [row["msg_id"] for row in await messages(asker, f'msg_id="{first}" AND to_email="{JANE}"')] == [first]
    assert await messages(asker, f'msg_id="{first}" AND to_email="joe@example.net"') == []
    assert await messages(asker, 'msg_id="x"') == []


async def test_each_recipient_of_a_report_is_a_message_with_its_event(asker: Asker):
    await report(asker, ("a@example.net", Reason.POLICY), ("b@example.net", Reason.INVALID_RECIPIENT))

    for address in ("a@example.net", "b@example.net"):
        (row,) = await messages(asker, f'to_email="{address}"')
        whole = (await asker.ask("GET", f"/v3/messages/{row['msg_id']}")).json
        assert {name: whole[name] for name in row} == row
        assert [event["event"] for event in whole["events"]] == ["bounce"]
        log = (await asker.ask("GET", f"/v3/logs/{row['msg_id']}")).json
        assert (log["to_email"], log["custom_args"]) == (address, {})
    for path in ("messages", "logs"):
        for name in ("x", "0000000000001", "7zzzzzzzzzzzz", f"{asker.ids['msg_id']}1", f"{asker.ids['msg_id']}.1"):
            assert (await asker.ask("GET", f"/v3/{path}/{name}")).status == 404


@pytest.mark.parametrize(
    "written", ["Shop <shop@acme.example>", "Doe, Ann <ann@x.example> <shop@acme.example>", "<shop@acme.example>"]
)
async def test_the_sender_of_a_message_is_an_address(asker: Asker, written: str):
    (letter_id,) = await asker.store.keep([letter()])
    original = Original("m2@acme.example", "Your order", written, ("joe@example.net",), "")
    reading = Reading(Kind.BOUNCE, "rfc3464", None, None, None, original)
    await asker.store.record([record(letter_id, bounce("joe@example.net"), reading=reading)], now=NOON + DAY)

    for rows in (await messages(asker, 'to_email="joe@example.net"'), await logs(asker, 'to_email="joe@example.net"')):
        assert [row["from_email"] for row in rows] == ["shop@acme.example"]


async def test_a_list_asks_the_store_once_however_many_letters_it_is_about(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(30):
        await report(asker, (JANE, Reason.POLICY))
    filters = list[BounceFilter]()

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def counting(scope: Scope, criteria: BounceFilter, page: Page) -> Any:
            filters.append(criteria)
            return ask(scope, criteria, page)

        return counting

    for name in ("bounces", "bounce_page"):
        monkeypatch.setattr(asker.store, name, counted(getattr(asker.store, name)))

    assert len(await messages(asker, 'status="not_delivered"', "&limit=31")) == 31
    assert len(filters) == 1


async def test_several_statuses_are_asked_for_at_once(asker: Asker):
    await report(asker, (JANE, Reason.POLICY), (JANE, Reason.MAILBOX_FULL))

    for query, statuses in (
        ("status IN ('blocked')", ["blocked"]),
        ('status IN ("blocked", "bounced") AND to_email="Jane@EXAMPLE.org"', ["blocked", "bounced"]),
        ('status in("deferred","nothing")', ["deferred"]),
        ("status IN ('nothing')", []),
        ('status="delivered"', []),
    ):
        assert [row["status"] for row in await logs(asker, query)] == statuses


async def test_a_complaint_is_about_a_message_that_arrived(asker: Asker):
    (letter_id,) = await asker.store.keep([letter()])
    complaint = arrived(JANE)
    await asker.store.record([record(letter_id, complaint, kind=Kind.COMPLAINT)], now=NOON + DAY)

    for rows in (await messages(asker, 'status="delivered"'), await logs(asker, 'status="delivered"')):
        assert [(row["to_email"], row["status"]) for row in rows] == [(JANE, "delivered")]


async def test_logs_tell_a_block_from_a_bounce(asker: Asker):
    await report(asker, (JANE, Reason.POLICY), (JANE, Reason.MAILBOX_FULL))

    assert [row["status"] for row in await logs(asker, f'to_email="{JANE}"')] == ["deferred", "blocked", "bounced"]
    (row,) = await logs(asker, f'to_email="{JANE}" AND status="blocked"', 1)
    assert row["reason"] == "550 no such user"
    assert [entry["sg_message_id"] for entry in await logs(asker, f'sg_message_id="{row["sg_message_id"]}"')] == [
        row["sg_message_id"]
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('x="1"', "invalid syntax: 'x' is not a known field"),
        ("to_email=jane", "invalid syntax"),
        ('to_email="a" OR status="b"', "invalid syntax"),
        ('(to_email="a")', "invalid syntax"),
        ('to_email="a', "invalid syntax"),
        ('to_email IN ("a", "b")', "invalid syntax"),
        ("status IN ()", "invalid syntax"),
        ('status IN ("bounced"', "invalid syntax"),
        ('status IN ("bounced",)', "invalid syntax"),
        ('statusIN("bounced")', "invalid syntax"),
        ('to_email="a" AND', "invalid syntax: cannot read"),
        ('to_email="a" AND  ', "invalid syntax: cannot read"),
        ('to_email="a" AND to_email="b"', "invalid syntax: 'to_email' is given twice"),
        ('msg_id="a" AND SG_Message_ID="b"', "invalid syntax: 'SG_Message_ID' is given twice"),
        ("", "Ask for one of"),
        ("%", "invalid syntax"),
    ],
)
async def test_a_query_that_cannot_be_read_is_refused(asker: Asker, query: str, message: str):
    for answer in (
        await asker.ask("GET", f"/v3/messages?query={quote(query)}"),
        await asker.ask("POST", "/v3/logs", json.dumps({"query": query})),
    ):
        (error,) = answer.json["errors"]
        assert (answer.status, error["field"]) == (400, "query")
        assert error["message"].startswith(message)


async def validated(asker: Asker, email: str) -> tuple[str, bool, bool]:
    answer = await asker.ask("POST", "/v3/validations/email", json.dumps({"email": email, "source": "signup"}))
    result = answer.json["result"]
    assert (answer.status, result["email"], result["source"]) == (200, email, "signup")
    additional = result["checks"]["additional"]
    return result["verdict"], additional["has_known_bounces"], additional["has_suspected_bounces"]


async def test_an_address_is_judged_by_what_is_on_record(asker: Asker):
    await report(asker, ("full@example.net", Reason.MAILBOX_FULL))
    await asker.store.suppress(OPERATOR, suppression("angry@example.net", reason="complaint"))
    await asker.store.suppress(OPERATOR, suppression("x@nowhere.example", reason="bad-domain"))

    assert await validated(asker, JANE) == ("Invalid", True, True)
    assert await validated(asker, "full@example.net") == ("Risky", False, True)
    assert await validated(asker, "angry@example.net") == ("Risky", False, False)
    assert await validated(asker, "new@example.net") == ("Valid", False, False)
    assert await validated(asker, "no address") == ("Invalid", False, False)
    answer = await asker.ask("POST", "/v3/validations/email", '{"email": "x@nowhere.example"}')
    assert answer.json["result"]["checks"]["domain"]["has_mx_or_a_record"] is False
    assert (await asker.ask("POST", "/v3/validations/email", "{}")).status == 400
