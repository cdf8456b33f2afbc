"""Saved filters, on every store: a person's own, bounded, replaced by name; gone with their account and an erased address."""

from dataclasses import replace

from contract.factories import MINUTE, NOON

from bouncer.policy.records import ChangeSource
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.saved_filters import FilterOwner, SavedFilter
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store

ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
BLOCKS = SavedFilter("1", "acme", "ann", "blocks", "category=block", NOON)
OF_ANN, OF_BOB, OF_ROOT = FilterOwner("acme", "ann"), FilterOwner("acme", "bob"), FilterOwner(None, "root")


async def with_accounts(store: Store) -> Store:
    for name in ("acme", "zoo"):
        await store.add_account(OPERATOR, Account(name, ()), now=NOON)
    return store


async def test_filters_are_a_persons_own(store: Store):
    await with_accounts(store)
    of_root = replace(BLOCKS, id="2", account=None, person="root")
    assert await store.save_filter(ACME, BLOCKS, limit=9)
    assert await store.save_filter(OPERATOR, of_root, limit=9)

    assert list(await store.saved_filters(ACME, OF_ANN)) == [BLOCKS]
    assert list(await store.saved_filters(OPERATOR, OF_ROOT)) == [of_root]
    assert not await store.saved_filters(ACME, OF_BOB)
    assert not await store.saved_filters(ZOO, OF_ANN)
    assert not await store.saved_filters(ACME, OF_ROOT)
    for scope, owner in ((ACME, OF_BOB), (ZOO, OF_ANN), (ACME, OF_ROOT)):
        assert not await store.delete_filter(scope, owner, "1")
    assert await store.delete_filter(ACME, OF_ANN, "1")
    assert not await store.delete_filter(ACME, OF_ANN, "1")


async def test_a_filter_takes_the_place_of_one_of_its_name_and_there_are_so_many(store: Store):
    await with_accounts(store)
    again = replace(BLOCKS, id="2", words="category=hard", saved_at=NOON + MINUTE)
    assert await store.save_filter(ACME, BLOCKS, limit=1)
    assert await store.save_filter(ACME, again, limit=1)
    assert not await store.save_filter(ACME, replace(BLOCKS, id="3", name="others"), limit=1)
    assert await store.save_filter(ACME, replace(BLOCKS, id="4", person="bob"), limit=1)

    assert list(await store.saved_filters(ACME, OF_ANN)) == [again]


async def test_a_filter_of_an_account_that_is_unknown_or_foreign_is_not_saved(store: Store):
    await with_accounts(store)

    assert not await store.save_filter(OPERATOR, replace(BLOCKS, account="ghost"), limit=9)
    assert not await store.save_filter(ZOO, BLOCKS, limit=9)
    assert not await store.save_filter(ACME, replace(BLOCKS, account=None), limit=9)


async def test_filters_go_with_their_account(store: Store):
    await with_accounts(store)
    await store.save_filter(ACME, BLOCKS, limit=9)
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)

    assert not await store.saved_filters(ACME, OF_ANN)


async def test_filters_that_name_an_address_go_when_it_is_erased(store: Store):
    await with_accounts(store)
    for number, (name, words) in enumerate(
        (
            ("blocks", "category=block"),
            ("jane", "recipient=jane%40example.org"),
            ("of jane@example.org", "since=2026-01-01"),
        )
    ):
        await store.save_filter(ACME, replace(BLOCKS, id=str(number), name=name, words=words), limit=9)
    await store.erase(ACME, ErasureOrder(("Jane@example.org",), ChangeSource.COMMAND, "by command", NOON))

    assert [saved.name for saved in await store.saved_filters(ACME, OF_ANN)] == ["blocks"]
