"""Orders of the mailing process as octets. They are pickled: both ends of the pipe belong to this program and trust each other.

Python's own way to pickle a frozen dataclass with slots takes longer than all other work. Here its fields are read in one go.
"""

import dataclasses
import io
import pickle
from collections.abc import Callable
from operator import attrgetter
from typing import Any

REST = b"rest"
"""The answer of a recording process that ends as there is no work; an empty answer is a sign of life."""
MIN_FIELDS = 2
"""Fields from which on ``attrgetter`` gives a tuple."""


def write_order(order: tuple[Any, ...]) -> bytes:
    """Pickle *order*; values that no pickle can hold raise TypeError or PicklingError."""
    octets = io.BytesIO()
    _OrderPickler(octets, pickle.HIGHEST_PROTOCOL).dump(order)
    return octets.getvalue()


def read_order(octets: bytes) -> tuple[Any, ...]:
    """Give the order back."""
    order: tuple[Any, ...] = pickle.loads(octets)  # noqa: S301 -- our own parent's
    return order


class _OrderPickler(pickle.Pickler):
    def reducer_override(self, value: object) -> Any:
        """Hook of pickle: a frozen dataclass is its class, called with the values of its fields."""
        kind: type[Any] = type(value)
        if kind not in _KNOWN:
            _KNOWN[kind] = _fields_of(kind)
        fields = _KNOWN[kind]
        return NotImplemented if fields is None else (kind, fields(value))


_FieldsOf = Callable[[object], tuple[Any, ...]]
"""Gives the values of the fields."""


def _fields_of(kind: type[Any]) -> _FieldsOf | None:
    """Give a function from a value to its fields; None for a class that is no frozen dataclass, or that sets fields itself."""
    if not dataclasses.is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined] # dataclasses' own
        return None
    fields = dataclasses.fields(kind)
    if len(fields) < MIN_FIELDS or not all(field.init and not field.kw_only for field in fields):
        return None
    return attrgetter(*(field.name for field in fields))


_KNOWN: dict[type[Any], _FieldsOf | None] = {}
"""The results of ``_fields_of`` by class: the classes of an order are a few of ours."""
