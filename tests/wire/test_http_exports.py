"""Exports over HTTP: every row once, in constant memory, and nothing that a spreadsheet obeys."""

import asyncio
import csv
import gzip
import io
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from contract.factories import suppression
from wire.http_client import Asker, asking, parsed

from bouncer.errors import NotFound, StoreError
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.record_lists import BouncePage
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.web.exporting import ROWS_AT_ONCE

COUNT = 2 * ROWS_AT_ONCE + 7
"""Rows of three pages."""


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path, {"request_seconds": 1}) as asker:
        yield asker


async def fill(asker: Asker, count: int, **changed: object) -> None:
    rows = (suppression(f"reader{number}@example.net", **changed) for number in range(count))
    await asker.store.import_suppressions(OPERATOR, rows)


@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_every_row_comes_once(asker: Asker, form: str):
    await fill(asker, COUNT)

    answer = await asker.ask("GET", f"/api/v1/exports/suppressions?format={form}")
    text = answer.body.decode()
    rows = [*csv.DictReader(io.StringIO(text))] if form == "csv" else [json.loads(line) for line in text.splitlines()]

    assert len(rows) == len({row["address"] for row in rows}) == COUNT + 1
    assert {row["account"] for row in rows} == {"acme"}
    listed = (await asker.ask("GET", "/api/v1/suppressions?limit=1")).json["data"][0]
    assert rows[0].keys() == listed.keys()
    assert form == "csv" or rows[0] == listed


@pytest.mark.parametrize("name", ["bounces", "letters", "suppressions", "trail"])
async def test_each_export_has_the_rows_of_its_list_and_no_other_account(asker: Asker, name: str):
    listed = (await asker.ask("GET", f"/api/v1/{name}")).json["data"]
    exported = await asker.ask("GET", f"/api/v1/exports/{name}")

    assert [json.loads(line) for line in exported.body.splitlines()] == listed != []
    assert (await asker.ask("GET", f"/api/v1/exports/{name}", key="zoo read")).body == b""
    header = (await asker.ask("GET", f"/api/v1/exports/{name}?format=csv", key="zoo read")).body
    assert header.decode() == ",".join(listed[0]) + "\r\n"
    assert (await asker.ask("GET", f"/api/v1/exports/{name}?account=acme&format=csv", key="zoo read")).status == 404
    assert (await asker.ask("GET", f"/api/v1/exports/{name}?format=xlsx")).status == 422


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("bounces", "category=hard"),
        ("bounces", "category=soft"),
        ("bounces", "recipient=jane%40example.org&before=2099-01-01"),
        ("bounces", "domain=nowhere.example"),
        ("bounces", "status=5.1&reason=invalid-recipient&since=2000-01-01"),
        ("bounces", "since=2099-01-01"),
        ("letters", "state=read"),
        ("letters", "state=shunted&unread=true"),
        ("letters", "recipient=jane%40example.org"),
        ("letters", "belief=contradicted"),
        ("trail", "address=jane%40example.org"),
        ("trail", "address=nobody%40example.org"),
    ],
)
async def test_an_export_takes_the_filters_of_its_list(asker: Asker, name: str, query: str):
    listed = (await asker.ask("GET", f"/api/v1/{name}?{query}")).json["data"]
    exported = await asker.ask("GET", f"/api/v1/exports/{name}?{query}")

    assert [json.loads(line) for line in exported.body.splitlines()] == listed


async def test_an_export_goes_on_behind_empty_pages(asker: Asker, monkeypatch: pytest.MonkeyPatch):
    """A list's page for a filter that few rows fit may be empty, and have a next one all the same."""
    (row,) = await asker.store.bounces(OPERATOR, BounceFilter(), Page(1))
    cursors, pages = list[int | None](), [((), 9), ((row,), 7), ((), 5), ((row,), None)]

    async def next_page(_scope: Scope, _criteria: BounceFilter, page: Page) -> BouncePage:
        cursors.append(page.before)
        return BouncePage(*pages[len(cursors) - 1])

    monkeypatch.setattr(asker.store, "bounce_page", next_page)
    answer = await asker.ask("GET", "/api/v1/exports/bounces?provider=Gmail")

    assert cursors == [None, 9, 7, 5]
    assert len(answer.body.splitlines()) == 2


@pytest.mark.parametrize(
    "begin", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)"]
)
async def test_no_cell_begins_a_formula(asker: Asker, begin: str):
    await asker.store.suppress(
        OPERATOR, suppression("eve@example.net", reason=begin, why=f'{begin}\r\n"x",y; {begin}\t{begin}')
    )

    text = (await asker.ask("GET", "/api/v1/exports/suppressions?format=csv")).body.decode()
    rows = [*csv.DictReader(io.StringIO(text, newline=""))]

    assert len(rows) == 2
    for cell in re.split("[;\t]", ";".join(rows[0].values())):  # at which spreadsheets part cells, too, here or there
        assert cell.lstrip(" ")[:1] not in ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
        assert "\n" not in cell


async def test_an_export_is_compressed_for_clients_that_take_it(asker: Asker):
    await fill(asker, COUNT)
    plain = await asker.ask("GET", "/api/v1/exports/suppressions")
    packed = await asker.ask("GET", "/api/v1/exports/suppressions", headers={"accept-encoding": "gzip"})

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 5


async def test_a_client_that_leaves_or_reads_nothing_holds_nothing(asker: Asker):
    await fill(asker, 20 * ROWS_AT_ONCE, why="w" * 500)
    for leaves in (True, False):
        head = f"GET /api/v1/exports/suppressions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {asker.keys['acme read']}\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", asker.port, limit=1024)
        asker.writers.append(writer)
        writer.write(head.encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        if leaves:
            writer.transport.abort()

    assert await asker.server._connections.wait_closed(60)  # noqa: SLF001 -- the server's own count
    assert parsed(b"HTTP/1.1 200 OK\r\n\r\n").status == (await asker.ask("GET", "/api/v1/bounces")).status


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_an_export_that_loses_the_store_breaks_off_with_one_line_in_the_log(
    asker: Asker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, coding: str
):
    await fill(asker, COUNT)
    read, calls = asker.store.suppressions, list[int]()

    async def fail_later(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise StoreError("database is locked")
        return await read(*arguments, **options)

    monkeypatch.setattr(asker.store, "suppressions", fail_later)
    head = (
        f"GET /api/v1/exports/suppressions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {asker.keys['acme read']}\r\n"
    )
    octets = await asker.raw(f"{head}Accept-Encoding: {coding}\r\n\r\n".encode())

    assert octets.startswith(b"HTTP/1.1 200 ")
    assert len(octets) > 1000 or coding == "gzip"
    assert not octets.endswith(b"\r\n0\r\n\r\n")
    with pytest.raises(ValueError):  # noqa: PT011 -- a body without its last chunk
        parsed(octets)
    warnings = [entry for entry in caplog.records if entry.levelname in ("WARNING", "ERROR")]
    assert [entry.getMessage() for entry in warnings] == [
        "an export broke off, as the store does not answer: database is locked"
    ]
    assert "Traceback" not in caplog.text
    monkeypatch.undo()
    assert (await asker.ask("GET", "/api/v1/exports/suppressions")).status == 200


def between_pages(asker: Asker, monkeypatch: pytest.MonkeyPatch, event: Callable[[], Awaitable[object]]) -> list[int]:
    """Let *event* happen before the second page of suppressions is read; gives what grows by one for each page."""
    read, calls = asker.store.suppressions, list[int]()

    async def read_counted(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            await event()
        return await read(*arguments, **options)

    monkeypatch.setattr(asker.store, "suppressions", read_counted)
    return calls


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_an_export_breaks_off_when_its_key_is_revoked(
    asker: Asker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, coding: str
):
    await fill(asker, COUNT)
    (key,) = [row for row in await asker.store.keys(AccountScope("acme")) if row.access is KeyAccess.READ]
    between_pages(asker, monkeypatch, lambda: asker.store.revoke_key(OPERATOR, key.id))
    head = (
        f"GET /api/v1/exports/suppressions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {asker.keys['acme read']}\r\n"
    )
    octets = await asker.raw(f"{head}Accept-Encoding: {coding}\r\n\r\n".encode())

    assert octets.startswith(b"HTTP/1.1 200 ")
    with pytest.raises(ValueError):  # noqa: PT011 -- a body without its last chunk
        parsed(octets)
    assert octets.count(b"@example.net") <= ROWS_AT_ONCE
    assert "an export broke off: the key or session that asked for it is no longer known" in caplog.text
    assert "Traceback" not in caplog.text
    assert (await asker.ask("GET", "/api/v1/exports/suppressions")).status == 401


async def test_an_export_breaks_off_with_a_line_in_the_log_when_what_it_lists_is_gone(
    asker: Asker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    async def go() -> None:
        raise NotFound("there is no account 'acme'")

    await fill(asker, COUNT)
    between_pages(asker, monkeypatch, go)
    head = (
        f"GET /api/v1/exports/suppressions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {asker.keys['acme read']}\r\n"
    )
    octets = await asker.raw(f"{head}\r\n".encode())

    with pytest.raises(ValueError):  # noqa: PT011 -- a body without its last chunk
        parsed(octets)
    assert "an export broke off: there is no account 'acme'" in caplog.text
    assert "Traceback" not in caplog.text


async def test_an_address_that_is_erased_while_an_export_runs_is_in_no_later_page(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
):
    await fill(asker, COUNT)
    oldest = "reader0@example.net"  # on the last page

    def erase() -> Awaitable[object]:
        body = json.dumps({"addresses": [oldest]})
        return asker.ask("POST", "/api/v1/erasures", body, key="acme admin")

    between_pages(asker, monkeypatch, erase)
    rows = [json.loads(line) for line in (await asker.ask("GET", "/api/v1/exports/suppressions")).body.splitlines()]

    addresses = [row["address"] for row in rows]
    assert oldest not in addresses
    assert len(addresses) == len(set(addresses)) == COUNT


async def test_a_head_request_for_an_export_has_no_list_read(asker: Asker, monkeypatch: pytest.MonkeyPatch):
    await fill(asker, COUNT)
    pages = between_pages(asker, monkeypatch, lambda: asyncio.sleep(0))

    answer = await asker.raw(
        f"HEAD /api/v1/exports/suppressions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        f"Authorization: Bearer {asker.keys['acme read']}\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")
    assert len(pages) == 1
