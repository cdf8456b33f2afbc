"""A field of a section: its default, its meaning, and the bounds and constraint of its value."""

from dataclasses import field
from typing import Any

from bouncer.settings.constraints import Constraint


def setting(
    default: Any, says: str, *, low: float | None = None, high: float | None = None, form: Constraint | None = None
) -> Any:
    """Make a field of a section: default, meaning (*says*), bounds *low* and *high*, and the constraint *form* on its text."""
    return field(default=default, metadata={"says": says, "low": low, "high": high, "form": form})
