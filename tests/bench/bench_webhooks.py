"""Webhooks: events a second that one endpoint takes, by the clock and of our own time; what one that hangs costs another.

    python tests/bench/bench_webhooks.py [EVENTS]

The reader is a program of its own on loopback, which answers at once. The events are in a store on disk, as after EVENTS reports.
"""

import asyncio
import datetime as dt
import multiprocessing
import random
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import uvloop
from contract.factories import bounce, letter, record
from contract.webhook_rows import endpoint, event
from programs.webhook_reader import WebhookReader

from bouncer.notify.webhooks.channel import WebhookChannel
from bouncer.notify.webhooks.formats import format_of
from bouncer.policy.backoff import Backoff
from bouncer.policy.webhooks import CHANNEL
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import Delivery
from bouncer.ports.outbox import Lane
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.ports.webhooks import OpenWebhook, WebhookSecrets
from bouncer.settings.sections import StoreSettings
from bouncer.stages.deliver import Deliver
from bouncer.store.sql import open_store

EVENTS = 3000
HANGS_SECONDS = 10.0
BACKOFF = Backoff(dt.timedelta(seconds=60), dt.timedelta(hours=1), dt.timedelta(hours=72))


def read(pipe: Connection) -> None:
    """Answer posts until the pipe is closed; tell the port, and then how many came."""
    with WebhookReader() as reader:
        pipe.send(reader.port)
        while pipe.recv() == "count":
            pipe.send(sum(len(post.json) if post.body.startswith(b"[") else 1 for post in list(reader.posts)))


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def fill(store: Store, urls: dict[str, str], count: int, form: str) -> None:
    webhook_format = format_of(form)
    assert webhook_format is not None
    secrets = WebhookSecrets(webhook_format.make_secret(bytes(range(32))))
    await store.add_account(OPERATOR, Account("acme", ()), now=now())
    for name, url in urls.items():
        await store.add_webhook(OPERATOR, OpenWebhook(endpoint(name, url=url, format=form).webhook, secrets))
    for start in range(0, count, 500):
        ids = await store.keep([letter() for _ in range(min(500, count - start))])
        people = {number: f"r{start + n}@example.org" for n, number in enumerate(ids)}
        cases = [
            record(number, bounce(recipient), entries=[event(recipient, name) for name in urls])
            for number, recipient in people.items()
        ]
        await store.record(cases, now=now())


async def seconds(pipe: Connection, urls: dict[str, str], count: int, form: str = "standard") -> tuple[float, float]:
    """Give the seconds in which the reader got *count* events, by the clock and of this process's own time."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(StoreSettings(f"sqlite:///{folder}/bouncer.db"))
        await fill(store, urls, count, form)
        pipe.send("count")
        before, channel = pipe.recv(), WebhookChannel(store, ("127.0.0.0/8",))
        lane = Lane(channel=CHANNEL, letters=False, is_ordered=True)
        delivery = Delivery(channel, lane, 4, lane_per_destination=True, waits_longer=True)
        start, own = time.perf_counter(), time.process_time()
        running = asyncio.create_task(
            Deliver(store, delivery, BACKOFF, now=now, chance=random.random).run(asyncio.Event())
        )
        arrived = 0
        while arrived < count:
            await asyncio.sleep(0.05)
            pipe.send("count")
            arrived = pipe.recv() - before
        seconds = time.perf_counter() - start, time.process_time() - own
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await channel.close()
        await store.close()
        return seconds


async def main(count: int) -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=read, args=(theirs,), daemon=True)
    process.start()
    url = f"http://127.0.0.1:{ours.recv()}/"
    for form in ("sendgrid", "standard"):
        alone, own = await seconds(ours, {"wh_1": url}, count, form)
        rates = f"{count / alone:,.0f} events a second by the clock, {count / own:,.0f} of our own time"
        print(f"one endpoint, {form}: {rates}")

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(HANGS_SECONDS)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    hanging = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    beside, _ = await seconds(ours, {"wh_0": hanging, "wh_1": url}, count)
    print(f"beside one that hangs: {count / beside:,.0f} events a second, {beside / alone:.2f} times as long")
    ours.send("end")
    process.join()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
