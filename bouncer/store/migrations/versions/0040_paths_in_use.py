"""Messages remember how long the return path that their program signed may be used for further mails."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of the messages before, nothing is known."""
    op.add_column("sent_messages", sa.Column("path_until", sa.BigInteger()))
