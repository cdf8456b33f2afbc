"""A test notice in the outbox: its letter has no octets and is retired from the start, and no bounce is recorded."""

import datetime as dt

import sqlalchemy as sa

from bouncer.mail.letter import PathKind, spell_id
from bouncer.policy.records import EntryKind, LetterState, NewEntry
from bouncer.store.outbox.rows import add_row, new_row
from bouncer.store.tables import letters, outbox

KIND = "test"
"""The kind of the letter; no reader gives it."""


def add(
    connection: sa.Connection, *, number: int, to: str, account: str | None, hostname: str, now: dt.datetime
) -> int:
    """Add a test notice to the address *to*, as an owner of *account*; *number* is for its letter. Gives the entry's number."""
    letter = {
        "id": number,
        "state": LetterState.RETIRED.value,
        "octets": 0,
        "left_octets": 0,
        "return_path": "",
        "path_kind": PathKind.NOTICE.value,
        "reverse_path": "",
        "peer": "",
        "helo": "",
        "smtputf8": False,
        "received_at": now,
        "recorded_at": now,
        "account": account,
        "kind": KIND,
        "note": "no letter: a test notice, asked for by command",
    }
    connection.execute(sa.insert(letters).values(letter))
    message_id = f"{spell_id(number)}.1@{hostname}"
    entry = NewEntry(EntryKind.TEST, to)
    return add_row(
        connection, outbox, new_row(entry, letter_id=number, account=account, message_id=message_id, now=now)
    )
