"""An account's own templates, in place of ours: Jinja in a sandbox, and ours where they fail.

They get ``view`` as texts, numbers, lists and dicts, ``language.code``, ``say``, ``count``, and the filters ``wrap``, ``boxed`` and
``linked``. The sandbox lets a template reach nothing else (Jinja documentation, "Sandbox"); in HTML everything is escaped. It
bounds neither time nor memory: whoever draws does it in a process that has such bounds. Subjects and headers stay ours.
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
"""The templates that an account can have of its own."""
PARTS = ("page.html.j2",)
"""What those build on; an account can have these, too."""
MAX_RANGE = 1000
"""Of ``range`` in a template: what a notice shows is far less."""
MAX_SOURCE = 256 * 1024
"""Characters of a template; ours have a twentieth of it."""
MAX_DRAWN = 2 * 1024 * 1024
"""Characters of what a template draws; more is a template's mistake."""
MAX_FAULT = 500
"""Characters of what is wrong with a template: an error can hold whatever the template made."""
MANY_ACCOUNTS = 32
"""Accounts whose templates stay compiled; compiling anew takes some tens of milliseconds."""
_IN_TEMPLATE = "<template>"
"""How Jinja calls the file of a template that came as a text."""
_OURS = {file.name: file.read_text("utf-8") for file in resources.files(__package__).joinpath("templates").iterdir()}


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """The templates of one account by name, as their author wrote them; and in words what is wrong with other files."""

    sources: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a mail shows, as plain texts, numbers, lists and dicts; which templates draw it; and the language's code."""

    names: tuple[str, ...]
    view: Mapping[str, Any]
    language: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a template came to: its text, or in words what is wrong with it, with its name and line."""

    text: str = ""
    fault: str = ""


def refusal(name: str, source: str) -> str:
    """Say why this is no template that could be drawn, empty where it could be; nothing of it is read."""
    if name not in (*NAMES, *PARTS):
        return f"{name}: there is no such template; there are {', '.join((*NAMES, *PARTS))}"
    return f"{name}: longer than {MAX_SOURCE} characters" if len(source) > MAX_SOURCE else ""


def draw(sources: Mapping[str, str], name: str, shown: Shown | None) -> Drawn:
    """Draw *shown* with the template *name* of an account that has *sources*; None: compile it, and no more.

    Raises MemoryError: how much there is depends on what was drawn before.
    """
    try:
        template = _environment(tuple(sorted(sources.items()))).get_template(name)
        return Drawn(_drawn(template, _given(shown)) if shown else "")
    except MemoryError:
        raise
    except TemplateError as error:
        return _fault(name, error, error.message or type(error).__name__)
    except Exception as error:  # noqa: BLE001 -- a template can raise whatever Python can
        return _fault(name, error, f"{type(error).__name__}: {error}")


def _fault(name: str, error: Exception, what: str) -> Drawn:
    """Say what went wrong and in which line: where the compiler says so, or the last that was drawn."""
    drawing = (line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == _IN_TEMPLATE)
    lines = [getattr(error, "lineno", None), *drawing]
    place = f", line {lines[-1]}" if lines[-1] else ""
    return Drawn(fault=f"{name}{place}: {what}"[:MAX_FAULT])


def _given(shown: Shown) -> dict[str, Any]:
    """Give what a template can name. Functions of its own, not methods: those hold what they belong to."""
    speech = language(shown.language)

    def say(text: str, /, **values: Any) -> str:
        return speech.say(text, **values)

    def count(one: str, many: str, number: int, /, **values: Any) -> str:
        return speech.count(one, many, number, **values)

    return {"view": shown.view, "language": {"code": speech.code}, "say": say, "count": count}


def _drawn(template: Template, given: Mapping[str, Any]) -> str:
    """Draw, piece by piece, so that a template that draws without end ends."""
    drawn, characters = [], 0
    for piece in template.generate(**given):
        characters += len(piece)
        if characters > MAX_DRAWN:
            raise TemplateError(f"draws more than {MAX_DRAWN} characters")
        drawn.append(piece)
    return "".join(drawn)


def _short_range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > MAX_RANGE:
        raise TemplateError(f"a range of more than {MAX_RANGE}")
    return found


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
