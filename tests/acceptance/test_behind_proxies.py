"""A real proxy and our HTTP server agree on where each request ends, so that nobody's request becomes another client's.

The proxy keeps its connections to us open and shares them between clients. Each hostile request has another one inside, which
names a client of its own: were it answered where it is part of a body, that client would stand in the log.
"""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from programs.ours import Ours
from programs.proxies import PROXIES, http_proxy

HTTP = """
listen = ["127.0.0.1:0"]
proxies = ["127.0.0.1"]
per_minute = 100000
"""
PROXY, ATTACKING, HONEST, LIED = "127.0.0.1", "127.66.0.9", "127.66.0.10", "203.0.113.66"
SILENCE_SECONDS = 0.25
"""Nothing more comes: a client that went earlier would let the proxy give its request up."""
BODY = '{"addresses": ["jane@example.org"]}'
SIZE = len(BODY)
ONE = f"{SIZE:x}\r\n{BODY}\r\n"
WHOLE = f"{ONE}0\r\n\r\n"
HOST = "Host: bounces.acme.example"
CHUNKED = "Transfer-Encoding: chunked"
INSIDE = f"GET /api/v1/letters HTTP/1.1\r\n{HOST}\r\nX-Forwarded-For: {LIED}\r\nX-Forwarded-Proto: https\r\n\r\n"

# Ways to spell a coding, beside a length: a reader that does not know it takes the length (RFC 9112 section 6.1).
CODINGS = (
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding:chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: \x0bchunked",
    "Transfer-Encoding: chunked\x0b",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: ,chunked",
    "Transfer-Encoding: chunked;q=1",
    'Transfer-Encoding: "chunked"',
    "Transfer-Encoding: CHUNKED",
    "Transfer-Encoding: chun\x00ked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding:\r\n chunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "transfer_encoding: chunked",
    "\x00Transfer-Encoding: chunked",
    " Transfer-Encoding: chunked",
    ": x\r\nTransfer-Encoding: chunked",
)
# Lengths that readers may take for different numbers (section 6.3).
LENGTHS = (
    f"Content-Length: +{SIZE}",
    f"Content-Length: 0x{SIZE:x}",
    f"Content-Length: {SIZE}_0",
    f"Content-Length: {SIZE}.0",
    f"Content-Length: 0{SIZE}",
    f"Content-Length: {SIZE} {SIZE}",
    f"Content-Length: {SIZE}, {SIZE}",
    f"Content-Length: {SIZE}, {SIZE + len(INSIDE)}",
    f"Content-Length: {SIZE};a",
    f"Content-Length: {SIZE}\x0b",
    f"Content-Length: \xb2{SIZE}",
    "Content-Length: -1",
    "Content-Length: ",
    f"Content-Length: {'9' * 30}",
    f"Content-Length: {2**64 + SIZE}",
    f"Content-Length : {SIZE}",
    f"Content-Length:\r\n {SIZE}",
    f"content_length: {SIZE}",
    f"Content-Length: {SIZE}\r\nContent-Length: {SIZE + len(INSIDE)}",
    f"Content-Length: {SIZE + len(INSIDE)}\r\nContent-Length: {SIZE}",
    f"Content-Length: {SIZE}\r\nContent_Length: {SIZE + len(INSIDE)}",
)
# Chunks whose ends readers may see in different places (section 7.1), with another request behind them.
CHUNKS = (
    f"{SIZE:x};a=b\r\n{BODY}\r\n0\r\n\r\n",
    f"{SIZE:x};a\nb\r\n{BODY}\r\n0\r\n\r\n",
    f"{SIZE:x};a\rb\r\n{BODY}\r\n0\r\n\r\n",
    f"{SIZE:x};\n{BODY}\r\n0\r\n\r\n",
    f'{SIZE:x};a="\r\n"\r\n{BODY}\r\n0\r\n\r\n',
    f"{SIZE:x};{'a' * 20_000}\r\n{BODY}\r\n0\r\n\r\n",
    f"{SIZE:x}\n{BODY}\n0\n\n",
    f"{SIZE:x}\r{BODY}\r0\r\r",
    f"{SIZE:x} \r\n{BODY}\r\n0\r\n\r\n",
    f"0x{SIZE:x}\r\n{BODY}\r\n0\r\n\r\n",
    f"+{SIZE:x}\r\n{BODY}\r\n0\r\n\r\n",
    f"{SIZE:x}_\r\n{BODY}\r\n0\r\n\r\n",
    f"{2**64 + SIZE:x}\r\n{BODY}\r\n0\r\n\r\n",
    f"-1\r\n{BODY}\r\n0\r\n\r\n",
    f"{SIZE:x}\r\n{BODY}XX0\r\n\r\n",
    f"{ONE}0\n\n",
    f"{ONE}0;a=b\r\n\r\n",
    f"{ONE}00000000\r\n\r\n",
    f"{ONE}0\r\nX-Forwarded-For: {LIED}\r\nContent-Length: 9\r\n\r\n",
    f"{ONE}0\r\n: x\r\nno field\r\n\r\n",
    f"{ONE}0\r\n",
    ONE,
)
# Lines of a request that readers may part differently, or that change what is asked.
LINES = (
    ("GET /api/v1/bounces HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}"),
    ("HEAD /api/v1/bounces HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}"),
    ("OPTIONS * HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}"),
    ("GET /docs HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}"),
    ("GET /nowhere HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}"),
    ("POST /sign-in HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}"),
    ("POST /api/v1/suppressions/check HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}", "Expect: 100-continue"),
    ("POST /api/v1/suppressions/check HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}", "Expect: y 100-continue"),
    ("POST /api/v1/suppressions/check HTTP/1.1", HOST, f"Content-Length: {len(INSIDE)}", "Expect:\r\n 100-continue"),
    ("POST /api/v1/suppressions/check HTTP/1.0", HOST, "Connection: keep-alive", f"Content-Length: {len(INSIDE)}"),
    ("GET /api/v1/bounces HTTP/1.1", HOST, "Connection: Upgrade", "Upgrade: h2c", f"Content-Length: {len(INSIDE)}"),
    ("GET /api/v1/bounces HTTP/1.1", HOST, "Connection: Content-Length", f"Content-Length: {len(INSIDE)}"),
    ("GET /api/v1/bounces HTTP/1.1", HOST, "Connection: X-Forwarded-For, X-Forwarded-Proto"),
    ("GET /api/v1/bounces HTTP/1.1", HOST, f"X-Forwarded-For: {LIED}", f"X-Forwarded-For: {LIED}"),
    ("GET /api/v1/bounces HTTP/1.1", HOST, f"X_Forwarded_For: {LIED}", f"Forwarded: for={LIED}"),
    ("GET /api/v1/bounces HTTP/1.1", HOST, f"X: y\rX-Forwarded-For: {LIED}"),
    ("GET /api/v1/bounces HTTP/1.1", HOST, f"X: y\n\nGET /docs HTTP/1.1\nX-Forwarded-For: {LIED}"),
    ("GET http://evil.example/api/v1/bounces HTTP/1.1", HOST, f"X-Forwarded-For: {LIED}"),
    ("GET /api/v1/bounces HTTP/1.1 HTTP/1.1", HOST, f"X-Forwarded-For: {LIED}"),
    ("GET /api/v1/bounces\x0bHTTP/1.1", HOST, f"X-Forwarded-For: {LIED}"),
    ("GET /api/v1/bounces%20HTTP/1.1%0d%0aX-Forwarded-For:%20203.0.113.66 HTTP/1.1", HOST),
    ("GET /api/v1/bounces", HOST),
    ("\r\n\r\nGET /api/v1/bounces HTTP/1.1", HOST),
)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    folder = tmp_path_factory.mktemp("daemon") / "ours"
    folder.mkdir()
    with Ours(folder, http=HTTP) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        yield ours


@pytest.fixture(scope="module")
def key(ours: Ours) -> str:
    return ours.command("key", "add", "acme", "--scope", "write").stdout.splitlines()[-1]


def question(key: str, *fields: str, body: str = "", target: str = "/api/v1/suppressions/check") -> bytes:
    lines = (f"POST {target} HTTP/1.1", HOST, "Content-Type: application/json", f"Authorization: Bearer {key}")
    return "".join(f"{line}\r\n" for line in (*lines, *fields, "")).encode("latin-1") + body.encode("latin-1")


def hostile_requests(key: str) -> Iterator[bytes]:
    """Give requests that two readers may part differently (RFC 9112 section 11.2), each with INSIDE behind or in its body."""
    for coding in CODINGS:
        for target in ("/api/v1/suppressions/check", "/docs", "/nowhere"):  # some answers do not wait for a body
            length = f"Content-Length: {len(WHOLE + INSIDE)}"
            yield question(key, length, coding, body=WHOLE + INSIDE, target=target)
        yield question(key, coding, "Content-Length: 4", body=f"{len(INSIDE):x}\r\n{INSIDE}\r\n0\r\n\r\n")
    yield from (question(key, length, body=BODY + INSIDE) for length in LENGTHS)
    yield from (question(key, CHUNKED, body=chunks + INSIDE) for chunks in CHUNKS)
    for lines in LINES:
        head = "".join(f"{line}\r\n" for line in (*lines, f"Authorization: Bearer {key}", ""))
        yield (head + INSIDE).encode("latin-1")


def ask(port: int, octets: bytes, client: str) -> bytes:
    """Send *octets*, and give all that comes until nothing more does."""
    answered = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(client, 0)) as connection:
            connection.sendall(octets)
            connection.settimeout(SILENCE_SECONDS)
            while piece := connection.recv(65_536):
                answered += piece
    except OSError:  # it is silent, or cut off
        pass
    return answered


def ask_honestly(port: int, key: str, number: int) -> tuple[str, bytes]:
    """Ask about an address that nobody else asks about, and wait for the answer: the address, and the answer."""
    address = f"reader{number}@example.org"
    body = f'{{"addresses": ["{address}"]}}'
    octets = question(key, f"Content-Length: {len(body)}", "Connection: close", body=body)
    with socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(HONEST, 0)) as connection:
        connection.sendall(octets)
        return address, b"".join(iter(lambda: connection.recv(65_536), b""))


def clients_in_log(ours: Ours, begin: int) -> set[str]:
    """Give the clients of all requests that were answered since the log had *begin* octets."""
    return set(re.findall(r" answered .*? peer=(\S+)", ours.log.read_bytes()[begin:].decode()))


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.real(name)) for name in PROXIES])
def test_no_request_inside_another_is_answered_behind_a_real_proxy(name: str, ours: Ours, key: str):
    begin = ours.log.stat().st_size
    with http_proxy(name, ours.listeners["http"]) as proxy, ThreadPoolExecutor(16) as clients:
        plain = question(key, f"Content-Length: {SIZE}", body=BODY)
        chunked = question(key, CHUNKED, body=WHOLE)
        hostile = [clients.submit(ask, proxy.port, octets, ATTACKING) for octets in hostile_requests(key)]
        honest = [clients.submit(ask_honestly, proxy.port, key, number) for number in range(50)]
        answers = [request.result() for request in hostile]

        for request in honest:
            address, answer = request.result()
            assert answer.startswith(b"HTTP/1.1 200 "), answer
            assert address.encode() in answer, answer
        for octets in (plain, chunked):
            assert b'"jane@example.org"' in ask(proxy.port, octets, ATTACKING)
    good = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200 ")]
    assert len(good) > 10  # good requests with another behind, which gets an answer of its own
    assert clients_in_log(ours, begin) == {ATTACKING, HONEST}


def test_a_request_that_no_proxy_saw_would_stand_in_the_log(ours: Ours):
    begin = ours.log.stat().st_size
    answer = ask(ours.listeners["http"], INSIDE.encode(), PROXY)

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert ours.until(lambda: clients_in_log(ours, begin)) == {LIED}
