"""A bounce as Postmark's API shows it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from bouncer.mail.message_id import bare_message_id
from bouncer.mail.short_id import short_id
from bouncer.ndr.custom_args import TAG
from bouncer.policy.address_list import is_wish
from bouncer.policy.postmark_types import postmark_type
from bouncer.policy.records import Suppression
from bouncer.policy.webhooks import event_type
from bouncer.ports.letters import BounceRow
from bouncer.web.postmark.parameters import OUTBOUND
from bouncer.web.sendgrid.parameters import NUMBER_SCHEMA, TEXT_SCHEMA, object_of

COMPLAINT = "SpamComplaint"
_FLAG = {"type": "boolean"}
BOUNCE_SCHEMA = object_of(
    RecordType=TEXT_SCHEMA,
    ID=NUMBER_SCHEMA,
    Type=TEXT_SCHEMA,
    TypeCode=NUMBER_SCHEMA,
    Name=TEXT_SCHEMA,
    Tag=TEXT_SCHEMA,
    MessageID=TEXT_SCHEMA,
    ServerID=NUMBER_SCHEMA,
    MessageStream=TEXT_SCHEMA,
    Description=TEXT_SCHEMA,
    Details=TEXT_SCHEMA,
    Email=TEXT_SCHEMA,
    From=TEXT_SCHEMA,
    BouncedAt=TEXT_SCHEMA,
    DumpAvailable=_FLAG,
    Inactive=_FLAG,
    CanActivate=_FLAG,
    Subject=TEXT_SCHEMA,
    Metadata={"type": "object"},
)


def find_stopping(row: BounceRow, standing: Mapping[str, Sequence[Suppression]]) -> list[Suppression]:
    """Give the suppressions that stop mail of a bounce's stream to its recipient; *standing* has those in force by address."""
    return [entry for entry in standing.get(row.recipient, ()) if entry.stream in ("", row.stream)]


def can_activate(row: BounceRow, stops: Sequence[Suppression]) -> bool:
    """Whether the address can be freed by the bounce: a failure stops mail to it, and no wish of a person does."""
    return bool(stops) and not any(is_wish(entry.reason) for entry in stops) and _type_name(row) != COMPLAINT


def bounce_row(row: BounceRow, stops: Sequence[Suppression], *, has_dump: bool) -> dict[str, Any]:
    """Write a bounce, with the suppressions that stop mail to its recipient now; *has_dump*: its letter is still kept."""
    kind = postmark_type(event_type(row.kind, row.action, row.category), row.reason or "")
    return {
        "RecordType": COMPLAINT if kind.name == COMPLAINT else "Bounce",
        "ID": short_id(row.id),
        "Type": kind.name,
        "TypeCode": kind.code,
        "Name": kind.title,
        "Tag": row.custom_args.get(TAG) or row.campaign,
        "MessageID": bare_message_id(row.message_id or ""),
        "ServerID": 0,
        "MessageStream": row.stream or OUTBOUND,
        "Description": kind.says,
        "Details": row.diagnostic_code or row.evidence or "",
        "Email": row.recipient,
        "From": row.original_from or "",
        "BouncedAt": spell_time(row.at),
        "DumpAvailable": has_dump,
        "Inactive": bool(stops),
        "CanActivate": can_activate(row, stops),
        "Subject": row.subject or "",
        "Metadata": {name: value for name, value in row.custom_args.items() if name != TAG},
    }


def spell_time(moment: dt.datetime) -> str:
    """Write a moment as Postmark does (RFC 3339)."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _type_name(row: BounceRow) -> str:
    return postmark_type(event_type(row.kind, row.action, row.category), row.reason or "").name
