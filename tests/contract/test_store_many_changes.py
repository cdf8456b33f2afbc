"""Many suppressions and releases at a time: each has the answer that it would have alone, and some share a commit."""

import asyncio
from collections.abc import Awaitable, Iterable

import sqlalchemy as sa
from contract.factories import NOON, release, suppression
from contract.sent_statements import noting_statements

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import ChangeSource
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed
from bouncer.store.suppressions.suppression_store import MOST_CHANGED

MANY = [f"u{number}@example.org" for number in range(3 * MOST_CHANGED)]
BEFORE, KEPT_OUT = MANY[1], MANY[2]


async def changes_of(store: Store) -> list[bool]:
    """Changes that overlap: of those addresses one is suppressed before, one on the allow-list, and one is freed at once."""
    await store.suppress(OPERATOR, suppression(BEFORE))
    await store.allow(OPERATOR, Allowed("acme", KEPT_OUT, NOON), source=ChangeSource.COMMAND)
    changes: list[Awaitable[bool]] = [store.suppress(OPERATOR, suppression(address)) for address in (*MANY, MANY[0])]
    changes += [store.release(OPERATOR, release(MANY[3])), store.release(OPERATOR, release("nobody@example.org"))]
    changes += [store.suppress(AccountScope("zoo"), suppression("zoos@example.org"))]
    return await asyncio.gather(*changes)


async def test_changes_at_the_same_time_count_one_after_the_other(store: Store):
    answers = dict(zip([*MANY, "again", "freed", "nobody", "foreign"], await changes_of(store), strict=True))

    assert {name for name, changed in answers.items() if not changed} == {
        BEFORE,
        KEPT_OUT,
        "again",
        "nobody",
        "foreign",
    }
    in_force = await store.suppressions_of(OPERATOR, "acme", [*MANY, "zoos@example.org"], now=NOON)
    assert set(in_force) == set(MANY) - {KEPT_OUT, MANY[3]}


async def test_the_second_of_two_spellings_at_the_same_time_was_suppressed_already(store: Store):
    await store.add_account(OPERATOR, Account("acme", (), terms=AccountRules(fold_gmail=True)), now=NOON)
    spellings = ["ann@example.org", "j.ane@gmail.com", "jane@gmail.com", "Ann@Example.org", "jane+news@gmail.com"]

    answers = await asyncio.gather(*(store.suppress(OPERATOR, suppression(address)) for address in spellings))

    assert answers == [True, True, False, False, False]
    assert set(await store.suppressions_of(OPERATOR, "acme", spellings, now=NOON)) == set(spellings)


async def commits_of(changes: Iterable[Awaitable[bool]]) -> int:
    """Make changes at the same time, each of which changes something; give the number of commits that they take."""
    transactions: list[sa.RootTransaction | None] = []

    def note(connection: sa.Connection, sql: str, _values: object) -> None:
        if "INTO trail" in sql and connection.get_transaction() not in transactions:
            transactions.append(connection.get_transaction())

    with noting_statements(note):
        assert all(await asyncio.gather(*changes))
    return len(transactions)


async def test_changes_at_the_same_time_share_a_commit(store: Store):
    assert await commits_of(suppress_all(store)) == len(MANY) // MOST_CHANGED
    assert await commits_of(store.release(OPERATOR, release(address)) for address in MANY) == len(MANY) // MOST_CHANGED


async def test_entries_of_the_allow_list_share_a_commit_too(store: Store):
    await asyncio.gather(*suppress_all(store))
    entries = [Allowed("acme", address, NOON) for address in MANY]

    added = await commits_of(store.allow(OPERATOR, entry, source=ChangeSource.KEY) for entry in entries)
    assert added == len(MANY) // MOST_CHANGED
    assert await store.suppressions_of(OPERATOR, "acme", MANY, now=NOON) == {}
    assert [entry.address for entry in await store.allow_list(OPERATOR)] == sorted(MANY)

    removed = await commits_of(store.disallow(OPERATOR, entry, source=ChangeSource.KEY) for entry in entries)
    assert removed == len(MANY) // MOST_CHANGED
    assert await store.allow_list(OPERATOR) == []


async def test_an_address_is_protected_by_the_entry_before_it_in_the_same_commit(store: Store):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    entries = [Allowed("acme", address, NOON) for address in ("ann@example.org", "@example.net", "ann@example.org")]

    answers = await asyncio.gather(
        store.suppress(OPERATOR, suppression("before@example.org")),
        *(store.allow(OPERATOR, entry, source=ChangeSource.COMMAND) for entry in entries),
        *(store.suppress(OPERATOR, suppression(address)) for address in ("Ann@example.org", "bob@example.org")),
        store.disallow(OPERATOR, entries[0], source=ChangeSource.COMMAND),
        store.suppress(OPERATOR, suppression("ann@example.org")),
        store.disallow(OPERATOR, entries[0], source=ChangeSource.COMMAND),
    )

    assert answers == [True, True, True, False, False, True, True, True, False]
    assert [entry.address for entry in await store.allow_list(OPERATOR)] == ["@example.net"]


async def test_entries_for_domains_lift_each_its_own_suppressions(store: Store):
    await store.add_account(OPERATOR, Account("acme", (), terms=AccountRules(fold_gmail=True)), now=NOON)
    addresses = [f"u{number}@d{number % 3}.example" for number in range(9)]
    addresses += ["j.ane@gmail.com", "k@googlemail.com", "u9@d9.example"]
    for account in ("acme", "zoo"):
        await asyncio.gather(
            *(store.suppress(OPERATOR, suppression(address, account=account)) for address in addresses)
        )

    entries = ("@d0.example", "u1@d1.example", "@d1.example", "@d7.example", "@gmail.com")
    await asyncio.gather(
        *(store.allow(OPERATOR, Allowed("acme", entry, NOON), source=ChangeSource.KEY) for entry in entries)
    )

    in_force = await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON)
    assert sorted(in_force) == ["u2@d2.example", "u5@d2.example", "u8@d2.example", "u9@d9.example"]
    assert sorted(await store.suppressions_of(OPERATOR, "zoo", addresses, now=NOON)) == sorted(addresses)


def suppress_all(store: Store) -> Iterable[Awaitable[bool]]:
    return (store.suppress(OPERATOR, suppression(address)) for address in MANY)
