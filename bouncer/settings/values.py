"""The value of a setting: converted to the type of its field, and checked against its bounds and its constraint."""

import dataclasses
import types
import typing
from pathlib import Path
from typing import Any

from bouncer.settings.sections import (
    key_of,
)


def read_setting(kind: Any, key: str, text: str) -> Any:
    """Convert *text* to the value of the setting *key* of the section class *kind*; ValueError says what is wrong."""
    field = next(field for field in dataclasses.fields(kind) if key_of(field) == key)
    return check_bounds(to_type(FromEnvironment(text), typing.get_type_hints(kind)[field.name]), field)


class FromEnvironment(str):
    """A text from the environment, which is converted to the type of its setting."""

    __slots__ = ()


def to_type(value: Any, kind: Any) -> Any:
    """Convert *value*, from TOML or the environment, to the type *kind*; ValueError says what it must be."""
    if isinstance(kind, types.UnionType):
        if value == "":
            return None
        kind = next(member for member in typing.get_args(kind) if member is not types.NoneType)
    if typing.get_origin(kind) is tuple:
        return _tuple_of(value, typing.get_args(kind)[0])
    if isinstance(value, FromEnvironment) and kind in (int, float):
        return _number(value, kind)
    if kind is float and type(value) is int:
        return float(value)
    if kind in (str, Path) and isinstance(value, str):
        return kind(value)
    if type(value) is kind:
        return value
    raise ValueError(f"must be {_NAMES[kind]}")


def _tuple_of(value: Any, kind: Any) -> Any:
    if isinstance(value, FromEnvironment):
        value = [FromEnvironment(item.strip()) for item in value.split(",") if item.strip()]
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise ValueError(f"must be a list, each {_NAMES[kind]}")
    return tuple(to_type(item, kind) for item in value)


def _number(text: str, kind: Any) -> Any:
    try:
        return kind(str(text))
    except ValueError:
        raise ValueError(f"must be {_NAMES[kind]}") from None


def check_bounds(value: Any, field: "dataclasses.Field[Any]") -> Any:
    """Check *value* against the bounds and the constraint of its *field*, and return it; raises ValueError."""
    low, high, form = (field.metadata[fact] for fact in ("low", "high", "form"))
    if low is not None and not low <= value <= high:
        raise ValueError(f"must be between {_figure(low)} and {_figure(high)}")
    for text in (value if isinstance(value, tuple) else (value,)) if form and value is not None else ():
        if not form.accepts(text):
            raise ValueError(f"{text!r} is not {form.description}")
    return value


def _figure(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


_NAMES = {int: "a whole number", float: "a number", str: "a text", Path: "the path of a file"}
