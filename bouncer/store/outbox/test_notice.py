"""A test notice in the outbox: it has a letter without octets, which is retired from the start, and nothing is recorded of it."""

import datetime as dt

import sqlalchemy as sa

from bouncer.mail.address import ascii_domain, split
from bouncer.mail.letter import PathKind, spell_id
from bouncer.policy.priority import turn
from bouncer.policy.records import Bucket, LetterState, ParcelKind, ParcelState
from bouncer.store.tables import letters, outbox

KIND = "test"
"""What stands as the kind of the letter; no reader says it."""


def add(
    connection: sa.Connection, *, number: int, to: str, account: str | None, hostname: str, now: dt.datetime
) -> int:
    """Add a test notice to the address *to*, as an owner of *account*; *number* is for its letter. Gives the parcel's number."""
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
    parcel = {
        "letter_id": number,
        "account": account,
        "kind": ParcelKind.TEST.value,
        "forward_path": to,
        "message_id": f"{spell_id(number)}.1@{hostname}",
        "state": ParcelState.WAITING.value,
        "attempts": 0,
        "created_at": now,
        "due": now,
        "placed": True,
        "turn": turn(ParcelKind.TEST, now),
        "domain": ascii_domain(split(to)[1]),
        "bucket": Bucket.PROVEN.value,
    }
    (added,) = connection.execute(sa.insert(outbox).values(parcel)).inserted_primary_key or (0,)
    return int(added)
