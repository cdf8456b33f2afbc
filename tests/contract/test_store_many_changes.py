"""Many suppressions and releases at a time: each has the answer that it would have alone, and some share a commit."""

import asyncio
from collections.abc import Awaitable

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
    in_force = await store.suppressed(OPERATOR, "acme", [*MANY, "zoos@example.org"], now=NOON)
    assert set(in_force) == set(MANY) - {KEPT_OUT, MANY[3]}


async def test_of_two_spellings_at_the_same_time_the_second_was_suppressed_already(store: Store):
    await store.add_account(OPERATOR, Account("acme", (), terms=AccountRules(fold_gmail=True)), now=NOON)
    spellings = ["ann@example.org", "j.ane@gmail.com", "jane@gmail.com", "Ann@Example.org", "jane+news@gmail.com"]

    answers = await asyncio.gather(*(store.suppress(OPERATOR, suppression(address)) for address in spellings))

    assert answers == [True, True, False, False, False]
    assert set(await store.suppressed(OPERATOR, "acme", spellings, now=NOON)) == set(spellings)


async def test_changes_at_the_same_time_share_a_commit(store: Store):
    transactions: list[sa.RootTransaction | None] = []

    def note(connection: sa.Connection, sql: str, _values: object) -> None:
        if "INTO trail" in sql and connection.get_transaction() not in transactions:
            transactions.append(connection.get_transaction())

    with noting_statements(note):
        assert all(await asyncio.gather(*(store.suppress(OPERATOR, suppression(address)) for address in MANY)))

    assert len(transactions) == len(MANY) // MOST_CHANGED
