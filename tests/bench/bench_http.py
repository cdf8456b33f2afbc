"""How long the HTTP API and the pages take for their answers, from stores of several sizes; beside each figure its goal.

    bench_http.py [--bounces 10000,1000000] [--asked N] [--only PATTERN] [--store URL]

Each store is filled with so many bounces of four accounts, a month of them, and all that follows from them, rolled up as the
daemon does it. It is asked over one kept connection: with a key of an account the list of bounces, the bounces of one recipient, an
address's story, statistics, a check of 10,000 addresses, the first page and the 2,000th; by an owner and by an operator who are
signed in each page. Another store (--store) must be empty, or filled by an earlier run with the same number of bounces (name
just that one). PATTERN is a regular expression for the names of the kinds that are asked.

Prints of each kind the octets of an answer, uncompressed; the median and the 99th percentile by the client's clock; and the
processor time of this process for one answer, without the client's own. Exit status 1 where a goal is missed.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import http.client
import json
import re
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "tests"))

import uvloop
from contract import filled
from contract.factories import DAY, NOON
from programs.empty_store import make_empty_store
from wire.http_client import mail_host

from bouncer.garbage import freeze_loaded_objects
from bouncer.manage.api_keys import make_key
from bouncer.manage.signing_in import make_link, use_link
from bouncer.pages import cookies
from bouncer.pages.all_pages import make_pages
from bouncer.policy.api_key import KEY_OCTETS, KeyAccess
from bouncer.policy.sign_in import SECRET_OCTETS, Role
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, HttpSettings, RetentionSettings, StoreSettings
from bouncer.store.sql import create_store, open_store
from bouncer.web.server import HttpServer

ACCOUNT = "acme"
LATE_PAGE = 2000
WARM_UP = 10
"""Requests of each kind that are not counted."""
FEW = 20
"""The least number of requests of a dear kind, which is asked a tenth as often as others."""
PAGE_OCTETS, PAGE_MS, TODAY_MS = 60_000, 200.0, 100.0
MOST_MS = {"list": 20.0, "recipient": 20.0, "story": 20.0, "statistics": 50.0, "check": 100.0}
"""Goals for the 99th percentile, in milliseconds; those of pages are above."""
MOST_OF_LATE_PAGE, MOST_OF_LARGER_STORE = 1.5, 2.0
"""Goals for the ratios of medians: the late page to the first one, the largest store to the smallest."""


@dataclass(frozen=True, slots=True)
class Request:
    """A kind of request: what is asked, by whom, and its goals (0: none)."""

    target: str
    headers: dict[str, str]
    body: bytes | None = None
    most_ms: float = 0.0
    most_octets: int = 0
    is_dear: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """How long one kind of request took, in milliseconds: by the clock, and of the server's processor time; its octets."""

    median: float
    late: float
    own: float
    octets: int

    def line(self, request: Request) -> str:
        """Write the figures, each with its goal."""
        most_ms = f" (goal {request.most_ms:.0f})" if request.most_ms else ""
        most_octets = f" (goal {request.most_octets:,})" if request.most_octets else ""
        clock = f"median {self.median:.2f} ms, 99th percentile {self.late:.2f} ms{most_ms}"
        return f"{clock}, processor {self.own:.2f} ms; {self.octets:,} octets{most_octets}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The client's secrets: the key of a program, and the sessions of an owner and of an operator."""

    key: str
    owner: str
    operator: str

    @property
    def api(self) -> dict[str, str]:
        """The headers of a program."""
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    @property
    def people(self) -> dict[str, dict[str, str]]:
        """The headers of each person's browser."""
        sessions = {"owner": self.owner, "operator": self.operator}
        return {name: {"Cookie": f"{cookies.SESSION}={secret}"} for name, secret in sessions.items()}


class Client:
    """Asks over one connection."""

    def __init__(self, port: int, secrets: Secrets) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.secrets = secrets

    def ask(self, request: Request) -> bytes:
        """Give the answer's octets; a problem ends the program."""
        method = "GET" if request.body is None else "POST"
        self._connection.request(method, request.target, request.body, request.headers)
        answer = self._connection.getresponse()
        octets = answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"{request.target}: {answer.status} {octets[:500]!r}")
        return octets

    def value(self, target: str) -> Any:
        """Give the value of an answer of the API."""
        return json.loads(self.ask(Request(f"/api/v1/{target}", self.secrets.api)))

    def timed(self, request: Request, count: int) -> Times:
        """Ask *count* times."""
        for _ in range(WARM_UP):
            octets = len(self.ask(request))
        seconds = list[float]()
        own = time.process_time() - time.thread_time()
        for _ in range(count):
            begun = time.perf_counter()
            self.ask(request)
            seconds.append(time.perf_counter() - begun)
        own = time.process_time() - time.thread_time() - own
        late = statistics.quantiles(seconds, n=100)[98]
        return Times(statistics.median(seconds) * 1000, late * 1000, own / count * 1000, octets)


@contextlib.contextmanager
def serving(url: str, count: int) -> Iterator[Client]:
    """Serve the store, filled with *count* bounces, in a thread of its own."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    store = run(open_store(StoreSettings(url)))
    now = NOON + dt.timedelta(minutes=filled.STEP_MINUTES * _copies(count) + 1)
    try:
        secrets = run(_filled(store, count, now))
        server, port = run(_server(store, now))
        freeze_loaded_objects()  # as the daemon does once it runs: else a collection walks all modules, a tenth of a second
        yield Client(port, secrets)
        run(server.close())
    finally:
        run(store.close())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _copies(count: int) -> int:
    return max(1, count // filled.SEED - 1)


async def _filled(store: Store, count: int, now: dt.datetime) -> Secrets:
    """Fill the store, unless it is filled, and give the secrets of a program and of two people."""
    if not (await store.directory(OPERATOR)).accounts:
        await filled.fill(store, copies=_copies(count))
    old = NOON - 30 * DAY  # nothing is forgotten
    hours = now - dt.timedelta(days=RetentionSettings().hours_days)
    await store.roll_up(now=now, days_before=hours, messages_before=old, counts_before=old)
    octets = secrets.token_bytes(KEY_OCTETS)
    new_key = await make_key(store, OPERATOR, ACCOUNT, KeyAccess.READ, "bench", octets=octets, now=now)
    owner = await _session(store, Role.OWNER, ACCOUNT, now)
    return Secrets(new_key.secret, owner, await _session(store, Role.OPERATOR, None, now))


async def _session(store: Store, role: Role, account: str | None, now: dt.datetime) -> str:
    octets, further = secrets.token_bytes(SECRET_OCTETS), secrets.token_bytes(SECRET_OCTETS)
    link = await make_link(store, OPERATOR, "ann@acme.example", account, role, octets=octets, now=now)
    begun = await use_link(store, link.secret, "bench", octets=further, now=now)
    assert begun is not None
    return begun.secret


async def _server(store: Store, now: dt.datetime) -> tuple[HttpServer, int]:
    http_settings = HttpSettings(listen=("127.0.0.1:0",), per_minute=100_000_000)
    server = HttpServer(
        http_settings,
        store,
        tls=None,
        now=lambda: now,
        elapsed=time.monotonic,
        forward=ForwardSettings(),
        host=mail_host(store),
        pages=make_pages,
    )
    await server.start()
    return server, int(server.listening[0].rpartition(":")[2])


def requests(client: Client) -> dict[str, Request]:
    """Give each kind of request, by name."""
    newest = client.value("bounces?limit=1")["data"][0]
    jane = newest["recipient"]
    pages = {
        "today": "/",
        "find": "/find",
        "find words": "/find?q=nobody+is+home",
        "find a domain": "/find?q=example.org",
        "find nothing": "/find?q=nowhere.example",
        "address": f"/address?address={jane}",
        "report": f"/report/{newest['letter_id']}",
        "activity": "/activity",
        "activity, a category": "/activity?category=hard",
        "activity, an address": f"/activity?recipient={jane}",
        "activity, a campaign that nobody has": "/activity?campaign=nobody",
        "receivers": "/receivers",
        "receivers by domain": "/receivers?by=domain",
        "receivers by campaign": "/receivers?by=campaign",
        "countries": "/receivers/countries",
        "suppressions": "/suppressions",
        "import": "/suppressions/import",
        "forget": f"/address/forget?address={jane}",
        "unread": "/unread",
        "connections": "/connections",
        "notices": "/connections/notices",
        "setup of an account": f"/setup?account={ACCOUNT}",
        "sessions": "/sessions",
    }
    return {
        **_of_program(client, jane),
        **{
            f"page {name}, {person}": Request(
                path, headers, most_ms=TODAY_MS if path == "/" else PAGE_MS, most_octets=PAGE_OCTETS
            )
            for person, headers in client.secrets.people.items()
            for name, path in pages.items()
        },
    }


def _of_program(client: Client, jane: str) -> dict[str, Request]:
    addresses = [jane, *(f"reader{number}@example.net" for number in range(9_999))]
    many, first = json.dumps({"addresses": addresses}).encode(), "bounces?limit=1"
    targets = {
        "list": "bounces?limit=100",
        "recipient": f"bounces?recipient={jane}",
        "story": f"story?address={jane}",
        "statistics": "statistics?by=day",
        "statistics by campaign": "statistics?by=campaign",
        "statistics by domain": "statistics?by=domain",
        "letters": "letters?limit=100",
        "suppressions": "suppressions?limit=100",
        "check": "suppressions/check",
        "check of streams": "suppressions/check-streams",
        "first page": first,
        "late page": f"{first}&cursor={_cursor(client)}",
    }
    return {
        name: Request(
            f"/api/v1/{target}",
            client.secrets.api,
            many if "check" in target else None,
            MOST_MS.get(name.partition(" ")[0], 0.0) if name != "statistics by domain" else 0.0,
            is_dear="check" in target or name == "statistics by domain",
        )
        for name, target in targets.items()
    }


def _cursor(client: Client) -> str:
    """Go to the late page, row by row, and give its cursor; of a smaller store that of its last page."""
    cursor, target = "", "bounces?limit=1"
    for _ in range(LATE_PAGE - 1):
        page = client.value(f"{target}&cursor={cursor}" if cursor else target)
        if page["next"] is None:
            break
        cursor = page["next"]
    return cursor


def measured(client: Client, questions: int, only: str) -> tuple[dict[str, Times], list[str]]:
    """Ask for each kind of answer; give the times, and the goals that are missed."""
    times, faults = dict[str, Times](), list[str]()
    for name, request in requests(client).items():
        if not re.search(only, name):
            continue
        times[name] = timing = client.timed(request, max(questions // 10, FEW) if request.is_dear else questions)
        print(f"  {name}: {timing.line(request)}", flush=True)
        faults += [f"{name} {timing.late:.1f} ms"] if request.most_ms and timing.late > request.most_ms else []
        faults += (
            [f"{name} {timing.octets:,} octets"] if request.most_octets and timing.octets > request.most_octets else []
        )
    return times, [*faults, *late_page(times)]


def late_page(times: dict[str, Times]) -> list[str]:
    """Compare the late page with the first."""
    if not times.keys() >= {"late page", "first page"}:
        return []
    ratio = times["late page"].median / times["first page"].median
    print(f"  page {LATE_PAGE:,} to the first: {ratio:.2f} (goal {MOST_OF_LATE_PAGE})")
    return [f"late page {ratio:.2f}"] if ratio > MOST_OF_LATE_PAGE else []


def compared(smallest: dict[str, Times], largest: dict[str, Times]) -> list[str]:
    """Give the kinds that take too much longer in the largest store."""
    ratios = {name: largest[name].median / smallest[name].median for name in smallest}
    print(f"largest store to the smallest (goal {MOST_OF_LARGER_STORE:.0f}):")
    print("  " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))
    return [f"{name} {ratio:.2f}" for name, ratio in ratios.items() if ratio > MOST_OF_LARGER_STORE]


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bounces", default="10000,1000000")
    parser.add_argument("--asked", type=int, default=300)
    parser.add_argument("--only", default="")
    parser.add_argument("--store", default="", help="the url of a store that is not in a file of ours")
    options = parser.parse_args()
    sizes = [int(text) for text in options.bounces.split(",")]
    if options.store:
        create_store(StoreSettings(options.store))
    by_size, faults = dict[int, dict[str, Times]](), list[str]()
    for size in sizes[:1] if options.store else sizes:
        with tempfile.TemporaryDirectory() as name:
            url = options.store or make_empty_store(Path(name) / "bouncer.db")
            with serving(url, size) as client:
                print(f"{size:,} bounces")
                by_size[size], missed = measured(client, options.asked, options.only)
        faults += [f"{fault} of {size:,}" for fault in missed]
    if len(by_size) > 1:
        faults += compared(by_size[min(by_size)], by_size[max(by_size)])
    print("missed: " + ", ".join(faults) if faults else "all goals met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
