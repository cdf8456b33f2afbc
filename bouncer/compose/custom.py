"""An account's own templates, and the values that pass between the caller that asks for a mail and the process that renders it.

Where a template fails, ours is used. Subjects and headers are never custom. Only ``custom_rendering`` loads the template engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOTICE, DIGEST = ("notice.txt.j2", "notice.html.j2"), ("digest.txt.j2", "digest.html.j2")
NAMES = (*NOTICE, *DIGEST)
"""The templates that an account can replace."""
PARTS = ("page.html.j2",)
"""Templates that the templates in NAMES extend; an account can replace them, too."""
MAX_SOURCE = 256 * 1024
"""Characters of a template; ours have a twentieth of it."""
MAX_OUTPUT = 2 * 1024 * 1024
"""Characters of a template's output; more is a template's mistake."""
MAX_FAULT = 500
"""Characters of a template's fault: an error can hold any text that the template made."""


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """The templates of one account by name, as their author wrote them, and the faults of its other files in words."""

    sources: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateInput:
    """The content of a mail as plain texts, numbers, lists and dicts; the names of its templates; and the language's code."""

    names: tuple[str, ...]
    view: Mapping[str, Any]
    language: str


@dataclass(frozen=True, slots=True)
class TemplateOutput:
    """The result of rendering a template: its output, or its fault in words, with name and line."""

    text: str = ""
    fault: str = ""


def refusal(name: str, source: str) -> str:
    """Give the reason why *name* or *source* cannot be a template, empty where there is none; *source* is not parsed."""
    if name not in (*NAMES, *PARTS):
        return f"{name}: there is no such template; there are {', '.join((*NAMES, *PARTS))}"
    return f"{name}: longer than {MAX_SOURCE} characters" if len(source) > MAX_SOURCE else ""
