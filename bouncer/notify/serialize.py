"""A frozen value as plain data for JSON; all output for programs has this form."""

import dataclasses
import datetime as dt
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

from bouncer.mail.letter import spell_id

_PLAIN = frozenset({str, int, float, bool, type(None)})
"""Types of values that stay as they are."""


@dataclass(frozen=True, slots=True)
class _Form:
    """The form of one class's values: the names of the fields, and a function that gives the fields.

    *spelled*: the names of those that may have another form in JSON; *ids*: the spelling of ids by name.
    """

    names: Sequence[str]
    values: Callable[[Any], Sequence[Any]]
    spelled: Sequence[str]
    ids: Mapping[str, Callable[[Any], Any]]


def to_plain(row: Any) -> dict[str, Any]:
    """Give a value's fields by name, with letter ids in the form for people, and times in UTC.

    A field has the name that its metadata holds under "shown", if any. Ids are text: the ids of bounces are greater than 2^53,
    the limit up to which every JSON reader keeps integers exact (RFC 8259 section 6).
    """
    form = _form_of(type(row))  # type: ignore[arg-type] # a class has a hash, whatever the hash of its values
    plain = dict(zip(form.names, form.values(row), strict=True))
    for name in form.spelled:
        value = plain[name]
        if type(value) not in _PLAIN:
            plain[name] = _spell_value(value)
    for name, spell in form.ids.items():
        plain[name] = spell(plain[name])
    return plain


@cache
def _form_of(row_class: type) -> _Form:
    """Give the form of a class; a list has many rows of one class, and looking at its fields for each would cost the most."""
    fields = dataclasses.fields(row_class)
    shown_names = {field.name: field.metadata.get("shown", field.name) for field in fields}
    ids = {shown_names[name]: spell for name, spell in _SPELLED_IDS.items() if name in shown_names}
    types = _types_of(row_class)
    spelled = [shown for name, shown in shown_names.items() if not _is_plain(types.get(name))]
    return _Form(tuple(shown_names.values()), _values_of(tuple(shown_names)), spelled, ids)


def _types_of(row_class: type) -> Mapping[str, Any]:
    """Give the types of the fields by name; none where one of them is imported for type checkers only."""
    try:
        return get_type_hints(row_class)
    except NameError:
        return {}


def _is_plain(annotation: Any) -> bool:
    """Whether all values of a type stay as they are: texts (a word of an enumeration is one, too), numbers, and None."""
    if isinstance(annotation, UnionType):
        return all(part is NoneType or _is_plain(part) for part in get_args(annotation))
    return annotation in _PLAIN or (isinstance(annotation, type) and issubclass(annotation, StrEnum))


def _values_of(names: tuple[str, ...]) -> Callable[[Any], Sequence[Any]]:
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda row: [getattr(row, name) for name in names]  # of one name, attrgetter gives the bare value


_SPELLED_IDS: Mapping[str, Callable[[Any], Any]] = {
    "letter_id": lambda number: None if number is None else spell_id(number),
    "id": lambda number: None if number is None else str(number),
}


def _spell_value(value: Any) -> Any:
    if isinstance(value, str):  # a word of an enumeration: half of the values, and the slowest to inspect
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    if isinstance(value, tuple):
        return [item if type(item) in _PLAIN else _spell_value(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_plain(value)
    return value
