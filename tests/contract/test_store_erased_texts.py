"""Texts of rows about others that name an erased address: what a person gave as a reason, what a server or a program answered."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import NOON

from bouncer.policy.records import Belief, ChangeSource, EntryKind, EntryState
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import Erasure, ErasureOrder
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.ports.webhooks import WebhookState
from bouncer.store.engine.columns import Instant, Lines, StrangersText
from bouncer.store.erasures.other_texts import TEXT_TABLES
from bouncer.store.tables import meta

JANE, BOB = "jane@example.org", "bob@example.net"
SAYS_JANE = f"the same person as {JANE.upper()}"
EVENT = {"type": "suppression-created", "facts": {"address": BOB, "reason": SAYS_JANE, "more": [SAYS_JANE, 1, None]}}
NUMBERS = {"acme": 71, "zoo": 72}
WHOSE = frozenset(
    (
        *(
            "account",
            "address",
            "address_domain",
            "address_folded",
            "address_key",
            "destination",
            "event",
            "id",
            "label",
        ),
        *("message_id", "name", "recipient_key", "webhook"),
    )
)
"""Columns that say whose a row is, or are a person's to change: rows of an erased address go as a whole."""
OURS = frozenset(
    (
        *(
            "belief",
            "bucket",
            "change",
            "channel",
            "credentials",
            "former_secret",
            "format",
            "kind",
            "lane",
            "listed_in",
        ),
        *("rule", "secret", "source", "state", "stream", "url"),
    )
)
"""Columns with words of ours, and an endpoint's own: no text of a stranger about somebody else."""


def value_of(column: sa.Column[Any], account: str) -> Any:
    """A value for a column of a row about bob; every text that may name anybody names jane."""
    values: dict[str, Any] = {
        "account": account,
        "address": BOB,
        "address_key": BOB,
        "recipient_key": BOB,
        "kind": EntryKind.EVENT,
        "state": EntryState.SENT,
        "about": json.dumps(EVENT),
        "listed_in": "",
        "stream": "",
        "webhook": f"wh_{account}",
        "entry_id": NUMBERS[account],
    }
    if column.table.name == "staged":
        values["name"] = f"an import of {account} that is under way"
    if column.table.name == "webhooks":
        values |= {"id": f"wh_{account}", "belief": Belief.PROVEN, "format": "standard", "state": WebhookState.ACTIVE}
    if column.name in values:
        return values[column.name]
    if column.name in {name for texts in TEXT_TABLES if texts.table is column.table for name in texts.blanks}:
        return SAYS_JANE
    if isinstance(column.type, Instant):
        return NOON
    if isinstance(column.type, Lines):
        return ()
    if isinstance(column.type, sa.Boolean):
        return False
    return f"{column.name} of {account}" if isinstance(column.type, sa.Text | StrangersText) else NUMBERS[account]


async def fill(store: Store) -> None:
    """Give each account a row about bob in each of the tables."""

    def insert(connection: sa.Connection) -> None:
        for table in meta.sorted_tables:
            if table in [texts.table for texts in TEXT_TABLES]:
                for account in NUMBERS:
                    row = {
                        column.name: value_of(column, account) for column in table.columns if column.name != "letter_id"
                    }
                    connection.execute(sa.insert(table).values(row))

    for account in NUMBERS:
        await store.add_account(OPERATOR, Account(account, (f"ann@{account}.example",)), now=NOON)
    await store._engine.write(insert)  # type: ignore[attr-defined]  # noqa: SLF001 -- no method makes such rows


async def rows(store: Store) -> list[str]:
    def read(connection: sa.Connection) -> list[str]:
        return [
            f"{texts.table.name} {row!r}" for texts in TEXT_TABLES for row in connection.execute(sa.select(texts.table))
        ]

    return await store._engine.read(read)  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001 -- no method shows all


def order() -> ErasureOrder:
    return ErasureOrder((JANE,), ChangeSource.COMMAND, "by command of ann", NOON)


async def test_no_text_of_a_row_about_another_names_an_erased_address(store: Store):
    await fill(store)
    before = await rows(store)
    assert all("JANE" in row for row in before)

    result = await store.erase(OPERATOR, order())

    after = await rows(store)
    assert [row for row in after if "jane" in row.lower()] == []
    assert len(after) == len(before) + len(NUMBERS), "the trail says of each account that something was erased"
    assert result == Erasure(texts=len(TEXT_TABLES) * len(NUMBERS))
    assert any("suppression-created" in row and BOB in row for row in after)


async def test_an_account_erases_from_its_own_texts_alone(store: Store):
    await fill(store)

    result = await store.erase(AccountScope("acme"), order())

    assert result == Erasure(texts=len(TEXT_TABLES))
    left = [row for row in await rows(store) if "JANE" in row]
    assert len(left) == len(TEXT_TABLES)
    assert all("zoo" in row or " 72" in row or "(72" in row for row in left)


@pytest.mark.parametrize("texts", TEXT_TABLES, ids=lambda texts: texts.table.name)
def test_every_text_of_such_a_table_is_searched_or_is_no_strangers(texts: Any):
    """A new column needs a decision."""
    texts_of_others = {
        column.name
        for column in texts.table.columns
        if isinstance(column.type, sa.Text | StrangersText) and column.name not in WHOSE | OURS
    }

    assert texts_of_others == set(texts.blanks)
