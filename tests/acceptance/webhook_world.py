"""A store with a webhook for each reader and each format that it reads, and the readers, real and played."""

import asyncio
import datetime as dt
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance.forging import (
    KEY,
    NOW,
    TODAY,
    add_accounts_and_mailings,
)
from patience import until
from programs.empty_store import make_empty_store
from programs.webhook_reader import WebhookReader
from programs.webhook_readers import PASSWORD, READERS, AnymailSite, Listener

from bouncer.notify.webhooks.channel import WebhookChannel
from bouncer.notify.webhooks.format import SECRET_OCTETS, WebhookFormat
from bouncer.notify.webhooks.formats import format_of
from bouncer.policy.webhooks import CHANNEL, EventType
from bouncer.ports.delivery import Outcome
from bouncer.ports.outbox import DeliveryJob, Lane
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.ports.webhooks import OpenWebhook, Webhook, WebhookSecrets, WebhookState
from bouncer.settings.sections import StoreSettings
from bouncer.stages.admit import Admit
from bouncer.store.sql import open_store

DIALECTS = ("sendgrid", "mailgun", "postmark")
"""The dialects that anymail reads."""
PAIRS = (*(("anymail", dialect) for dialect in DIALECTS), *READERS)
"""The readers of each format."""
OCTETS = bytes(range(SECRET_OCTETS))
ALL_AT_ONCE = Lane(channel=CHANNEL, letters=False)
"""The events out of order: which of them exist does not depend on it."""
AT_A_TIME = 64


@dataclass(frozen=True, slots=True)
class World:
    """A store with an endpoint for each pair, and the readers."""

    store: Store
    channel: WebhookChannel
    site: AnymailSite
    listener: Listener

    def events_read(self) -> set[tuple[str, str, str, str]]:
        """Give (reader, dialect, address, word) of all that was read."""
        names = {"SendGrid": "sendgrid", "Mailgun": "mailgun", "Postmark": "postmark"}
        real = {("anymail", names[event["dialect"]], event["recipient"], event["event"]) for event in self.site.events}
        return real | set(self.listener.events_read)


def format_named(name: str) -> WebhookFormat:
    dialect_format = format_of(name)
    assert dialect_format is not None
    return dialect_format


@pytest.fixture
def site() -> Iterator[AnymailSite]:
    with AnymailSite() as site:
        yield site


@pytest.fixture
async def world(tmp_path: Path, site: AnymailSite) -> AsyncIterator[World]:
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")), now=lambda: NOW)
    await add_accounts_and_mailings(store)
    secrets = {name: format_named(name).make_secret(OCTETS) for name in (*DIALECTS, "listmonk")}
    public = format_named("sendgrid").show_secret(secrets["sendgrid"])
    listener = Listener(sendgrid_key=lambda _reader: public, mailgun_key=secrets["mailgun"])
    site.start(public, secrets["mailgun"])
    now = lambda: dt.datetime.now(dt.UTC)  # noqa: E731 -- readers look at the time of a signature
    channel = WebhookChannel(store, ("127.0.0.1",), now=now)
    with WebhookReader(listener.answer) as reader:
        for client, dialect in PAIRS:
            url = (
                site.url(dialect) if client == "anymail" else f"{reader.url.removesuffix('/hook')}/{client}/{dialect}/"
            )
            await add(store, "acme", f"{client}-{dialect}", url, dialect, secrets[dialect])
        yield World(store, channel, site, listener)
        await channel.close()
    await store.close()


async def add(
    store: Store,
    account: str,
    name: str,
    url: str,
    dialect: str,
    secret: str,
    events: Sequence[EventType] | None = None,
) -> None:
    """Add an endpoint with the events and the belief that the format has by itself."""
    kind = format_named(dialect)
    webhook = Webhook(
        f"{name}-{account}",
        account,
        re.sub("//.*@", "//", url),
        dialect,
        tuple(events or kind.events),
        kind.belief,
        WebhookState.ACTIVE,
        NOW,
    )
    assert await store.add_webhook(OPERATOR, OpenWebhook(webhook, WebhookSecrets(secret, credentials=PASSWORD)))


def admitting(store: Store) -> Admit:
    """The stage, which knows the endpoints of this moment."""
    return Admit(store, domains=("rp.example.com",), keys=(KEY,), today=lambda: TODAY, elapsed=lambda: 0.0)


async def leased_events(store: Store) -> list[DeliveryJob]:
    jobs: list[DeliveryJob] = []
    while leased := await store.lease_entries(now=NOW, count=500, until=NOW + dt.timedelta(days=1), lane=ALL_AT_ONCE):
        jobs += leased
    return jobs


async def post(world: World, jobs: Sequence[DeliveryJob]) -> Counter[Outcome]:
    """Post the events through the channel, and wait until the real reader has told of its share."""
    outcomes, refused = Counter[Outcome](), list[str]()
    for start in range(0, len(jobs), AT_A_TIME):
        results = await asyncio.gather(*map(world.channel.send, jobs[start : start + AT_A_TIME]))
        outcomes.update(result.outcome for result in results)
        refused += [result.reply for result in results if result.outcome is not Outcome.SENT]
    count = sum(job.row.to.startswith("anymail-") for job in jobs)
    assert not refused, refused
    await until(lambda: len(world.site.events) >= count)  # a thread fills the list
    return outcomes
