"""Accounts of one name, one after the other, are told apart: each has its generation, and no one inherits the records of another.

The accounts that are there signed with the master key itself up to now; their paths stay good for a time. The records of accounts
that were removed before get the name of a removed account. Gmail's folding and all else stays as it is.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from bouncer.mail.former import former_name

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNDERIVED_DAYS = 400
"""Days for which paths that the master key itself signed are still taken: they are in the world's queues and in stored mail,
complaints come back to them for months, and programs that hold the master key need time to get their account's own."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_RECORDED = ("letters", "bounces", "outbox", "trail", "sent_messages", "tallies")


def upgrade() -> None:
    """Add the columns and tables; bring the records of accounts that are former_names under their former names."""
    op.add_column("accounts", sa.Column("generation", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("accounts", sa.Column("underived_until", sa.Integer()))
    op.create_table(
        "former_accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "former_aliases",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_index("ix_outbox_account", "outbox", ["account", "id"])
    now = dt.datetime.now(dt.UTC) - _EPOCH
    accounts = sa.table("accounts", sa.column("name"), sa.column("underived_until"))
    op.execute(sa.update(accounts).values(underived_until=now.days + UNDERIVED_DAYS))
    _rename_former(accounts, now // dt.timedelta(microseconds=1))


def _rename_former(accounts: sa.TableClause, now: int) -> None:
    bind = op.get_bind()
    names = sa.select(accounts.c.name)
    tables = [sa.table(name, sa.column("account"), sa.column("path_account")) for name in _RECORDED]
    former_names = {
        name
        for table in tables
        for name in bind.scalars(
            sa.select(table.c.account).where(table.c.account != "", table.c.account.not_in(names)).distinct()
        )
    }
    former = sa.table("former_accounts", *map(sa.column, ("name", "generation", "removed_at")))
    for name in sorted(former_names):
        bind.execute(sa.insert(former).values(name=name, generation=1, removed_at=now))
        for table in tables:
            path = {"path_account": former_name(name, 1)} if table.name == "letters" else {}
            change = sa.update(table).where(table.c.account == name).values(account=former_name(name, 1), **path)
            bind.execute(change)
