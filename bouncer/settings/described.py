"""The descriptions of the settings for the manual, the settings file and the commands; so these cannot disagree with the code."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bouncer.settings.sections import (
    Settings,
    key_of,
)


@dataclass(frozen=True, slots=True)
class SettingDescription:
    """A setting as the documentation shows it: section, key, default, and meaning in words."""

    section: str
    key: str
    default: Any
    meaning: str


def describe_settings() -> Iterator[SettingDescription]:
    """Give all settings in the order of the manual."""
    tree = Settings()
    for section in dataclasses.fields(tree):
        for field in dataclasses.fields(getattr(tree, section.name)):
            yield SettingDescription(section.name, key_of(field), field.default, field.metadata["says"])
