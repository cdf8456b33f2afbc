"""Webhooks in every format, into real and played readers: no forgery silences anybody there."""

import re
import zlib
from collections import Counter
from collections.abc import Sequence

import pytest
from acceptance.forging import (
    EACH,
    FORMS,
    NOW,
    OWN,
    read_all,
    send,
)
from acceptance.webhook_world import OCTETS, PAIRS, World, admitting, format_named, leased_events, post, site, world

from bouncer.notify.webhooks.channel import event_of
from bouncer.notify.webhooks.format import TrySigning
from bouncer.notify.webhooks.formats import FORMATS
from bouncer.policy.records import Belief
from bouncer.ports.delivery import Outcome
from bouncer.ports.outbox import DeliveryJob

__all__ = ["site", "world"]
"""The fixtures that the tests take."""
MOST_OF_ONE = 3
"""Events about one address that are posted; one token's own recipient is the subject of some two thousand."""
SAMPLE = 8
"""The events of every eighth address are posted; all events are written and looked at."""
SILENCED = {"bounced", "rejected", "complained", "unsubscribed", "failed", "hard", "complaint"}
"""Records by which a reader stops mail to an address."""


def some(jobs: Sequence[DeliveryJob]) -> list[DeliveryJob]:
    """Give every SAMPLE-th event, and MOST_OF_ONE events about an address to an endpoint at most."""
    counts = Counter[tuple[str, str | None]]()
    chosen = []
    for job in jobs:
        about = job.row.to, job.row.recipient_key
        counts[about] += 1
        if counts[about] <= MOST_OF_ONE and zlib.crc32((job.row.recipient_key or "").encode()) % SAMPLE == 0:
            chosen.append(job)
    return chosen


def named_strangers(job: DeliveryJob) -> set[str]:
    """Give the addresses in the written event that are no token's own recipients."""
    event, kind = event_of(job), format_named(job.row.to.split("-")[1])
    assert event is not None
    body = kind.write(event, TrySigning((kind.make_secret(OCTETS),), NOW, "t" * 50)).body.decode()
    victims = re.findall(r"victim\d+@example\.org", body)
    return set(victims)


def test_every_format_that_carries_no_belief_has_readers_here():
    assert {dialect for _, dialect in PAIRS} | {"standard"} == {kind.name for kind in FORMATS}
    assert {kind.belief for kind in FORMATS if kind.name != "standard"} == {Belief.PROVEN}


@pytest.mark.timeout(300)
async def test_no_forgery_silences_anybody_at_any_reader(world: World):
    """The 10,010 forged reports: only a token's own recipient, who speaks about himself, is ever the subject of an event."""
    admit = admitting(world.store)
    for form in FORMS.values():
        await send(world.store, admit, map(form, range(EACH)))
        await read_all(world.store, admit)

    jobs = await leased_events(world.store)
    for job in jobs:
        assert not named_strangers(job)
    outcomes = await post(world, some(jobs))

    assert EACH * len(FORMS) >= 10_000
    assert len(jobs) > 10 * EACH
    assert {job.row.recipient_key for job in jobs} == OWN
    assert set(outcomes) == {Outcome.SENT}
    events_read = world.events_read()
    assert len({address for _, _, address, _ in events_read}) > MOST_OF_ONE
    assert {address for _, _, address, _ in events_read} <= OWN
    silenced = {(reader, dialect) for reader, dialect, _, word in events_read if word in SILENCED}
    assert silenced == {pair for pair in PAIRS if pair[0] != "discourse"}, (
        "it knows mails by Message-ID: these name none"
    )
