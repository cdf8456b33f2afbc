"""How long the HTTP API takes for its answers, by the client's clock, from stores of several sizes.

    bench_http.py [--bounces 10000,1000000] [--asked N] [--store URL]

Each store is filled with so many bounces of four accounts and all that follows from them, and asked over one kept connection: the
list of bounces, the bounces of one recipient, an address's story, statistics, a check of 10,000 addresses; then the first page and
the 2,000th. Another store (--store) must be empty, or filled by an earlier run with the same number of bounces, of which one is
named then. Prints the median and the 99th percentile of each; exit status 1 where a goal is missed.
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "tests"))

import uvloop
from contract import filled
from contract.made import NOON
from real.empty_store import make_empty_store
from wire.http_asking import mail_host

from bouncer.manage.api_keys import make_key
from bouncer.policy.api_key import KEY_OCTETS, KeyAccess
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, HttpSettings, StoreSettings
from bouncer.store.sql import open_store
from bouncer.web.server import HttpServer

ACCOUNT = "acme"
LATE_PAGE = 2000
WARM_UP = 20
"""Requests of each kind that are not counted."""
MOST_MS = {"list": 20.0, "recipient": 20.0, "story": 20.0, "statistics": 50.0, "check": 100.0}
"""Goals for the 99th percentile, in milliseconds."""
MOST_OF_LATE_PAGE, MOST_OF_LARGER_STORE = 1.5, 2.0
"""Goals for the ratios of medians: the late page to the first one, the largest store to the smallest."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long one kind of request took, in milliseconds."""

    median: float
    late: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        return cls(statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=100)[98] * 1000)


class Client:
    """Asks over one connection with a key of the account."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def ask(self, target: str, body: bytes | None = None) -> Any:
        """Give the answer's value; a problem ends the program."""
        self._connection.request("GET" if body is None else "POST", f"/api/v1/{target}", body, self._headers)
        answer = self._connection.getresponse()
        octets = answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"{target}: {answer.status} {octets[:500]!r}")
        return json.loads(octets)

    def timed(self, count: int, target: str, body: bytes | None = None) -> Times:
        """Ask *count* times."""
        seconds = list[float]()
        for number in range(count + WARM_UP):
            begun = time.perf_counter()
            self.ask(target, body)
            if number >= WARM_UP:
                seconds.append(time.perf_counter() - begun)
        return Times.of(seconds)


@contextlib.contextmanager
def serving(url: str, count: int) -> Iterator[Client]:
    """Serve the store, filled with *count* bounces, in a thread of its own."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    store = run(open_store(StoreSettings(url)))
    try:
        secret = run(_filled(store, count))
        server, port = run(_server(store))
        yield Client(port, secret)
        run(server.close())
    finally:
        run(store.close())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _filled(store: Store, count: int) -> str:
    if not (await store.directory(OPERATOR)).accounts:
        await filled.fill(store, copies=max(1, count // filled.SEED - 1))
    octets = secrets.token_bytes(KEY_OCTETS)
    return (await make_key(store, OPERATOR, ACCOUNT, KeyAccess.READ, "bench", octets=octets, now=NOON)).secret


async def _server(store: Store) -> tuple[HttpServer, int]:
    http_settings = HttpSettings(listen=("127.0.0.1:0",), per_minute=100_000_000)
    server = HttpServer(
        http_settings, store, tls=None, now=lambda: NOON, forward=ForwardSettings(), host=mail_host(store)
    )
    await server.start()
    return server, int(server.listening[0].rpartition(":")[2])


def measured(client: Client, asked: int) -> dict[str, Times]:
    """Ask for each kind of answer."""
    jane = client.ask("bounces?limit=1")["data"][0]["recipient"]
    addresses = [jane, *(f"reader{number}@example.net" for number in range(9_999))]
    many = json.dumps({"addresses": addresses}).encode()
    few = max(asked // 10, 20)
    first = "bounces?limit=1"
    times = {
        "list": client.timed(asked, "bounces?limit=100"),
        "recipient": client.timed(asked, f"bounces?recipient={jane}"),
        "story": client.timed(asked, f"story?address={jane}"),
        "statistics": client.timed(asked, "statistics?by=domain"),
        "check": client.timed(few, "suppressions/check", many),
        "check-streams": client.timed(few, "suppressions/check-streams", many),
        "first page": client.timed(asked, first),
    }
    return {**times, "late page": client.timed(asked, f"{first}&cursor={_cursor(client)}")}


def _cursor(client: Client) -> str:
    """Go to the late page, row by row, and give its cursor; of a smaller store that of its last page."""
    cursor, target = "", "bounces?limit=1"
    for _ in range(LATE_PAGE - 1):
        page = client.ask(f"{target}&cursor={cursor}" if cursor else target)
        if page["next"] is None:
            break
        cursor = page["next"]
    return cursor


def missed(times: dict[str, Times]) -> list[str]:
    """Give the goals that one store misses."""
    late = [f"{name} {times[name].late:.1f} ms" for name, most in MOST_MS.items() if times[name].late > most]
    ratio = times["late page"].median / times["first page"].median
    print(f"page {LATE_PAGE:,} to the first: {ratio:.2f}")
    return [*late, *([f"late page {ratio:.2f}"] if ratio > MOST_OF_LATE_PAGE else [])]


def compared(smallest: dict[str, Times], largest: dict[str, Times]) -> list[str]:
    """Give the kinds that take too much longer in the largest store."""
    ratios = {name: largest[name].median / smallest[name].median for name in smallest}
    print("largest store to the smallest: " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))
    return [f"{name} {ratio:.2f}" for name, ratio in ratios.items() if ratio > MOST_OF_LARGER_STORE]


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bounces", default="10000,1000000")
    parser.add_argument("--asked", type=int, default=1000)
    parser.add_argument("--store", default="", help="the url of a store that is not in a file of ours")
    given = parser.parse_args()
    sizes = [int(text) for text in given.bounces.split(",")]
    by_size, faults = dict[int, dict[str, Times]](), list[str]()
    for size in sizes[:1] if given.store else sizes:
        with tempfile.TemporaryDirectory() as name:
            url = given.store or make_empty_store(Path(name) / "bouncer.db")
            with serving(url, size) as client:
                by_size[size] = measured(client, given.asked)
        for kind, times in by_size[size].items():
            print(f"{size:,} bounces, {kind}: median {times.median:.2f} ms, 99th percentile {times.late:.2f} ms")
        faults += missed(by_size[size])
    if len(by_size) > 1:
        faults += compared(by_size[min(by_size)], by_size[max(by_size)])
    print("missed: " + ", ".join(faults) if faults else "all goals met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
