"""Sign-in links and sessions of the web pages."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("account", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_sign_in_links_until", "sign_in_links", ["until"])
    op.create_index("ix_sign_in_links_account", "sign_in_links", ["account"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("account", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("role", "person")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("begun_at", "seen_at")),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_sessions_digest", "sessions", ["digest"], unique=True)
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_index("ix_sessions_begun_at", "sessions", ["begun_at"])
