"""The HTTP API over a real socket: what each key may ask, what each answer holds, and which problem each fault is."""

import asyncio
import dataclasses
import datetime as dt
import functools
import gzip
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, bounce, letter, record, suppression
from contract.webhook_rows import endpoint
from wire.http_client import Asker, HttpAnswer, asking, beside

from bouncer.errors import StoreError
from bouncer.mail.letter import spell_id
from bouncer.manage.records import SETTLED
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import ChangeSource, LetterState
from bouncer.ports.api_keys import BEGUN, KeptAnswer
from bouncer.ports.imports import ImportLabel
from bouncer.ports.letters import LetterFilter
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.suppressions import TrailChange
from bouncer.web.all_routes import ROUTES
from bouncer.web.form import OWN, ApiForm
from bouncer.web.idempotency import digest_of_request
from bouncer.web.mailgun.form import MAILGUN_FORM
from bouncer.web.postmark.form import POSTMARK_FORM
from bouncer.web.route import ApiRoute
from bouncer.web.sendgrid.form import SENDGRID_FORM

JANE = "jane@example.org"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


def problem(answer: HttpAnswer, form: ApiForm = OWN) -> tuple[int, str | None]:
    """Give the status and the parameter of a problem in *form*; the answer must be one."""
    if form is MAILGUN_FORM:
        assert answer.headers["content-type"] == form.media_type
        assert answer.json["message"].strip()
        return answer.status, None
    if form is POSTMARK_FORM:
        assert answer.json.keys() == {"ErrorCode", "Message"}
        return answer.status, None
    if form is not OWN:
        assert answer.headers["content-type"] == form.media_type
        (error,) = answer.json["errors"]
        assert error["message"].strip()
        return answer.status, error["field"]
    assert answer.headers["content-type"] == "application/problem+json", answer
    members = answer.json
    assert members["status"] == answer.status
    assert members["detail"].strip()
    assert members["title"]
    return answer.status, members.get("parameter")


UNKNOWN = {
    "letter_id": "0000000000001",
    "account_name": "ghost",
    "number": "4711",
    "key_id": "5f0c1f3d9a7b",
    "email": "nobody@example.org",
    "webhook_id": "wh_0000000000",
    "msg_id": "0000000000001",
    "bounce_id": "1234567",
    "address": "nobody@example.org",
    "unread_id": "0000000000001",
    "rule_id": "0000000000",
    "import_id": "2026-01-01T00:00:00.000000+00:00",
}
"""Ids of nothing."""


POSTS = "/v3/user/webhooks/event/test"
"""The path that posts to an endpoint; here nobody listens there."""


async def example(asker: Asker, route: ApiRoute, ids: dict[str, str], *, key: str, account: str = "") -> HttpAnswer:
    """Ask a route as its example does, for an account, about the things with these ids."""
    is_own = route.form is OWN
    query = "&".join(filter(None, (route.example.query, account and is_own and f"account={account}")))
    domain = {"domain": account} if account else {}
    if route.path == "/api/v1/accounts/{account_name}" and route.method == "DELETE":
        ids = {**ids, "account_name": "shop" if ids["account_name"] == "acme" else "ghost"}
    path = route.path.format(**{**route.example.path, **ids, **domain})
    body = route.example.body.replace('"17"', f'"{ids["number"]}"').replace("wh_0123456789", ids["webhook_id"])
    body = body.replace("38g0n6damk02s", ids["letter_id"]).replace("38gxn9w3excq1", ids["unread_id"])
    body, path = (text.replace("news@rp.example.com", "news@rp.localhost") for text in (body, path))
    headers = {"on-behalf-of": account} if account and not is_own else {}
    target = f"{path}?{query}" if query else path
    return await asker.ask(route.method, target, body or None, key=key, headers=headers, form=route.form)


async def test_the_example_of_each_route_is_answered(asker: Asker):
    await asker.store.add_webhook(OPERATOR, endpoint("wh_2"))
    for route in ROUTES:
        is_removal = (route.method, route.path) == ("DELETE", "/api/v1/webhooks/{webhook_id}")
        ids = {**asker.ids, "webhook_id": "wh_2"} if is_removal else asker.ids
        answer = await example(asker, route, ids, key=f"{opener(route)} admin")

        if route.path == POSTS:
            assert answer.status == 400
            continue
        assert answer.status == route.status, answer
        assert bool(answer.body) == (route.schema is not None)
        assert not answer.body or answer.headers["content-type"] in (route.media_type, *route.other_media_types)


async def test_a_foreign_key_hears_the_same_as_if_the_account_did_not_exist(asker: Asker):
    before = await everything(asker)
    for route in ROUTES:
        name, unknown = ("acme", "ghost") if has_account(route) else ("", "")
        of_acme = await example(asker, route, asker.ids, key="zoo admin", account=name)
        of_nobody = await example(asker, route, UNKNOWN, key="zoo admin", account=unknown)

        if name or "{" in route.path.replace("{stream}", ""):  # a stream is no thing that must be there
            is_unknown = route.form is not SENDGRID_FORM and not route.operator_only
            assert problem(of_acme, route.form)[0] == (404 if is_unknown else 403), route.path
        assert of_acme.status == of_nobody.status
        assert hidden(of_acme, asker.ids) == hidden(of_nobody, asker.ids)
    assert await everything(asker) == before


def hidden(answer: HttpAnswer, ids: dict[str, str]) -> str:
    """The body of an answer, without the names and ids that were asked about."""
    text = answer.body.decode()
    for word in (
        "acme",
        "ghost",
        *sorted([*ids.values(), *UNKNOWN.values()], key=len, reverse=True),
    ):  # a number may be part of an id
        text = text.replace(word, "...")
    return text


async def test_a_foreign_key_sees_nothing_of_another_account(asker: Asker):
    before = await everything(asker)
    for route in filter(has_account, ROUTES):
        is_named = route.form is MAILGUN_FORM
        answer = await example(asker, route, asker.ids, key="zoo admin", account="zoo" if is_named else "")

        names_a_thing = (
            any(name in route.path for name in ("{webhook_id}", "{msg_id}", "{import_id}")) or route.path == POSTS
        )
        assert answer.status == (404 if names_a_thing else route.status)
        assert b"acme" not in answer.body
    assert await everything(asker) == before


def opener(route: ApiRoute) -> str:
    """Give the key that opens a route to acme's data."""
    return "operator" if route.operator_only else "acme"


def has_account(route: ApiRoute) -> bool:
    return any(parameter.name in ("account", "on-behalf-of", "domain") for parameter in route.parameters)


async def everything(asker: Asker) -> tuple[object, ...]:
    """All of acme's that a route could change."""
    acme = AccountScope("acme")
    return (
        [row for _, row in await asker.store.suppressions(acme, now=NOON, page=ALL)],
        [key.id for key in await asker.store.keys(acme)],
        await asker.store.trail(acme, address=None, page=ALL),
        await asker.store.allow_list(acme),
        await asker.store.entries(acme, state=None, page=ALL),
        (await asker.store.directory(OPERATOR)).accounts["acme"],
    )


async def test_a_key_of_less_access_is_refused(asker: Asker):
    for route, access in itertools.product(ROUTES, ("read", "write", "admin")):
        if route.method == "DELETE" and access == "admin":
            continue  # it would end the key that asks
        answer = await example(
            asker,
            route,
            asker.ids,
            key=f"{opener(route)} {access}",
            account="acme" if has_account(route) else "",
        )
        allowed = ["read", "write", "admin"].index(access) >= ["read", "write", "admin"].index(route.access)

        assert (answer.status == 403) is not allowed
        if not allowed:
            assert route.access in answer.body.decode()


async def test_the_operators_routes_are_refused_to_every_key_of_an_account(asker: Asker):
    before = await everything(asker)
    for route, ids in itertools.product([route for route in ROUTES if route.operator_only], (asker.ids, UNKNOWN)):
        answer = await example(asker, route, ids, key="acme admin")

        assert problem(answer) == (403, None)
        assert "operator" in answer.json["detail"]
    assert await everything(asker) == before


async def test_without_a_key_nothing_is_answered(asker: Asker):
    headers = (None, "", "Bearer", "Bearer bnc_x", "Basic YTpi", "Bearer bnc_" + "a" * 39, "bearer\tx", "\xff\xfe")
    for route, header in itertools.product(ROUTES, headers):
        fields = {} if header is None else {"authorization": header}
        answer = await asker.ask(
            route.method, route.path.format(**{**route.example.path, **UNKNOWN}), key=None, headers=fields
        )

        assert problem(answer, route.form) == (401, None)
        assert answer.headers["www-authenticate"] == route.form.credentials.challenge
        assert b"bnc_x" not in answer.body


async def test_a_revoked_key_is_refused_at_once(asker: Asker):
    keys = (await asker.ask("GET", "/api/v1/keys", key="acme admin")).json["data"]
    read = next(key["id"] for key in keys if key["access"] == "read")

    assert (await asker.ask("GET", "/api/v1/bounces")).status == 200
    assert (await asker.ask("DELETE", f"/api/v1/keys/{read}", key="acme admin")).status == 204
    assert problem(await asker.ask("GET", "/api/v1/bounces")) == (401, None)
    assert problem(await asker.ask("DELETE", f"/api/v1/keys/{read}", key="acme admin")) == (404, None)


async def test_a_key_that_is_made_works_and_is_shown_once(asker: Asker):
    new_key = (await asker.ask("POST", "/api/v1/keys", '{"access": "write"}', key="acme admin")).json

    assert (await asker.ask("GET", "/api/v1/suppressions", key=new_key["key"])).status == 200
    listed = await asker.ask("GET", "/api/v1/keys", key="acme admin")
    assert new_key["key"] not in listed.body.decode()
    assert new_key["id"] in listed.body.decode()


async def test_an_accounts_key_makes_none_for_the_operator_or_another(asker: Asker):
    answer = await asker.ask("POST", "/api/v1/keys", "{}", key="acme admin")
    assert answer.json["account"] == "acme"
    for name in ("zoo", "ghost"):
        assert problem(await asker.ask("POST", f"/api/v1/keys?account={name}", "{}", key="acme admin"))[0] == 404

    assert (await asker.ask("POST", "/api/v1/keys", "{}", key="operator admin")).json["account"] is None


async def test_the_last_use_of_a_key_is_seen(asker: Asker):
    asker.now = NOON + MINUTE
    await asker.ask("GET", "/api/v1/bounces")

    used = {key.access: key.last_used_at for key in await asker.store.keys(AccountScope("acme"))}
    assert used["read"] == NOON + MINUTE
    assert used["write"] is None


async def test_the_operators_key_sees_all_and_changes_what_it_names(asker: Asker):
    assert [
        row["account"] for row in (await asker.ask("GET", "/api/v1/bounces", key="operator read")).json["data"]
    ] == ["acme"]
    body = '{"addresses": ["joe@example.net"]}'

    assert problem(await asker.ask("POST", "/api/v1/suppressions", body, key="operator write")) == (422, "account")
    answer = await asker.ask("POST", "/api/v1/suppressions?account=zoo", body, key="operator write")
    assert answer.json["data"][0]["outcome"] == "suppressed"


FAULTS = (
    ("GET", "/", 404, None),
    ("GET", "/api/v1/bounces/", 404, None),
    ("GET", "/api/v1/keys/", 404, None),
    ("GET", "//api/v1/bounces", 404, None),
    ("GET", "/api/v1/../v1/bounces", 404, None),
    ("PUT", "/api/v1/bounces", 405, None),
    ("OPTIONS", "/api/v1/bounces", 405, None),
    ("BREW", "/api/v1/bounces", 405, None),
    ("GET", "/api/v1/keys/x", 405, None),
    ("GET", "/api/v1/bounces?limit=0", 422, "limit"),
    ("GET", "/api/v1/bounces?limit=1001", 422, "limit"),
    ("GET", "/api/v1/bounces?limit=%D9%A3", 422, "limit"),
    ("GET", "/api/v1/bounces?limit=" + "9" * 5000, 422, "limit"),
    ("GET", "/api/v1/bounces?limit=1&limit=2", 422, "limit"),
    ("GET", "/api/v1/bounces?cursor=9223372036854775808", 422, "cursor"),
    ("GET", "/api/v1/bounces?cursor=-1", 422, "cursor"),
    ("GET", "/api/v1/bounces?offset=1", 422, "offset"),
    ("GET", "/api/v1/bounces?category=HARD", 422, "category"),
    ("GET", "/api/v1/bounces?letter=1", 422, "letter"),
    ("GET", "/api/v1/bounces?since=yesterday", 422, "since"),
    ("GET", "/api/v1/bounces?since=2100-01-01", 422, "since"),
    ("GET", "/api/v1/bounces?since=0001-01-01T00:00:00%2B23:59", 422, "since"),
    ("GET", "/api/v1/bounces?since=9999-12-31T23:59:59-23:59", 422, "since"),
    ("GET", "/api/v1/bounces?recipient=", 422, "recipient"),
    ("GET", "/api/v1/bounces?recipient=" + "x" * 321, 422, "recipient"),
    ("GET", "/api/v1/bounces?account=", 422, "account"),
    ("GET", "/api/v1/bounces?account=%00", 404, None),
    ("GET", "/api/v1/bounces?account=zoo'--", 404, None),
    ("GET", "/api/v1/bounces?" + "&".join(f"a{n}=1" for n in range(60)), 422, None),
    ("GET", "/api/v1/letters?unread=1", 422, "unread"),
)


async def test_each_fault_is_a_problem(asker: Asker):
    for method, target, status, parameter in FAULTS:
        assert problem(await asker.ask(method, target)) == (status, parameter)


CHANGES = ("/api/v1/suppressions", "/api/v1/suppressions/check", "/api/v1/suppressions/free")
BAD_BODIES: tuple[tuple[str | bytes, int], ...] = (
    ("", 400),
    ("{", 400),
    ("[" * 100_000, 422),
    ('{"addresses": ["\\ud800@x"]}', 400),
    (b'{"addresses": ["\xff@x"]}', 400),
    ('{"addresses": ["j\\u0000@example.org"]}', 422),
    ('{"addresses": ["joe@example.net"], "reason": "\\\\\\u0000"}', 422),
    ("[]", 422),
    ("null", 422),
    ("{}", 422),
    ('{"addresses": []}', 422),
    ('{"addresses": [1]}', 422),
    ('{"addresses": [""]}', 422),
    ('{"addresses": ["a@b.example"], "more": 1}', 422),
    ('{"addresses": ["' + "x" * 400 + '@b.example"], "reason": "r"}', 422),
    (json.dumps({"addresses": ["a@b.example"] * 10_001, "reason": "r"}), 422),
    ('{"addresses": ["a@b.example"], "reason": "r", "stream": "' + "x" * 641 + '"}', 422),
)


async def test_each_bad_body_is_a_problem(asker: Asker):
    for path, (body, status) in itertools.product(CHANGES, BAD_BODIES):
        assert problem(await asker.ask("POST", path, body, key="acme write"))[0] == status


@pytest.mark.parametrize(
    ("kind", "status"),
    [("application/json; charset=utf-8", 200), ("APPLICATION/JSON", 200), ("text/plain", 415), ("", 415)],
)
async def test_a_body_must_say_that_it_is_json(asker: Asker, kind: str, status: int):
    body = '{"addresses": ["jane@example.org"]}'
    answer = await asker.ask("POST", "/api/v1/suppressions/check", body, headers={"content-type": kind})

    assert answer.status == status


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP", "x"])
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/api/v1/suppressions/check", OWN),
        ("/v3/suppression/bounces", SENDGRID_FORM),
        ("/v3/acme/bounces", MAILGUN_FORM),
        ("/message-streams/outbound/suppressions", POSTMARK_FORM),
    ],
)
async def test_a_compressed_body_is_refused_with_a_sentence(asker: Asker, coding: str, path: str, form: ApiForm):
    """A kilobyte could become a gigabyte, and no client sends any."""
    body = gzip.compress(b'{"addresses": ["jane@example.org"]}')
    headers = {"content-encoding": coding}
    answer = await asker.ask("POST", path, body, key="acme write", headers=headers, form=form)

    assert answer.status == 415
    assert b"without Content-Encoding" in answer.body
    assert answer.headers["accept-encoding"] == "identity"


async def test_a_body_that_says_that_it_is_not_compressed_is_read(asker: Asker):
    body, headers = '{"addresses": ["jane@example.org"]}', {"content-encoding": "identity"}

    assert (await asker.ask("POST", "/api/v1/suppressions/check", body, headers=headers)).status == 200


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ('{"addresses": ["joe@example.net"], "addresses": ["eve@example.net"]}', "addresses"),
        ('{"addresses": ["joe@example.net"], "reason": "a", "reas\\u006fn": "b"}', "reason"),
    ],
)
async def test_a_member_that_stands_there_twice_is_refused(asker: Asker, body: str, member: str):
    """Two readers, a proxy and this one, could take another of the two."""
    before = await everything(asker)

    assert problem(await asker.ask("POST", "/api/v1/suppressions", body, key="acme write")) == (422, member)
    assert await everything(asker) == before


async def test_a_change_that_depends_on_a_tag_is_not_made(asker: Asker):
    """Tags are weak, so none fits (RFC 9110 section 13.1.1): who asks so must not believe that nobody came between."""
    tag = (await asker.ask("GET", "/api/v1/accounts/acme")).headers["etag"]
    before = await everything(asker)
    target, body = "/api/v1/accounts/acme/preferences", '{"preferences": {"soft": "weekly"}}'

    for value in (tag, tag.removeprefix("W/"), f'"x", {tag}'):
        answer = await asker.ask("PATCH", target, body, key="acme admin", headers={"if-match": value})
        assert problem(answer)[0] == 412
    assert await everything(asker) == before
    assert (await asker.ask("PATCH", target, body, key="acme admin", headers={"if-match": "*"})).status == 200


@pytest.mark.parametrize("listed", ["*", '"x", {}', 'W/"x",{}', "{},"])
async def test_a_list_of_tags_with_ours_in_it_gets_304(asker: Asker, listed: str):
    tag = (await asker.ask("GET", "/api/v1/bounces")).headers["etag"]

    answer = await asker.ask("GET", "/api/v1/bounces", headers={"if-none-match": listed.format(tag)})
    assert (answer.status, answer.body) == (304, b"")
    assert (await asker.ask("GET", "/api/v1/bounces", headers={"if-none-match": '"x", W/"y"'})).status == 200


async def test_a_range_gets_the_whole_answer(asker: Asker):
    whole = await asker.ask("GET", "/api/v1/bounces")
    part = await asker.ask("GET", "/api/v1/bounces", headers={"range": "bytes=0-1"})

    assert (part.status, part.body) == (200, whole.body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
async def test_a_body_in_another_encoding_is_no_json(asker: Asker, encoding: str):
    """JSON between systems is UTF-8 (RFC 8259 section 8.1), whatever its Content-Type says."""
    body = '{"addresses": ["j\u00e4ne@example.org"]}'.encode(encoding)
    kind = f"application/json; charset={encoding}"
    answer = await asker.ask("POST", "/api/v1/suppressions/check", body, headers={"content-type": kind})

    assert problem(answer)[0] == 400


async def test_a_bad_address_among_many_changes_nothing(asker: Asker):
    before = await everything(asker)
    body = '{"addresses": ["joe@example.net", "no address"]}'

    assert problem(await asker.ask("POST", "/api/v1/suppressions", body, key="acme write")) == (422, "addresses")
    assert await everything(asker) == before


async def test_an_end_must_lie_ahead_and_have_a_zone(asker: Asker):
    async def until(moment: str) -> HttpAnswer:
        body = json.dumps({"addresses": ["joe@example.net"], "until": moment})
        return await asker.ask("POST", "/api/v1/suppressions", body, key="acme write")

    assert problem(await until("2020-01-01T00:00:00Z")) == (422, "until")
    assert problem(await until("2030-01-01T00:00:00"))[0] == 422
    assert (await until("2099-01-01T01:00:00+01:00")).json["data"][0]["until"] == "2099-01-01T00:00:00+00:00"


async def test_addresses_are_suppressed_checked_and_freed_with_their_reasons(asker: Asker):
    body = '{"addresses": ["Joe@Example.net"], "reason": "asked by phone"}'
    check = '{"addresses": ["joe@example.net", "new@example.net"]}'
    free = '{"addresses": ["joe@example.net", "new@example.net"], "reason": "he called again"}'

    added = await asker.ask("POST", "/api/v1/suppressions", body, key="acme write")
    again = await asker.ask("POST", "/api/v1/suppressions", body, key="acme write")
    checked = await asker.ask("POST", "/api/v1/suppressions/check", check)
    freed = await asker.ask("POST", "/api/v1/suppressions/free", free, key="acme write")
    trail = await asker.ask("GET", "/api/v1/trail?address=joe@example.net")

    assert [answer.json["data"][0]["outcome"] for answer in (added, again)] == ["suppressed", "already"]
    assert [(row["suppressed"], row["reason"]) for row in checked.json["data"]] == [
        (True, "asked by phone"),
        (False, None),
    ]
    assert [row["freed"] for row in freed.json["data"]] == [True, False]
    assert [(row["change"], row["source"]) for row in trail.json["data"]] == [("freed", "key"), ("suppressed", "key")]
    assert trail.json["data"][0]["why"].startswith("he called again; by API key ")


async def test_each_stream_of_an_address_is_checked_with_cause_and_end(asker: Asker):
    for stream, until in (("news", NOON + DAY), ("", None)):
        await asker.store.suppress(OPERATOR, suppression("joe@example.net", until, stream=stream))
    await asker.store.suppress(OPERATOR, suppression("eve@example.net", NOON + DAY, stream="news"))

    async def checked(**body: object) -> list[dict[str, object]]:
        target = "/api/v1/suppressions/check-streams"
        return list((await asker.ask("POST", target, json.dumps(body))).json["data"])

    joe, eve, new = await checked(addresses=["joe@example.net", "Eve@example.net", "new@example.net"], streams=["shop"])
    assert joe["may_send"] == {"": False, "shop": False, "news": False}
    assert eve["may_send"] == {"": True, "shop": True, "news": False}
    assert new == {"address": "new@example.net", "may_send": {"": True, "shop": True}, "suppressions": []}
    assert eve["suppressions"] == [
        {
            "stream": "news",
            "reason": "invalid-recipient",
            "source": "bounce",
            "since": "2026-03-01T12:00:00+00:00",
            "until": "2026-03-02T12:00:00+00:00",
        }
    ]
    asker.now = NOON + DAY
    (later,) = await checked(addresses=["eve@example.net"])
    assert (later["may_send"], later["suppressions"]) == ({"": True}, [])


@pytest.mark.parametrize("stream", ["a\0b", "ü" * 321, "x" * 641, "news ", " news", "news\n", "\u00a0"])
async def test_a_stream_that_no_mail_can_have_is_refused(asker: Asker, stream: str):
    bodies: dict[str, dict[str, object]] = {
        "suppressions": {"stream": stream},
        "suppressions/check": {"stream": stream},
        "suppressions/check-streams": {"streams": [stream]},
        "suppressions/free": {"stream": stream, "reason": "asked"},
    }
    for path, fields in bodies.items():
        body = json.dumps({"addresses": [JANE], **fields})
        assert problem(await asker.ask("POST", f"/api/v1/{path}", body, key="acme write"))[0] == 422


async def test_a_send_counts_for_its_stream_without_blanks(asker: Asker):
    body = json.dumps({"messages": [{"recipients": [JANE], "stream": " news\n"}]})
    assert (await asker.ask("POST", "/api/v1/sends", body, key="acme write")).status == 200

    rows = (await asker.ask("GET", "/api/v1/statistics?by=stream")).json["data"]
    assert [(row["of"], row["sent"]) for row in rows if row["sent"]] == [("news", 1)]


async def test_ten_thousand_addresses_are_checked_for_twenty_streams(asker: Asker):
    addresses = [f"reader{number}@example.net" for number in range(9_999)] + [JANE]
    body = json.dumps({"addresses": addresses, "streams": [f"s{number}" for number in range(20)]})
    answer = await asker.ask("POST", "/api/v1/suppressions/check-streams", body)

    assert [row["address"] for row in answer.json["data"] if not row["may_send"]["s7"]] == [JANE]
    too_many = json.dumps({"addresses": addresses[:1], "streams": ["s"] * 21})
    assert problem(await asker.ask("POST", "/api/v1/suppressions/check-streams", too_many))[0] == 422


async def test_ten_thousand_addresses_are_checked_at_once(asker: Asker):
    addresses = [f"reader{number}@example.net" for number in range(9_999)] + [JANE]
    answer = await asker.ask("POST", "/api/v1/suppressions/check", json.dumps({"addresses": addresses}))

    assert [row["address"] for row in answer.json["data"] if row["suppressed"]] == [JANE]
    assert len(answer.json["data"]) == 10_000


async def test_pages_have_every_row_once_while_rows_are_added(asker: Asker):
    for number in range(7):
        await asker.store.suppress(OPERATOR, suppression(f"reader{number}@example.net"))
    addresses, cursor = [], ""
    for number in range(10):
        page = (await asker.ask("GET", f"/api/v1/suppressions?limit=3{cursor}")).json
        addresses += [row["address"] for row in page["data"]]
        await asker.store.suppress(OPERATOR, suppression(f"later{number}@example.net"))
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert addresses == [f"reader{number}@example.net" for number in reversed(range(7))] + [JANE]


async def test_no_filter_has_wildcards(asker: Asker):
    wilds = ("%", "_____@example.org", "j%@example.org", "' OR 1=1 --")
    for wild, list_ in itertools.product(wilds, ("bounces?recipient=", "trail?address=")):
        target = f"/api/v1/{list_}{quote(wild)}"
        assert (await asker.ask("GET", target)).json["data"] == []


async def test_filters_narrow_a_list(asker: Asker):
    for query, count in (
        ("recipient=Jane@EXAMPLE.org", 1),
        ("recipient=joe@example.org", 0),
        ("category=hard", 1),
        ("category=soft", 0),
        ("since=2000-01-01", 1),
        ("since=2099-12-31T23:59:59Z", 0),
    ):
        assert len((await asker.ask("GET", f"/api/v1/bounces?{query}")).json["data"]) == count, query


async def test_an_answer_that_is_known_is_not_sent_again(asker: Asker):
    first = await asker.ask("GET", "/api/v1/bounces")
    tag = first.headers["etag"]

    for header in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        again = await asker.ask("GET", "/api/v1/bounces", headers={"if-none-match": header})
        assert (again.status, again.body) == (304, b"")
    assert (await asker.ask("GET", "/api/v1/bounces", headers={"if-none-match": '"other"'})).status == 200
    assert (
        await asker.ask("GET", "/api/v1/bounces?limit=1", key="zoo read", headers={"if-none-match": tag})
    ).status == 200


async def test_a_long_answer_is_compressed_for_clients_that_take_it(asker: Asker):
    for number in range(30):
        await asker.store.suppress(OPERATOR, suppression(f"reader{number}@example.net"))
    plain = await asker.ask("GET", "/api/v1/suppressions")
    packed = await asker.ask("GET", "/api/v1/suppressions", headers={"accept-encoding": "br, gzip;q=0.5"})
    unwanted = await asker.ask("GET", "/api/v1/suppressions", headers={"accept-encoding": "gzip;q=0"})

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body == unwanted.body
    assert len(packed.body) < len(plain.body) / 2


async def test_a_head_request_gets_the_header_alone(asker: Asker):
    head, get = await asker.ask("HEAD", "/api/v1/bounces"), await asker.ask("GET", "/api/v1/bounces")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(get.body))


async def test_a_repeated_request_has_one_effect_and_the_same_answer(asker: Asker):
    async def post(body: str, name: str, key: str = "acme write") -> HttpAnswer:
        return await asker.ask("POST", "/api/v1/suppressions", body, key=key, headers={"idempotency-key": name})

    joe, eve = '{"addresses": ["joe@example.net"]}', '{"addresses": ["eve@example.net"]}'
    first, again = await post(joe, "order-17"), await post(joe, "order-17")

    assert first.body == again.body
    assert again.json["data"][0]["outcome"] == "suppressed"
    assert (first.headers.get("idempotency-replayed"), again.headers.get("idempotency-replayed")) == (None, "true")
    assert problem(await post(eve, "order-17"))[0] == 422
    assert (await post(eve, "order-18")).status == 200
    assert (await post(eve, "order-17", "zoo write")).status == 200
    assert problem(await post(joe, "x" * 256))[0] == 422
    asker.now = NOON + DAY + MINUTE
    assert (await post(eve, "order-17")).json["data"][0]["outcome"] == "already"


async def test_one_of_equal_requests_at_a_time_has_an_effect_whichever_daemon_is_asked(asker: Asker, tmp_path: Path):
    """Two servers on one store stand for two daemons; sends are counted once for each request that is answered anew."""
    body = '{"messages": [{"recipients": ["jane@example.org"], "campaign": "march"}]}'
    async with beside(asker, tmp_path) as other:
        answers = await asyncio.gather(
            *(
                client.ask("POST", "/api/v1/sends", body, key="acme write", headers={"idempotency-key": "mailing-17"})
                for client in (asker, other) * 10
            )
        )
    rows = (await asker.ask("GET", "/api/v1/statistics?by=campaign")).json["data"]

    assert {answer.status for answer in answers} <= {200, 409}
    assert sum(answer.status == 200 and "idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert [row["sent"] for row in rows if row["of"] == "march"] == [1]


async def test_a_request_that_was_cut_off_is_answered_a_minute_later(asker: Asker):
    """The request's daemon died: whether it had its effect is not known, and the client may ask for it anew."""
    body, headers = '{"addresses": ["joe@example.net"]}', {"idempotency-key": "order-17"}
    (key,) = [row for row in await asker.store.keys(AccountScope("acme")) if row.access is KeyAccess.WRITE]
    digest = digest_of_request("POST", "/api/v1/suppressions?", body.encode())
    begun = KeptAnswer(key.id, "order-17", digest, BEGUN, b"", NOON)
    assert await asker.store.begin_answer(begun, stale_before=NOON, forget_before=NOON)

    async def ask(body: str) -> int:
        return (await asker.ask("POST", "/api/v1/suppressions", body, key="acme write", headers=headers)).status

    other = body.replace("joe", "eve")
    assert [await ask(body), await ask(other)] == [409, 422]
    asker.now = NOON + MINUTE + MINUTE / 60
    assert [await ask(other), await ask(body)] == [422, 200]


async def test_a_request_whose_answer_cannot_be_kept_is_not_sent_for_again(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
):
    """The request has had its effect: an answer that asks the client to come again would have it counted twice."""

    async def locked(*_words: object, **_options: object) -> None:
        raise StoreError("database is locked")

    body = '{"messages": [{"recipients": ["jane@example.org"], "campaign": "march"}]}'
    ask = functools.partial(
        asker.ask, "POST", "/api/v1/sends", body, key="acme write", headers={"idempotency-key": "mailing-17"}
    )
    with monkeypatch.context() as patched:
        patched.setattr(asker.store, "keep_answer", locked)
        patched.setattr(asker.store, "break_off_answer", locked)
        assert (await ask()).status == 200
    assert (await ask()).status == 409
    rows = (await asker.ask("GET", "/api/v1/statistics?by=campaign")).json["data"]
    assert [row["sent"] for row in rows if row["of"] == "march"] == [1]


async def test_a_repeated_request_for_another_account_is_another_request(asker: Asker):
    """The operator's key opens all accounts: the account in the query is part of what is asked."""
    body, name = '{"addresses": ["joe@example.net"]}', {"idempotency-key": "order-17"}

    async def post(account: str) -> HttpAnswer:
        target = f"/api/v1/suppressions?account={account}"
        return await asker.ask("POST", target, body, key="operator write", headers=name)

    assert (await post("acme")).status == 200
    assert problem(await post("zoo"))[0] == 422
    assert (await post("acme")).headers["idempotency-replayed"] == "true"
    assert await asker.store.suppressions_of_address(AccountScope("zoo"), "zoo", "joe@example.net", now=NOON) == []


async def test_a_request_that_failed_may_be_sent_again_under_its_name(asker: Asker):
    name = {"idempotency-key": "order-17"}
    bad, good = '{"addresses": ["no address"]}', '{"addresses": ["joe@example.net"]}'

    assert (await asker.ask("POST", "/api/v1/suppressions", bad, key="acme write", headers=name)).status == 422
    assert (await asker.ask("POST", "/api/v1/suppressions", good, key="acme write", headers=name)).status == 200


async def test_a_secret_is_never_kept_for_a_repeated_request(asker: Asker, tmp_path: Path):
    answer = await asker.ask("POST", "/api/v1/keys", "{}", key="acme admin", headers={"idempotency-key": "k"})
    assert problem(answer)[0] == 422

    new_key = (await asker.ask("POST", "/api/v1/keys", "{}", key="acme admin")).json
    assert new_key["key"].encode() not in written_in(tmp_path)


def written_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_no_answer_may_be_kept_by_others(asker: Asker):
    for target in ("/api/v1/bounces", "/nowhere", "/docs", "/openapi.json"):
        headers = (await asker.ask("GET", target)).headers
        assert headers["cache-control"] == "no-store"
        assert "authorization" in headers["vary"]  # for a cache that stores it all the same
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


async def test_the_page_for_people_loads_nothing_from_elsewhere(asker: Asker):
    answer = await asker.ask("GET", "/docs", key=None)
    page = answer.body.decode().replace("https://app.example.com/", "")  # in an example

    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for route in ROUTES:
        assert f"{route.method} {route.path}" in page


async def test_a_letter_comes_octet_by_octet_and_is_no_page(asker: Asker):
    answer = await asker.ask("GET", f"/api/v1/letters/{asker.ids['letter_id']}/raw")

    assert answer.body == letter().raw
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_story_of_an_address_has_reports_changes_and_what_holds(asker: Asker):
    (story,) = (await asker.ask("GET", "/api/v1/story?address=JANE@example.org")).json["data"]

    assert [row["category"] for row in story["bounces"]] == ["hard"]
    assert [row["change"] for row in story["trail"]] == ["suppressed"]
    assert [row["reason"] for row in story["suppressions"]] == ["invalid-recipient"]
    assert (await asker.ask("GET", "/api/v1/story?address=new@example.org")).json["data"] == []
    assert problem(await asker.ask("GET", "/api/v1/story")) == (422, "address")


async def test_an_allowed_address_is_free_and_is_not_suppressed(asker: Asker):
    async def post(path: str, body: str) -> object:
        return (await asker.ask("POST", f"/api/v1/{path}", body, key="acme write")).json["data"]

    allow, suppress = '{"entries": ["jane@example.org", "@partner.example"]}', '{"addresses": ["jane@example.org"]}'
    assert [row["added"] for row in await post("allow-list", allow)] == [True, True]
    assert [row["added"] for row in await post("allow-list", allow)] == [False, False]
    assert [row["outcome"] for row in await post("suppressions", suppress)] == ["on-allow-list"]
    assert [row["suppressed"] for row in await post("suppressions/check", suppress)] == [False]
    listed = (await asker.ask("GET", "/api/v1/allow-list")).json["data"]
    assert [row["address"] for row in listed] == ["@partner.example", "jane@example.org"]
    assert [row["removed"] for row in await post("allow-list/remove", '{"entries": ["jane@example.org"]}')] == [True]
    assert [row["outcome"] for row in await post("suppressions", suppress)] == ["suppressed"]


@pytest.mark.parametrize("entry", ["no address", "@", "@*.partner.example", "@%", "@a/b.example", "@a@b.example"])
async def test_an_entry_that_covers_no_address_is_refused_and_named(asker: Asker, entry: str):
    body = json.dumps({"entries": ["@partner.example", "@[192.0.2.1]", "@b\u00fccher.example", entry]})
    answer = await asker.ask("POST", "/api/v1/allow-list", body, key="acme write")

    assert (problem(answer), answer.json["detail"]) == (
        (422, "entries"),
        f"{entry!r} is no mail address and no domain",
    )
    assert (await asker.ask("GET", "/api/v1/allow-list")).json["data"] == []
    answer = await asker.ask("POST", "/api/v1/allow-list/remove", '{"entries": ["no address"]}', key="acme write")
    assert problem(answer) == (422, "entries")


async def test_a_notice_is_dropped_and_sent_after_all(asker: Asker):
    number = asker.ids["number"]

    async def change(act: str) -> list[bool]:
        body = json.dumps({"ids": [number, "4711"]})
        rows = (await asker.ask("POST", f"/api/v1/notices/{act}", body, key="acme write")).json["data"]
        return [value for row in rows for name, value in row.items() if name != "id"]

    async def list_notices(query: str) -> list[str]:
        return [row["id"] for row in (await asker.ask("GET", f"/api/v1/notices?{query}")).json["data"]]

    assert number in await list_notices("to=ann@acme.example&state=waiting")
    assert await list_notices("to=bob@acme.example") == []
    assert await change("drop") == [True, False]
    assert await list_notices("state=dropped") == [number]
    assert await change("retry") == [True, False]
    assert (await asker.ask("GET", f"/api/v1/notices/{number}")).json["state"] == "waiting"


async def test_sends_are_counted_once_for_each_request_and_failures_are_set_against_them(asker: Asker):
    messages = [
        {"recipients": [f"reader{number}@example.net", "b@example.org"], "campaign": "march"} for number in range(3)
    ]
    body = json.dumps({"messages": messages})
    for _ in range(2):
        answer = await asker.ask(
            "POST", "/api/v1/sends", body, key="acme write", headers={"idempotency-key": "mailing-1"}
        )
        assert answer.json == {"messages": 3, "recipients": 6}

    async def lines(query: str) -> list[tuple[str, int]]:
        rows = (await asker.ask("GET", f"/api/v1/statistics?{query}")).json["data"]
        return [(row["of"], row["sent"]) for row in rows if row["sent"]]

    assert await lines("by=campaign") == [("march", 6)]
    assert await lines("by=domain") == [("example.net", 3), ("example.org", 3)]
    assert await lines("domain=example.net&since=2026-03-01&before=2026-03-02") == [("", 3)]
    assert await lines("campaign=april") == await lines("before=2026-03-01") == []


async def test_a_send_has_addresses_and_a_time_that_can_be(asker: Asker):
    for message, parameter in (
        ({"recipients": ["no address"]}, "recipients"),
        ({"recipients": [JANE], "at": "2027-01-01T00:00:00Z"}, "at"),
        ({"recipients": [JANE], "at": "0001-01-01T00:00:00+23:59"}, "at"),
        ({"recipients": []}, "recipients"),
        ({"recipients": [JANE], "at": "2026-03-01T10:00:00"}, "at"),
    ):
        answer = await asker.ask("POST", "/api/v1/sends", json.dumps({"messages": [message]}), key="acme write")
        assert problem(answer) == (422, parameter)


FILTERS = (
    *("recipient=jane@example.org", "domain=example.org", "category=hard", "reason=invalid-recipient", "belief=proven"),
    *("message_id=m1@acme.example", "since=2020-01-01", "before=2999-01-01T00:00:00Z"),
)
"""Filters that choose acme's one bounce; others, with the same names, choose none."""
OTHERS = (
    *("recipient=joe@example.org", "domain=example.com", "category=soft", "reason=mailbox-full", "belief=unproven"),
    *(
        "message_id=m2@acme.example",
        "since=2099-12-31",
        "before=1970-01-01",
        "provider=gmail",
        "status=5",
        "campaign=c",
    ),
)


@pytest.mark.parametrize("path", ["bounces", "letters"])
async def test_each_filter_chooses_rows(asker: Asker, path: str):
    for query in FILTERS:
        if query.endswith("2999-01-01T00:00:00Z"):
            continue  # no time that an id can hold
        rows = (await asker.ask("GET", f"/api/v1/{path}?{query}")).json["data"]
        assert len([row for row in rows if row["kind"] != "test"]) == 1, query
    for query in OTHERS:
        assert (await asker.ask("GET", f"/api/v1/{path}?{query}")).json == {"data": [], "next": None}, query
    whole = "&".join(query for query in FILTERS if "2999" not in query)
    assert len((await asker.ask("GET", f"/api/v1/{path}?{whole}")).json["data"]) == 1


@pytest.mark.parametrize(
    "query",
    ["provider=nobody", "status=6", "status=5.%25", "reason=x", "belief=", "before=yesterday", "changed_since=-1"],
)
async def test_a_filter_that_cannot_be_is_named(asker: Asker, query: str):
    answer = await asker.ask("GET", f"/api/v1/bounces?{query}")
    name, _, value = query.partition("=")
    assert problem(answer) == (422, name)
    assert answer.json["detail"].startswith((f"{name} ", f"'{value}' "))


async def test_a_poller_gets_a_bounce_once_it_is_settled(asker: Asker):
    first = (await asker.ask("GET", "/api/v1/bounces?changed_since=0")).json
    assert first == {"data": [], "next": "0"}
    asker.now = NOON + DAY

    second = (await asker.ask("GET", "/api/v1/bounces?changed_since=0")).json
    assert [row["recipient"] for row in second["data"]] == [JANE]
    third = (await asker.ask("GET", f"/api/v1/bounces?changed_since={second['next']}")).json
    assert third == {"data": [], "next": second["next"]}
    for path in ("bounces", "letters"):
        assert problem(await asker.ask("GET", f"/api/v1/{path}?changed_since=0&cursor=1")) == (422, "cursor")


async def test_a_poller_gets_a_letter_once_it_is_read_and_settled(asker: Asker):
    rows = await asker.store.letters(OPERATOR, LetterFilter(state=LetterState.KEPT), ALL)
    await asker.store.record([record(row.letter_id, account=row.account, entries=()) for row in rows], now=NOON)
    later = NOON + 3_000 * DAY  # the ids of the other letters are of today
    (number,) = await asker.store.keep([dataclasses.replace(letter(), received_at=later)])
    asker.now = later + SETTLED

    first = (await asker.ask("GET", "/api/v1/letters?changed_since=0")).json
    assert first["data"]
    assert spell_id(number) not in [row["letter_id"] for row in first["data"]]
    asker.now += dt.timedelta(seconds=1)
    waiting = (await asker.ask("GET", f"/api/v1/letters?changed_since={first['next']}")).json
    await asker.store.record([record(number, entries=())], now=later)
    second = (await asker.ask("GET", f"/api/v1/letters?changed_since={waiting['next']}")).json
    third = (await asker.ask("GET", f"/api/v1/letters?changed_since={second['next']}")).json
    assert [[row["letter_id"] for row in part["data"]] for part in (waiting, second, third)] == [
        [],
        [spell_id(number)],
        [],
    ]


async def test_an_erasure_says_what_went_and_its_answer_names_nobody(asker: Asker):
    answer = await asker.ask("POST", "/api/v1/erasures", f'{{"addresses": ["{JANE}"]}}', key="acme admin")

    assert (answer.json["bounces"], answer.json["letters"], answer.json["kept_suppressions"]) == (1, 1, 1)
    assert JANE not in answer.body.decode()
    check = await asker.ask("POST", "/api/v1/suppressions/check", f'{{"addresses": ["{JANE}"]}}')
    assert check.json["data"][0]["suppressed"]
    assert problem(await asker.ask("POST", "/api/v1/erasures", '{"addresses": ["x"]}', key="acme admin"))[0] == 422


async def test_a_signed_path_is_verified_by_its_account_and_by_nobody_else(asker: Asker):
    async def verified(*paths: str, key: str = "acme read") -> list[dict[str, object]]:
        answer = await asker.ask("POST", "/api/v1/return-paths/verify", json.dumps({"paths": paths}), key=key)
        return list(answer.json["data"])

    body = json.dumps({"recipients": [JANE, "joe@example.net"], "reference": "march", "days": 7})
    rows = (await asker.ask("POST", "/api/v1/return-paths", body, key="acme write")).json["data"]
    jane, joe = (row["return_path"] for row in rows)
    (valid, other, garbage) = await verified(jane.upper(), joe, "a-b@rp.example.com")

    assert (valid["valid"], valid["account"], valid["recipient"], valid["reference"]) == (True, "acme", JANE, "march")
    assert (valid["expires"], other["recipient"], garbage["valid"]) == ("2026-03-08", "joe@example.net", False)
    assert (await verified(jane, key="operator read"))[0]["valid"]
    altered = jane.replace("jane", "jean")
    (foreign, bad) = await verified(jane, altered, key="zoo read")
    assert {row["why"] for row in (foreign, bad)} == {"not signed by a key of ours"}
    assert (await verified(jane.rpartition("@")[0] + "@gone.example"))[0]["why"].startswith("gone.example is none")
    asker.now = NOON + 8 * DAY
    assert (await verified(jane))[0]["why"] == "expired"
    assert (await verified(jane, key="zoo read"))[0]["why"] == "not signed by a key of ours"


async def test_a_path_is_signed_for_the_account_that_has_the_name_today(asker: Asker):
    """An account of the name was there before: what was signed for it is nobody's, and what is signed now is good."""

    async def signed() -> str:
        body = json.dumps({"recipients": [JANE]})
        answer = await asker.ask("POST", "/api/v1/return-paths?account=zoo", body, key="operator write")
        return str(answer.json["data"][0]["return_path"])

    before = await signed()
    assert (await asker.ask("DELETE", "/api/v1/accounts/zoo?confirm=zoo", key="operator admin")).status < 300
    again = await asker.ask("POST", "/api/v1/accounts", '{"name": "zoo", "owners": []}', key="operator admin")
    assert again.status < 300
    paths = json.dumps({"paths": [before, await signed()]})
    verified = await asker.ask("POST", "/api/v1/return-paths/verify", paths, key="operator read")

    assert [(row["valid"], row["why"]) for row in verified.json["data"]] == [
        (False, "not signed by a key of ours"),
        (True, None),
    ]


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"recipients": ["no address"]}, "recipients"),
        ({"recipients": [JANE], "domain": "foreign.example"}, "domain"),
        ({"recipients": [JANE], "reference": "Ä"}, "reference"),
        ({"recipients": [JANE], "days": 0}, "days"),
        ({"recipients": [JANE], "days": 3651}, "days"),
        ({"recipients": [JANE], "domain": "\0"}, "domain"),
    ],
)
async def test_a_path_that_cannot_be_made_is_a_problem(asker: Asker, body: object, parameter: str | None):
    assert problem(await asker.ask("POST", "/api/v1/return-paths", json.dumps(body), key="acme write")) == (
        422,
        parameter,
    )


async def test_an_account_that_hashes_its_paths_gets_no_other(asker: Asker):
    change = '{"terms": {"hash_paths": true}}'
    assert (await asker.ask("PATCH", "/api/v1/accounts/acme", change, key="operator admin")).status == 200
    answer = await asker.ask("POST", "/api/v1/return-paths", f'{{"recipients": ["{JANE}"]}}', key="acme write")

    assert "jane" not in answer.json["data"][0]["return_path"]


async def test_the_operators_key_adds_changes_and_lists_accounts(asker: Asker):
    async def ask(method: str, path: str, body: object = None) -> HttpAnswer:
        text = None if body is None else json.dumps(body)
        return await asker.ask(method, f"/api/v1/accounts{path}", text, key="operator admin")

    added = {"name": "shop", "owners": ["ann@shop.example"], "preset": "people", "terms": {"suppress_on": "plausible"}}
    shop = (await ask("POST", "", added)).json
    assert (len(shop["aliases"]), shop["terms"]["suppress_on"]) == (1, "plausible")
    assert shop["preferences"]["ann@shop.example"]["soft"] == "at-once"
    assert problem(await ask("POST", "", added)) == (409, "name")

    changed = (await ask("PATCH", "/shop", {"senders": ["shop.example"], "forwarding": False})).json
    assert (changed["senders"], changed["forwarding"], changed["owners"]) == (
        ["shop.example"],
        False,
        ["ann@shop.example"],
    )
    assert problem(await ask("PATCH", "/acme", {"senders": ["shop.example"]})) == (409, "senders")
    twice = {"owners": ["ann@shop.example", "bob@shop.example", "ANN@SHOP.example", "ann@shop.example"]}
    assert (await ask("PATCH", "/shop", twice)).json["owners"] == ["ann@shop.example", "bob@shop.example"]
    assert (await ask("POST", "", {"name": "twin", **twice})).json["owners"] == ["ann@shop.example", "bob@shop.example"]
    assert (await ask("DELETE", "/twin?confirm=twin")).status == 200
    assert [row["name"] for row in (await ask("GET", "")).json["data"]] == ["acme", "shop", "zoo"]
    assert [row["name"] for row in (await asker.ask("GET", "/api/v1/accounts")).json["data"]] == ["acme"]


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"name": "No Name"}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "x", "owners": ["nobody"]}, "owners"),
        ({"name": "x", "senders": ["a b"]}, "senders"),
        ({"name": "x", "senders": ["a\0b"]}, "senders"),
        ({"name": "x", "preset": "cats"}, "preset"),
        ({"name": "x", "preferences": {"colour": "red"}}, "preferences"),
        ({"name": "x", "preferences": {"zone": "../etc/passwd"}}, "preferences"),
        ({"name": "x", "preferences": {"contact": "a\0b"}}, "contact"),
        ({"name": "x", "terms": {"servers": ["nowhere"]}}, "servers"),
        ({"name": "x", "terms": {"soft_failures": 0}}, "soft_failures"),
        ({"name": "x", "terms": {"suppress_on": "unproven"}}, "suppress_on"),
    ],
)
async def test_an_account_that_cannot_be_is_a_problem_and_none_is_added(
    asker: Asker, body: object, parameter: str | None
):
    answer = await asker.ask("POST", "/api/v1/accounts", json.dumps(body), key="operator admin")

    assert problem(answer) == (422, parameter)
    listed = (await asker.ask("GET", "/api/v1/accounts", key="operator read")).json["data"]
    assert [row["name"] for row in listed] == ["acme", "zoo"]


async def test_an_account_sets_what_its_owners_prefer_and_no_other_accounts(asker: Asker):
    async def set_(name: str, **body: object) -> HttpAnswer:
        return await asker.ask("PATCH", f"/api/v1/accounts/{name}/preferences", json.dumps(body), key="acme admin")

    await asker.ask("PATCH", "/api/v1/accounts/acme", '{"owners": ["ann@acme.example"]}', key="operator admin")
    answer = await set_("acme", preferences={"soft": "weekly"}, owner="ann@acme.example")
    assert answer.json["preferences"]["ann@acme.example"]["soft"] == "weekly"
    again = await set_("acme", preferences={"soft": ""}, owner="ann@acme.example")
    assert again.json["preferences"]["ann@acme.example"]["soft"] == "daily"
    assert problem(await set_("acme", owner="eve@zoo.example")) == (422, "owner")
    assert problem(await set_("zoo", preferences={"soft": "weekly"})) == (404, None)


async def test_the_reading_of_a_letter_has_its_facts_evidence_and_belief(asker: Asker):
    target = f"/api/v1/letters/{asker.ids['letter_id']}/reading"
    reading = (await asker.ask("GET", target)).json

    assert (reading["letter"]["letter_id"], reading["letter"]["dialect"]) == (asker.ids["letter_id"], "rfc3464")
    (row,) = reading["data"]
    assert (row["evidence"], row["rule"], row["belief"], row["belief_why"]) == ("550 no", "a-rule", "proven", "signed")
    assert reading["next"] is None
    for unknown in ("0000000000001", "7zzzzzzzzzzzz", "7zzzzzzzzzzzy"):
        assert problem(await asker.ask("GET", f"/api/v1/letters/{unknown}/reading")) == (404, None)
    assert problem(await asker.ask("GET", target, key="zoo read")) == (404, None)
    assert (await asker.ask("GET", target, key="operator read")).json == reading


async def test_the_reading_of_a_letter_about_many_comes_in_pages(asker: Asker):
    (letter_id,) = await asker.store.keep([letter()])
    people = [f"reader{number}@example.org" for number in range(5)]
    await asker.store.record([record(letter_id, *map(bounce, people))], now=NOON)
    recipients, cursor = list[str](), ""
    while True:
        target = f"/api/v1/letters/{spell_id(letter_id)}/reading?limit=2{cursor}"
        page = (await asker.ask("GET", target)).json
        recipients += [row["recipient"] for row in page["data"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert sorted(recipients) == people


async def test_a_letter_is_read_again_first_only_to_see_what_would_change(asker: Asker):
    async def reread(key: str = "acme write", **fields: object) -> dict[str, Any]:
        body = json.dumps({"letters": [asker.ids["letter_id"]] * 2, **fields})
        return dict((await asker.ask("POST", "/api/v1/letters/reread", body, key=key)).json)

    async def recorded() -> object:
        return (await asker.ask("GET", f"/api/v1/letters/{asker.ids['letter_id']}/reading")).json

    before = await recorded()
    preview = await reread()
    assert (preview["letters"], preview["dry_run"]) == (1, True)
    assert {change["letter"] for change in preview["changes"]} == {asker.ids["letter_id"]}
    assert await recorded() == before
    assert await reread(key="zoo write", dry_run=False) == {"letters": 0, "dry_run": False, "changes": []}
    assert await recorded() == before

    outcome = await reread(dry_run=False)
    assert outcome["changes"] == preview["changes"]
    assert await recorded() != before
    assert (await reread())["changes"] == []


async def test_one_request_at_a_time_has_letters_read_again(asker: Asker):
    body = json.dumps({"letters": [asker.ids["letter_id"]]})
    answers = await asyncio.gather(
        *(asker.ask("POST", "/api/v1/letters/reread", body, key="acme write") for _ in range(3))
    )

    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    assert (await asker.ask("POST", "/api/v1/letters/reread", body, key="acme write")).status == 200


@pytest.mark.parametrize("letters", [[], ["x"], ["8zzzzzzzzzzzz"], ["0000000000001"] * 21, "0000000000001"])
async def test_letters_to_read_again_are_a_few_ids(asker: Asker, letters: object):
    body = json.dumps({"letters": letters})
    assert problem(await asker.ask("POST", "/api/v1/letters/reread", body, key="acme write")) == (422, "letters")


MARKS = {"says": [2], "names": 2, "reason": "invalid-recipient"}


async def teach(asker: Asker, path: str, key: str = "operator write", **changed: object) -> HttpAnswer:
    body = json.dumps({"letter": asker.ids["unread_id"], **MARKS, **changed})
    return await asker.ask("POST", f"/api/v1/rules{path}", body, key=key)


async def test_a_letter_that_nobody_read_is_taught_tried_first_then_kept_and_removed(asker: Asker):
    lines = await asker.ask("GET", f"/api/v1/letters/{asker.ids['unread_id']}/lines", key="operator read")
    assert (lines.json["lines"][2], lines.json["refusal"]) == ("Vastaanottajaa jane@example.org ei ole talossa.", None)
    trial = (await teach(asker, "/try")).json
    assert [change["recipient"] for change in trial["unread"] if change["recipient"] != "-"] == []  # of no account
    assert trial["unread_looked_at"] == 1
    answer = await teach(asker, "")
    assert (answer.status, answer.json["phrases"]) == (201, ["vastaanottajaa", "ei ole talossa"])
    assert (await teach(asker, "")).status == 422, "it is read already"

    rules = (await asker.ask("GET", "/api/v1/rules", key="operator read")).json["data"]
    assert answer.json["id"] in {rule["id"] for rule in rules}
    export = (await asker.ask("GET", f"/api/v1/rules/{answer.json['id']}/export", key="operator read")).json
    assert "jane@example.org" in export["letter"]
    removed = await asker.ask("DELETE", f"/api/v1/rules/{answer.json['id']}", key="operator write")
    assert removed.status == 200
    assert (await asker.ask("DELETE", f"/api/v1/rules/{answer.json['id']}", key="operator write")).status == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"says": []},
        {"says": [60]},
        {"says": [-1]},
        {"says": [3]},
        {"names": None},
        {"names": 1},
        {"place": "only"},
        {"place": "everywhere"},
        {"reason": "because"},
        {"phrases": ["short"]},
        {"phrases": ["write to jane@example.org"]},
        {"letter": "8zzzzzzzzzzzz"},
        {"more": 1},
    ],
)
async def test_marks_that_make_no_rule_are_refused(asker: Asker, changed: dict[str, object]):
    for path in ("/try", ""):
        assert (await teach(asker, path, **changed)).status == 422
    assert len(await asker.store.rules(OPERATOR)) == 1


async def test_no_key_of_an_account_teaches(asker: Asker):
    for path in ("/try", ""):
        assert (await teach(asker, path, key="acme admin")).status == 403


async def test_an_import_is_taken_back_by_a_program(asker: Asker):
    """The trail says which key did it."""
    rows = [suppression("wrong@example.org", source=ChangeSource.IMPORT, reason="import", letter_id=None)]
    label = ImportLabel("acme", "imported from other.csv by root")
    asker.now = NOON + DAY
    imported = await asker.store.import_suppressions(AccountScope("acme"), rows, label=label)
    listed = (await asker.ask("GET", "/api/v1/imports")).json["data"]
    assert [(row["id"], row["new"], row["undone_at"]) for row in listed if row["new"]] == [(imported.id, 1, None)]

    undone = await asker.ask("POST", f"/api/v1/imports/{imported.id}/undo", key="acme write")
    assert undone.json == {"freed": 1, "stay": 0, "has_more": False}
    (entry, *_) = await asker.store.trail(AccountScope("acme"), address="wrong@example.org", page=ALL)
    assert (entry.change, entry.source) == (TrailChange.FREED, ChangeSource.KEY)
    assert entry.why.startswith("undid the import of ")
    assert "by API key" in entry.why
    again = await asker.ask("POST", f"/api/v1/imports/{imported.id}/undo", key="acme write")
    assert again.json["freed"] == 0
