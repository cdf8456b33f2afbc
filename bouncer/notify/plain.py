"""A frozen value as plain data, for JSON: the one form in which programs see our rows."""

import dataclasses
import datetime as dt
from typing import Any

from bouncer.mail.letter import spell_id


def plain(row: Any) -> dict[str, Any]:
    """Give a value's fields by name; letters by the ids that people see, times in UTC."""
    fields = {one.name: getattr(row, one.name) for one in dataclasses.fields(row)}
    return {name: _spelled(name, value) for name, value in fields.items()}


def _spelled(name: str, value: Any) -> Any:
    if name == "letter_id" and value is not None:
        return spell_id(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return list(value) if isinstance(value, tuple) else value
