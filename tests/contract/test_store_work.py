"""The contract of every store: whether there is work for the process that records and delivers."""

import datetime as dt

from contract.factories import DAY, MINUTE, NOON, bounce, leased, letter, record, suppression
from contract.webhook_rows import endpoint

from bouncer.policy.records import EntryKind, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store

LATER = NOON + 5 * MINUTE


async def is_work(store: Store, now: dt.datetime = NOON) -> bool:
    return await store.has_work(now=now, since=NOON)


async def recorded(store: Store, *entries: NewEntry) -> None:
    """Keep a letter, and record it with *entries*."""
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, bounce("a@x.example"), entries=entries)], now=NOON)


async def test_an_empty_store_has_no_work(store: Store):
    assert not await is_work(store)


async def test_a_kept_letter_is_work_until_it_is_recorded(store: Store):
    (letter_id,) = await store.keep([letter()])
    assert await is_work(store)
    await store.record([record(letter_id, bounce("a@x.example"), entries=())], now=NOON)

    assert not await is_work(store)


async def test_a_leased_letter_is_work(store: Store):
    """An earlier process, which has ended, has leased it."""
    await store.keep([letter()])
    await store.lease_letters(now=NOON, count=9, octets=1000, until=NOON + DAY)

    assert await is_work(store)


async def test_an_entry_is_work_until_it_has_left_and_again_when_its_retry_is_due(store: Store):
    await recorded(store, NewEntry(EntryKind.NOTICE, "ann@acme.example"))
    assert await is_work(store)
    (job,) = await leased(store, now=NOON, count=9, until=LATER)
    assert await is_work(store)
    await store.mark_waiting(job.row.id, due=LATER, reply="451 later")
    assert not await is_work(store)
    assert await is_work(store, LATER)
    (job,) = await leased(store, now=LATER, count=9, until=LATER + MINUTE)
    await store.mark_sent(job.row.id, now=LATER, reply="250")

    assert not await is_work(store, LATER + DAY)


async def test_a_suppression_that_has_ended_is_work_where_a_webhook_may_be_told(store: Store):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.suppress(OPERATOR, suppression(until=LATER))
    assert not await is_work(store, LATER)
    await store.add_webhook(OPERATOR, endpoint())
    assert not await is_work(store, LATER - MINUTE)
    assert await is_work(store, LATER)

    assert not await store.has_work(now=LATER + MINUTE, since=LATER)
