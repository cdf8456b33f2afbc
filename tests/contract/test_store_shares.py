"""Share links, on every store: found by their digests until they end, inside a scope; gone with their account and address."""

import dataclasses
import datetime as dt

from contract.factories import DAY, MINUTE, NOON, Opening

from bouncer.policy.records import ChangeSource
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.shares import Share
from bouncer.ports.store import Store

ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
JANE = "jane@example.org"


def share(name: str = "first", account: str = "acme", address: str = JANE, made_at: dt.datetime = NOON) -> Share:
    return Share(name, account, address, "ann@acme.example", made_at, made_at + DAY)


async def add(store: Store, new: Share, scope: Scope = OPERATOR, limit: int = 9) -> bool:
    return await store.add_share(scope, new, f"digest of {new.id}", limit=limit)


async def with_accounts(store: Store) -> Store:
    for name in ("acme", "zoo"):
        await store.add_account(OPERATOR, Account(name, ()), now=NOON)
    return store


async def test_a_link_is_found_by_its_digest_until_it_ends(store: Store, opening: Opening):
    await with_accounts(store)
    assert await add(store, share())

    other = await opening()
    assert await other.share_of_digest("digest of first", now=NOON + DAY - MINUTE) == share()
    assert await store.share_of_digest("digest of first", now=NOON + DAY) is None
    assert await store.share_of_digest("digest of second", now=NOON) is None
    assert await store.shares(OPERATOR, now=NOON + DAY) == []


async def test_links_are_listed_and_ended_inside_a_scope(store: Store):
    await with_accounts(store)
    for new in (share(), share("of zoo", "zoo", made_at=NOON + MINUTE)):
        assert await add(store, new)

    assert [row.id for row in await store.shares(OPERATOR, now=NOON)] == ["of zoo", "first"]
    assert [row.id for row in await store.shares(ACME, now=NOON)] == ["first"]
    assert not await store.end_share(ZOO, "first")
    assert await store.end_share(ACME, "first")
    assert await store.share_of_digest("digest of first", now=NOON) is None


async def test_an_account_has_so_many_links_and_no_more_until_some_end(store: Store):
    await with_accounts(store)
    assert [await add(store, share(str(number)), limit=2) for number in range(3)] == [True, True, False]
    assert await add(store, share("of zoo", "zoo"), limit=2)

    assert await add(store, share("later", made_at=NOON + DAY), limit=2)
    assert [row.id for row in await store.shares(OPERATOR, now=NOON)] == ["later"]


async def test_no_link_is_made_for_an_account_that_is_unknown_or_foreign(store: Store):
    await with_accounts(store)

    assert not await add(store, share(account="ghost"))
    assert not await add(store, share(), ZOO)
    assert await store.shares(OPERATOR, now=NOON) == []


async def test_links_go_with_their_account_and_the_next_of_its_name_has_none(store: Store):
    await with_accounts(store)
    await add(store, share())
    await add(store, share("of zoo", "zoo"))
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)

    assert await store.share_of_digest("digest of first", now=NOON) is None
    assert [row.id for row in await store.shares(OPERATOR, now=NOON)] == ["of zoo"]


async def test_links_of_an_owner_end_when_the_account_has_that_owner_no_more(store: Store):
    """Or somebody who leaves could make one on the last day, and go on reading."""
    account = Account("acme", ("Ann@acme.example", "bob@acme.example"))
    await store.add_account(OPERATOR, account, now=NOON)
    await store.add_account(OPERATOR, Account("zoo", ("ann@acme.example",)), now=NOON)
    of_bob = dataclasses.replace(share("second"), person="bob@acme.example")
    for new in (share(), of_bob, share("third", "zoo")):
        assert await add(store, new)

    await store.set_account(OPERATOR, dataclasses.replace(account, owners=("bob@acme.example",)))

    assert {left.id for left in await store.shares(OPERATOR, now=NOON)} == {"second", "third"}
    assert await store.share_of_digest("digest of first", now=NOON) is None


async def test_links_to_an_address_go_when_it_is_erased_for_the_accounts_that_erase_it(store: Store):
    await with_accounts(store)
    for new in (share(), share("other", address="bob@example.org"), share("of zoo", "zoo", "Jane@EXAMPLE.org")):
        await add(store, new)
    await store.erase(ACME, ErasureOrder((JANE,), ChangeSource.COMMAND, "by command", NOON))
    assert {row.id for row in await store.shares(OPERATOR, now=NOON)} == {"other", "of zoo"}

    await store.erase(OPERATOR, ErasureOrder((JANE,), ChangeSource.COMMAND, "by command", NOON))
    assert {row.id for row in await store.shares(OPERATOR, now=NOON)} == {"other"}
