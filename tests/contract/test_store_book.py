"""What every store promises about the book of sends: counts, messages, roll-ups."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from contract.made import DAY, NOON, bounce, letter, record

from bouncer.policy.history import HistoryQuery
from bouncer.policy.records import CountedOutcome, Record
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.sends import Count, SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.store.engine.engine import Engine
from bouncer.store.sends import rolling_up
from bouncer.store.sends.messages import ASSUMED_REACH, EXAMINED_MESSAGES

HOUR = dt.timedelta(hours=1)


def sent(*recipients: str, **facts: object) -> Sent:
    return Sent(**{"account": "acme", "at": NOON, "campaign": "spring", "recipients": recipients, **facts})  # type: ignore[arg-type]


async def counted(store: Store, *apart: str, scope: Scope = OPERATOR, **which: object) -> dict[tuple[object, ...], int]:
    rows = await store.counts(scope, SendFilter(**which), apart)  # type: ignore[arg-type]
    return {(row.account, *(getattr(row, name) for name in apart), row.event): row.count for row in rows}


async def test_sends_are_counted_for_each_recipient(store: Store):
    await store.count(
        OPERATOR, [sent("a@x.example", "b@X.example", "c@y.example", dropped=("d@x.example",)), sent("a@x.example")]
    )

    assert await counted(store) == {("acme", "sent"): 4, ("acme", "dropped"): 1}
    assert await counted(store, "domain") == {
        ("acme", "x.example", "dropped"): 1,
        ("acme", "x.example", "sent"): 3,
        ("acme", "y.example", "sent"): 1,
    }


async def test_counts_are_kept_apart_as_asked(store: Store):
    await store.count(
        OPERATOR, [sent("a@x.example"), sent("a@x.example", campaign=None, stream="receipts", at=NOON + HOUR)]
    )

    assert await counted(store, "campaign", "stream") == {
        ("acme", "", "receipts", "sent"): 1,
        ("acme", "spring", "", "sent"): 1,
    }
    hour = NOON.replace(minute=0, second=0, microsecond=0)
    assert await counted(store, "hour") == {("acme", hour, "sent"): 1, ("acme", hour + HOUR, "sent"): 1}
    assert await counted(store, campaign="spring", since=hour, before=hour + HOUR) == {("acme", "sent"): 1}
    assert await counted(store, scope=AccountScope("other")) == {}
    assert await store.counts(OPERATOR, SendFilter(domain="x.example"), ()) == [
        Count("acme", None, "", "", "", "sent", 2)
    ]


async def test_failures_stand_beside_the_sends_that_they_belong_to(store: Store):
    await store.count(OPERATOR, [sent("a@x.example", at=NOON - 3 * DAY)])
    (letter_id,) = await store.keep([letter()])
    tally = CountedOutcome("acme", NOON - 3 * DAY, "x.example", "mailbox-full", "spring")

    await store.record([record(letter_id, counts=(tally, tally))], now=NOON)

    assert await counted(store, "campaign", "domain", before=NOON - 2 * DAY) == {
        ("acme", "spring", "x.example", "mailbox-full"): 2,
        ("acme", "spring", "x.example", "sent"): 1,
    }


class Curious:
    """A case that only wants to know the past."""

    def __init__(self, letter_id: int, asks: HistoryQuery) -> None:
        self.letter_id, self.query = letter_id, asks

    def decide(self, past: object) -> Record:
        self.past = past
        return record(self.letter_id, bounce())


async def found(store: Store, **asks: object) -> object:
    case = Curious(1, HistoryQuery(**{"account": "acme", **asks}))  # type: ignore[arg-type]
    await store.foresee(OPERATOR, case, now=NOON)
    return case.past.message  # type: ignore[attr-defined]


async def test_a_message_is_found_by_reference_or_message_id(store: Store):
    await store.count(
        OPERATOR, [sent("A@x.example", message_id="<M1@acme.example>", subject="Hi", reference="r1", stream="news")]
    )

    by_reference, by_id = await found(store, reference="r1"), await found(store, message_id="m1@ACME.example")

    assert by_reference.found_by_reference  # type: ignore[attr-defined]
    assert not by_id.found_by_reference  # type: ignore[attr-defined]
    assert (by_id.recipients, by_id.campaign, by_id.stream) == ({"a@x.example"}, "spring", "news")  # type: ignore[attr-defined]
    assert await found(store, reference="r2") is None
    assert await found(store, message_id="m1@acme.example", account="other") is None
    assert await found(store) is None


async def test_of_a_campaigns_many_messages_the_recipients_own_is_found(store: Store):
    """A reference may be one word for the whole mailing."""
    await store.count(
        OPERATOR, [sent(f"{n}@x.example", reference="spring", message_id=f"<{n}@acme.example>") for n in range(9)]
    )

    mine = await found(store, reference="spring", addresses=("4@x.example",))

    assert mine.recipients == {"4@x.example"}  # type: ignore[attr-defined]
    assert mine.address_count == 9  # type: ignore[attr-defined] # everybody else holds the same path
    assert await found(store, reference="spring", addresses=("nobody@x.example",)) is None


async def test_a_reference_reaches_one_where_all_of_its_messages_were_looked_at(store: Store):
    """A second try of one mail reaches nobody else; of more messages than are looked at, nobody knows."""
    await store.count(OPERATOR, [sent("a@x.example", reference="twice") for _ in range(2)])
    await store.count(OPERATOR, [sent("a@x.example", reference="often") for _ in range(EXAMINED_MESSAGES + 1)])

    assert (await found(store, reference="twice", addresses=("a@x.example",))).address_count == 1  # type: ignore[attr-defined]
    assert (await found(store, reference="often", addresses=("a@x.example",))).address_count == ASSUMED_REACH  # type: ignore[attr-defined]


async def test_rolling_up_keeps_the_sums(store: Store):
    """Hours become days, small domains one; large providers stay apart, what is new stays as it is."""
    old = NOON - 20 * DAY
    await store.count(
        OPERATOR, [sent("a@x.example", at=old), sent("a@x.example", at=old + HOUR), sent("a@y.example", at=old)]
    )
    await store.count(OPERATOR, [sent("a@gmail.com", at=old), sent("a@gmail.com", at=old + HOUR), sent("a@x.example")])

    for _ in range(2):
        await store.roll_up(
            now=NOON, days_before=NOON - 14 * DAY, messages_before=NOON - 9 * DAY, counts_before=NOON - 90 * DAY
        )

    day = old.replace(hour=0, minute=0, second=0, microsecond=0)
    assert await counted(store, "hour", "domain") == {
        ("acme", day, "", "sent"): 3,
        ("acme", day, "gmail.com", "sent"): 2,
        ("acme", NOON.replace(minute=0, second=0, microsecond=0), "x.example", "sent"): 1,
    }


async def test_old_messages_and_counts_are_forgotten(store: Store):
    await store.count(
        OPERATOR, [sent("a@x.example", at=NOON - 9 * DAY, reference="r1"), sent("a@x.example", reference="r2")]
    )

    await store.roll_up(now=NOON, days_before=NOON - DAY, messages_before=NOON - DAY, counts_before=NOON - 5 * DAY)

    assert await counted(store) == {("acme", "sent"): 1}
    assert await found(store, reference="r1") is None
    assert await found(store, reference="r2") is not None


async def test_much_is_rolled_up_and_forgotten_in_steps(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Each step is a short transaction of its own, so letters are kept between them; the sums are those of one large step."""
    old, older = NOON - 20 * DAY, NOON - 100 * DAY
    domains = [f"d{number}.example" for number in range(7)]
    for at in (old, old + HOUR, older, older + HOUR):
        await store.count(OPERATOR, [sent(f"a@{domain}", at=at, reference=f"{domain} {at}") for domain in domains])
        for domain in domains:
            (letter_id,) = await store.keep([letter()])
            await store.record([record(letter_id, token=f"{domain} {at}")], now=at)
    steps, write = list[object](), Engine.write_unsynced

    async def counting(engine: Engine, work: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        steps.append(work)
        assert await store.keep([letter()])
        return await write(engine, work, *args, **facts)

    monkeypatch.setattr(Engine, "write_unsynced", counting)
    monkeypatch.setattr(rolling_up, "STEP_ROWS", 3)
    await store.roll_up(
        now=NOON, days_before=NOON - 14 * DAY, messages_before=NOON - 9 * DAY, counts_before=NOON - 90 * DAY
    )

    day = old.replace(hour=0, minute=0, second=0, microsecond=0)
    assert await counted(store, "hour", "domain") == {("acme", day, "", "sent"): 14}
    assert await found(store, reference=f"{domains[0]} {old}") is None
    assert len(steps) > 4 * 7 // 3 * 2, "each of 28 messages, 28 counts and 28 tokens went in a step of three"
