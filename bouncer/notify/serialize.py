"""A frozen value as plain data, for JSON: the one form in which programs see our rows."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from bouncer.mail.letter import spell_id


def plain(row: Any) -> dict[str, Any]:
    """Give a value's fields by name; letters by the ids that people see, times in UTC.

    A field whose metadata has another name for it under "shown" goes by that one.
    Ids are text: those of bounces are beyond 2^53, the last integer that every JSON reader keeps (RFC 8259 section 6).
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
        return plain(value)
    return [_spelled("", item) for item in value] if isinstance(value, tuple) else value
