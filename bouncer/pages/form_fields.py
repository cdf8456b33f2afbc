"""Fields of the forms that change an account: their labels, their choices, the value in force, and their bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bouncer.web.parameter import ParameterType


@dataclass(frozen=True, slots=True)
class FormField:
    """A field: a list to choose from where *choices* (value, words) are given, a number where *maximum* is, else a text."""

    name: str
    words: str
    value: str
    choices: Sequence[tuple[str, str]] = ()
    minimum: int = 0
    maximum: int | None = None
    hint: str = ""


def number_between(minimum: int, maximum: int) -> ParameterType:
    """Make the type of a whole number."""

    def parse(text: str) -> int:
        if not (
            text.isascii() and text.isdigit() and len(text) <= len(str(maximum)) and minimum <= int(text) <= maximum
        ):
            raise ValueError(f"must be a number from {minimum} to {maximum}")
        return int(text)

    return ParameterType({"type": "integer", "minimum": minimum, "maximum": maximum}, parse)


def line_of(maximum: int) -> ParameterType:
    """Make the type of a text of one line, which may be shown in mails and logs."""

    def parse(text: str) -> str:
        if len(text) > maximum or not text.isprintable():
            raise ValueError(f"must have {maximum} characters at most, all printable")
        return text

    return ParameterType({"type": "string", "maxLength": maximum}, parse)


def choice_of(words: Mapping[str, str]) -> ParameterType:
    """Make the type of a text that is one of the keys of *words*."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return ParameterType({"type": "string", "enum": [*words]}, parse)
