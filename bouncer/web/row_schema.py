"""The JSON schema of a row as ``notify.serialize.to_plain`` writes it."""

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

_PLAIN: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dt.datetime: {"type": "string", "format": "date-time"},
}
_IDS = ("id", "letter_id")
"""Fields that are written as text: some readers of JSON do not keep such large numbers exact."""


def row_schema(row: type, *, omitted: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give the schema of a dataclass's rows, without the fields *omitted*."""
    hints = _hints_of(row)
    properties = {
        field.metadata.get("shown", field.name): _schema(
            str | None if _is_optional_id(field.name, hints) else hints[field.name], field.name
        )
        for field in dataclasses.fields(row)
        if field.name not in omitted
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _hints_of(row: type) -> Mapping[str, Any]:
    """Give the types of a dataclass's fields; only where one is written as text does typing have to find out its meaning."""
    hints = {field.name: field.type for field in dataclasses.fields(row)}
    return typing.get_type_hints(row) if any(isinstance(hint, str) for hint in hints.values()) else hints


def _is_optional_id(name: str, hints: Mapping[str, Any]) -> bool:
    return name in _IDS and type(None) in typing.get_args(hints[name])


def _schema(hint: Any, name: str) -> dict[str, Any]:
    if isinstance(hint, types.UnionType):
        kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
        inner = _schema(kinds[0], name)
        return {**inner, "type": [inner["type"], "null"]}
    if typing.get_origin(hint) is Mapping:
        return {"type": "object", "additionalProperties": _schema(typing.get_args(hint)[1], "")}
    if typing.get_origin(hint) is tuple:
        return {"type": "array", "items": _schema(typing.get_args(hint)[0], "")}
    if name in _IDS or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return {"type": "string"}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return row_schema(hint)
    return dict(_PLAIN[hint])
