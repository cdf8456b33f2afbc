"""An account's own templates, in place of ours: Jinja in a sandbox, tried before they are used, and ours where they fail.

They get what ours get: ``view``, ``language``, ``say``, ``count``, and the filters ``wrap``, ``boxed`` and ``linked``. The
sandbox lets a template reach nothing else (Jinja documentation, "Sandbox"); in HTML everything is escaped. Subjects and
headers stay ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from traceback import walk_tb
from typing import Any

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    TemplateError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

NAMES = ("notice.txt.j2", "notice.html.j2", "digest.txt.j2", "digest.html.j2")
"""The templates that an account can have of its own."""
PARTS = ("page.html.j2",)
"""What those build on; an account can have these, too."""
MAX_RANGE = 1000
"""Of ``range`` in a template: what a notice shows is far less, and loops in loops end while somebody still waits."""
_IN_TEMPLATE = "<template>"
"""How Jinja calls the file of a template that came as a text."""
MAX_SOURCE = 256 * 1024
"""Characters of a template; ours have a twentieth of it."""
MAX_DRAWN = 2 * 1024 * 1024
"""Characters of what a template draws; more is a template's mistake."""


@dataclass(frozen=True, slots=True)
class Custom:
    """The templates of one account that are good; and in words what is wrong with the others."""

    templates: Mapping[str, Template] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def draw(self, name: str, given: Mapping[str, Any]) -> str | None:
        """Draw with the account's own template; None where there is none, or it fails on this notice."""
        template = self.templates.get(name)
        if template is None:
            return None
        try:
            return _drawn(template, given)
        except Exception:  # noqa: BLE001 -- whatever an owner's template does, the notice is told with ours
            return None


def load(sources: Mapping[str, str], samples: Mapping[str, Mapping[str, Any]], filters: Mapping[str, Any]) -> Custom:
    """Take *sources* by name, each tried on the sample of its name; what fails is named with its line, and left to ours."""
    environment = _environment(sources, filters)
    good: dict[str, Template] = {}
    faults: list[str] = []
    for name, source in sources.items():
        try:
            template = _checked(environment, name, source)
            if name in NAMES:
                _try(template, samples[name])
                good[name] = template
        except TemplateError as error:
            faults.append(f"{name}{_line_of(error)}: {error.message or type(error).__name__}")
        except Exception as error:  # noqa: BLE001 -- a template can raise whatever Python can
            faults.append(f"{name}{_line_of(error)}: {type(error).__name__}: {error}")
    return Custom(good, tuple(faults))


def _line_of(error: Exception) -> str:
    """Say in which line of the template it went wrong: where the compiler says so, or the last that was drawn."""
    drawing = (line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == _IN_TEMPLATE)
    lines = [getattr(error, "lineno", None), *drawing]
    return f", line {lines[-1]}" if lines[-1] else ""


def _checked(environment: ImmutableSandboxedEnvironment, name: str, source: str) -> Template:
    if name not in (*NAMES, *PARTS):
        raise TemplateError(f"there is no such template; there are {', '.join((*NAMES, *PARTS))}")
    if len(source) > MAX_SOURCE:
        raise TemplateError(f"longer than {MAX_SOURCE} characters")
    return environment.get_template(name)


def _try(template: Template, sample: Mapping[str, Any]) -> None:
    if not _drawn(template, sample).strip():
        raise TemplateError("draws nothing")


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


def _environment(sources: Mapping[str, str], filters: Mapping[str, Any]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader((DictLoader(dict(sources)), PackageLoader("bouncer.policy.compose"))),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    environment.globals["range"] = _short_range
    return environment
