"""Letters that a person has to see say so, with sender, subject and first lines; of older ones nothing is known."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = ("unread", "written_by", "subject", "beginning")


def upgrade() -> None:
    """Add the columns and the index that the list of such letters needs."""
    for column in COLUMNS:
        op.add_column("letters", sa.Column(column, sa.Text()))
    is_unread = sa.text("unread IS NOT NULL")
    op.create_index("ix_letters_unread", "letters", ["id"], sqlite_where=is_unread, postgresql_where=is_unread)
