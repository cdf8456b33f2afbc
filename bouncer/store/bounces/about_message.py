"""The letters about a message, whose reports give its Message-ID."""

import sqlalchemy as sa

from bouncer.mail.message_id import bare_message_id
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.tables import letters

MOST_LETTERS = 500
"""Letters about one Message-ID that are looked at, the newest: one that is used for a whole campaign has any number."""


def is_about(
    connection: sa.Connection, letter_id: sa.ColumnElement[int] | sa.ColumnElement[int | None], message_id: str
) -> sa.ColumnElement[bool]:
    """Select by the column *letter_id* what belongs to the letters about a message.

    PostgreSQL finds the letters first, as an array: without statistics, as after a restore, it may else read every row for each.
    """
    ids_about = letters_about(message_id)
    if connection.dialect.name == "postgresql":
        return letter_id == sa.any_(sa.func.array(ids_about.scalar_subquery()))
    return letter_id.in_(ids_about)


def letters_about(message_id: str) -> sa.CompoundSelect[int]:
    """Select the newest letters about a message, of which reports give the id with or without angle brackets."""
    plain = clean(bare_message_id(message_id), MAX_KEY - 2)
    newest = [
        sa.select(letters.c.id)
        .where(letters.c.original_message_id == spelling)
        .order_by(letters.c.id.desc())
        .limit(MOST_LETTERS)
        .subquery()
        for spelling in (plain, f"<{plain}>")
    ]
    return sa.union_all(*(sa.select(ids.c.id) for ids in newest))
