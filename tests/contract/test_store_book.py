"""The contract of every store: the book of sends, with counts, messages and roll-ups."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import DAY, NOON, bounce, letter, record

from bouncer.policy.history import HistoryQuery
from bouncer.policy.rates import SendEvent
from bouncer.policy.records import CountedOutcome, Record
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.sends import Count, DayCount, FailingDomains, RegisteredMessage, SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.store.engine.engine import Engine
from bouncer.store.sends import messages_to, rolling_up
from bouncer.store.sends.messages import ASSUMED_REACH, EXAMINED_MESSAGES
from bouncer.store.tables import send_totals, sent_messages

HOUR = dt.timedelta(hours=1)


def sent(*recipients: str, **facts: object) -> Sent:
    return Sent(**{"account": "acme", "at": NOON, "campaign": "spring", "recipients": recipients, **facts})  # type: ignore[arg-type]


async def counted(
    store: Store, *apart: str, scope: Scope = OPERATOR, **criteria: object
) -> dict[tuple[object, ...], int]:
    """Give the counts, which are the same where they are summed up of those by domain."""
    rows = await store.counts(scope, SendFilter(**criteria), apart)  # type: ignore[arg-type]
    by_domain = await store.counts(scope, SendFilter(**criteria), tuple({*apart, "domain"}))  # type: ignore[arg-type]
    of_domains = Counter[tuple[object, ...]]()
    for row in by_domain:
        of_domains[_group(row, apart)] += row.count
    counts = {_group(row, apart): row.count for row in rows}
    assert counts == of_domains
    return counts


def _group(row: Count, apart: Sequence[str]) -> tuple[object, ...]:
    return (row.account, *(getattr(row, name) for name in apart), row.event)


async def total_rows(store: Store) -> int:
    """Give the number of rows of the totals."""
    query = sa.select(sa.func.count()).select_from(send_totals)
    rows: int = await store._engine.read(lambda connection: connection.scalar(query))  # type: ignore[attr-defined]  # noqa: SLF001 -- no method counts
    return rows


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
    assert await store.counts(OPERATOR, SendFilter(domains=["x.example"]), ()) == [
        Count("acme", None, "", "", "", "sent", 2)
    ]


async def fail(store: Store, domain: str, reason: str = "mailbox-full", account: str = "acme", **facts: Any) -> None:
    (letter_id,) = await store.keep([letter()])
    tally = CountedOutcome(account, facts.get("at", NOON), domain, reason, facts.get("campaign", ""))
    await store.record([record(letter_id, account=account, counts=(tally,))], now=NOON)


async def test_counts_of_a_day_are_those_of_all_accounts_in_the_scope(store: Store):
    await store.count(OPERATOR, [sent("a@x.example", "b@y.example")])
    await fail(store, "x.example", campaign="spring")
    await fail(store, "y.example")
    await fail(store, "x.example", at=NOON - DAY)
    await fail(store, "x.example", at=NOON - 2 * DAY)
    await fail(store, "x.example", at=NOON + DAY)
    await fail(store, "zoo.example", account="zoo")
    first = (NOON - DAY).date()

    def by_day(rows: Sequence[DayCount]) -> set[tuple[int, str, int]]:
        return {((row.day - first).days, row.event.value, row.count) for row in rows}

    own = {(0, "mailbox-full", 1), (1, "mailbox-full", 2), (1, "sent", 2)}
    assert by_day(await store.daily_counts(AccountScope("acme"), first, days=2)) == own
    assert (1, "mailbox-full", 3) in by_day(await store.daily_counts(OPERATOR, first, days=2))
    assert by_day(await store.daily_counts(AccountScope("other"), first, days=30)) == set()
    assert {row.day for row in await store.daily_counts(AccountScope("acme"), first, days=1)} == {first}


async def test_the_domains_that_fail_most_come_first(store: Store):
    hour = NOON.replace(minute=0, second=0, microsecond=0)
    await store.count(OPERATOR, [sent("a@never.example", "b@never.example", dropped=("c@never.example",))])
    for domain, campaign in (("y.example", ""), ("x.example", ""), ("x.example", "spring"), ("z.example", "")):
        await fail(store, domain, campaign=campaign)
    await fail(store, "before.example", at=NOON - DAY)
    await fail(store, "zoo.example", account="zoo")
    for kind in sorted({*SendEvent}):
        await fail(store, "never.example", kind)

    assert await store.failing_domains(AccountScope("acme"), hour, limit=2) == FailingDomains(
        ["x.example", "y.example"], 3
    )
    assert await store.failing_domains(AccountScope("other"), hour, limit=2) == FailingDomains([], 0)
    assert (await store.failing_domains(OPERATOR, hour, limit=9)).number == 4


async def test_messages_to_an_address_are_found_among_the_newest(store: Store, monkeypatch: pytest.MonkeyPatch):
    own = sent("Jane@Example.org", "b@y.example", message_id="<M1@acme.example>", subject="Hello", stream="news")
    others = [
        sent("xjane@example.org"), sent("jane@example.org.evil.example"), sent("Jane@example.org", account="zoo"),
        sent("jane@example.org", at=NOON + HOUR, campaign=None), sent(dropped=("jane@example.org",)),
    ]  # fmt: skip
    await store.count(OPERATOR, [own, *others])

    newest, first = await store.messages_to(AccountScope("acme"), "jane@example.org", limit=9)
    assert (newest.at, newest.campaign) == (NOON + HOUR, "")
    assert first == RegisteredMessage("acme", NOON, "m1@acme.example", "Hello", "spring", "news", 2)
    assert len(await store.messages_to(OPERATOR, "JANE@example.ORG", limit=9)) == 3
    assert len(await store.messages_to(OPERATOR, "jane@example.org", limit=1)) == 1
    monkeypatch.setattr(messages_to, "MOST_LOOKED_THROUGH", 3)
    assert len(await store.messages_to(OPERATOR, "jane@example.org", limit=9)) == 2


@pytest.mark.parametrize("text", ["%", "_", "%@%", "\\", '"', "", "a\0b", "\ud800", "é" * 400, 'jane@example.org", "x'])
async def test_no_address_is_a_pattern(store: Store, text: str):
    await store.count(OPERATOR, [sent("jane@example.org")])

    assert await store.messages_to(OPERATOR, text, limit=9) == []


async def test_counts_of_some_domains_are_given(store: Store):
    await store.count(OPERATOR, [sent("a@x.example", "a@y.example"), sent("a@x.example", "a@z.example", account="zoo")])
    some = SendFilter(domains=["x.example", "z.example"], since=NOON - DAY)

    rows = await store.counts(OPERATOR, some, ("domain",))
    assert [(row.account, row.domain, row.count) for row in rows] == [
        ("acme", "x.example", 1),
        ("zoo", "x.example", 1),
        ("zoo", "z.example", 1),
    ]
    assert [row.domain for row in await store.counts(AccountScope("acme"), some, ("domain",))] == ["x.example"]


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

    def decide(self, history: object) -> Record:
        self.history = history
        return record(self.letter_id, bounce())


async def message_of(store: Store, **asks: object) -> object:
    case = Curious(1, HistoryQuery(**{"account": "acme", **asks}))  # type: ignore[arg-type]
    await store.foresee(OPERATOR, case, now=NOON)
    return case.history.message  # type: ignore[attr-defined]


async def test_a_message_is_found_by_reference_or_message_id(store: Store):
    await store.count(
        OPERATOR, [sent("A@x.example", message_id="<M1@acme.example>", subject="Hi", reference="r1", stream="news")]
    )

    by_reference, by_id = await message_of(store, reference="r1"), await message_of(store, message_id="m1@ACME.example")

    assert by_reference.found_by_reference  # type: ignore[attr-defined]
    assert not by_id.found_by_reference  # type: ignore[attr-defined]
    assert (by_id.recipients, by_id.campaign, by_id.stream) == ({"a@x.example"}, "spring", "news")  # type: ignore[attr-defined]
    assert await message_of(store, reference="r2") is None
    assert await message_of(store, message_id="m1@acme.example", account="other") is None
    assert await message_of(store) is None


async def test_the_recipients_own_is_found_among_a_campaigns_many_messages(store: Store):
    """A reference may be one word for the whole mailing."""
    await store.count(
        OPERATOR, [sent(f"{n}@x.example", reference="spring", message_id=f"<{n}@acme.example>") for n in range(9)]
    )

    mine = await message_of(store, reference="spring", addresses=("4@x.example",))

    assert mine.recipients == {"4@x.example"}  # type: ignore[attr-defined]
    assert mine.address_count == 9  # type: ignore[attr-defined] # everybody else holds the same path
    assert await message_of(store, reference="spring", addresses=("nobody@x.example",)) is None


async def test_a_reference_reaches_one_where_all_of_its_messages_were_looked_at(store: Store):
    """A second try of one mail reaches nobody else; of more messages than are looked at, nobody knows."""
    await store.count(OPERATOR, [sent("a@x.example", reference="twice") for _ in range(2)])
    await store.count(OPERATOR, [sent("a@x.example", reference="often") for _ in range(EXAMINED_MESSAGES + 1)])

    assert (await message_of(store, reference="twice", addresses=("a@x.example",))).address_count == 1  # type: ignore[attr-defined]
    assert (await message_of(store, reference="often", addresses=("a@x.example",))).address_count == ASSUMED_REACH  # type: ignore[attr-defined]


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
    assert await counted(store, "hour") == {("acme", day, "sent"): 5, ("acme", NOON.replace(microsecond=0), "sent"): 1}
    assert await total_rows(store) == 2, "the two hours of the old day left nothing behind"


async def test_totals_without_domains_are_sums_of_few_rows(store: Store):
    """A mailing to any number of domains has one total in an hour."""
    await store.count(OPERATOR, [sent(*(f"a@d{number}.example" for number in range(300)))])
    await store.count(OPERATOR, [sent("a@d1.example", campaign=None), sent("a@d2.example", at=NOON + HOUR)])

    assert await total_rows(store) == 3
    assert await counted(store, "campaign") == {("acme", "spring", "sent"): 301, ("acme", "", "sent"): 1}


async def test_old_messages_and_counts_are_forgotten(store: Store):
    await store.count(
        OPERATOR, [sent("a@x.example", at=NOON - 9 * DAY, reference="r1"), sent("a@x.example", reference="r2")]
    )

    await store.roll_up(now=NOON, days_before=NOON - DAY, messages_before=NOON - DAY, counts_before=NOON - 5 * DAY)

    assert await counted(store) == {("acme", "sent"): 1}
    assert await total_rows(store) == 1
    assert await message_of(store, reference="r1") is None
    assert await message_of(store, reference="r2") is not None


@pytest.mark.parametrize("day", [0, 40], ids=["beside the forgotten one", "after it"])
async def test_the_recipient_of_a_forgotten_mail_counts_as_long_as_its_path_is_good(store: Store, day: int):
    """The path of the next mails is in his hands; after its end it proves nothing any more, and nothing is left of him."""
    path = {"reference": "welcome", "path_until": NOON + 90 * DAY}
    await store.count(OPERATOR, [sent("mallory@x.example", message_id="<1@x>", subject="Hello", **path)])
    if not day:
        await store.count(OPERATOR, [sent("lady@x.example", at=NOON + 35 * DAY, **path)])

    async def forget(at: dt.datetime) -> None:
        before = at - 30 * DAY
        await store.roll_up(now=at, days_before=before, messages_before=before, counts_before=NOON - DAY)

    for later in (31, 36, 40):
        await forget(NOON + later * DAY)
    if day:
        assert await message_of(store, reference="welcome", addresses=("mallory@x.example",)) is None
        await store.count(OPERATOR, [sent("lady@x.example", at=NOON + 40 * DAY, **path)])
    message = await message_of(store, reference="welcome", addresses=("lady@x.example",))
    await forget(NOON + 121 * DAY)

    assert (message.recipients, message.holders) == ({"lady@x.example"}, 2)  # type: ignore[attr-defined]
    assert await store.messages_to(OPERATOR, "mallory@x.example", limit=9) == []
    assert await message_of(store, reference="welcome", addresses=("lady@x.example",)) is None


async def test_one_row_is_left_of_many_forgotten_mails_with_one_path(store: Store):
    path = {"reference": "welcome", "path_until": NOON + 90 * DAY}
    await store.count(OPERATOR, [sent(f"reader{n}@x.example", subject=f"Dear {n}", **path) for n in range(400)])
    later = NOON + 31 * DAY

    await store.roll_up(now=later, days_before=NOON, messages_before=later - 30 * DAY, counts_before=NOON - DAY)

    rows = await store._engine.read(lambda connection: connection.execute(sa.select(sent_messages)).all())  # type: ignore[attr-defined]  # noqa: SLF001 -- no method shows it
    assert [(row.recipients, row.subject) for row in rows] == [(("",), None)]


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
    assert await message_of(store, reference=f"{domains[0]} {old}") is None
    assert len(steps) > 4 * 7 // 3 * 2, "each of 28 messages, 28 counts and 28 tokens went in a step of three"
