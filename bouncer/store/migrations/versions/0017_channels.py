"""The outbox is for every channel: an entry is one event on its way to one destination. Subscriptions are rows.

Existing entries become mail, under their number and their Message-ID. The table is made anew, since SQLite takes no constraint off
a table; rows that refer to it are set aside meanwhile, so that none is deleted with the old table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

RENAMED = {"destination": "forward_path", "scheduled": "placed", "lane": "domain"}
"""Columns under their new names, with the old ones."""
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32, as the ids of letters are written."""

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNSENT = ("parcel_id", "address", "count", "reason", "until", "subject")


def upgrade() -> None:
    """Make the tables, and move the existing rows into them."""
    op.execute("CREATE TABLE unsent_aside AS SELECT * FROM unsent")
    op.drop_table("unsent")
    for index in sa.inspect(op.get_bind()).get_indexes("outbox"):
        if index["name"] and not index["name"].startswith("uq_"):
            op.drop_index(index["name"])
    if _is_postgresql():  # there, the names of a table's key and sequence do not follow it
        op.execute("ALTER INDEX outbox_pkey RENAME TO outbox_before_pkey")
        op.execute("ALTER SEQUENCE outbox_id_seq RENAME TO outbox_before_id_seq")
    op.rename_table("outbox", "outbox_before")
    _make_outbox()
    names = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("outbox")]
    values = {"event": _event(), "channel": "'mail'", **RENAMED}
    copied = ", ".join(f'{values.get(name, name)} AS "{name}"' for name in names)
    op.execute(f"INSERT INTO outbox ({', '.join(names)}) SELECT {copied} FROM outbox_before")  # noqa: S608 -- names of ours
    if _is_postgresql():  # SQLite goes on after the largest number by itself
        op.execute("SELECT setval(pg_get_serial_sequence('outbox', 'id'), max(id)) FROM outbox")
    op.drop_table("outbox_before")
    _index_outbox()
    _make_unsent()
    op.create_table(
        "subscriptions",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "channel", "destination"),
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _event() -> str:
    """Give the expression that names an event: the letter as people see it and the kind; of no letter, the number of the row."""
    places = (f"CAST(((letter_id >> {shift}) & 31) + 1 AS INTEGER)" for shift in range(60, -1, -5))
    digits = (f"substr('{DIGITS}', {place}, 1)" for place in places)
    return f"CASE WHEN letter_id IS NULL THEN 'unsent.' || id ELSE {' || '.join(digits)} || '.' || kind END"


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("letter_id", _NUMBER),
        sa.Column("account", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "due")),
        *(sa.Column(name, sa.BigInteger()) for name in ("leased_until", "ended_at")),
        *(sa.Column(name, sa.Text()) for name in ("last_error", "said", "about")),
        sa.Column("scheduled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("digest_id", _NUMBER),
        sa.Column("turn", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("lane", sa.Text(), nullable=False, server_default=""),
        sa.Column("bucket", sa.Text(), nullable=False, server_default="proven"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_outbox_letter_id", ondelete="CASCADE"),
    )


def _index_outbox() -> None:
    op.create_index("uq_outbox_entry", "outbox", ["event", "channel", "destination"], unique=True)
    op.create_index("ix_outbox_letter", "outbox", ["letter_id"])
    op.create_index("ix_outbox_due", "outbox", ["state", "due"])
    op.create_index("ix_outbox_turn", "outbox", ["state", "scheduled", "channel", "turn", "lane"])
    op.create_index("ix_outbox_state", "outbox", ["state", "id"])
    op.create_index("ix_outbox_digest", "outbox", ["digest_id"])
    op.create_index("ix_outbox_account", "outbox", ["account", "id"])
    letterless = sa.text("letter_id IS NULL")
    columns = ["account", "destination", "state"]
    op.create_index("ix_outbox_letterless", "outbox", columns, sqlite_where=letterless, postgresql_where=letterless)


def _make_unsent() -> None:
    op.create_table(
        "unsent",
        sa.Column("parcel_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", "address"),
        sa.ForeignKeyConstraint(["parcel_id"], ["outbox.id"], name="fk_unsent_parcel_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    columns = ", ".join(f'"{name}"' for name in _UNSENT)
    op.execute(f"INSERT INTO unsent ({columns}) SELECT {columns} FROM unsent_aside")  # noqa: S608 -- names of ours
    op.drop_table("unsent_aside")
