"""The import of a list on its page: the preview changes nothing, the button does what it says, and nothing is kept too long."""

import asyncio
import contextlib
import dataclasses
import json
import re
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from contract.factories import DAY, MINUTE, NOON, release, suppression
from patience import until_awaited
from wire.pages_client import ANN, JANE, World, browsing, fields_of

from bouncer.manage.tabular_input import MOST_LINES_OF_SHEET
from bouncer.pages import receiving_upload
from bouncer.pages.import_page import MOST_LINES, MOST_SHOWN
from bouncer.pages.receiving_upload import MAX_UPLOAD, MEGABYTE, MOST_IGNORED
from bouncer.pages.uploads import OF_AN_ACCOUNT, WAITS
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.records import ChangeSource
from bouncer.policy.sign_in import Role
from bouncer.ports.imports import UNDO_LASTS
from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.suppressions import Allowed, TrailChange

ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
PATH = "/suppressions/import"
APPLY = f"{PATH}/apply"
PATIENCE_SECONDS = 20.0
"""Seconds after which an upload that broke off has not left its place."""
LIST = (
    b"email,reason,created\r\n"
    b"new@example.org,550 no such user,1767225600\r\n"
    b"NEW@example.org,,\r\n"
    b"pat@example.org,bounce,\r\n"
    b"vip@example.org,bounce,\r\n"
    b"nobody,bounce,\r\n"
    b"late@example.org,bounce,yesterday\r\n"
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        await world.store.allow(OPERATOR, Allowed("acme", "vip@example.org", NOON), source=ChangeSource.COMMAND)
        yield world


async def token_of(browser: httpx2.AsyncClient) -> dict[str, str]:
    return {"token": fields_of((await browser.get(PATH)).text, PATH)["token"]}


async def send(
    browser: httpx2.AsyncClient, octets: bytes = LIST, name: str = "list.csv", **fields: str
) -> httpx2.Response:
    """Choose a file on the form, and send it."""
    return await browser.post(PATH, data={**await token_of(browser), **fields}, files={"file": (name, octets)})


async def press(browser: httpx2.AsyncClient, preview: httpx2.Response) -> httpx2.Response:
    """Press the button of the preview."""
    return await browser.post(APPLY, data=fields_of(preview.text, APPLY))


async def suppressed(world: World, scope: AccountScope = ACME) -> set[str]:
    rows = await world.store.suppressions(scope, now=world.now, page=Page(1000))
    return {row.address for _, row in rows}


async def test_the_preview_says_what_would_be_done_and_does_nothing(world: World):
    browser, before = await world.browser(), await suppressed(world)
    assert PATH in (await browser.get("/suppressions")).text
    page = (await send(browser)).text

    assert "1 address would be suppressed." in page
    assert "Suppress this 1 address" in page
    for words, number in (("Suppressed already, or twice in the list", 2), ("On the allow-list", 1),
                          ("Lines that cannot be taken", 2)):  # fmt: skip
        assert f"<dt>{words}</dt><dd>{number}</dd>" in page
    assert "</span>6</td><td><bdi>no mail address</bdi></td>" in page
    assert "</span>7</td><td><bdi>a time that cannot be read</bdi></td>" in page
    assert "<bdi>email</bdi>, <bdi>reason</bdi>, <bdi>created</bdi>" in page
    assert await suppressed(world) == before


async def test_the_button_does_what_the_preview_said_and_the_trail_names_the_person(world: World):
    browser, before = await world.browser(), await suppressed(world)
    page = await press(browser, await send(browser))

    assert "1 address is suppressed now." in page.text
    for words, number in (("Suppressed already, or twice in the list", 2), ("On the allow-list", 1),
                          ("Lines that cannot be taken", 2)):  # fmt: skip
        assert f"<dt>{words}</dt><dd>{number}</dd>" in page.text
    assert {address.lower() for address in await suppressed(world)} == before | {"new@example.org"}
    (entry,) = await world.store.trail(ACME, address="new@example.org", page=Page())
    assert entry.source is ChangeSource.IMPORT
    assert f"imported from list.csv; by {ANN} on the web pages" in entry.why


async def test_the_button_works_once(world: World):
    browser = await world.browser()
    preview = await send(browser)
    first, second = await press(browser, preview), await press(browser, preview)

    assert (first.status_code, second.status_code) == (200, 404)
    assert "This list is not here any more: choose it again." in second.text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_addresses_are_pasted(world: World, end: str):
    browser = await world.browser()
    fields = {**await token_of(browser), "addresses": end.join(("one@example.org", "two@example.org", ""))}
    preview = await browser.post(PATH, data=fields, files={"file": ("", b"")})
    assert "pasted addresses" in preview.text
    await press(browser, preview)

    assert {"one@example.org", "two@example.org"} <= await suppressed(world)


async def test_a_pasted_line_of_two_addresses_or_cells_is_no_address(world: World):
    browser = await world.browser()
    lines = "one@example.org\ntwo@example.org;spam\nthree@example.org,four@example.org\n"
    fields = {**await token_of(browser), "addresses": lines}
    preview = await browser.post(PATH, data=fields, files={"file": ("", b"")})
    await press(browser, preview)

    assert "no mail address" in preview.text
    assert {address for address in await suppressed(world) if ";" in address or "," in address} == set()


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b'address\n"jane@example.org\n', "kein CSV"),
        ("address,why\na@example.org,Empfänger\n".encode("cp1252"), "nicht im gewählten Zeichensatz"),
    ],
)
async def test_a_line_that_cannot_be_taken_says_why_in_the_language_of_the_page(
    world: World, octets: bytes, words: str
):
    browser = await world.browser()
    browser.headers["accept-language"] = "de"

    assert words in (await send(browser, octets)).text


async def test_an_end_holds_for_rows_that_name_none(world: World):
    browser = await world.browser()
    await press(browser, await send(browser, b"one@example.org\n", until="2026-12-24"))
    (row,) = await world.store.suppressions_of_address(ACME, "acme", "one@example.org", now=NOON)

    assert row.until is not None
    assert row.until.date().isoformat() == "2026-12-24"
    assert (await send(browser, until="2020-01-01")).status_code == 422


async def test_json_and_another_encoding_are_read(world: World):
    browser = await world.browser()
    listed = json.dumps([{"email": "one@example.org", "reason": "x"}]).encode()
    assert "1 address would be suppressed." in (await send(browser, listed, "list.json")).text
    old = "email,why\none@example.org,Empfänger unbekannt\n".encode("cp1252")
    assert "0 addresses would be suppressed." in (await send(browser, old)).text
    assert "1 address would be suppressed." in (await send(browser, old, encoding="cp1252")).text
    assert (await send(browser, old, encoding="rot13")).status_code == 422


@pytest.mark.parametrize(
    "octets",
    [b"name,town\nJane,Paris\n", b"\x00\xff\xfe" * 500, b'{"a": [1, 2]}', b'"' * 5000, b"PK\x03\x04" + bytes(3000)],
)
async def test_a_file_without_addresses_is_a_sentence_and_changes_nothing(world: World, octets: bytes):
    browser, before = await world.browser(), await suppressed(world)
    answer = await send(browser, octets)

    assert answer.status_code in (200, 422)
    assert "Suppress th" not in answer.text.partition("<main")[2]
    assert await suppressed(world) == before


async def test_nothing_chosen_and_a_file_beside_pasted_addresses_are_sentences(world: World):
    browser = await world.browser()
    token = await token_of(browser)
    nothing = await browser.post(PATH, data={**token, "addresses": ""}, files={"file": ("", b"")})
    both = await browser.post(PATH, data={**token, "addresses": "a@b.example"}, files={"file": ("x", LIST)})

    assert (nothing.status_code, both.status_code) == (422, 422)
    assert "Choose a file, or paste addresses." in nothing.text
    assert "not both" in both.text


async def test_formulas_and_markup_are_text(world: World):
    browser = await world.browser()
    row = b'address,reason,why\none@example.org,"=HYPERLINK(""http://evil.example"")",<script>alert(1)</script>\n'
    preview = await send(browser, row + b"<b>x</b>,=1+1,\n")
    assert "<script" not in preview.text
    assert "<b>x" not in preview.text
    await press(browser, preview)
    export = await browser.get("/suppressions.csv")

    assert ",=" not in export.text
    assert ',"=' not in export.text


@pytest.mark.parametrize(
    ("name", "visible"),
    [("<img src=x onerror=alert(1)>.csv", "&lt;img src=x onerror=alert(1)&gt;.csv"), ("../../etc/passwd", "../../etc/passwd"),
     ("list\u202evsc.exe", "list⟦202E⟧vsc.exe"),
     ("a" * 300, "a" * 99 + "…"), ("{{ 7 * 7 }}", "{{ 7 * 7 }}"), ("\x1b[2J", "⟦1B⟧[2J")],
)  # fmt: skip
async def test_the_name_of_a_file_is_text(world: World, name: str, visible: str):
    browser = await world.browser()
    preview = await send(browser, b"one@example.org\n", name)
    assert f"<bdi>{visible}</bdi>" in preview.text
    assert f"<bdi>{visible}</bdi>" in (await press(browser, preview)).text
    story = (await browser.get("/address?address=one@example.org")).text

    assert "<img" not in story
    assert "\u202e" not in story
    assert "\x1b" not in story


async def test_support_may_not_import_and_sees_no_way_to(world: World):
    owner, support = await world.browser(), await world.browser(Role.SUPPORT, person="sue")
    preview, before = await send(owner), await suppressed(world)
    page = (await support.get("/suppressions")).text
    token = {"token": fields_of(page, "/sign-out")["token"]}

    assert PATH not in page
    assert (await support.get(PATH)).status_code == 403
    assert (await support.post(PATH, data=token, files={"file": ("x", LIST)})).status_code == 403
    assert (await support.post(APPLY, data={**fields_of(preview.text, APPLY), **token})).status_code == 403
    assert await suppressed(world) == before


async def test_another_account_neither_imports_for_acme_nor_uses_its_list(world: World):
    acme, zoo = await world.browser(), await world.browser(account="zoo")
    preview, before = await send(acme), await suppressed(world)
    stolen = {**fields_of(preview.text, APPLY), **await token_of(zoo)}

    assert (await send(zoo, account="acme")).status_code == 404
    assert (await zoo.post(APPLY, data=stolen)).status_code == 404
    assert "2 addresses would be suppressed." not in (await send(zoo, f"{JANE}\n".encode())).text
    assert (await suppressed(world), await suppressed(world, ZOO)) == (before, set())
    assert (await press(acme, preview)).status_code == 200


async def test_a_list_is_its_sessions_alone(world: World):
    first_browser, second_browser = await world.browser(), await world.browser()
    preview = await send(first_browser)

    assert (
        await second_browser.post(APPLY, data={**fields_of(preview.text, APPLY), **await token_of(second_browser)})
    ).status_code == 404
    assert (await press(first_browser, preview)).status_code == 200


async def test_an_operator_names_the_account(world: World):
    root = await world.browser(Role.OPERATOR, person="root")
    assert (await send(root)).status_code == 422
    assert (await send(root, account="ghost")).status_code == 404
    await press(root, await send(root, b"one@example.org\n", account="zoo"))

    assert await suppressed(world, ZOO) == {"one@example.org"}


@pytest.mark.parametrize("kind", ["no token", "another's token", "token behind the file", "another site"])
async def test_a_form_of_another_site_is_not_read(world: World, kind: str):
    browser, other = await world.browser(), await world.browser()
    own, foreign = (await token_of(browser))["token"], (await token_of(other))["token"]
    first = {"no token": "", "another's token": foreign, "another site": own}.get(kind, "")
    last = part("token", own) if kind == "token behind the file" else b""
    body = part("token", first) + part("file", "one@example.org\n", "x.csv") + last + b"--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    headers |= {"sec-fetch-site": "cross-site"} if kind == "another site" else {}
    answer = await browser.post(PATH, content=body, headers=headers)

    assert answer.status_code == 403
    assert "would be suppressed" not in answer.text


def part(name: str, text: str, file_name: str | None = None) -> bytes:
    """A part of a form as a browser writes it."""
    name_parameter = "" if file_name is None else f'; filename="{file_name}"'
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{name_parameter}\r\n\r\n{text}\r\n'.encode()


@pytest.mark.parametrize(
    "body",
    [b"", b"--b", b"--b--\r\n", b"--b\r\n\r\n\r\n--b--\r\n", b"x" * 5000, part("", "x") + b"--b--\r\n",
     b"--b\r\nA: " + b"x" * 5000, part("x", "y") * 30 + b"--b--\r\n", part("until", "x" * 5000) + b"--b--\r\n", b"--bx\r\n"],
)  # fmt: skip
async def test_a_broken_form_is_a_sentence(world: World, body: bytes):
    browser = await world.browser()
    answer = await browser.post(PATH, content=body, headers={"content-type": "multipart/form-data; boundary=b"})

    assert answer.status_code in (400, 403, 413)
    assert "<h1" in answer.text
    long = {"content-type": "multipart/form-data; boundary=" + "b" * 100}
    assert (await browser.post(PATH, content=body, headers=long)).status_code == 400
    assert (await browser.post(PATH, content=body, headers={"content-type": "multipart/form-data"})).status_code == 400


async def test_a_file_that_is_too_large_is_a_sentence(world: World):
    browser, before = await world.browser(), await suppressed(world)
    answer = await send(browser, b"one@example.org\n" * (MAX_UPLOAD // 16 + 1))

    assert answer.status_code == 413
    assert f"The file is too large: {MAX_UPLOAD // MEGABYTE} MB at most." in answer.text
    assert await suppressed(world) == before


async def test_a_body_that_is_far_too_large_is_refused_before_it_comes(world: World):
    head = begun(await world.browser(), MOST_IGNORED + 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    writer.write(head)

    assert (await reader.readline()).split()[1] == b"413"
    writer.close()
    await writer.wait_closed()


async def test_a_body_that_tells_no_length_is_refused_once_it_is_too_large(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    most = MEGABYTE  # of 128, which take a second to send
    monkeypatch.setattr(receiving_upload, "MOST_IGNORED", most)
    browser = await world.browser()
    token = (await token_of(browser))["token"]
    head = begun(browser, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    form = f'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n--b\r\n'
    form += 'Content-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    writer.write(head)
    for piece in (form.encode(), *[b"x" * 65_536] * (most // 65_536)):  # and no end
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    assert (await asyncio.wait_for(reader.readline(), 30)).split()[1] == b"413"
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def begun(browser: httpx2.AsyncClient, length: int) -> bytes:
    """The header of a request with a form of *length* octets."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Length: {length}\r\n"
    return f"{head}Content-Type: multipart/form-data; boundary=b\r\n\r\n".encode()


async def test_a_list_of_too_many_lines_is_a_sentence(world: World):
    answer = await send(await world.browser(), b"email\n" + b"x\n" * (MOST_LINES + 1))

    assert answer.status_code == 413
    assert f"more than {MOST_LINES:,} lines" in answer.text


async def test_a_list_of_too_many_empty_lines_is_a_sentence(world: World):
    answer = await send(await world.browser(), b"email\n" + b"\n" * MOST_LINES_OF_SHEET)

    assert answer.status_code == 413
    assert f"more than {MOST_LINES_OF_SHEET:,} lines" in answer.text


async def test_a_hundred_thousand_rows_are_imported_while_others_are_answered(world: World):
    browser, other = await world.browser(), await world.browser()
    browser.timeout = httpx2.Timeout(300)
    octets = b"email,reason\n" + b"".join(b"user%06d@example.org,550 no such user\n" % n for n in range(100_000))
    sending = asyncio.create_task(send(browser, octets))
    answered = 0
    while not sending.done():
        assert (await other.get("/suppressions")).status_code == 200
        answered += not sending.done()
        await asyncio.sleep(0.2)
    preview = await sending

    assert answered > 1
    assert "100,000 addresses would be suppressed." in preview.text
    assert preview.text.count('<td class="address">') == MOST_SHOWN
    assert "100,000 addresses are suppressed now." in (await press(browser, preview)).text
    assert await world.store.count_suppressions(ACME, "acme", now=NOON) > 100_000


async def test_a_file_is_never_whole_in_memory(world: World, tmp_path: Path):
    browser = await world.browser()
    await send(browser)  # loads what the first import loads
    path = tmp_path / "large.csv"
    path.write_bytes((b"x" * 60_000 + b"\n") * 250)
    token = await token_of(browser)
    tracemalloc.start()
    with path.open("rb") as file:
        preview = await browser.post(PATH, data={**token, "encoding": "utf-8"}, files={"file": ("large.csv", file)})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert preview.status_code == 422
    assert most < path.stat().st_size / 4


async def test_an_upload_that_breaks_off_leaves_its_place(world: World):
    browser = await world.browser()
    token = (await token_of(browser))["token"]
    half = part("token", token) + part("file", "one@example.org\n" * 100, "x.csv")
    uploads = [await upload_under_way(world, browser, half, length=90_000) for _ in range(OF_AN_ACCOUNT)]
    assert (await send(browser)).status_code == 503
    for _, writer in uploads:
        writer.close()
        await writer.wait_closed()

    async def settled_status() -> int | None:
        status = (await send(browser)).status_code
        return None if status == 503 else status  # it has not heard of the ends yet

    assert await until_awaited(settled_status) == 200


async def test_uploads_of_one_account_leave_places_to_others(world: World):
    browser, zoo = await world.browser(), await world.browser(account="zoo")
    token = (await token_of(browser))["token"]
    form = part("token", token) + part("file", "one@example.org\n", "x.csv") + b"--b--\r\n"
    slow = [await upload_under_way(world, browser, form[:-4], length=len(form)) for _ in range(OF_AN_ACCOUNT)]

    assert (await send(browser)).status_code == 503
    assert (await send(zoo)).status_code == 200
    for reader, writer in slow:
        writer.write(form[-4:])
        assert (await reader.readline()).split()[1] == b"200"
        writer.close()


async def upload_under_way(
    world: World, browser: httpx2.AsyncClient, octets: bytes, *, length: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Begin an upload, and return when it has its place: the server asks for the body then (RFC 9110, section 10.1.1)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    head = begun(browser, length).removesuffix(b"\r\n")
    writer.write(head + b"Expect: 100-continue\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(octets)
    return reader, writer


async def test_a_list_waits_for_half_an_hour_and_a_newer_one_takes_its_place(world: World):
    browser = await world.browser()
    first = await send(browser)
    second = await send(browser)
    assert (await press(browser, first)).status_code == 404
    world.now += WAITS
    assert (await press(browser, second)).status_code == 404
    assert (await press(browser, await send(browser))).status_code == 200
    world.now -= WAITS


async def test_an_account_keeps_two_lists_at_a_time(world: World):
    browsers = [await world.browser() for _ in range(OF_AN_ACCOUNT + 1)]
    previews = [await send(browser) for browser in browsers]
    statuses = [
        (await press(browser, preview)).status_code for browser, preview in zip(browsers, previews, strict=True)
    ]

    assert statuses == [404, *[200] * OF_AN_ACCOUNT]


async def test_the_longest_preview_stays_small(world: World):
    wide = "\u202e" * 60
    rows = "".join(f"{n:03}{'x' * 50}@{'y' * 60}.example,{wide},{wide}\n<{wide}\n" for n in range(50))
    page = await send(await world.browser(), f"address,reason,{wide}\n{rows}".encode(), wide)

    assert page.status_code == 200
    assert len(page.content) < 60 * 1024


@pytest.mark.parametrize(
    ("row", "until", "new"),
    [
        ("550 no such user,", "2080-01-01", 0),
        ("550 no such user,", "2095-01-01", 1),
        ("unsubscribe,", "2080-01-01", 1),
        ("550 no such user,news", "2080-01-01", 1),
    ],
)
async def test_a_longer_end_a_wish_and_a_stream_are_new_in_the_preview_and_in_the_import(
    world: World, row: str, until: str, new: int
):
    await world.store.suppress(OPERATOR, suppression("kay@example.org", until=NOON.replace(year=2090)))
    browser = await world.browser()
    preview = await send(browser, f"address,reason,stream\nkay@example.org,{row}\n".encode(), until=until)

    assert f'<h1 class="answer {"good" if new else "soft"}">{new} address' in preview.text
    assert f"{new} address" in (await press(browser, preview)).text


# undoing


async def undo(browser: httpx2.AsyncClient, page: httpx2.Response, **changed: str) -> httpx2.Response:
    fields = {**fields_of(page.text, "/suppressions/import/undo"), **changed}
    return await browser.post("/suppressions/import/undo", data=fields)


async def test_one_press_takes_an_import_back_and_the_trail_names_the_person(world: World):
    browser, before = await world.browser(), await suppressed(world)
    answer = await press(browser, await send(browser, b"one@example.org\ntwo@example.org\npat@example.org\n"))
    page = await undo(browser, answer)

    assert "2 addresses are free again." in page.text
    assert await suppressed(world) == before
    freed = (await world.store.trail(ACME, address="one@example.org", page=Page()))[0]
    assert (freed.change, freed.source) == (TrailChange.FREED, ChangeSource.PAGE)
    assert re.fullmatch(rf"undid the import of \d{{4}}-\d\d-\d\d \d\d:\d\d UTC; by {ANN} on the web pages", freed.why)
    story = (await browser.get("/address?address=one@example.org")).text
    assert "was undone." in story
    assert f"Imported from list.csv. By {ANN}." in story.replace("<wbr>", "")


async def test_the_last_imports_stand_on_the_page_with_file_and_person(world: World):
    browser = await world.browser()
    await press(browser, await send(browser, b"one@example.org\n", "march.csv"))
    page = await browser.get(PATH)
    assert f"Imported from march.csv. By {ANN}." in page.text
    assert "1 address" in page.text
    await undo(browser, page)
    again = await browser.get(PATH)

    assert "Undo this import" not in again.text
    assert "undone" in again.text


async def test_an_address_that_changed_since_stays_and_is_told(world: World):
    browser = await world.browser()
    answer = await press(browser, await send(browser, b"one@example.org\ntwo@example.org\n"))
    await world.store.release(OPERATOR, release("one@example.org"))
    await world.store.suppress(OPERATOR, dataclasses.replace(suppression("one@example.org"), since=NOON + DAY))
    page = await undo(browser, answer)

    assert "1 address is free again." in page.text
    assert "1 address stays as it is: it was suppressed before the import, or changed since." in page.text
    assert "one@example.org" in await suppressed(world)


async def test_an_import_of_another_account_is_unknown_and_support_cannot_undo(world: World):
    browser = await world.browser()
    page = await press(browser, await send(browser, b"one@example.org\n"))
    import_id = fields_of(page.text, "/suppressions/import/undo")["import"]
    for stranger, status in (
        (await world.browser(account="zoo"), 404),
        (await world.browser(Role.SUPPORT, person="sue@acme.example"), 403),
    ):
        token = fields_of((await stranger.get("/")).text, "/sign-out")["token"]
        answer = await stranger.post("/suppressions/import/undo", data={"token": token, "import": import_id})
        assert answer.status_code == status

    assert "one@example.org" in await suppressed(world)


async def test_an_operator_undoes_it_for_the_account(world: World):
    owner, operator = await world.browser(), await world.browser(Role.OPERATOR, person="root")
    await press(owner, await send(owner, b"one@example.org\n"))
    page = await undo(operator, await operator.get(f"{PATH}?account=acme"))

    assert "1 address is free again." in page.text
    assert "Undo this import" not in (await operator.get(PATH)).text


@pytest.mark.parametrize("language", sorted(LANGUAGE_CODES))
async def test_an_undone_import_is_told_in_each_language(world: World, language: str):
    browser = await world.browser()
    browser.headers["accept-language"] = language
    await press(browser, await send(browser, b"one@example.org\n"))
    await undo(browser, await browser.get(PATH))
    story = (await browser.get("/address?address=one@example.org")).text

    assert ("Imported from" in story) == (language == "en")
    assert ("was undone" in story) == (language == "en")


async def test_a_file_name_is_text_wherever_the_import_is_told(world: World):
    browser = await world.browser()
    name = "<script>alert(1)</script>\u202ecsv"
    answer = await press(browser, await send(browser, b"one@example.org\n", name))
    for page in (answer, await browser.get(PATH), await browser.get("/address?address=one@example.org")):
        assert "<script" not in page.text
        assert "\u202e" not in page.text
        assert "alert(1)" in page.text


async def test_an_import_older_than_thirty_days_is_neither_listed_nor_undone(world: World):
    browser = await world.browser()
    answer = await press(browser, await send(browser, b"one@example.org\n"))
    import_id = fields_of(answer.text, "/suppressions/import/undo")["import"]
    (imported,) = [row for row in await world.store.imports(ACME, "acme", since=NOON, limit=9) if row.id == import_id]

    world.now = imported.at + UNDO_LASTS + MINUTE
    browser = await world.browser()  # no session lasts longer than thirty days
    page = await browser.get(PATH)
    assert "Undo this import" not in page.text
    late = await browser.post(
        "/suppressions/import/undo", data={"import": import_id, "token": fields_of(page.text, PATH)["token"]}
    )
    assert late.status_code == 404
    assert "one@example.org" in await suppressed(world)

    world.now = imported.at + UNDO_LASTS - MINUTE
    browser = await world.browser()
    assert "1 address is free again." in (await undo(browser, await browser.get(PATH))).text
