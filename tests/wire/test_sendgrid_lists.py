"""SendGrid's lists under /v3 over a real socket: each row of what its clients send, and what each answer holds."""

import dataclasses
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, bounce, letter, record, suppression
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.ndr.reading import Recipient
from bouncer.policy.records import Belief, Believed
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.verdict.verdict import Reason

JANE = "jane@example.org"
SECOND = int(NOON.timestamp())
LISTS = ("bounces", "blocks", "invalid_emails", "spam_reports", "unsubscribes")


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


def error(answer: HttpAnswer) -> tuple[int, str, str | None]:
    """Give the status, the message and the field of an error in SendGrid's form."""
    assert answer.headers["content-type"] == "application/json"
    (only,) = answer.json["errors"]
    return answer.status, only["message"], only["field"]


async def list_addresses(asker: Asker, name: str, query: str = "", key: str = "acme read") -> list[str]:
    answer = await asker.ask("GET", f"/v3/suppression/{name}?{query}", key=key)
    assert answer.status == 200, answer
    return [row["email"] for row in answer.json]


async def suppress(asker: Asker, address: str, reason: str, *, seconds: int = 0, **facts: object) -> None:
    since = NOON + seconds * MINUTE / 60
    await asker.store.suppress(OPERATOR, suppression(address, reason=reason, since=since, **facts))


async def block(asker: Asker, address: str, *, belief: Belief = Belief.PROVEN, reason: Reason = Reason.POLICY) -> None:
    (letter_id,) = await asker.store.keep([letter()])
    outcome = dataclasses.replace(bounce(address, reason), believed=Believed(belief, "why"))
    await asker.store.record([record(letter_id, outcome)], now=NOON)


async def test_a_bounce_has_the_status_and_the_line_of_its_report(asker: Asker):
    (letter_id,) = await asker.store.keep([letter()])
    recipient = dataclasses.replace(
        bounce("joe@example.net").recipient, status="5.1.10", diagnostic_code="550 nobody here"
    )
    assert isinstance(recipient, Recipient)
    outcome = dataclasses.replace(bounce("joe@example.net"), recipient=recipient)
    await asker.store.record([record(letter_id, outcome)], now=NOON)
    await suppress(asker, "joe@example.net", "invalid-recipient", letter_id=letter_id)

    answer = await asker.ask("GET", "/v3/suppression/bounces/joe@example.net")

    assert answer.json == [
        {"created": SECOND, "email": "joe@example.net", "reason": "550 nobody here", "status": "5.1.10"}
    ]


async def test_each_suppression_stands_on_one_list(asker: Asker):
    await suppress(asker, "full@example.net", "mailbox-full")
    await suppress(asker, "x@nowhere.example", "bad-domain")
    await suppress(asker, "angry@example.net", "complaint")
    await suppress(asker, "gone@example.net", "unsubscribe")
    await suppress(asker, "phone@example.net", "asked by phone")
    await suppress(asker, "some@example.net", "unsubscribe", stream="news")
    await suppress(asker, "past@example.net", "mailbox-full", until=NOON + MINUTE)
    asker.now = NOON + DAY

    assert await list_addresses(asker, "bounces") == [JANE, "full@example.net"]
    assert await list_addresses(asker, "invalid_emails") == ["x@nowhere.example"]
    assert await list_addresses(asker, "spam_reports") == ["angry@example.net"]
    assert await list_addresses(asker, "unsubscribes") == ["gone@example.net", "phone@example.net"]
    assert await list_addresses(asker, "blocks") == []


async def test_rows_have_the_members_that_sendgrid_gives(asker: Asker):
    await suppress(asker, "x@nowhere.example", "bad-domain")
    await suppress(asker, "angry@example.net", "complaint")
    await suppress(asker, "gone@example.net", "unsubscribe")
    await block(asker, "blocked@example.net")

    members = {name: (await asker.ask("GET", f"/v3/suppression/{name}")).json[0].keys() for name in LISTS}

    assert members == {
        "bounces": {"created", "email", "reason", "status"},
        "blocks": {"created", "email", "reason", "status"},
        "invalid_emails": {"created", "email", "reason"},
        "spam_reports": {"created", "email", "ip"},
        "unsubscribes": {"created", "email"},
    }


async def test_an_unknown_address_is_an_empty_list_and_can_be_deleted(asker: Asker):
    for name in LISTS:
        path = f"/v3/suppression/{name}/nobody@example.org"
        assert ((answer := await asker.ask("GET", path)).status, answer.json) == (200, [])
        deleted = await asker.ask("DELETE", path, key="acme write")
        assert (deleted.status, deleted.body) == (204, b"")
    assert await list_addresses(asker, "bounces") == [JANE]


@pytest.mark.parametrize(
    "spelling", ["jane+x@example.org", "jane%2Bx%40example.org", "jane%2bx@example.org", "Jane+X@EXAMPLE.org"]
)
async def test_a_plus_in_a_path_is_a_plus(asker: Asker, spelling: str):
    await suppress(asker, "jane+x@example.org", "invalid-recipient")

    assert len((await asker.ask("GET", f"/v3/suppression/bounces/{spelling}")).json) == 1
    assert (await asker.ask("DELETE", f"/v3/suppression/bounces/{spelling}", key="acme write")).status == 204
    assert await list_addresses(asker, "bounces") == [JANE]


async def test_a_slash_may_stand_in_an_address(asker: Asker):
    await suppress(asker, "a/b=c@example.org", "invalid-recipient")

    for spelling in ("a%2Fb=c@example.org", "a/b=c@example.org"):
        assert len((await asker.ask("GET", f"/v3/suppression/bounces/{spelling}")).json) == 1


async def test_a_plus_in_a_query_is_a_space(asker: Asker):
    await suppress(asker, "jane+x@example.org", "invalid-recipient")

    assert await list_addresses(asker, "bounces", "email=jane%2Bx") == ["jane+x@example.org"]
    assert await list_addresses(asker, "bounces", "email=jane+x") == []


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "text/csv"},
        {"accept": "image/png"},
        {"content-type": "application/json"},
        {"content-type": "application/json", "content-length": "0"},
        {"content-type": "text/csv", "accept": "text/csv"},
    ],
)
async def test_headers_of_an_earlier_call_change_nothing(asker: Asker, headers: dict[str, str]):
    answer = await asker.ask("GET", "/v3/suppression/bounces", headers=headers)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    deleted = await asker.ask("DELETE", f"/v3/suppression/bounces/{JANE}", key="acme write", headers=headers)
    assert deleted.status == 204
    added = await asker.ask(
        "POST",
        "/v3/asm/suppressions/global",
        '{"recipient_emails": ["a@b.example"]}',
        key="acme write",
        headers={name: value for name, value in headers.items() if name != "content-length"},
    )
    assert (added.status, added.json) == (201, {"recipient_emails": ["a@b.example"]})


@pytest.mark.parametrize("body", ['{"email_address": "jane@example.org"}', "", "not JSON", "{}"])
async def test_a_body_or_a_query_beside_the_address_is_not_needed(asker: Asker, body: str):
    path = f"/v3/suppression/bounces/{JANE}?email_address={JANE}"

    assert (await asker.ask("DELETE", path, body, key="acme write")).status == 204
    assert await list_addresses(asker, "bounces") == []


async def test_some_addresses_are_taken_off_and_the_trail_names_the_key(asker: Asker):
    for number in range(3):
        await suppress(asker, f"r{number}@example.net", "invalid-recipient")
    body = json.dumps({"emails": ["R0@example.net", "r2@example.net", "unknown@example.net"]})

    assert (await asker.ask("DELETE", "/v3/suppression/bounces", body, key="acme write")).status == 204

    assert await list_addresses(asker, "bounces") == [JANE, "r1@example.net"]
    (entry, *_) = await asker.store.trail(AccountScope("acme"), address="r2@example.net", page=ALL)
    assert (entry.change, entry.source) == ("freed", "key")
    assert entry.why.startswith("by API key ")


@pytest.mark.parametrize("name", LISTS)
async def test_a_whole_list_is_emptied_and_no_other(asker: Asker, name: str):
    reasons = {"invalid_emails": "bad-domain", "spam_reports": "complaint", "unsubscribes": "unsubscribe"}
    for number in range(7):
        await block(asker, f"blocks{number}@example.net")
        for other, reason in {"bounces": "mailbox-full", **reasons}.items():
            await suppress(asker, f"{other}{number}@example.net", reason)

    assert (
        await asker.ask("DELETE", f"/v3/suppression/{name}", '{"delete_all": true}', key="acme write")
    ).status == 204

    counts = {other: len(await list_addresses(asker, other)) for other in LISTS}
    assert counts == {**dict.fromkeys(LISTS, 7), "bounces": 8} | {name: 0}


@pytest.mark.parametrize(
    "body",
    [
        '{"delete_all": true, "emails": ["jane@example.org"]}',
        '{"delete_all": true, "emails": []}',
        '{"delete_all": false}',
        '{"emails": []}',
        '{"delete_all": "yes"}',
        '{"emails": "jane@example.org"}',
        "",
        "{",
        "[]",
    ],
)
async def test_an_unclear_deletion_deletes_nothing(asker: Asker, body: str):
    answer = await asker.ask("DELETE", "/v3/suppression/bounces", body, key="acme write")

    assert error(answer)[0] == 400
    assert await list_addresses(asker, "bounces") == [JANE]


async def test_an_address_is_taken_off_the_named_list_only(asker: Asker):
    await suppress(asker, "angry@example.net", "complaint")

    assert (await asker.ask("DELETE", "/v3/suppression/bounces/angry@example.net", key="acme write")).status == 204

    assert await list_addresses(asker, "spam_reports") == ["angry@example.net"]


async def test_a_block_is_listed_once_and_only_where_it_is_proven(asker: Asker):
    for _ in range(2):
        await block(asker, "joe@example.net")
    await block(asker, "eve@example.net", belief=Belief.UNPROVEN)
    await block(asker, "ann@example.net", reason=Reason.MAILBOX_FULL)

    (row,) = (await asker.ask("GET", "/v3/suppression/blocks")).json
    assert row == {"created": SECOND, "email": "joe@example.net", "reason": "550 no such user", "status": "5.7.0"}
    assert (await asker.ask("GET", "/v3/suppression/blocks/JOE@example.net")).json == [row]


async def test_a_block_that_was_taken_off_comes_back_with_the_next_one(asker: Asker):
    await block(asker, "joe@example.net")
    assert (await asker.ask("DELETE", "/v3/suppression/blocks/joe@example.net", key="acme write")).status == 204
    assert await list_addresses(asker, "blocks") == []
    assert (await asker.ask("GET", "/v3/suppression/blocks/joe@example.net")).json == []
    assert len((await asker.ask("GET", "/api/v1/bounces?recipient=joe@example.net")).json["data"]) == 1

    (letter_id,) = await asker.store.keep([letter()])
    await asker.store.record([record(letter_id, bounce("joe@example.net", Reason.POLICY))], now=NOON + DAY)
    assert await list_addresses(asker, "blocks") == ["joe@example.net"]


async def test_rows_of_sendgrids_own_answer_can_be_added(asker: Asker):
    rows = [
        {"created": SECOND - 86_400, "email": "joe@example.net", "reason": "550 5.1.1 nobody", "status": "5.1.1"},
        {"created": SECOND + 86_400, "email": "eve@example.net", "reason": "", "status": "", "more": [1]},
        {"created": None, "email": "sue@example.net", "reason": None, "status": None},
    ]
    answer = await asker.ask("POST", "/v3/suppression/bounces", json.dumps(rows), key="acme write")

    assert (answer.status, answer.json) == (201, {"new": 3, "kept_out": 0})
    assert (await asker.ask("GET", "/v3/suppression/bounces?limit=1")).json == rows[:1]
    (eve,) = (await asker.ask("GET", "/v3/suppression/bounces/eve@example.net")).json
    assert eve == {"created": SECOND, "email": "eve@example.net", "reason": "invalid-recipient", "status": "5.1.1"}
    assert await asker.store.suppressions_of(OPERATOR, "acme", ["joe@example.net"], now=NOON)


@pytest.mark.parametrize("name", ["bounces", "invalid_emails", "spam_reports", "unsubscribes"])
async def test_an_address_can_be_added_to_a_list(asker: Asker, name: str):
    answer = await asker.ask("POST", f"/v3/suppression/{name}", '[{"email": "joe@example.net"}]', key="acme write")

    assert answer.status == 201
    assert "joe@example.net" in await list_addresses(asker, name)
    bad = await asker.ask(
        "POST", f"/v3/suppression/{name}", '[{"email": "a@b.example"}, {"email": "no"}]', key="acme write"
    )
    assert error(bad) == (400, "'no' is no mail address", "email")
    assert "a@b.example" not in await list_addresses(asker, name)


async def test_an_allowed_address_is_kept_out(asker: Asker):
    allow = '{"entries": ["@friend.example"]}'
    await asker.ask("POST", "/api/v1/allow-list", allow, key="acme write")

    rows = '[{"email": "ann@friend.example"}, {"email": "joe@example.net"}]'
    assert (await asker.ask("POST", "/v3/suppression/bounces", rows, key="acme write")).json == {
        "new": 1,
        "kept_out": 1,
    }


async def test_global_suppressions_are_the_unsubscribes(asker: Asker):
    path = "/v3/asm/suppressions/global"
    body = '{"recipient_emails": ["joe@example.net", "Eve@example.net"]}'
    answer = await asker.ask("POST", path, body, key="acme write")

    assert (answer.status, answer.json) == (201, json.loads(body))
    assert (await asker.ask("GET", f"{path}/eve@example.net")).json == {"recipient_email": "Eve@example.net"}
    assert (await asker.ask("GET", f"{path}/{JANE}")).json == {}
    assert await list_addresses(asker, "unsubscribes") == ["Eve@example.net", "joe@example.net"]
    assert (await asker.ask("DELETE", f"{path}/joe@example.net", key="acme write")).status == 204
    assert await list_addresses(asker, "unsubscribes") == ["Eve@example.net"]


async def test_start_and_end_are_inclusive_whole_seconds(asker: Asker):
    for number in range(3):
        await suppress(asker, f"r{number}@example.net", "complaint", seconds=number)

    assert await list_addresses(asker, "spam_reports", f"start_time={SECOND + 1}") == [
        "r1@example.net",
        "r2@example.net",
    ]
    assert await list_addresses(asker, "spam_reports", f"end_time={SECOND + 1}") == ["r0@example.net", "r1@example.net"]
    assert await list_addresses(asker, "spam_reports", f"start_time={SECOND}&end_time={SECOND}") == ["r0@example.net"]
    assert await list_addresses(asker, "spam_reports", "start_time=0&end_time=4102444800&limit=2") == [
        "r0@example.net",
        "r1@example.net",
    ]


async def test_the_times_of_blocks_are_inclusive_too(asker: Asker):
    await block(asker, "joe@example.net")

    assert await list_addresses(asker, "blocks", f"start_time={SECOND}&end_time={SECOND}") == ["joe@example.net"]
    assert await list_addresses(asker, "blocks", f"start_time={SECOND + 1}") == []
    assert await list_addresses(asker, "blocks", f"end_time={SECOND - 1}") == []


async def test_blocks_of_another_service_are_taken_and_stop_no_mail(asker: Asker):
    body = '[{"email": "joe@example.net", "created": 1, "reason": "550 5.7.1 blocked", "status": "5.7.1"}]'

    answer = await asker.ask("POST", "/v3/suppression/blocks", body, key="acme write")

    assert (answer.status, answer.json) == (201, {"new": 0, "kept_out": 0, "without_effect": 1})
    assert [await list_addresses(asker, name) for name in ("blocks", "unsubscribes", "invalid_emails")] == [[], [], []]
    assert not await asker.store.suppressions_of(OPERATOR, "acme", ["joe@example.net"], now=NOON)
    assert error(await asker.ask("POST", "/v3/suppression/blocks", '[{"email": "no"}]', key="acme write"))[0] == 400
    assert (await asker.ask("POST", "/v3/suppression/blocks", body, key="acme read")).status == 403


async def test_an_empty_list_is_taken(asker: Asker):
    for name in LISTS:
        answer = await asker.ask("POST", f"/v3/suppression/{name}", "[]", key="acme write")
        assert (answer.status, answer.json["new"]) == (201, 0)


@pytest.mark.parametrize("name", ["spam_reports", "blocks"])
async def test_only_a_percent_sign_stands_for_other_characters(asker: Asker, name: str):
    for address in (
        "market.tree@a.example",
        "a_b@a.example",
        "axb@a.example",
        "super.market-tree@b.example",
        "a\\b@c.example",
    ):
        await (block(asker, address) if name == "blocks" else suppress(asker, address, "complaint"))

    async def matching(pattern: str) -> list[str]:
        return await list_addresses(asker, name, f"email={quote(pattern)}")

    assert await matching("market") == ["market.tree@a.example"]
    assert await matching("%market%tree") == ["market.tree@a.example", "super.market-tree@b.example"]
    assert await matching("a_b") == ["a_b@a.example"]
    assert await matching("A_B@A") == ["a_b@a.example"]
    assert await matching("a%b@a") == ["a_b@a.example", "axb@a.example"]
    assert await matching("a\\b") == ["a\\b@c.example"]
    assert await matching("*") == await matching("' OR 1=1") == await matching("[a-z]") == []
    assert len(await matching("%")) == 5


async def test_pages_have_every_row_once_while_rows_are_added_and_taken_off(asker: Asker):
    for number in range(10):
        await suppress(asker, f"r{number}@example.net", "complaint", seconds=number)
    rows = await list_addresses(asker, "spam_reports", "limit=4")
    await suppress(asker, "later@example.net", "complaint", seconds=60)
    await asker.ask("DELETE", "/v3/suppression/spam_reports/r0@example.net", key="acme write")
    rows += await list_addresses(asker, "spam_reports", "limit=4&offset=4")
    rows += await list_addresses(asker, "spam_reports", "limit=4&offset=8")

    assert rows == [*(f"r{number}@example.net" for number in range(10)), "later@example.net"]
    assert await list_addresses(asker, "spam_reports", "limit=4&offset=12") == []


async def test_an_offset_that_no_page_ended_at_is_counted(asker: Asker):
    for number in range(10):
        await suppress(asker, f"r{number}@example.net", "complaint", seconds=number)
        await block(asker, f"b{number}@example.net")

    assert await list_addresses(asker, "spam_reports", "limit=2&offset=7") == ["r7@example.net", "r8@example.net"]
    assert await list_addresses(asker, "blocks", "limit=2&offset=7") == ["b7@example.net", "b8@example.net"]
    assert await list_addresses(asker, "blocks", "offset=9") == ["b9@example.net"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999", "offset"),
        ("offset=%D9%A3", "offset"),
        ("start_time=yesterday", "start_time"),
        ("end_time=99999999999999", "end_time"),
        ("email=" + "x" * 400, "email"),
    ],
)
async def test_a_bad_parameter_is_named(asker: Asker, query: str, field: str):
    status, message, field_name = error(await asker.ask("GET", f"/v3/suppression/bounces?{query}"))

    assert (status, field_name) == (400, field)
    assert message.startswith(field)


@pytest.mark.parametrize(
    ("method", "body", "field"),
    [
        ("DELETE", '{"emails": "jane@example.org"}', "emails"),
        ("DELETE", '{"emails": ["jane@example.org", 5]}', "emails"),
        ("DELETE", '{"delete_all": "true"}', "delete_all"),
        ("DELETE", "[]", None),
        ("POST", '[{"email": "jane@example.org", "created": "2026-03-01"}]', "created"),
        ("POST", '[{"email": "jane@example.org", "reason": {"`$.email`": 1}}]', "reason"),
        ("POST", '[{"created": 5}]', "email"),
        ("POST", '{"email": "jane@example.org"}', None),
    ],
)
async def test_a_member_that_does_not_fit_is_named(asker: Asker, method: str, body: str, field: str | None):
    status, message, field_name = error(await asker.ask(method, "/v3/suppression/bounces", body, key="acme write"))

    assert (status, field_name) == (400, field)
    assert message.startswith("The body does not fit: ")


async def test_unknown_and_empty_parameters_are_passed_over(asker: Asker):
    assert await list_addresses(asker, "bounces", "email=&limit=&search=x&start_time=") == [JANE]


@pytest.mark.parametrize(
    ("method", "path", "key", "status", "message"),
    [
        ("GET", "/v3/suppression/bounces", None, 401, "authorization required"),
        ("GET", "/v3/suppression/bounces", "SG.wrong", 401, "authorization required"),
        ("DELETE", "/v3/suppression/bounces/jane@example.org", "acme read", 403, "access forbidden"),
        ("PUT", "/v3/suppression/bounces", "acme write", 405, "method not allowed"),
        ("POST", "/v3/mail/send", "acme write", 404, "not found"),
        ("GET", "/v3/suppression/bounces/", "acme read", 404, "not found"),
        ("GET", "/v3/suppression", "acme read", 404, "not found"),
        ("GET", "/v3/", "acme read", 404, "not found"),
        ("GET", "/v3", "acme read", 404, "not found"),
        ("GET", "/v3/templates", None, 404, "not found"),
    ],
)
async def test_errors_have_sendgrids_words(
    asker: Asker, method: str, path: str, key: str | None, status: int, message: str
):
    assert error(await asker.ask(method, path, key=key)) == (status, message, None)


async def test_nothing_is_redirected(asker: Asker):
    for path in ("/v3/suppression/bounces/", "/v3//suppression/bounces", "/v3/scopes/", "/v3/./scopes"):
        answer = await asker.ask("GET", path)
        assert "location" not in answer.headers
        assert answer.status in (200, 404)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v3/templates", 404),
        ("GET", "/v3", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/v3/suppression/bounces", 405),
        ("OPTIONS", "/api/v1/bounces", 405),
    ],
)
async def test_a_request_that_no_route_answers_counts_for_its_key(tmp_path: Path, method: str, path: str, status: int):
    name = f"{'x-' if path.startswith('/v3') else ''}ratelimit-remaining"
    async with asking(tmp_path, {"per_minute": 2}) as asker:
        answers = [await asker.ask(method, path) for _ in range(3)]
        strangers = [await asker.ask(method, path, key=key) for key in (None, "bnc_wrong") for _ in range(3)]

    assert [answer.status for answer in answers] == [status, status, 429]
    assert [answer.headers[name] for answer in answers] == ["1", "0", "0"]
    assert {answer.status for answer in strangers} == {status}
    assert not any(name in answer.headers for answer in strangers)


async def test_each_answer_says_how_often_the_key_may_ask_and_when_again(tmp_path: Path):
    async with asking(tmp_path, {"per_minute": 2}) as asker:
        answers = [await asker.ask("GET", "/v3/suppression/bounces") for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    for answer in answers:
        assert answer.headers["x-ratelimit-limit"] == "2"
        assert SECOND < int(answer.headers["x-ratelimit-reset"]) <= SECOND + 62
        assert "ratelimit-limit" not in answer.headers
    assert error(answers[2]) == (429, "too many requests", None)


async def test_a_key_with_sendgrids_beginning_is_taken(asker: Asker):
    assert await list_addresses(asker, "bounces", key=f"SG.{asker.keys['acme read']}") == [JANE]
    assert (await asker.ask("GET", "/api/v1/bounces", key=f"SG.{asker.keys['acme read']}")).status == 401


@pytest.mark.parametrize("name", ["acme", "account-id acme"])
async def test_the_operators_key_acts_for_an_account(asker: Asker, name: str):
    async def ask(headers: dict[str, str], key: str = "operator write") -> HttpAnswer:
        return await asker.ask("GET", "/v3/suppression/bounces", key=key, headers=headers)

    assert [row["email"] for row in (await ask({"On-Behalf-Of": name})).json] == [JANE]
    assert [row["email"] for row in (await ask({"on-behalf-of": name}, "acme read")).json] == [JANE]
    assert error(await ask({"on-behalf-of": name}, "zoo read"))[:2] == (403, "access forbidden")
    assert error(await ask({"on-behalf-of": "ghost"}))[:2] == (404, "not found")
    assert error(await ask({}))[0] == 400


async def test_addresses_that_an_account_takes_for_one_are_found_under_each_spelling(asker: Asker):
    account = (await asker.store.directory(OPERATOR)).accounts["acme"]
    terms = dataclasses.replace(account.terms, fold_gmail=True)
    assert isinstance(account, Account)
    await asker.store.set_account(OPERATOR, dataclasses.replace(account, terms=terms))
    await suppress(asker, "j.doe@gmail.com", "complaint")

    assert len((await asker.ask("GET", "/v3/suppression/spam_reports/jdoe+x@gmail.com")).json) == 1
    await asker.ask("DELETE", "/v3/suppression/spam_reports/jd.oe@gmail.com", key="acme write")
    assert await list_addresses(asker, "spam_reports") == []


async def test_the_log_gets_no_address_of_a_path(asker: Asker, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        for method in ("GET", "DELETE", "PUT"):
            await asker.ask(method, "/v3/suppression/bounces/secret%2Bx@example.org", key="acme write")

    logged = " ".join(str(vars(entry)) for entry in caplog.records)
    assert logged.count("/v3/suppression/bounces/{email}") >= 3
    assert "secret" not in logged


async def test_the_scopes_of_a_key_have_sendgrids_names(asker: Asker):
    async def scopes(key: str) -> set[str]:
        return set((await asker.ask("GET", "/v3/scopes", key=key)).json["scopes"])

    assert {"suppression.bounces.read", "suppression.unsubscribes.read"} <= await scopes("acme read")
    assert not any(name.endswith((".delete", ".update")) for name in await scopes("acme read"))
    assert {"suppression.bounces.read", "suppression.bounces.delete"} <= await scopes("acme write")
    assert await scopes("operator read") == await scopes("acme read")


@pytest.mark.parametrize("name", ["unsubscribes", "spam_reports", "global"])
@pytest.mark.parametrize("bounced_first", [True, False])
async def test_a_recipient_who_bounced_and_wants_no_mail_is_not_freed_with_the_bounces(
    asker: Asker, name: str, bounced_first: bool
):
    bounce_row = ("/v3/suppression/bounces", '[{"email": "joe@example.net", "reason": "550 5.1.1"}]')
    wish = (f"/v3/suppression/{name}", '[{"email": "Joe@example.net"}]')
    if name == "global":
        wish = ("/v3/asm/suppressions/global", '{"recipient_emails": ["Joe@example.net"]}')
    list_name = "unsubscribes" if name == "global" else name

    for path, body in (bounce_row, wish) if bounced_first else (wish, bounce_row):
        assert (await asker.ask("POST", path, body, key="acme write")).status == 201
    assert await list_addresses(asker, "bounces") == [JANE]
    await asker.ask("DELETE", "/v3/suppression/bounces/joe@example.net", key="acme write")
    await asker.ask("DELETE", "/v3/suppression/bounces", '{"delete_all": true}', key="acme write")

    assert await list_addresses(asker, list_name) == ["Joe@example.net"]
    assert await asker.store.suppressions_of(OPERATOR, "acme", ["joe@example.net"], now=NOON, stream="")
    await asker.ask("DELETE", f"/v3/suppression/{list_name}/joe@example.net", key="acme write")
    assert not await asker.store.suppressions_of(OPERATOR, "acme", ["joe@example.net"], now=NOON, stream="")
