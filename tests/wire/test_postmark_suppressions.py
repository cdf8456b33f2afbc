"""Postmark's suppressions under /message-streams over a real socket, as its clients ask for them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import ALL, DAY, NOON, suppression
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.policy.records import ChangeSource
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.web.postmark.form import POSTMARK_FORM

JANE = "jane@example.org"
DUMP = "/message-streams/outbound/suppressions/dump"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def ask(
    asker: Asker, method: str, target: str, body: object = None, *, key: str | None = "acme write"
) -> HttpAnswer:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return await asker.ask(method, target, text, key=key, form=POSTMARK_FORM)


async def dumped(asker: Asker, target: str = DUMP) -> list[str]:
    answer = await ask(asker, "GET", target, key="acme read")
    assert answer.status == 200, answer
    return sorted(row["EmailAddress"] for row in answer.json["Suppressions"])


def body_of(*addresses: str) -> dict[str, list[dict[str, str]]]:
    return {"Suppressions": [{"EmailAddress": address} for address in addresses]}


async def suppress(asker: Asker, address: str, reason: str, **facts: object) -> None:
    await asker.store.suppress(OPERATOR, suppression(address, reason=reason, **facts))


async def test_a_row_has_postmarks_words(asker: Asker):
    await suppress(asker, "angry@example.net", "complaint", source=ChangeSource.BOUNCE)
    await suppress(asker, "phone@example.net", "asked by phone", source=ChangeSource.COMMAND)

    rows = (await ask(asker, "GET", DUMP)).json["Suppressions"]

    words = {row["EmailAddress"]: (row["SuppressionReason"], row["Origin"]) for row in rows}
    assert words == {
        JANE: ("HardBounce", "Recipient"),
        "angry@example.net": ("SpamComplaint", "Recipient"),
        "phone@example.net": ("ManualSuppression", "Customer"),
    }
    assert {row["CreatedAt"] for row in rows} == {NOON.strftime("%Y-%m-%dT%H:%M:%SZ")}


@pytest.mark.parametrize(
    "target",
    [DUMP.upper(), f"{DUMP}/", "/Message-Streams/outbound/suppressions/DUMP/", DUMP.replace("outbound", "Outbound")],
)
async def test_a_path_may_have_any_case_and_a_slash_at_its_end(asker: Asker, target: str):
    assert await dumped(asker, target) == [JANE]


async def test_a_dump_is_narrowed_by_parameters_in_any_case(asker: Asker):
    await suppress(asker, "angry@example.net", "complaint", since=NOON + DAY)
    asker.now = NOON + 2 * DAY
    day, next_day = (moment.strftime("%Y-%m-%d") for moment in (NOON, NOON + DAY))

    assert await dumped(asker, f"{DUMP}?SuppressionReason=SpamComplaint") == ["angry@example.net"]
    assert await dumped(asker, f"{DUMP}?suppressionReason=hardbounce&origin=recipient") == [JANE]
    assert await dumped(asker, f"{DUMP}?EmailAddress=JANE@example.org") == [JANE]
    assert await dumped(asker, f"{DUMP}?fromDate={next_day}") == ["angry@example.net"]
    assert await dumped(asker, f"{DUMP}?toDate={day}&fromdate={day}") == [JANE]
    assert await dumped(asker, f"{DUMP}?origin=Admin") == []


@pytest.mark.parametrize("query", ["origin=Nobody", "suppressionreason=x", "fromdate=yesterday", "todate=2026-13-01"])
async def test_a_bad_parameter_is_refused_in_postmarks_form(asker: Asker, query: str):
    answer = await ask(asker, "GET", f"{DUMP}?{query}")
    assert (answer.status, answer.json["ErrorCode"]) == (422, 300)
    assert answer.json["Message"]


async def test_a_stream_has_its_own_suppressions_and_those_of_all_mail(asker: Asker):
    answer = await ask(asker, "POST", "/message-streams/news/suppressions", body_of("joe@example.net"))

    assert answer.json["Suppressions"] == [{"EmailAddress": "joe@example.net", "Status": "Suppressed", "Message": None}]
    assert await dumped(asker) == [JANE]
    assert await dumped(asker, DUMP.replace("outbound", "news")) == [JANE, "joe@example.net"]
    assert await asker.store.suppressions_of(OPERATOR, "acme", ["joe@example.net"], now=NOON, stream="news")
    assert not await asker.store.suppressions_of(OPERATOR, "acme", ["joe@example.net"], now=NOON, stream="")


async def test_each_address_has_its_own_outcome(asker: Asker):
    await asker.ask("POST", "/api/v1/allow-list", '{"entries": ["@friend.example"]}', key="acme write")
    body = body_of("joe@example.net", "no", "ann@friend.example", JANE)

    answer = await ask(asker, "POST", "/message-streams/outbound/suppressions", body)

    rows = answer.json["Suppressions"]
    assert [row["Status"] for row in rows] == ["Suppressed", "Failed", "Failed", "Suppressed"]
    assert "no mail address" in rows[1]["Message"]
    assert "@friend.example" in rows[2]["Message"]
    assert await dumped(asker) == [JANE, "joe@example.net"]


async def test_addresses_are_freed_for_the_stream_alone(asker: Asker):
    await suppress(asker, "both@example.net", "unsubscribe")
    await suppress(asker, "both@example.net", "unsubscribe", stream="news")
    await suppress(asker, "news@example.net", "unsubscribe", stream="news")
    body = body_of(JANE, "both@example.net", "news@example.net", "nobody@example.net")

    rows = (await ask(asker, "POST", "/message-streams/outbound/suppressions/delete", body)).json["Suppressions"]

    assert [row["Status"] for row in rows] == ["Deleted"] * 4
    assert await dumped(asker) == []
    assert await dumped(asker, DUMP.replace("outbound", "news")) == ["both@example.net", "news@example.net"]
    (entry, *_) = await asker.store.trail(AccountScope("acme"), address=JANE, page=ALL)
    assert (entry.change, entry.source) == ("freed", "key")
    rows = (await ask(asker, "POST", "/message-streams/news/suppressions/delete", body_of("news@example.net"))).json
    assert rows["Suppressions"][0]["Status"] == "Deleted"
    assert await dumped(asker, DUMP.replace("outbound", "news")) == ["both@example.net"]


async def test_a_recipient_who_wants_no_mail_at_all_is_not_freed_for_a_stream(asker: Asker):
    await suppress(asker, "no@example.net", "unsubscribe")
    await suppress(asker, "no@example.net", "unsubscribe", stream="news")
    path = "/message-streams/news/suppressions/delete"

    (row,) = (await ask(asker, "POST", path, body_of("no@example.net"))).json["Suppressions"]

    assert row["Status"] == "Failed"
    assert "outbound" in row["Message"]
    assert await dumped(asker, DUMP.replace("outbound", "news")) == [JANE, "no@example.net"]
    assert [
        entry.stream
        for entry in await asker.store.suppressions_of_address(OPERATOR, "acme", "no@example.net", now=NOON)
    ] == [""]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"Suppressions": []}', '{"Suppressions": [{"Email": "a@b.example"}]}']
)
async def test_a_body_that_cannot_be_used_changes_nothing(asker: Asker, body: str):
    for path in ("suppressions", "suppressions/delete"):
        answer = await ask(asker, "POST", f"/message-streams/outbound/{path}", body)
        assert (answer.status, answer.json.keys()) == (422, {"ErrorCode", "Message"})
    assert await dumped(asker) == [JANE]


async def test_errors_have_postmarks_form(asker: Asker):
    for key, status, code in (
        (None, 401, 10),
        ("bnc_wrong", 401, 10),
        ("zoo read", 200, None),
        ("operator read", 422, 300),
    ):
        answer = await ask(asker, "GET", DUMP, key=key)
        assert (answer.status, answer.json.get("ErrorCode")) == (status, code)
    assert (await ask(asker, "GET", DUMP, key="zoo read")).json == {"Suppressions": []}
    assert (
        await ask(asker, "POST", "/message-streams/outbound/suppressions", body_of(JANE), key="acme read")
    ).status == 403
    assert (await ask(asker, "GET", "/message-streams")).json == {
        "ErrorCode": 404,
        "Message": "There is nothing at this path.",
    }
    for path in ("/server", "/email", "/v9/x"):  # of no tree here
        assert (await ask(asker, "GET", path)).json["ErrorCode"] == 404
    bearer = {"authorization": f"Bearer {asker.keys['acme read']}"}
    assert (await asker.ask("GET", DUMP, key=None, headers=bearer)).status == 401
