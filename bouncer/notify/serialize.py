"""A frozen value as plain data for JSON; all output for programs has this form."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from bouncer.mail.letter import spell_id


def to_plain(row: Any) -> dict[str, Any]:
    """Give a value's fields by name, with letter ids in the form for people, and times in UTC.

    A field has the name that its metadata holds under "shown", if any. Ids are text: the ids of bounces are greater than 2^53,
    the limit up to which every JSON reader keeps integers exact (RFC 8259 section 6).
    """
    fields = dataclasses.fields(row)
    return {field.metadata.get("shown", field.name): _spelled(field.name, getattr(row, field.name)) for field in fields}


def _spelled(name: str, value: Any) -> Any:
    if name == "letter_id" and value is not None:
        return spell_id(value)
    if name == "id":
        return str(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_plain(value)
    return [_spelled("", item) for item in value] if isinstance(value, tuple) else value
