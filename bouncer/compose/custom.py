"""An account's own templates: Jinja in a sandbox. Where they fail, our templates are used.

Templates get ``view`` as texts, numbers, lists and dicts, ``language.code``, ``say``, ``count``, and the filters ``wrap``,
``boxed`` and ``linked``. The sandbox lets a template reach nothing else (Jinja documentation, "Sandbox"); in HTML everything is
escaped. The sandbox bounds neither time nor memory: the caller draws in a process that has such bounds. Subjects and headers are
never custom.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from traceback import walk_tb
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bouncer.compose.language import language
from bouncer.compose.render import FILTERS

NOTICE, DIGEST = ("notice.txt.j2", "notice.html.j2"), ("digest.txt.j2", "digest.html.j2")
NAMES = (*NOTICE, *DIGEST)
"""The templates that an account can replace."""
PARTS = ("page.html.j2",)
"""Templates that those extend; an account can replace them too."""
MAX_RANGE = 1000
"""The longest ``range`` in a template: a notice shows far fewer items."""
MAX_SOURCE = 256 * 1024
"""Characters of a template; ours have a twentieth of it."""
MAX_DRAWN = 2 * 1024 * 1024
"""Characters of a template's output; more is a template's mistake."""
MAX_FAULT = 500
"""Characters of a template's fault: an error can hold any text that the template made."""
MANY_ACCOUNTS = 32
"""Accounts whose templates stay compiled; compiling again takes some tens of milliseconds."""
_IN_TEMPLATE = "<template>"
"""Jinja's file name for a template from a text."""
_OURS = {file.name: file.read_text("utf-8") for file in resources.files(__package__).joinpath("templates").iterdir()}


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
    """The result of drawing a template: its output, or its fault in words, with name and line."""

    text: str = ""
    fault: str = ""


def refusal(name: str, source: str) -> str:
    """Give the reason why *name* or *source* cannot be a template, empty where there is none; *source* is not parsed."""
    if name not in (*NAMES, *PARTS):
        return f"{name}: there is no such template; there are {', '.join((*NAMES, *PARTS))}"
    return f"{name}: longer than {MAX_SOURCE} characters" if len(source) > MAX_SOURCE else ""


def draw(sources: Mapping[str, str], name: str, shown: TemplateInput | None) -> TemplateOutput:
    """Draw *shown* with the template *name* of an account that has *sources*; where *shown* is None, only compile it.

    Raises MemoryError: the free memory depends on earlier drawings.
    """
    try:
        template = _environment(tuple(sorted(sources.items()))).get_template(name)
        return TemplateOutput(_drawn(template, _names(shown)) if shown else "")
    except MemoryError:
        raise
    except TemplateError as error:
        return _fault(name, error, error.message or type(error).__name__)
    except Exception as error:  # noqa: BLE001 -- a template can raise any exception
        return _fault(name, error, f"{type(error).__name__}: {error}")


def _fault(name: str, error: Exception, problem: str) -> TemplateOutput:
    """Describe a fault with its line: the compiler's, or the last one drawn."""
    drawing = (line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == _IN_TEMPLATE)
    lines = [getattr(error, "lineno", None), *drawing]
    place = f", line {lines[-1]}" if lines[-1] else ""
    return TemplateOutput(fault=f"{name}{place}: {problem}"[:MAX_FAULT])


def _names(shown: TemplateInput) -> dict[str, Any]:
    """Give the names that a template can use. The functions are no methods: a method would give access to its object."""
    speech = language(shown.language)

    def say(text: str, /, **values: Any) -> str:
        return speech.say(text, **values)

    def count(singular: str, plural: str, number: int, /, **values: Any) -> str:
        return speech.count(singular, plural, number, **values)

    return {"view": shown.view, "language": {"code": speech.code}, "say": say, "count": count}


def _drawn(template: Template, names: Mapping[str, Any]) -> str:
    """Draw piece by piece, so that an endless template can be stopped."""
    drawn, characters = [], 0
    for piece in template.generate(**names):
        characters += len(piece)
        if characters > MAX_DRAWN:
            raise TemplateError(f"draws more than {MAX_DRAWN} characters")
        drawn.append(piece)
    return "".join(drawn)


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise TemplateError(f"a range of more than {MAX_RANGE}")
    return numbers


@lru_cache(MANY_ACCOUNTS)
def _environment(sources: tuple[tuple[str, str], ...]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({**_OURS, **dict(sources)}),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    environment.globals["range"] = _short_range
    del environment.globals["lipsum"]
    return environment
