"""Mailgun's lists under /v3/{domain} over a real socket: each form of body that its clients send, and what each answer holds."""

import base64
import dataclasses
import json
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, bounce, letter, record, suppression
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.manage.tabular_input import MOST_LINES_OF_SHEET
from bouncer.ndr.reading import Recipient
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.web.mailgun.form import MAILGUN_FORM

JANE = "jane@example.org"
PLUS = "jane+x@example.org"
LISTS = ("bounces", "complaints", "unsubscribes")
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def ask(
    asker: Asker,
    method: str,
    target: str,
    body: str | bytes | None = None,
    *,
    key: str | None = "acme write",
    **fields: str,
) -> HttpAnswer:
    """Ask for something of the domain acme; *fields* are header fields."""
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return await asker.ask(method, f"/v3/acme/{target}", body, key=key, headers=headers, form=MAILGUN_FORM)


async def list_values(asker: Asker, target: str) -> list[str]:
    answer = await ask(asker, "GET", target, key="acme read")
    assert answer.status == 200, answer
    return [item.get("address") or item["value"] for item in answer.json["items"]]


async def suppress(asker: Asker, address: str, reason: str, *, seconds: int = 0, **facts: object) -> None:
    since = NOON + seconds * MINUTE / 60
    await asker.store.suppress(OPERATOR, suppression(address, reason=reason, since=since, **facts))


def multipart(fields: Mapping[str, str], file: bytes | None = None) -> tuple[bytes, str]:
    """Give a body of RFC 7578 and its Content-Type."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    if file is not None:
        head = b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        parts.append(head + file)
    whole = b"".join(b"--limit\r\n" + part + b"\r\n" for part in parts)
    return whole + b"--limit--\r\n", "multipart/form-data; boundary=limit"


async def test_a_bounce_has_the_code_and_the_line_of_its_report(asker: Asker):
    (letter_id,) = await asker.store.keep([letter()])
    recipient = bounce("joe@example.net").recipient
    assert isinstance(recipient, Recipient)
    recipient = dataclasses.replace(recipient, status="5.1.10", diagnostic_code="554 nobody here")
    outcome = dataclasses.replace(bounce("joe@example.net"), recipient=recipient)
    await asker.store.record([record(letter_id, outcome)], now=NOON)
    await suppress(asker, "joe@example.net", "invalid-recipient", letter_id=letter_id)

    answer = await ask(asker, "GET", "bounces/joe%40example.net", key="acme read")

    created = NOON.strftime("%a, %d %b %Y %H:%M:%S UTC")
    row = {"address": "joe@example.net", "code": "554", "error": "554 nobody here", "created_at": created}
    assert (answer.status, answer.json) == (200, row)


async def test_each_suppression_stands_on_one_list(asker: Asker):
    await suppress(asker, "x@nowhere.example", "bad-domain")
    await suppress(asker, "full@example.net", "mailbox-full")
    await suppress(asker, "angry@example.net", "complaint")
    await suppress(asker, "gone@example.net", "unsubscribe")
    await suppress(asker, "some@example.net", "unsubscribe", stream="news")

    assert sorted(await list_values(asker, "bounces")) == ["full@example.net", JANE, "x@nowhere.example"]
    assert await list_values(asker, "complaints") == ["angry@example.net"]
    assert await list_values(asker, "unsubscribes") == ["gone@example.net"]


async def test_a_term_gives_the_addresses_that_begin_so_page_by_page(asker: Asker):
    for name in ("ja1@x.example", "ja2@x.example", "joe@x.example", "ja3@nowhere.example"):
        await suppress(asker, name, "bad-domain" if "nowhere" in name else "mailbox-full")

    first = (await ask(asker, "GET", "bounces?term=JA&limit=3")).json
    second = (await ask(asker, "GET", first["paging"]["next"].split("/acme/")[1])).json

    addresses = [row["address"] for page in (first, second) for row in page["items"]]
    assert sorted(addresses) == ["ja1@x.example", "ja2@x.example", "ja3@nowhere.example", JANE]
    assert (await ask(asker, "GET", "bounces?term=_a")).json["items"] == []


async def test_rows_have_the_members_that_mailgun_gives(asker: Asker):
    await suppress(asker, "angry@example.net", "complaint")
    await suppress(asker, "gone@example.net", "unsubscribe")
    await ask(asker, "POST", "whitelists", '{"domain": "friend.example"}')

    rows = {name: (await ask(asker, "GET", name)).json["items"][0] for name in (*LISTS, "whitelists")}

    assert rows["bounces"].keys() == {"address", "code", "error", "created_at"}
    assert rows["bounces"]["code"] == "550"
    assert rows["complaints"].keys() == {"address", "created_at"}
    assert rows["unsubscribes"].keys() == {"address", "tags", "created_at"}
    assert rows["unsubscribes"]["tags"] == ["*"]
    assert rows["whitelists"].keys() == {"type", "value", "reason", "createdAt"}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("address=jane%2Bx%40example.org&code=551&error=no", URLENCODED),
        ('{"address": "jane+x@example.org", "code": "551", "more": 1}', "application/json"),
        ('[{"address": "jane+x@example.org"}, {"address": "joe@example.net"}]', "application/json"),
        (*multipart({"address": PLUS, "tag": "*"}),),
    ],
)
async def test_an_address_is_added_by_each_form_of_body(asker: Asker, name: str, body: str | bytes, content_type: str):
    answer = await ask(asker, "POST", name, body, content_type=content_type)

    assert answer.status == 200, answer
    assert answer.json["message"].endswith(f"added to the {name} table")
    assert PLUS in await list_values(asker, name)
    assert (await ask(asker, "GET", f"{name}/jane%2Bx%40example.org")).json["address"] == PLUS
    assert await asker.store.suppressions_of(OPERATOR, "acme", [PLUS], now=NOON)


@pytest.mark.parametrize(("code", "written"), [("552", "552"), (552, "552"), (0, "550"), ("", "550")])
async def test_a_code_is_a_text_or_a_number(asker: Asker, code: object, written: str):
    """Mailgun's examples have a text, and its client for TypeScript takes numbers alone."""
    rows = [{"address": PLUS, "code": code, "error": "no such user"}]
    assert (await ask(asker, "POST", "bounces", json.dumps(rows), content_type="application/json")).status == 200

    assert (await ask(asker, "GET", f"bounces/{PLUS}", key="acme read")).json["code"] == written


@pytest.mark.parametrize("code", [-1, 1000, 5.5, True, [550], None])
async def test_a_code_that_is_no_number_of_three_digits_is_refused(asker: Asker, code: object):
    body = json.dumps([{"address": JANE, "code": code}])

    assert (await ask(asker, "POST", "bounces", body, content_type="application/json")).status == 400


async def test_an_added_bounce_keeps_its_code_words_and_time(asker: Asker):
    body = "address=joe%40example.net&code=552&error=mailbox+gone&created_at=Fri%2C+21+Oct+2011+11%3A02%3A55+UTC"
    await ask(asker, "POST", "bounces", body, content_type=URLENCODED)

    row = (await ask(asker, "GET", "bounces/joe@example.net")).json
    created = "Fri, 21 Oct 2011 11:02:55 UTC"
    assert row == {"address": "joe@example.net", "code": "552", "error": "552 mailbox gone", "created_at": created}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", URLENCODED),
        ("address=", URLENCODED),
        ("address=no", URLENCODED),
        ("address=a%40b.example&address=c%40d.example", URLENCODED),
        ("address=a%40b.example&created_at=yesterday", URLENCODED),
        ("address=a%40b.example&tags=news", URLENCODED),
        ("address=%ff%40b.example", URLENCODED),
        ("&".join(["a=1"] * 60), URLENCODED),
        (b"\xff\xfe=1", URLENCODED),
        ('{"address": "a@b.example", "tags": ["*", "news"]}', "application/json"),
        ('{"address": "a@b.example", "tag": "news"}', "application/json"),
        ('[{"address": "a@b.example"}, {"address": "no"}]', "application/json"),
        ("[]", "application/json"),
        ("{", "application/json"),
        ("17", "application/json"),
        ("", "multipart/form-data"),
        ("--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        ("--x\r\ncontent-disposition: form-data\r\n\r\na@b.example\r\n--x--", "multipart/form-data; boundary=x"),
        ("--x\r\ncontent-disposition: form-data; name=address\r\n\r\na@b.example", "multipart/form-data; boundary=x"),
        (
            b"--x\r\ncontent-disposition: form-data; name=address\r\n\r\n\xff\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (multipart({str(number): "" for number in range(60)})[0], "multipart/form-data; boundary=limit"),
        (multipart({"x" * 3000: ""})[0], "multipart/form-data; boundary=limit"),
        (multipart({"address": "a@b.example"})[0], "multipart/form-data; boundary=é"),
    ],
)
async def test_a_body_that_cannot_be_used_changes_nothing(asker: Asker, body: str | bytes, content_type: str):
    answer = await ask(asker, "POST", "unsubscribes", body, content_type=content_type)

    assert answer.status == 400, answer
    assert answer.json["message"]
    assert await list_values(asker, "unsubscribes") == []


async def test_a_file_is_imported(asker: Asker):
    file = (
        b"address,code,error,created_at\r\n"
        b'joe@example.net,550,"no such user, sorry","Fri, 21 Oct 2011 11:02:55 UTC"\r\nnobody,550,no,\r\n'
    )
    body, content_type = multipart({}, file)
    answer = await ask(asker, "POST", "bounces/import", body, content_type=content_type)

    assert answer.status == 200, answer
    assert answer.json == {"message": "file uploaded successfully", "good": 1, "refused": 1}
    row = (await ask(asker, "GET", "bounces/joe@example.net")).json
    assert row["created_at"] == "Fri, 21 Oct 2011 11:02:55 UTC"
    body, content_type = multipart({"other": "x"}, b"address,tags,created_at\nann@example.net,*,\n")
    assert (await ask(asker, "POST", "unsubscribes/import", body, content_type=content_type)).status == 200
    assert await list_values(asker, "unsubscribes") == ["ann@example.net"]


@pytest.mark.parametrize("file", [b"name,code\nx,y\n", None])
async def test_a_file_without_addresses_is_refused(asker: Asker, file: bytes | None):
    body, content_type = multipart({"other": ""}, file)
    answer = await ask(asker, "POST", "bounces/import", body, content_type=content_type)

    assert answer.status == 400
    assert await list_values(asker, "bounces") == [JANE]


async def test_a_file_with_more_lines_than_a_sheet_has_is_refused(asker: Asker):
    body, content_type = multipart({}, b"address\na@b.example\n" + b"\n" * MOST_LINES_OF_SHEET)
    answer = await ask(asker, "POST", "bounces/import", body, content_type=content_type)

    assert (answer.status, "1,048,576 lines" in answer.json["message"]) == (400, True)
    assert await list_values(asker, "bounces") == [JANE]


async def test_an_address_is_taken_off_the_named_list_only_and_the_trail_names_the_key(asker: Asker):
    await suppress(asker, "x@nowhere.example", "bad-domain")
    await suppress(asker, "angry@example.net", "complaint")

    answer = await ask(asker, "DELETE", "bounces/x%40nowhere.example")
    assert (answer.status, answer.json["address"]) == (200, "x@nowhere.example")
    assert (await ask(asker, "DELETE", "bounces/angry@example.net")).status == 404
    assert await list_values(asker, "bounces") == [JANE]
    assert await list_values(asker, "complaints") == ["angry@example.net"]
    (entry, *_) = await asker.store.trail(AccountScope("acme"), address="x@nowhere.example", page=ALL)
    assert (entry.change, entry.source) == ("freed", "key")


async def test_an_unknown_address_is_404_and_names_the_list(asker: Asker):
    for name in LISTS:
        for method in ("GET", "DELETE"):
            answer = await ask(asker, method, f"{name}/nobody@example.org")
            assert (answer.status, answer.json) == (404, {"message": f"Address not found in {name} table"})


@pytest.mark.parametrize("name", LISTS)
async def test_a_whole_list_is_emptied_and_no_other(asker: Asker, name: str):
    reasons = {"bounces": "mailbox-full", "complaints": "complaint", "unsubscribes": "unsubscribe"}
    for number in range(3):
        for other, reason in reasons.items():
            await suppress(asker, f"{other}{number}@example.net", reason)
        await suppress(asker, f"x{number}@nowhere.example", "bad-domain")

    assert (await ask(asker, "DELETE", name)).status == 200

    counts = {other: len(await list_values(asker, other)) for other in LISTS}
    assert counts == {"bounces": 7, "complaints": 3, "unsubscribes": 3} | {name: 0}


def target_of(url: str) -> str:
    """Give path and query of one of our own whole URLs, from behind the domain."""
    parts = urlsplit(url)
    assert parts.scheme == "http"
    assert parts.netloc == "localhost"
    assert parts.path.startswith("/v3/acme/")
    return f"{parts.path.removeprefix('/v3/acme/')}?{parts.query}"


@pytest.mark.parametrize("name", ["bounces", "complaints"])
async def test_the_urls_of_paging_lead_through_the_list_and_back(asker: Asker, name: str):
    await ask(asker, "DELETE", name)
    for number in range(7):
        reason = "complaint" if name == "complaints" else ("bad-domain", "mailbox-full")[number % 2]
        await suppress(asker, f"r+{number}@example.net", reason, seconds=number // 3)

    pages, target = [], f"{name}?limit=3"
    while items := (answer := (await ask(asker, "GET", target)).json)["items"]:
        pages.append([item["address"][2] for item in items])
        target = target_of(answer["paging"]["next"])
    assert pages == [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    assert target_of(answer["paging"]["next"]) == target

    back, target = [], target_of(answer["paging"]["last"])
    while items := (answer := (await ask(asker, "GET", target)).json)["items"]:
        back.append([item["address"][2] for item in items])
        target = target_of(answer["paging"]["previous"])
    assert back == [["4", "5", "6"], ["1", "2", "3"], ["0"]]
    assert len(await list_values(asker, target_of(answer["paging"]["first"]))) == 3


async def test_a_reader_that_deletes_what_it_reads_misses_nothing(asker: Asker):
    for number in range(7):
        await suppress(asker, f"r{number}@example.net", "complaint")

    addresses, target = [], "complaints?limit=2"
    while items := (answer := (await ask(asker, "GET", target)).json)["items"]:
        for item in items:
            addresses.append(item["address"])
            assert (await ask(asker, "DELETE", f"complaints/{item['address']}")).status == 200
        target = target_of(answer["paging"]["next"])

    assert len(addresses) == len(set(addresses)) == 7


async def test_a_page_may_be_named_by_its_address_alone(asker: Asker):
    for number in range(3):
        await suppress(asker, f"r{number}@example.net", "complaint", seconds=number)

    after = ["r2@example.net"]
    assert await list_values(asker, "complaints?page=next&address=r1%40example.net") == after
    assert await list_values(asker, "complaints?page=previous&address=r2%40example.net&limit=1&limit=1") == [
        "r1@example.net"
    ]
    assert (await ask(asker, "GET", "complaints?page=next&address=nobody@example.net")).status == 404
    assert (
        len(await list_values(asker, "complaints?page=next"))
        == len(await list_values(asker, "complaints?page=first"))
        == 3
    )


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "page=2",
        "page=next&address=a&place=1",
        "page=next&address=a&place=9-x",
        "page=next&address=a&place=9999999999999999-1",
        "page=next&address=a&place=1-9999999999999999999",
    ],
)
async def test_a_bad_parameter_is_refused(asker: Asker, query: str):
    assert (await ask(asker, "GET", f"bounces?{query}")).status == 400


async def test_the_whitelist_is_the_allow_list(asker: Asker):
    body, content_type = multipart({"address": "ann@friend.example", "reason": "a friend"})
    assert (await ask(asker, "POST", "whitelists", body, content_type=content_type)).json["type"] == "address"
    added = await ask(asker, "POST", "whitelists", "domain=partner.example", content_type=URLENCODED)
    assert added.json == {
        "message": "Address/Domain has been added to the whitelists table",
        "type": "domain",
        "value": "partner.example",
    }
    for number in range(3):
        await ask(asker, "POST", "whitelists", json.dumps({"address": f"r{number}@b.example"}))

    entries = [row.address for row in await asker.store.allow_list(AccountScope("acme"))]
    assert entries[0] == "@partner.example"
    assert len(entries) == 5
    assert (await ask(asker, "GET", "whitelists/partner.example")).json["type"] == "domain"
    assert (await ask(asker, "GET", "whitelists/ANN%40friend.example")).json["reason"].startswith("a friend")

    pages, target = [], "whitelists?limit=2"
    while items := (answer := (await ask(asker, "GET", target)).json)["items"]:
        pages.append([item["value"] for item in items])
        target = target_of(answer["paging"]["next"])
    assert [len(page) for page in pages] == [2, 2, 1]
    assert await list_values(asker, target_of(answer["paging"]["last"])) == [pages[1][1], pages[2][0]]

    assert (await ask(asker, "DELETE", "whitelists/partner.example")).status == 200
    assert (await ask(asker, "DELETE", "whitelists/partner.example")).status == 404
    assert (await ask(asker, "DELETE", "whitelists")).status == 200
    assert await list_values(asker, "whitelists") == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "address=a%40b.example&domain=b.example",
        "domain=a+b",
        "address=no",
        "address=%40b.example",
        "domain=a%40b.example",
    ],
)
async def test_an_unclear_entry_of_the_whitelist_is_refused(asker: Asker, body: str):
    assert (await ask(asker, "POST", "whitelists", body, content_type=URLENCODED)).status == 400
    assert await list_values(asker, "whitelists") == []


async def test_a_domain_that_the_account_sends_from_names_it(asker: Asker):
    account = (await asker.store.directory(OPERATOR)).accounts["acme"]
    assert isinstance(account, Account)
    await asker.store.set_account(OPERATOR, dataclasses.replace(account, senders=("mg.acme.example",)))

    async def status(domain: str, key: str) -> int:
        target = f"/v3/{domain}/bounces"
        return (await asker.ask("GET", target, key=key, form=MAILGUN_FORM)).status

    assert await status("MG.acme.example", "acme read") == 200
    assert await status("mg.acme.example", "operator read") == 200
    assert await status("acme", "operator read") == 200
    assert await status("mg.acme.example", "zoo read") == 404
    assert await status("acme", "zoo read") == 404
    assert await status("other.example", "acme read") == 404


async def test_errors_have_mailguns_form(asker: Asker):
    calls = [
        ("GET", "bounces", None, 401),
        ("GET", "bounces", "bnc_wrong", 401),
        ("DELETE", "bounces", "acme read", 403),
        ("PUT", "bounces", "acme write", 405),
        ("GET", "templates", "acme write", 404),
        ("GET", "bounces/", "acme write", 404),
    ]
    for method, target, key, status in calls:
        answer = await ask(asker, method, target, key=key)
        assert answer.status == status, target
        assert list(answer.json) == ["message"]
    challenged = await ask(asker, "GET", "bounces", key=None)
    assert challenged.headers["www-authenticate"].startswith("Basic ")


async def test_the_key_is_the_password_whoever_the_user_is_and_no_bearer(asker: Asker):
    secret = asker.keys["acme read"]
    for text, status in ((f"anybody:{secret}", 200), (secret, 401), (f"{secret}:", 401), (f"api:{secret}x", 401)):
        header = f"basic {base64.b64encode(text.encode()).decode()}"
        answer = await asker.ask("GET", "/v3/acme/bounces", key=None, headers={"authorization": header})
        assert answer.status == status
        assert secret not in answer.body.decode()
    for header in ("Basic", "Basic !!!", "Basic " + "A" * 5000, f"Bearer {secret}"):
        answer = await asker.ask("GET", "/v3/acme/bounces", key=None, headers={"authorization": header})
        assert answer.status == 401


async def test_sendgrids_paths_stay_sendgrids(asker: Asker):
    answer = await asker.ask("GET", "/v3/suppression/bounces")
    assert answer.json[0]["email"] == JANE
    unknown = await asker.ask("GET", "/v3/templates")
    assert unknown.json["errors"][0]["message"] == "not found"


async def test_a_proxys_scheme_stands_in_the_urls(tmp_path: Path):
    async with asking(tmp_path, {"proxies": ("127.0.0.1/32",)}) as asker:
        headers = {"host": "mail.example.com", "x-forwarded-proto": "https"}
        answer = await asker.ask("GET", "/v3/acme/bounces", headers=headers, form=MAILGUN_FORM)

        assert answer.json["paging"]["next"].startswith(
            "https://mail.example.com/v3/acme/bounces?page=next&address=jane"
        )


async def test_the_log_gets_no_address_of_a_path(asker: Asker, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        await ask(asker, "GET", "bounces/secret%2Bx@example.org")

    logged = " ".join(str(vars(entry)) for entry in caplog.records)
    assert "/v3/{domain}/bounces/{address}" in logged
    assert "secret" not in logged


async def test_a_suppression_that_has_run_out_is_off_its_list(asker: Asker):
    await suppress(asker, "past@example.net", "mailbox-full", until=NOON + MINUTE)
    asker.now = NOON + DAY

    assert await list_values(asker, "bounces") == [JANE]
    assert (await ask(asker, "GET", "bounces/past@example.net")).status == 404
