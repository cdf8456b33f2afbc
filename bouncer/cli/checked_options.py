"""Callbacks of click for options and arguments that a use case checks: InvalidValue becomes a usage error of the option."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from bouncer.errors import InvalidValue

Value = TypeVar("Value")
Callback = Callable[[click.Context, click.Parameter, Any], Any]
"""A function that click calls with the value of an option."""


def callback_of(check: Callable[[str], Value]) -> Callback:
    """Make the callback of an option with one value. *check* converts the value, or raises InvalidValue."""

    def read(_context: click.Context, parameter: click.Parameter, text: str) -> Value:
        try:
            return check(text)
        except InvalidValue as error:
            raise click.BadParameter(str(error), param=parameter) from None

    return read


def callback_of_each(check: Callable[[str], Value]) -> Callback:
    """Make the callback of an option that may be given several times. *check* converts each of its values."""
    read_one = callback_of(check)

    def read(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[Value, ...]:
        return tuple(read_one(context, parameter, text) for text in texts)

    return read
