"""Posting to endpoints on loopback: whom the client connects to, what it checks, what it refuses, and where it stops."""

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from patience import until
from programs.webhook_reader import WebhookReader

from bouncer.notify.webhooks import http_connection, posting
from bouncer.notify.webhooks.bounded_answers import MOST_OCTETS
from bouncer.notify.webhooks.format import WebhookPost
from bouncer.notify.webhooks.posting import MAX_ANSWER_OCTETS, Poster, PostResult, Resolve
from bouncer.policy.webhook_url import parse_webhook_url

LOOPBACK = ("127.0.0.0/8", "::1/128")
PATIENCE_SECONDS = 20.0
"""Seconds after which the end of a connection has not been noticed."""
POST = WebhookPost(b'{"type":"test"}', {"webhook-id": "evt_1"})


def resolving(*answers: Sequence[str]) -> Resolve:
    """A resolver that gives each of *answers* once, and the last one for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def post(
    url: str,
    *,
    networks: Sequence[str] = LOOPBACK,
    resolve: Resolve = posting.resolve_host,
    credentials: str | None = None,
    times: int = 1,
) -> list[PostResult]:
    poster = Poster(parse_webhook_url(url, allows_http=True), networks, resolve=resolve)
    try:
        return [await poster.post(POST, credentials) for _ in range(times)]
    finally:
        await poster.close()


@pytest.fixture
def reader() -> Iterator[WebhookReader]:
    with WebhookReader() as reader:
        yield reader


async def test_a_post_arrives_as_it_was_written(reader: WebhookReader):
    (result,) = await post(f"{reader.url}?a=b", credentials="user:pass")

    (posted,) = reader.posts
    assert (result.status, result.answer) == (200, "taken")
    assert (posted.path, posted.body) == ("/hook?a=b", POST.body)
    assert posted.headers["Content-Type"] == "application/json"
    assert posted.headers["Host"] == f"127.0.0.1:{reader.port}"
    assert posted.headers["Authorization"] == "Basic dXNlcjpwYXNz"
    assert posted.headers["webhook-id"] == "evt_1"


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["1.1.1.1", "10.0.0.1"],
        ["10.0.0.1", "1.1.1.1"],
        ["169.254.169.254"],
        ["fe80::1%lo"],
        ["0.0.0.0"],  # noqa: S104 -- an address to refuse
    ],
)
async def test_no_connection_is_made_where_one_address_of_the_host_is_not_public(
    addresses: list[str], reader: WebhookReader, monkeypatch: pytest.MonkeyPatch
):
    connections: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *words: connections.append(words))

    (result,) = await post(f"https://rebound.example:{reader.port}/", networks=(), resolve=resolving(addresses))

    assert result.status is None
    assert "not public" in result.answer
    assert not any(address in result.answer for address in addresses)
    assert connections == reader.posts == []


async def test_a_resolver_that_changes_its_answer_gains_nothing(reader: WebhookReader):
    """The first answer is checked and connected to; each later try asks and checks again."""
    resolve = resolving(["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"])

    results = await post(f"http://rebound.example:{reader.port}/", networks=("127.0.0.1",), resolve=resolve, times=3)

    assert [result.status for result in results] == [200, None, 200]
    assert {posted.headers["Host"] for posted in reader.posts} == {f"rebound.example:{reader.port}"}


async def test_http_goes_to_the_operators_networks_only(reader: WebhookReader):
    (result,) = await post(f"http://public.example:{reader.port}/", resolve=resolving(["1.1.1.1"]))

    assert result.status is None
    assert "http://" in result.answer


async def test_another_address_is_tried_where_the_first_does_not_answer(reader: WebhookReader):
    (result,) = await post(f"http://two.example:{reader.port}/", resolve=resolving(["127.0.0.9", "127.0.0.1"]))

    assert result.status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(reader: WebhookReader, status: int):
    with WebhookReader() as other:
        reader.answer = lambda _posted: (status, b"", {"Location": other.url})
        (result,) = await post(reader.url)

    assert result.status == status
    assert len(reader.posts) == 1
    assert other.posts == []


async def test_no_proxy_of_the_environment_is_used(reader: WebhookReader, monkeypatch: pytest.MonkeyPatch):
    with WebhookReader() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        (result,) = await post(reader.url)

    assert result.status == 200
    assert proxy.posts == []


async def test_no_password_of_a_netrc_is_sent(reader: WebhookReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login root password root\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    await post(reader.url)

    assert reader.posts[0].headers["Authorization"] is None


async def test_an_answer_is_cut_and_never_inflated(reader: WebhookReader):
    reader.answer = lambda _posted: (200, b"x" * 10_000_000, {"Content-Encoding": "gzip"})

    results = await post(reader.url, times=2)

    assert {(result.status, result.answer) for result in results} == {(200, "x" * MAX_ANSWER_OCTETS)}
    assert reader.posts[0].headers["Accept-Encoding"] == "identity"


async def test_an_answer_that_is_no_text_is_shown_as_far_as_it_is(reader: WebhookReader):
    reader.answer = lambda _posted: (500, b"\xff\xfeno", {})

    (result,) = await post(reader.url)

    assert (result.status, result.answer) == (500, "��no")


@contextlib.asynccontextmanager
async def talking(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """A server that speaks as *talk* does, until the test ends."""
    writers: list[asyncio.StreamWriter] = []
    tasks: list[asyncio.Task[None] | None] = []

    async def talk_noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        tasks.append(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await talk(reader, writer)

    server = await asyncio.start_server(talk_noted, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        for task in filter(None, tasks):
            task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)


async def _silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)
    writer.close()


async def _dripping(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(50):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)
    writer.close()


async def _endless_header(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(100_000):
        writer.write(b"X-%d: %s\r\n" % (n, b"y" * 1000))
        await writer.drain()
    writer.close()


async def _informing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for _ in range(50):
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)
    writer.close()


async def _nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mx.example.net ESMTP\r\n")
    writer.close()


async def _mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("talk", [_silent, _dripping, _endless_header, _informing, _nonsense, _mute])
async def test_a_server_that_speaks_slowly_or_nonsense_is_a_result(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(posting, "POST_SECONDS", 1.0)
    async with talking(talk) as url:
        (result,) = await asyncio.wait_for(post(url), 10)

    assert result.status is None
    assert result.answer
    assert len(result.answer) < 500


def storming(octets: bytes, *, behind: bytes = b"") -> Callable[..., Awaitable[None]]:
    """Talk that says *behind*, and then *octets* without end, as fast as they are taken."""

    async def storm(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(behind)
        while True:
            writer.write(octets * (60_000 // len(octets)))
            await writer.drain()

    return storm


OK = b"HTTP/1.1 200 OK\r\n"
STORMS = {
    "informational answers": storming(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "informational answers with fields": storming(b"HTTP/1.1 100 Continue\r\nLink: </a>\r\nLink: </b>\r\n\r\n"),
    "a field": storming(b"x", behind=OK + b"X: "),
    "fields behind the content": storming(b"a: b\r\n", behind=OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"),
    "an extension of a chunk": storming(b"x", behind=OK + b"Transfer-Encoding: chunked\r\n\r\n1;"),
}


@pytest.mark.parametrize("storm", STORMS.values(), ids=STORMS)
async def test_an_answer_without_end_is_over_after_so_many_octets(
    storm: Callable[..., Awaitable[None]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Long before the time is over; over TLS, too."""
    client = ssl.create_default_context()
    monkeypatch.setattr(posting, "_tls_context", lambda: client)
    server = server_context(tmp_path / "both.pem", "app.example")
    client.load_verify_locations(tmp_path / "both.pem")
    async with talking(storm) as plain, talking(storm, tls=server) as other:
        encrypted = other.replace("http://127.0.0.1", "https://app.example")
        results = [*await post(plain), *await post(encrypted, resolve=resolving(["127.0.0.1"]))]

    reason = f"no answer: more than {MOST_OCTETS} octets, and the answer is not over"
    assert [(result.status, result.answer) for result in results] == [(None, reason)] * 2


async def test_each_answer_over_one_connection_has_as_many_octets(reader: WebhookReader):
    reader.answer = lambda _posted: (200, b"ok", {"X-Padding": "x" * (MOST_OCTETS // 4)})

    assert {result.status for result in await post(reader.url, times=6)} == {200}


async def test_a_fault_of_the_library_is_a_result(reader: WebhookReader, monkeypatch: pytest.MonkeyPatch):
    """Where the other side resets a connection as it opens, no socket is left on which the library sets its options."""

    def stream(*_words: object, **_options: object) -> object:
        raise AttributeError("'NoneType' object has no attribute 'setsockopt'")

    monkeypatch.setattr(httpcore2.AsyncHTTPConnection, "stream", stream)
    (result,) = await post(reader.url)

    assert (result.status, result.answer) == (None, "no answer: AttributeError")


async def _resetting(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def test_a_server_that_resets_every_connection_is_a_result():
    async with talking(_resetting) as url:
        results = [(await post(url))[0] for _ in range(20)]

    assert {result.status for result in results} == {None}
    assert all(result.answer.startswith("no ") for result in results)


async def test_a_host_without_an_address_and_a_resolver_that_hangs_are_results(monkeypatch: pytest.MonkeyPatch):
    async def fails(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async def hangs(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return ()

    monkeypatch.setattr(posting, "RESOLVE_SECONDS", 0.1)
    (unknown,) = await post("https://no.example/", resolve=fails)
    (empty,) = await post("https://no.example/", resolve=resolving([]))
    (late,) = await post("https://no.example/", resolve=hangs)

    assert (unknown.answer, empty.answer) == ("the host has no address", "the host has no address")
    assert (late.status, "seconds" in late.answer) == (None, True)


def server_context(file: Path, name: str) -> ssl.SSLContext:
    """A server's context with a certificate for *name*, which is written to *file* with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "webhook test")])
    now, hour = dt.datetime.now(dt.UTC), dt.timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now - hour, now + hour)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_the_certificate_must_be_for_the_hosts_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By SNI and checked by name, though the connection is to an address."""
    hosts: list[str | None] = []
    server = server_context(tmp_path / "both.pem", "app.example")
    server.sni_callback = lambda _socket, name, _context: hosts.append(name)
    client = ssl.create_default_context(cafile=tmp_path / "both.pem")
    monkeypatch.setattr(posting, "_tls_context", lambda: client)
    with WebhookReader(tls=server) as reader:
        (right,) = await post(f"https://app.example:{reader.port}/", resolve=resolving(["127.0.0.1"]))
        (wrong,) = await post(f"https://other.example:{reader.port}/", resolve=resolving(["127.0.0.1"]))
        (by_address,) = await post(f"https://127.0.0.1:{reader.port}/")

    assert right.status == 200
    assert hosts[:2] == ["app.example", "other.example"]
    assert (wrong.status, by_address.status) == (None, None)
    assert "certificate" in wrong.answer.lower()
    assert len(reader.posts) == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path):
    with WebhookReader(tls=server_context(tmp_path / "both.pem", "app.example")) as reader:
        (result,) = await post(f"https://app.example:{reader.port}/", resolve=resolving(["127.0.0.1"]))

    assert result.status is None
    assert reader.posts == []


async def _closing_politely(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(POST.body)
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
    await reader.read()
    writer.close()


async def _closing_without_a_word(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(POST.body)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    writer.close()


async def _old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(POST.body)
    writer.write(b"HTTP/1.0 200 OK\r\n\r\nok")
    writer.close()


async def _keeping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await reader.readuntil(POST.body)
        writer.write(
            b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        )


async def until_unusable(poster: Poster) -> None:
    """Wait until the ends of the connections that *poster* keeps have arrived."""
    await until(lambda: not any(connection.is_usable for connection in poster._idle))  # noqa: SLF001 -- nobody hears of an end


@pytest.mark.parametrize(
    ("talk", "connections"), [(_closing_politely, 3), (_closing_without_a_word, 3), (_old, 3), (_keeping, 1)]
)
async def test_a_connection_is_used_again_as_long_as_the_server_keeps_it(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], connections: int
):
    counted: list[asyncio.StreamWriter] = []

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counted.append(writer)
        await talk(reader, writer)

    async with talking(counting) as url:
        poster = Poster(parse_webhook_url(url, allows_http=True), LOOPBACK)
        results = []
        for _ in range(3):
            results.append(await poster.post(POST, None))
            if connections > 1:
                await until_unusable(poster)
        await poster.close()

    assert [(result.status, result.answer) for result in results] == [(200, "ok")] * 3
    assert len(counted) == connections


async def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_connection, "KEPT_SECONDS", 0.0)
    counted: list[asyncio.StreamWriter] = []

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counted.append(writer)
        await _keeping(reader, writer)

    async with talking(counting) as url:
        await post(url, times=2)

    assert len(counted) == 2


async def test_the_answer_to_a_post_that_was_not_read_to_its_end_counts():
    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(1)

    async with talking(refusing) as url:
        poster = Poster(parse_webhook_url(url, allows_http=True), LOOPBACK)
        result = await poster.post(WebhookPost(b"[" + b" " * 200_000 + b"]", {}), None)
        await poster.close()

    assert result.status == 413


async def test_no_address_stands_in_the_words_of_a_connection_that_fails():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        (result,) = await post(f"http://inside.example:{closed.getsockname()[1]}/", resolve=resolving(["127.0.0.1"]))

    assert result.answer == "no connection: All connection attempts failed"


async def test_a_path_that_is_not_in_ascii_is_encoded_once(reader: WebhookReader):
    await post(f"http://127.0.0.1:{reader.port}/höök/%C3%B6?a=ü&b=%26")

    assert reader.posts[0].path == "/h%C3%B6%C3%B6k/%C3%B6?a=%C3%BC&b=%26"
