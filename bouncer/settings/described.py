"""The settings as the manual and ``bouncer check`` show them, so that manual, checks and code cannot disagree."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bouncer.settings.sections import (
    Settings,
    key_of,
)


@dataclass(frozen=True, slots=True)
class Described:
    """One setting as the documentation shows it."""

    section: str
    key: str
    default: Any
    says: str


def described() -> Iterator[Described]:
    """All settings in order, for the manual's table and ``bouncer check``."""
    tree = Settings()
    for section in dataclasses.fields(tree):
        for field in dataclasses.fields(getattr(tree, section.name)):
            yield Described(section.name, key_of(field), field.default, field.metadata["says"])
