"""A field of a section: its default, what it means, and what its value must be."""

from dataclasses import field
from typing import Any

from bouncer.settings.constraints import Constraint


def setting(
    default: Any, says: str, *, low: float | None = None, high: float | None = None, form: Constraint | None = None
) -> Any:
    """Make a field of a section: its default, what it means, its bounds, and the constraint on its text."""
    return field(default=default, metadata={"says": says, "low": low, "high": high, "form": form})
