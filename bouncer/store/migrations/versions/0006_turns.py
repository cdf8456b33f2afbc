"""The order of the outbox: mails are leased by their turn and by the domain that they go to."""

import sqlalchemy as sa
from alembic import op

from bouncer.mail.address import ascii_domain, split

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

AT_A_TIME = 1000
"""Entries whose domain is filled in with one statement."""


def upgrade() -> None:
    """Add both; mails that have not left keep the order in which they are due, and only notices need scheduling."""
    op.add_column("outbox", sa.Column("turn", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("domain", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE outbox SET turn = due")
    op.execute("UPDATE outbox SET placed = true WHERE kind <> 'notice'")
    _fill_domains()
    op.create_index("ix_outbox_turn", "outbox", ["state", "placed", "turn", "domain"])


def _fill_domains() -> None:
    """Fill the domain of each address; owners have few addresses, however many entries there are."""
    outbox = sa.table("outbox", sa.column("forward_path", sa.Text()), sa.column("domain", sa.Text()))
    connection = op.get_bind()
    addresses = connection.execute(sa.select(outbox.c.forward_path).distinct()).scalars().all()
    filled = sa.update(outbox).where(outbox.c.forward_path == sa.bindparam("to")).values(domain=sa.bindparam("its"))
    rows = [{"to": address, "its": ascii_domain(split(address)[1])} for address in addresses]
    for begin in range(0, len(rows), AT_A_TIME):
        connection.execute(filled, rows[begin : begin + AT_A_TIME])
