"""Fields of the forms that change an account: their labels, their choices, the value in force, and their bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bouncer.web.parameter import ParameterType


@dataclass(frozen=True, slots=True)
class FormField:
    """A field: with *choices* (value, words) a list to choose from, with *most* a number, else a text."""

    name: str
    words: str
    value: str
    choices: Sequence[tuple[str, str]] = ()
    least: int = 0
    most: int | None = None
    hint: str = ""


def number_between(least: int, most: int) -> ParameterType:
    """Make the type of a whole number."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
            raise ValueError(f"must be a number from {least} to {most}")
        return int(text)

    return ParameterType({"type": "integer", "minimum": least, "maximum": most}, parse)


def line_of(most: int) -> ParameterType:
    """Make the type of a text of one line, which may be shown in mails and logs."""

    def parse(text: str) -> str:
        if len(text) > most or not text.isprintable():
            raise ValueError(f"must have {most} characters at most, all printable")
        return text

    return ParameterType({"type": "string", "maxLength": most}, parse)


def choice_of(words: Mapping[str, str]) -> ParameterType:
    """Make the type of a text that is one of the keys of *words*."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return ParameterType({"type": "string", "enum": [*words]}, parse)
