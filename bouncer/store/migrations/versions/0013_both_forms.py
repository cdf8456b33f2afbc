"""Both forms of each address: as it is compared, and for Gmail's addresses the mailbox without the parts that Gmail ignores.

Before this step, a row had one of them, by the account's terms of the day on which it was written. Each row keeps its address as it
was written, and so gets both from that. Where an account suppressed several spellings as one address, only the last spelling is
known.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from bouncer.mail.address import comparable, gmail_mailbox, split
from bouncer.store.engine.columns import MAX_KEY, clean

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FOLDED = {
    "suppressions": ("account", "address_folded"),
    "trail": ("address_folded", "account", "id"),
    "staged": ("name", "account", "address_folded"),
    "bounces": ("recipient_folded", "counts", "at"),
}
"""Tables that are looked up by the folded form, and the columns of that index."""
SCOPES = {"suppressions": ("account", "stream"), "staged": ("name", "account", "stream"), "allowed": ("account",)}
"""Tables with one row for a key and these columns."""
AT_ONCE = 10_000
"""Rows that are in memory at a time: a large list has millions at Gmail."""


def upgrade() -> None:
    """Add the column, fill it for Gmail's addresses, and give each row the key of its own address."""
    for table in (*FOLDED, "allowed"):
        op.add_column(table, sa.Column(f"{_address_column(table)}_folded", sa.Text(), nullable=True))
    for table in ("suppressions", "trail", "bounces"):
        _fill(table)
    for table in ("staged", "allowed"):
        _fill_few(table)
    for table, columns in FOLDED.items():
        is_folded = sa.text(f"{_address_column(table)}_folded IS NOT NULL")
        op.create_index(f"ix_{table}_folded", table, list(columns), sqlite_where=is_folded, postgresql_where=is_folded)


def _address_column(table: str) -> str:
    """Give the name of a table's column of addresses."""
    return "recipient" if table == "bounces" else "address"


def _fill(name: str) -> None:
    """Fill the new column of a table that has numbered rows, part by part; nearly all rows keep their key."""
    address = _address_column(name)
    scope = SCOPES.get(name, ())
    table = sa.table(
        name, *map(sa.column, ("id", address, f"{address}_key", f"{address}_folded", *scope, *_own_columns(name)))
    )
    key, folded = table.c[f"{address}_key"], table.c[f"{address}_folded"]
    change = sa.update(table).where(table.c.id == sa.bindparam("which"))
    change = change.values({key: sa.bindparam("plain"), folded: sa.bindparam("mailbox")})
    last = -1
    while rows := _select(
        sa.select(table).where(_is_at_gmail(key), table.c.id > last).order_by(table.c.id).limit(AT_ONCE)
    ):
        last = rows[-1]["id"]
        unmoved_rows = [row for row in rows if not scope or _key(row[address]) == row[key.name]]
        forms = [
            {"which": row["id"], "plain": (plain := _key(row[address])), "mailbox": gmail_mailbox(plain)}
            for row in unmoved_rows
        ]
        if forms:
            op.get_bind().execute(change, forms)
        for row in rows:
            if scope and _key(row[address]) != row[key.name]:
                _move(table, scope, row)


def _fill_few(name: str) -> None:
    """Fill the new column of a table that is seldom long."""
    table = sa.table(
        name, *map(sa.column, ("address", "address_key", "address_folded", *SCOPES[name], *_own_columns(name)))
    )
    for row in _select(sa.select(table).where(_is_at_gmail(table.c.address_key))):
        _move(table, SCOPES[name], row)


def _own_columns(name: str) -> tuple[str, ...]:
    """Columns that follow from the key, or decide between two rows."""
    return ("until", "address_domain") if name in ("suppressions", "staged") else ()


def _move(table: sa.TableClause, scope: tuple[str, ...], row: sa.RowMapping) -> None:
    """Give a row both forms; of two that meet in one key the longer one stays."""
    bind, plain = op.get_bind(), _key(row["address"])
    of_scope = [table.c[part] == row[part] for part in scope]
    old, new = (sa.and_(*of_scope, table.c.address_key == key) for key in (row["address_key"], plain))
    if plain != row["address_key"]:
        other = bind.execute(sa.select(table).where(new)).mappings().first()
        if other is not None and ("until" not in row or not _is_longer(row["until"], other["until"])):
            bind.execute(sa.delete(table).where(old))
            return
        bind.execute(sa.delete(table).where(new))
    place = {"address_domain": split(plain)[1]} if "address_domain" in row else {}
    values = {"address_key": plain, "address_folded": gmail_mailbox(plain), **place}
    bind.execute(sa.update(table).where(old).values(values))


def _is_longer(until: int | None, other: int | None) -> bool:
    return other is not None and (until is None or until > other)


def _is_at_gmail(key: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(key.like(f"%@{domain}") for domain in ("gmail.com", "googlemail.com")))


def _select(asked: sa.Select[Any]) -> Sequence[sa.RowMapping]:
    return op.get_bind().execute(asked).mappings().all()


def _key(address: str) -> str:
    return clean(comparable(address), MAX_KEY)
