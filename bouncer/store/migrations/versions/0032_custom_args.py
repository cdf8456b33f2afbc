"""Letters have the custom arguments of the message that they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column. Letters that were read before have none; reading them again records theirs."""
    op.add_column("letters", sa.Column("custom_args", sa.Text()))
