"""Texts of any length and script, in every place where an index holds them: one that is too long is cut, and refuses nothing."""

import random

import pytest
from contract.factories import ALL, NOON, bounce, letter, record, suppression

from bouncer.ports.letters import BounceFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import SendFilter, Sent
from bouncer.ports.store import Store

SCRIPTS = {"ascii": (0x21, 0x7E), "cyrillic": (0x410, 0x44F), "chinese": (0x4E00, 0x9FA5), "emoji": (0x1F300, 0x1F5FF)}


@pytest.fixture(params=SCRIPTS)
def text(request: pytest.FixtureRequest) -> str:
    """Characters in no order that a database could compress."""
    chance = random.Random(request.param)  # noqa: S311 -- no secret
    return "".join(chr(chance.randint(*SCRIPTS[request.param])) for _ in range(4000))


async def test_a_long_campaign_and_stream_are_counted(store: Store, text: str):
    sent = Sent(
        "acme", NOON, ("jane@example.org",), campaign=text[:700], stream=text[700:1400], reference=text[1400:2100]
    )
    for _ in range(2):
        await store.count(OPERATOR, [sent])

    (counted,) = await store.counts(OPERATOR, SendFilter(), ("campaign",))
    assert counted.count == 2
    assert counted.campaign
    assert text.startswith(counted.campaign)


async def test_a_long_address_is_suppressed_in_a_long_stream(store: Store, text: str):
    address, stream = f"{text[:64]}@{text[300:360]}.example", text[700:1400]
    await store.suppress(OPERATOR, suppression(address, stream=stream))
    await store.import_suppressions(OPERATOR, [suppression(f"x{address}", stream=stream)])

    for spelling in (address, f"x{address}"):
        assert list(await store.suppressions_of(OPERATOR, "acme", [spelling], now=NOON, stream=stream)) == [spelling]


async def test_a_long_address_is_recorded_and_found(store: Store, text: str):
    address = f"{text[:64]}@{text[300:360]}.example"
    (number,) = await store.keep([letter()])
    await store.record([record(number, bounce(address))], now=NOON)

    (row,) = await store.bounces(OPERATOR, BounceFilter(recipient=address), ALL)
    assert row.recipient == address
