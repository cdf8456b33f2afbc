"""The contract of every store: lists of outcomes as other providers show them, by kind, after an offset, in both directions."""

import dataclasses

from contract.factories import ALL, DAY, MINUTE, NOON, bounce, letter, record, release, suppression
from contract.outcome_rows import arrived

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.outcome_kinds import OutcomeKind
from bouncer.policy.records import Bounce
from bouncer.policy.webhooks import OF_OUTCOMES, EventType, event_type
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.record_lists import ChangePage
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.verdict.verdict import Reason

ACME = AccountScope("acme")


async def recorded(store: Store, *bounces: Bounce, **facts: object) -> None:
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, *bounces, **facts)], now=NOON)


async def one_of_each(store: Store) -> None:
    for reason in (Reason.INVALID_RECIPIENT, Reason.ADDRESS_ERROR, Reason.POLICY, Reason.MAILBOX_FULL, Reason.UNKNOWN):
        await recorded(store, bounce(f"{reason.value}@example.org", reason))
    await recorded(store, arrived("late@example.org", Action.DELAYED), kind=Kind.DELAY)
    await recorded(store, arrived("ok@example.org"), kind=Kind.SUCCESS)
    await recorded(store, arrived("angry@example.org"), kind=Kind.COMPLAINT)
    await recorded(store, arrived("off@example.org"), kind=Kind.UNSUBSCRIBE)


async def test_each_kind_chooses_the_outcomes_of_its_event(store: Store):
    await one_of_each(store)
    every = await store.bounces(ACME, BounceFilter(), ALL)

    for event in OF_OUTCOMES:
        chosen = await store.bounces(ACME, BounceFilter(outcomes=(OutcomeKind(event),)), ALL)
        assert chosen == [row for row in every if event_type(row.kind, row.action, row.category) is event], event
    of_all = BounceFilter(outcomes=tuple(map(OutcomeKind, OF_OUTCOMES)))
    assert await store.bounces(ACME, of_all, ALL) == every


async def test_a_kind_has_some_reasons_or_all_others(store: Store):
    await one_of_each(store)

    async def chosen(kind: OutcomeKind) -> list[str]:
        return [row.recipient for row in await store.bounces(ACME, BounceFilter(outcomes=(kind,)), ALL)]

    assert await chosen(OutcomeKind(EventType.BOUNCE, ("address-error",))) == ["address-error@example.org"]
    others = OutcomeKind(EventType.BOUNCE, ("address-error",), is_without=True)
    assert await chosen(others) == ["invalid-recipient@example.org"]
    assert await chosen(OutcomeKind(EventType.BLOCK, ("virus",))) == []


async def test_pages_after_an_offset_are_counted_and_go_on_where_the_last_ended(store: Store):
    for number in range(7):
        await recorded(store, bounce(f"u{number}@example.org"))

    async def page(offset: int) -> tuple[list[str], int]:
        answer = await store.bounces_from(ACME, BounceFilter(), is_stopped=None, offset=offset, limit=3, now=NOON)
        return [row.recipient[:2] for row in answer.rows], answer.total

    assert await page(0) == (["u6", "u5", "u4"], 7)
    await recorded(store, bounce("new@example.org"))
    assert await page(3) == (["u3", "u2", "u1"], 7)
    assert await page(5) == (["u2", "u1", "u0"], 8)
    assert await page(99) == ([], 8)


async def test_bounces_are_chosen_by_whether_mail_to_the_address_is_stopped(store: Store):
    account = Account("acme", ())
    await store.add_account(OPERATOR, account, now=NOON)
    await recorded(store, bounce("jane@example.org"), dataclasses.replace(bounce("j.oe@gmail.com"), stream="news"))
    await store.suppress(OPERATOR, suppression("jane@example.org", NOON + MINUTE))
    await store.suppress(OPERATOR, suppression("joe@gmail.com", stream="news"))

    async def stopped(*, is_stopped: bool, minutes: int = 0) -> list[str]:
        now = NOON + minutes * MINUTE
        answer = await store.bounces_from(ACME, BounceFilter(), is_stopped=is_stopped, offset=0, limit=9, now=now)
        return sorted(row.recipient for row in answer.rows)

    assert await stopped(is_stopped=True) == ["jane@example.org"]
    assert await stopped(is_stopped=False) == ["j.oe@gmail.com"]
    folding = dataclasses.replace(account, terms=dataclasses.replace(account.terms, fold_gmail=True))
    await store.set_account(OPERATOR, folding)
    assert await stopped(is_stopped=True) == ["j.oe@gmail.com", "jane@example.org"]
    assert await stopped(is_stopped=True, minutes=1) == ["j.oe@gmail.com"]
    assert await store.count_suppressions(ACME, "acme", now=NOON) == 2
    assert await store.count_suppressions(ACME, "acme", now=NOON + MINUTE) == 1
    assert await store.count_suppressions(AccountScope("zoo"), "acme", now=NOON) == 0


async def test_bounces_after_a_place_come_oldest_first(store: Store):
    await one_of_each(store)
    newest_first = await store.bounces(ACME, BounceFilter(), ALL)

    page = await store.bounces_after(ACME, BounceFilter(), ChangePage(4, 0, NOON + DAY))
    assert page.next == page.rows[-1].id
    rest = await store.bounces_after(ACME, BounceFilter(), ChangePage(99, page.next or 0, NOON + DAY))

    assert [*page.rows, *rest.rows] == newest_first[::-1]
    assert rest.next is None
    assert (await store.bounces_after(ACME, BounceFilter(), ChangePage(9, 0, NOON))).rows == []
    assert (await store.bounces(ACME, BounceFilter(), Page(1)))[0] == newest_first[0]


async def test_a_release_of_one_stream_leaves_the_others(store: Store):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    for stream in ("", "a", "b"):
        await store.suppress(OPERATOR, suppression(stream=stream, reason="unsubscribe"))

    assert await store.release(OPERATOR, release(stream="a"))
    assert not await store.release(OPERATOR, release(stream="a"))
    row = await store.suppressions_of_address(OPERATOR, "acme", "jane@example.org", now=NOON)
    assert sorted(entry.stream for entry in row) == ["", "b"]
    assert await store.release(OPERATOR, release(stream=""))
    assert await store.release(OPERATOR, release())
    assert await store.suppressions_of_address(OPERATOR, "acme", "jane@example.org", now=NOON) == []
