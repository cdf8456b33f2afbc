"""Webhooks in every format, into real and played readers: what each makes of each event; no forgery silences anybody there."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from acceptance.forging import (
    ACME_PATH,
    EACH,
    FORMS,
    NOW,
    OWN,
    complaint,
    failure,
    field,
    path,
    read_all,
    send,
)
from acceptance.webhook_world import OCTETS, PAIRS, World, add, admitting, known, leased_events, post, site, world

from bouncer.mail.signed_header import make_header
from bouncer.notify.webhooks.channel import event_of
from bouncer.notify.webhooks.format import TrySigning
from bouncer.notify.webhooks.formats import FORMATS
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import EventType
from bouncer.ports.delivery import Outcome
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR

__all__ = ["site", "world"]
"""The fixtures that the tests take."""
MOST_OF_ONE = 3
"""Events about one address that are posted; one token's own recipient is the subject of some two thousand."""
SAMPLE = 8
"""Of so many addresses one has its events posted; all events are written and looked at."""
SILENCED = {"bounced", "rejected", "complained", "unsubscribed", "failed", "hard", "complaint"}
"""What makes a reader stop mail to an address."""
DOCS = Path(__file__).parents[2] / "docs/webhooks.md"


def some(jobs: Sequence[DeliveryJob]) -> list[DeliveryJob]:
    """Give every SAMPLE-th event, and MOST_OF_ONE events about an address to an endpoint at most."""
    taken = Counter[tuple[str, str | None]]()
    chosen = []
    for job in jobs:
        about = job.row.to, job.row.recipient_key
        taken[about] += 1
        if taken[about] <= MOST_OF_ONE and zlib.crc32((job.row.recipient_key or "").encode()) % SAMPLE == 0:
            chosen.append(job)
    return chosen


def named_strangers(job: DeliveryJob) -> set[str]:
    """Give the addresses in the written event that are no token's own recipients."""
    event, kind = event_of(job), known(job.row.to.split("-")[1])
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


HARD, SOFT, BLOCK, ABUSE, FORGED = (f"{word}@example.org" for word in ("hard", "soft", "block", "abuse", "forged"))
COLUMNS = (HARD, SOFT, BLOCK, ABUSE, FORGED)
MESSAGE_ID = ("Message-ID: <m1@acme.example>", "Subject: news")


def letters() -> Iterator[tuple[str, bytes]]:
    """A letter of each kind, each proven but the last."""
    soft = failure(SOFT, returned=MESSAGE_ID).replace(b"5.1.1 no such user", b"4.2.2 mailbox is full")
    block = failure(BLOCK, returned=MESSAGE_ID).replace(b"5.1.1 no such user", b"5.7.1 message rejected as spam")
    yield path(HARD), failure(HARD, returned=MESSAGE_ID)
    yield path(SOFT), soft.replace(b"Status: 5.1.1", b"Status: 4.2.2").replace(b"550 4.2.2", b"452 4.2.2")
    yield path(BLOCK), block.replace(b"Status: 5.1.1", b"Status: 5.7.1")
    yield ACME_PATH, complaint(ABUSE, [field(make_header(path(ABUSE))), *MESSAGE_ID])
    yield ACME_PATH, failure(FORGED, returned=MESSAGE_ID)


async def words_of(world: World, blocks: bool) -> dict[tuple[str, str, str], str]:
    admit = admitting(world.store)
    await send(world.store, admit, letters())
    await read_all(world.store, admit)
    outcomes = await post(world, await leased_events(world.store))
    assert blocks or set(outcomes) == {Outcome.SENT}
    return {(reader, dialect, address): word for reader, dialect, address, word in world.events_read()}


def row(
    reader: str, dialect: str, words: dict[tuple[str, str, str], str], blocks: dict[tuple[str, str, str], str]
) -> str:
    cells = [words.get((reader, dialect, address), "nothing") for address in COLUMNS]
    cells.insert(3, blocks.get((reader, dialect, BLOCK), "nothing"))
    return f"| `{dialect}` | {reader} | {' | '.join(cells)} |"


async def test_the_manual_says_what_each_reader_does(world: World, tmp_path: Path):
    """Hard failures and complaints silence, as they should; a failure for now, a block and a forgery silence nobody."""
    words = await words_of(world, blocks=False)

    listed = [
        line for line in DOCS.read_text().splitlines() if re.match(r"\| `\w+` \| (anymail|listmonk|discourse) \|", line)
    ]
    for reader, dialect in PAIRS:
        assert words[reader, dialect, HARD] in SILENCED
        assert words.get((reader, dialect, SOFT), "nothing") not in SILENCED
        assert (reader, dialect, BLOCK) not in words
        assert (reader, dialect, FORGED) not in words
    blocks = await blocks_asked_for(world, tmp_path)
    table = [row(reader, dialect, words, blocks) for reader, dialect in PAIRS]
    print("\n" + "\n".join(table))  # noqa: T201 -- the table for the manual, with -s
    assert listed == table


async def blocks_asked_for(world: World, tmp_path: Path) -> dict[tuple[str, str, str], str]:
    """What readers make of a block, where an endpoint asks for it."""
    for webhook in await world.store.webhooks(OPERATOR):
        opened = await world.store.open_webhook(webhook.id)
        assert opened is not None
        await world.store.remove_webhook(OPERATOR, webhook.id, now=NOW)
        await add(
            world.store, webhook.account, f"{webhook.id}-blocks", webhook.url, webhook.format, opened.secrets.current,
            [EventType.BLOCK],
        )  # fmt: skip
    world.site.events.clear()
    world.listener.events_read.clear()
    return await words_of(world, blocks=True)
