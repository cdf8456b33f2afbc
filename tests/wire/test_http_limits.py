"""The HTTP server against clients that are slow, silent, many or not what they say: each costs nobody else anything."""

import asyncio
import base64
import contextlib
import gzip
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
from contract.factories import suppression
from patience import until
from wire.http_client import Asker, asking, parsed

from bouncer.connections import Connection
from bouncer.ports.scope import OPERATOR
from bouncer.settings.addresses import LOOPBACK
from bouncer.web import encoding
from bouncer.web.connection import MOST_FIELDS, MOST_HEAD_OCTETS
from bouncer.web.http_connections import HttpConnections

PATIENT = 15.0
"""The most that the server may take to end a connection whose time was one second."""


async def connected(asker: Asker, *octets: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", asker.port, limit=1 << 26)
    asker.writers.append(writer)
    for part in octets:
        writer.write(part)
    return reader, writer


async def ended(reader: asyncio.StreamReader) -> bytes:
    """Give what comes until the server ends the connection, which it must do soon."""
    async with asyncio.timeout(PATIENT):
        with contextlib.suppress(ConnectionError):
            return await reader.read()
    return b""


async def until_open(asker: Asker, count: int) -> None:
    """Wait until the server counts so many connections: a client is connected before."""
    await until(lambda: len(asker.server._connections.open) == count)  # noqa: SLF001 -- the server's own count


async def first_ended(connections: Sequence[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
    """Wait until the server has ended the first of these connections; those that are left when there is room may stay."""
    reading = {asyncio.create_task(reader.read()) for reader, _ in connections}
    async with asyncio.timeout(60):
        await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


def request(
    asker: Asker, target: str = "/api/v1/bounces", key: str = "acme read", *fields: str, method: str = "GET"
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {asker.keys[key]}", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


async def test_a_silent_client_is_let_go(tmp_path: Path):
    async with asking(tmp_path, {"idle_seconds": 1}) as asker:
        silent, _ = await connected(asker)
        after_an_answer, _ = await connected(asker, request(asker))

        assert await ended(silent) == b""
        assert parsed(await ended(after_an_answer)).status == 200


@pytest.mark.parametrize(
    "begun", [b"GET /api/v1/bounces HTTP/1.1\r\nHost:", b"G", b"POST / HTTP/1.1\r\n" + b"x: y\r\n" * 20]
)
async def test_a_request_that_does_not_end_ends(tmp_path: Path, begun: bytes):
    async with asking(tmp_path, {"request_seconds": 1}) as asker:
        reader, writer = await connected(asker, begun)
        octets = asyncio.create_task(ended(reader))
        with contextlib.suppress(ConnectionError):
            for _ in range(30):  # octet by octet it lives no longer
                writer.write(b"x")
                await asyncio.sleep(0.1)
                if octets.done():
                    break

        assert await octets == b""


async def test_a_body_that_does_not_end_ends(tmp_path: Path):
    async with asking(tmp_path, {"request_seconds": 1}) as asker:
        head = ("Content-Type: application/json", "Content-Length: 100")
        reader, _ = await connected(
            asker, request(asker, "/api/v1/suppressions", "acme write", *head, method="POST"), b'{"addr'
        )

        await ended(reader)
        assert (await asker.ask("GET", "/api/v1/suppressions")).status == 200


async def test_a_client_that_takes_no_answer_is_let_go(tmp_path: Path):
    async with asking(tmp_path, {"request_seconds": 1, "per_minute": 100_000}) as asker:
        for number in range(1000):
            await asker.store.suppress(OPERATOR, suppression(f"{'r' * 50}{number}@example.net", why="w" * 300))
        reader, writer = await connected(asker)
        reader._transport.pause_reading()  # type: ignore[attr-defined] # noqa: SLF001 -- a client that reads nothing
        for _ in range(50):
            writer.write(request(asker, "/api/v1/suppressions?limit=1000"))

        async with asyncio.timeout(60):
            assert await asker.server._connections.wait_closed(60)  # noqa: SLF001 -- the server's own count


async def test_the_next_connection_over_the_limit_hears_503_and_the_others_are_answered(tmp_path: Path):
    async with asking(tmp_path, {"max_connections": 5}) as asker:
        connections = [await connected(asker) for _ in range(5)]
        await until_open(asker, 5)
        answer = parsed(await asker.raw(request(asker)))

        assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
        connections[0][1].write(request(asker, "/api/v1/bounces", "acme read", "Connection: close"))
        assert parsed(await ended(connections[0][0])).status == 200


def counted_too(asker: Asker) -> HttpConnections:
    """Let the server count connections from this machine, from where all of a test's come."""
    connections = asker.server._connections  # noqa: SLF001 -- the server's own count
    assert isinstance(connections, HttpConnections)
    connections.uncounted = ()
    return connections


async def test_one_client_cannot_take_all_connections(tmp_path: Path):
    async with asking(tmp_path, {"max_connections": 20, "max_connections_per_client": 3}) as asker:
        connections = counted_too(asker)
        open_connections = [await connected(asker) for _ in range(3)]
        await until_open(asker, 3)
        answer = parsed(await asker.raw(request(asker)))

        assert (answer.status, answer.headers["content-type"]) == (429, "application/problem+json")
        for _, writer in open_connections:
            writer.transport.abort()
        assert await connections.wait_closed(PATIENT)
        assert not connections.clients
        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200


async def test_in_a_crowd_one_client_gets_a_fifth_of_its_own(tmp_path: Path):
    async with asking(tmp_path, {"max_connections": 20, "max_connections_per_client": 15}) as asker:
        counted_too(asker)
        for _ in range(10):
            await connected(asker)
        await until_open(asker, 10)  # more than a fifth of fifteen: there was no crowd

        assert (await asker.ask("GET", "/api/v1/bounces")).status == 429


async def test_a_client_on_this_machine_has_no_bound_of_its_own(tmp_path: Path):
    async with asking(tmp_path, {"max_connections": 20, "max_connections_per_client": 1}) as asker:
        await connected(asker)
        await connected(asker)
        await until_open(asker, 2)

        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200


async def test_requests_through_a_proxy_count_for_the_client_that_it_names(tmp_path: Path):
    limits = {"max_connections": 20, "max_connections_per_client": 2, "proxies": ("127.0.0.1",)}
    async with asking(tmp_path, limits) as asker:
        body = ("Content-Type: application/json", "Content-Length: 35", "X-Forwarded-For: 192.0.2.7")
        head = request(asker, "/api/v1/suppressions", "acme write", *body, method="POST")
        connections = [await connected(asker, head) for _ in range(2)]
        await until(lambda: asker.server._connections.clients["192.0.2.7"] == 2)  # noqa: SLF001 -- the server's own count

        same, other = {"x-forwarded-for": "192.0.2.7"}, {"x-forwarded-for": "192.0.2.8"}
        assert (await asker.ask("GET", "/api/v1/bounces", headers=same)).status == 429
        assert (await asker.ask("GET", "/api/v1/bounces", headers=other)).status == 200
        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200  # of no named client
        browser = {**same, "accept": "text/html,*/*;q=0.8", "accept-language": "de"}
        page = await asker.ask("GET", "/activity?recipient=<b>", headers=browser)
        assert (page.status, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
        assert '<html lang="de">' in page.body.decode()
        assert "<b>" not in page.body.decode()
        assert "default-src 'none'" in page.headers["content-security-policy"]
        program = await asker.ask("GET", "/api/v1/bounces", headers=browser)
        assert (program.status, program.headers["content-type"]) == (429, "application/problem+json")
        connections[0][1].write(b'{"addresses": ["jane@example.org"]}')
        assert (await connections[0][0].readline()).split()[1] == b"200"
        assert (await asker.ask("GET", "/api/v1/bounces", headers=same)).status == 200


@pytest.mark.parametrize(
    ("addresses", "client"),
    [
        (("2001:db8:7::1", "2001:db8:7::2", "2001:db8:7:0:ffff::3"), "2001:db8:7::/64"),
        (("192.0.2.7", "::ffff:192.0.2.7", "::ffff:c000:207"), "192.0.2.7"),
        (("fe80::1%eth0", "fe80::2%eth1", "fe80::3"), "fe80::/64"),
    ],
)
async def test_a_site_with_many_addresses_is_one_client(tmp_path: Path, addresses: tuple[str, ...], client: str):
    """As at port 25; through a proxy, too."""
    connections = HttpConnections(20, most_per_client=2, uncounted=LOOPBACK)
    counted = [connections.count_client(Connection(), (address, 4711)) for address in addresses]
    assert (counted, dict(connections.clients)) == ([True, True, False], {client: 2})

    limits = {"max_connections": 20, "max_connections_per_client": 2, "proxies": ("127.0.0.1",)}
    async with asking(tmp_path, limits) as asker:
        for address in addresses[:2]:
            body = ("Content-Type: application/json", "Content-Length: 35", f"X-Forwarded-For: {address}")
            await connected(asker, request(asker, "/api/v1/suppressions", "acme write", *body, method="POST"))
        if "%" not in addresses[0]:  # no proxy names an address with a zone
            await until(lambda: asker.server._connections.clients[client] == 2)  # noqa: SLF001 -- the server's own count
            last = {"x-forwarded-for": addresses[2]}
            assert (await asker.ask("GET", "/api/v1/bounces", headers=last)).status == 429


async def test_over_tls_a_handshake_counts_for_its_client(
    tmp_path: Path, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
):
    server, client = contexts
    limits = {"max_connections": 20, "max_connections_per_client": 2}
    async with asking(tmp_path, limits, tls=server, client=client, handshake_seconds=2) as asker:
        connections = counted_too(asker)
        open_connections = [await connected(asker) for _ in range(2)]
        await until(lambda: connections.clients.total() == 2)
        over_the_limit, _ = await connected(asker)
        assert await ended(over_the_limit) == b""

        for reader, _ in open_connections:
            await ended(reader)
        assert [(await asker.ask("GET", "/api/v1/bounces")).status for _ in range(4)] == [200] * 4
        assert await connections.wait_closed(PATIENT)
        assert not connections.clients


async def test_many_idle_clients_make_room_for_one_that_asks(tmp_path: Path):
    async with asking(tmp_path, {"max_connections": 300, "idle_seconds": 3600}) as asker:
        connections = [await connected(asker) for _ in range(299)]

        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200
        await first_ended(connections)  # over half of the limit, silence ends sooner


@pytest.mark.parametrize("begun", [b"G", b"GET / HTTP/1.1\r\nHost:"])
async def test_many_clients_that_begin_a_request_and_do_not_end_it_make_room_for_one_that_asks(
    tmp_path: Path, begun: bytes
):
    async with asking(tmp_path, {"max_connections": 100, "request_seconds": 3600}) as asker:
        connections = [await connected(asker, begun) for _ in range(100)]

        await first_ended(connections)  # over half of the limit, a request has less time to come
        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"EHLO client.example\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nx: " + b"y" * MOST_HEAD_OCTETS * 2,
        b"GET /" + b"y" * MOST_HEAD_OCTETS * 2,
    ],
)
async def test_octets_that_are_no_http_get_a_problem_and_the_end(
    tmp_path: Path, octets: bytes, caplog: pytest.LogCaptureFixture
):
    async with asking(tmp_path) as asker:
        reader, _ = await connected(asker, octets)
        async with asyncio.timeout(PATIENT):
            head = await reader.readuntil(b"\r\n\r\n")

        assert parsed(head).status in (400, 404)
        assert parsed(head).headers["content-type"] == "application/problem+json"
    assert not [line for line in caplog.records if line.levelname in ("WARNING", "ERROR")]


@pytest.mark.parametrize("line", ["a:", "a: b\r\n c", "Cookie: a=b"])
async def test_a_request_of_more_fields_than_any_client_sends_is_not_parsed(tmp_path: Path, line: str):
    async with asking(tmp_path) as asker:
        few, many = (request(asker, "/docs", "acme read", *[line] * number) for number in (20, MOST_FIELDS))
        for octets, statuses in ((few + many + few, [200, 431]), (many[:-2], [431]), (few + few, [200, 200])):
            for at in (0, len(octets) // 2):  # in one piece, and in two
                reader, writer = await connected(asker, octets[:at])
                await asyncio.sleep(0)
                writer.write(octets[at:])
                writer.write_eof()
                answer = await ended(reader)
                assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == statuses, (octets, at)


async def test_a_request_of_as_many_fields_as_apache_takes_is_answered(tmp_path: Path):
    async with asking(tmp_path) as asker:
        fields = [f"X-{number}: {number}" for number in range(MOST_FIELDS - 3)]
        octets = request(asker, "/api/v1/bounces", "acme read", "Connection: close", *fields)

        assert parsed(await asker.raw(octets)).status == 200


async def test_a_websocket_is_not_opened(tmp_path: Path):
    async with asking(tmp_path) as asker:
        headers = {"connection": "Upgrade, close", "upgrade": "websocket", "sec-websocket-key": "AAAA"}
        assert (await asker.ask("GET", "/api/v1/bounces", headers=headers)).status == 200


@pytest.mark.parametrize("length", ["65537", "9" * 18, None])
async def test_a_body_over_the_limit_is_refused(tmp_path: Path, length: str | None):
    async with asking(tmp_path, {"max_body": 65_536}) as asker:
        chunk = b"10000\r\n" + b"[" * 65_536 + b"\r\n"
        framing = f"Content-Length: {length}" if length else "Transfer-Encoding: chunked"
        head = request(
            asker, "/api/v1/suppressions", "acme write", "Content-Type: application/json", framing, method="POST"
        )
        reader, _ = await connected(asker, head, *([chunk] * 2 if length is None else []))

        async with asyncio.timeout(PATIENT):
            assert (await reader.readline()).split()[1] == b"413"


async def test_no_body_is_read_of_a_client_without_a_key(tmp_path: Path):
    async with asking(tmp_path) as asker:
        reader, _ = await connected(
            asker, b"POST /api/v1/suppressions HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n"
        )

        async with asyncio.timeout(PATIENT):
            assert (await reader.readline()).split()[1] == b"401"


async def test_a_client_that_asks_first_sends_its_body_when_it_is_told_to(tmp_path: Path):
    """Expect: 100-continue (RFC 9110 section 10.1.1), as curl sends it before a large body."""
    async with asking(tmp_path) as asker:
        body = b'{"addresses": ["jane@example.org"]}'
        fields = ("Content-Type: application/json", f"Content-Length: {len(body)}", "Expect: 100-continue")
        head = request(asker, "/api/v1/suppressions/check", "acme read", *fields, "Connection: close", method="POST")
        reader, writer = await connected(asker, head)
        async with asyncio.timeout(PATIENT):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(body)

        assert parsed(await ended(reader)).status == 200


@pytest.mark.parametrize(
    ("key", "length", "status"), [("acme read", "99999999", 413), ("acme read", "-", 415), ("nobody", "10", 401)]
)
async def test_a_client_that_asks_first_need_not_send_a_body_that_is_refused(
    tmp_path: Path, key: str, length: str, status: int
):
    async with asking(tmp_path) as asker:
        asker.keys["nobody"] = "bnc_unknown"
        coding = ("Content-Encoding: gzip",) if length == "-" else ()
        fields = (
            "Content-Type: application/json",
            f"Content-Length: {length.replace('-', '10')}",
            "Expect: 100-continue",
        )
        head = request(asker, "/api/v1/suppressions/check", key, *fields, *coding, method="POST")
        reader, _ = await connected(asker, head)

        async with asyncio.timeout(PATIENT):
            assert (await reader.readline()).split()[1] == str(status).encode()


@pytest.mark.parametrize("target", ["/api/v1/bounces", "/api/v1/exports/suppressions", "/nowhere", "/docs"])
async def test_a_client_of_the_first_version_gets_a_whole_answer_and_the_end(tmp_path: Path, target: str):
    """HTTP/1.0 knows no chunks: the end of the connection is that of the answer."""
    async with asking(tmp_path) as asker:
        octets = await asker.raw(
            f"GET {target} HTTP/1.0\r\nAuthorization: Bearer {asker.keys['acme read']}\r\n\r\n".encode()
        )
        answer = await asker.ask("GET", target)

        assert "transfer-encoding" not in parsed(octets).headers
        assert (parsed(octets).status, parsed(octets).body) == (answer.status, answer.body)


async def test_many_header_fields_and_a_long_query_are_read_up_to_a_limit(tmp_path: Path):
    async with asking(tmp_path) as asker:
        many = {f"x-{number}": "y" for number in range(MOST_FIELDS - 10)}
        assert (await asker.ask("GET", "/api/v1/bounces", headers=many)).status == 200
        assert (await asker.ask("GET", f"/api/v1/bounces?recipient={'x' * 30_000}")).status == 422
        too_many = request(asker, "/api/v1/bounces", "acme read", *("x: " + "y" * 20_000 for _ in range(20)))
        reader, _ = await connected(asker, too_many)
        async with asyncio.timeout(PATIENT):
            assert (await reader.readline()).split()[1] == b"400"


async def test_each_key_has_a_rate_of_its_own_and_hears_of_it(tmp_path: Path):
    async with asking(tmp_path, {"per_minute": 3}) as asker:
        answers = [await asker.ask("GET", "/api/v1/bounces") for _ in range(4)]

        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
        assert {answer.headers["ratelimit-limit"] for answer in answers} == {"3"}
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert (await asker.ask("GET", "/api/v1/bounces", key="zoo read")).status == 200


async def test_requests_behind_one_another_in_a_connection_are_answered_in_order(tmp_path: Path):
    async with asking(tmp_path) as asker:
        targets = ("/api/v1/bounces", "/nowhere", "/api/v1/letters")
        octets = b"".join(request(asker, target) for target in targets)
        answer = await asker.raw(octets + request(asker, "/docs", "acme read", "Connection: close"))

        assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [200, 404, 200, 200]


CHECK = b'{"addresses": ["jane@example.org"]}'


@pytest.mark.parametrize(
    ("targets", "rest", "statuses"),
    [
        (("/api/v1/bounces",), b"", [200]),
        (("/api/v1/exports/bounces",), b"", [200]),
        (("/nowhere",), b"", [404]),
        (("/api/v1/bounces", "/api/v1/letters", "/docs"), b"", [200, 200, 200]),
        (("/api/v1/bounces",), b"GET /api/v1/lett", [200, 400]),
        (("/api/v1/bounces",), b"no HTTP\r\n\r\n", [200, 400]),
        ((), b"GET /api/v1/lett", [400]),
        ((), b"", []),
    ],
)
async def test_a_client_that_sends_no_more_gets_its_answers_and_the_end(
    tmp_path: Path, targets: tuple[str, ...], rest: bytes, statuses: list[int]
):
    async with asking(tmp_path) as asker:
        reader, writer = await connected(asker, *(request(asker, target) for target in targets), rest)
        writer.write_eof()
        answer = await ended(reader)

        assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == statuses
        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200


@pytest.mark.parametrize(
    ("length_field", "body", "status"),
    [
        (f"Content-Length: {len(CHECK)}", CHECK, 200),
        (f"Content-Length: {len(CHECK) + 1}", CHECK, 400),
        ("Content-Length: 1", b"", 400),
        ("Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (len(CHECK), CHECK), 200),
        ("Transfer-Encoding: chunked", b"%x\r\n%b\r\n" % (len(CHECK), CHECK), 400),
        ("Transfer-Encoding: chunked", b"%x\r\n%b" % (len(CHECK) + 1, CHECK), 400),
    ],
)
async def test_a_request_whose_body_was_cut_short_is_refused(
    tmp_path: Path, length_field: str, body: bytes, status: int
):
    async with asking(tmp_path) as asker:
        fields = ("Content-Type: application/json", length_field)
        head = request(asker, "/api/v1/suppressions/check", "acme read", *fields, method="POST")
        reader, writer = await connected(asker, head, body)
        writer.write_eof()

        assert [int(part[:3]) for part in (await ended(reader)).split(b"HTTP/1.1 ")[1:]] == [status]


async def reply_to(asker: Asker, target: str, *fields: str, method: str = "GET") -> tuple[int, bytes]:
    octets = request(asker, target, "acme read", "Connection: close", *fields, method=method)
    answer = parsed(await asker.raw(octets))
    return answer.status, answer.body


async def test_a_document_for_everybody_is_compressed_once_however_often_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A document needs no key, so that no rate bounds its readers."""
    compressed, compress = list[int](), encoding._compress  # noqa: SLF001 -- what is to be called once

    def noting(body: bytes) -> bytes:
        compressed.append(len(body))
        return compress(body)

    monkeypatch.setattr(encoding, "_compress", noting)
    async with asking(tmp_path) as asker:
        for target in ("/docs", "/openapi.json"):
            fields = {"accept-encoding": "gzip"}
            answers = [await asker.ask("GET", target, key=None, headers=fields) for _ in range(5)]
            plain = await asker.ask("GET", target, key=None)

            assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
            assert {gzip.decompress(answer.body) for answer in answers} == {plain.body}
            fields["if-none-match"] = plain.headers["etag"]
            assert (await asker.ask("GET", target, key=None, headers=fields)).status == 304
    assert len(compressed) == 2


@pytest.mark.parametrize("host", ["http://localhost", "HTTPS://other.example:99", "http://[::1]:80"])
async def test_a_target_with_its_host_is_that_of_its_path(tmp_path: Path, host: str):
    """RFC 9112 section 3.2.2: a server must accept the absolute form."""
    async with asking(tmp_path) as asker:
        for target in ("/api/v1/bounces?limit=1", "/v3/suppression/bounces", "/v3/suppression/bounces/j%25x", "/docs"):
            assert await reply_to(asker, host + target) == await reply_to(asker, target)
        assert (await reply_to(asker, host))[0] == 404
        assert (await reply_to(asker, f"{host}?x=/api/v1/bounces"))[0] == 404


async def test_the_host_of_a_target_counts_and_not_that_of_the_field(tmp_path: Path):
    async with asking(tmp_path) as asker:
        password = base64.b64encode(f"api:{asker.keys['acme read']}".encode()).decode()
        head = "GET http://mail.example:8443/v3/acme/bounces HTTP/1.1\r\nHost: evil.example\r\nConnection: close"
        answer = parsed(await asker.raw(f"{head}\r\nAuthorization: Basic {password}\r\n\r\n".encode()))

    assert answer.json["paging"]["first"].startswith("http://mail.example:8443/v3/acme/bounces")
    assert b"evil" not in answer.body


HOSTLESS = (
    "evil.example/x",
    "a@evil.example",
    "a b",
    "a,b",
    "a\\b",
    "a:b",
    "a:80:81",
    "a#b",
    "a?b",
    "[::1",
    "a\xe9",
    "a%2fb",
    '"a"',
)


@pytest.mark.parametrize("target", ["/api/v1/bounces", "/v3/acme/bounces", "/docs", "/nowhere"])
async def test_a_host_that_readers_read_differently_is_refused(tmp_path: Path, target: str):
    """RFC 9112 section 3.2: an invalid Host, two of them, or none in HTTP/1.1."""
    async with asking(tmp_path) as asker:
        for host in HOSTLESS:
            assert (await asker.ask("GET", target, headers={"host": host})).status == 400, host
        for fields in ("", "Host: a\r\nHost: a\r\n", "Host : a\r\n"):
            answer = await asker.raw(f"GET {target} HTTP/1.1\r\n{fields}Connection: close\r\n\r\n".encode())
            assert parsed(answer).status == 400, fields
        for absolute in ("http://a@b", "http://a:b@c:80", "http://a,b"):
            assert (await reply_to(asker, absolute + target))[0] == 400, absolute


@pytest.mark.parametrize(
    "host", ["", "a", "a:", "my_container:8080", "192.0.2.1:80", "[2001:db8::1]:443", "xn--nxasmq6b.example."]
)
async def test_a_host_that_a_client_may_name_is_one(tmp_path: Path, host: str):
    async with asking(tmp_path) as asker:
        assert (await asker.ask("GET", "/api/v1/bounces", headers={"host": host})).status == 200


@pytest.mark.parametrize("chunk", [b"-1\r\n{}", b"f" * 21 + b"\r\n{}", b"0x2\r\n{}", b"2\r{}", b"2\r\n{}XX0"])
@pytest.mark.parametrize("apart", [False, True])
async def test_a_chunk_that_is_none_gets_a_problem_and_the_end(
    tmp_path: Path, chunk: bytes, apart: bool, caplog: pytest.LogCaptureFixture
):
    async with asking(tmp_path) as asker:
        fields = ("Content-Type: application/json", "Transfer-Encoding: chunked")
        head = request(asker, "/api/v1/suppressions/check", "acme read", *fields, method="POST")
        rest = chunk + b"\r\n0\r\n\r\n" + request(asker, "/api/v1/bounces")
        reader, writer = await connected(asker, head + (b"" if apart else rest))
        if apart:
            await until(lambda: any(connection.is_busy for connection in asker.server._connections.open))  # noqa: SLF001
            writer.write(rest)
        answer = await ended(reader)

        assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [400]
        assert parsed(answer).json["detail"] == "Invalid HTTP request received."
        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200
    assert not [line for line in caplog.records if line.levelname in ("WARNING", "ERROR")]


TWICE = (
    "Authorization: Bearer bnc_other",
    "authorization: Basic YTpi",
    "X-Postmark-Server-Token: bnc_other",
    "Idempotency-Key: other",
    "Content-Type: text/plain",
    "On-Behalf-Of: zoo",
)


@pytest.mark.parametrize("field", TWICE)
@pytest.mark.parametrize("target", ["/api/v1/bounces", "/v3/suppression/bounces", "/docs", "/nowhere"])
async def test_a_field_that_says_one_thing_is_given_once(tmp_path: Path, field: str, target: str):
    async with asking(tmp_path) as asker:
        status, body = await reply_to(asker, target, field, field)

    assert status == 400
    assert b"given twice" in body
    assert b"bnc_other" not in body


@pytest.mark.parametrize("target", ["/api/v1/suppressions/check", "/v3/recipients/erasejob", "/docs"])
async def test_a_body_has_one_length_and_what_follows_it_is_no_request(tmp_path: Path, target: str):
    async with asking(tmp_path) as asker:
        fields = ("Content-Type: application/json", "Transfer-Encoding: chunked", "Content-Length: 5")
        head = request(asker, target, "acme read", *fields, method="POST")
        answer = await asker.raw(head + b"0\r\n\r\n" + request(asker, "/api/v1/bounces"))

    assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [400]


async def test_a_server_that_stops_finishes_an_answer_and_lets_idle_clients_go(tmp_path: Path):
    async with asking(tmp_path) as asker:
        idle, _ = await connected(asker)
        length = "Content-Length: 35"
        head = request(
            asker, "/api/v1/suppressions", "acme write", "Content-Type: application/json", length, method="POST"
        )
        busy, writer = await connected(asker, head)
        await until(lambda: any(connection.is_busy for connection in asker.server._connections.open))  # noqa: SLF001
        await until_open(asker, 2)
        draining = asyncio.create_task(asker.server.drain(20))
        assert await ended(idle) == b""
        writer.write(b'{"addresses": ["jane@example.org"]}')

        assert parsed(await ended(busy)).status == 200
        await draining
        with pytest.raises(ConnectionRefusedError):
            await connected(asker)


async def test_requests_over_tls_are_answered_as_others(
    tmp_path: Path, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
):
    server, client = contexts
    async with asking(tmp_path, tls=server, client=client) as asker:
        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200
        plain, _ = await connected(asker, request(asker))
        assert not (await ended(plain)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01\x02\x00\x01\x00"])
async def test_a_handshake_that_does_not_end_counts_as_a_connection_and_ends(
    tmp_path: Path, contexts: tuple[ssl.SSLContext, ssl.SSLContext], begun: bytes
):
    server, client = contexts
    async with asking(tmp_path, {"max_connections": 3}, tls=server, client=client, handshake_seconds=2) as asker:
        connections = [await connected(asker, begun) for _ in range(3)]
        await until_open(asker, 3)
        over_the_limit, _ = await connected(asker, begun)
        assert await ended(over_the_limit) == b""

        for reader, _ in connections:
            await ended(reader)
        assert (await asker.ask("GET", "/api/v1/bounces")).status == 200


async def test_a_handshake_that_fails_counts_no_longer(
    tmp_path: Path, contexts: tuple[ssl.SSLContext, ssl.SSLContext], caplog: pytest.LogCaptureFixture
):
    server, client = contexts
    async with asking(tmp_path, {"max_connections": 2}, tls=server, client=client) as asker:
        for number in range(6):
            reader, writer = await connected(asker, b"EHLO client.example\r\n" if number % 2 else b"\x16\x03")
            if not number % 2:
                writer.transport.abort()
            await ended(reader)
            await until_open(asker, 0)
        answers = [await asker.ask("GET", "/api/v1/bounces") for _ in range(4)]

        assert [answer.status for answer in answers] == [200] * 4
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("proxies", "client_named", "peer"),
    [
        ((), "192.0.2.7", "127.0.0.1"),
        (("127.0.0.1",), "192.0.2.7", "192.0.2.7"),
        (("127.0.0.1",), "10.9.9.9, 192.0.2.7", "192.0.2.7"),
        (("127.0.0.1", "192.0.2.0/24"), "10.9.9.9, 192.0.2.7", "10.9.9.9"),
        (("127.0.0.1",), "x, 192.0.2.7\tmore", "127.0.0.1"),
        (("127.0.0.1",), "192.0.2.0/24", "127.0.0.1"),
        (("127.0.0.1",), "", "127.0.0.1"),
    ],
)
async def test_a_trusted_proxy_says_who_the_client_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, proxies: tuple[str, ...], client_named: str, peer: str
):
    caplog.set_level("INFO")
    async with asking(tmp_path, {"proxies": proxies}) as asker:
        await asker.ask("GET", "/api/v1/bounces", headers={"x-forwarded-for": client_named})

    assert f" peer={peer} " in caplog.text


@pytest.mark.parametrize(("first", "last"), [("https", "http"), ("http", "https")])
async def test_the_clients_own_field_counts_less_than_the_one_that_its_proxy_adds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, first: str, last: str
):
    """Some proxies add a line of their own behind that of their client."""
    caplog.set_level("INFO")
    async with asking(tmp_path, {"proxies": ("127.0.0.1",)}) as asker:
        password = base64.b64encode(f"api:{asker.keys['acme read']}".encode()).decode()
        forged = ("X-Forwarded-For: 192.0.2.66", f"X-Forwarded-Proto: {first}")
        added = ("X-Forwarded-For: 192.0.2.7", f"X-Forwarded-Proto: {last}")
        lines = ("GET /v3/acme/bounces HTTP/1.1", "Host: a", "Connection: close", f"Authorization: Basic {password}")
        answer = parsed(await asker.raw("\r\n".join([*lines, *forged, *added, "", ""]).encode()))

    assert " peer=192.0.2.7 " in caplog.text
    assert answer.json["paging"]["first"].startswith(f"{last}://a/")


async def test_the_log_tells_of_each_answer_and_of_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    async with asking(tmp_path) as asker:
        secret = asker.keys["acme read"]
        await asker.ask("GET", "/api/v1/bounces?recipient=jane@example.org")
        await asker.ask("GET", "/%0aINFO%20kept%1b[31m", headers={"user-agent": "x\x7f"})
        await asker.ask("GET", f"/api/v1/bounces?account={secret}")
        await asker.ask("DELETE", f"/api/v1/keys/{secret}")

    assert "at='/api/v1/keys/bnc_...'" in caplog.text
    assert "answered method='GET' at='/api/v1/bounces' code=200 key='" in caplog.text
    assert "jane" not in caplog.text
    assert secret not in caplog.text
    assert "\x1b" not in caplog.text
