"""Rendering an account's own templates: Jinja in a sandbox.

Templates get ``view`` as texts, numbers, lists and dicts, ``language.code``, ``say``, ``count``, and the filters ``wrap``,
``boxed`` and ``linked``. The sandbox lets a template reach nothing else (Jinja documentation, "Sandbox"); in HTML everything is
escaped. The sandbox bounds neither time nor memory: the caller renders in a process that has such bounds.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from traceback import walk_tb
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bouncer.compose.custom import MAX_FAULT, MAX_OUTPUT, TemplateInput, TemplateOutput
from bouncer.compose.language import language
from bouncer.compose.render import FILTERS

MAX_RANGE = 1000
"""The longest ``range`` in a template: a notice shows far fewer items."""
MANY_ACCOUNTS = 32
"""Accounts whose templates stay compiled; compiling again takes some tens of milliseconds."""
_IN_TEMPLATE = "<template>"
"""Jinja's file name for a template from a text."""
_OURS = {file.name: file.read_text("utf-8") for file in resources.files(__package__).joinpath("templates").iterdir()}


def render(sources: Mapping[str, str], name: str, content: TemplateInput | None) -> TemplateOutput:
    """Render *content* with the template *name* of an account that has *sources*; where *content* is None, only compile it.

    Raises MemoryError: the free memory depends on what was rendered before.
    """
    try:
        template = _environment(tuple(sorted(sources.items()))).get_template(name)
        return TemplateOutput(_render_pieces(template, _names(content)) if content else "")
    except MemoryError:
        raise
    except TemplateError as error:
        return _fault(name, error, error.message or type(error).__name__)
    except Exception as error:  # noqa: BLE001 -- a template can raise any exception
        return _fault(name, error, f"{type(error).__name__}: {error}")


def _fault(name: str, error: Exception, problem: str) -> TemplateOutput:
    """Describe a fault with its line: the compiler's, or the last one rendered."""
    rendering = (line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == _IN_TEMPLATE)
    lines = [getattr(error, "lineno", None), *rendering]
    place = f", line {lines[-1]}" if lines[-1] else ""
    return TemplateOutput(fault=f"{name}{place}: {problem}"[:MAX_FAULT])


def _names(content: TemplateInput) -> dict[str, Any]:
    """Give the names that a template can use. The functions are no methods: a method would give access to its object."""
    speech = language(content.language)

    def say(text: str, /, **values: Any) -> str:
        return speech.say(text, **values)

    def count(singular: str, plural: str, number: int, /, **values: Any) -> str:
        return speech.count(singular, plural, number, **values)

    return {"view": content.view, "language": {"code": speech.code}, "say": say, "count": count}


def _render_pieces(template: Template, names: Mapping[str, Any]) -> str:
    """Render piece by piece, so that an endless template can be stopped."""
    pieces, characters = [], 0
    for piece in template.generate(**names):
        characters += len(piece)
        if characters > MAX_OUTPUT:
            raise TemplateError(f"renders more than {MAX_OUTPUT} characters")
        pieces.append(piece)
    return "".join(pieces)


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
