"""An account's own templates, in place of ours: Jinja in a sandbox, tried before they are used, and ours where they fail.

They get what ours get: ``view``, ``language``, ``say``, ``count``, and the filters ``wrap``, ``boxed`` and ``linked``. The sandbox lets a
template reach nothing else (Jinja documentation, "Sandbox"); in HTML everything is escaped. Subjects and headers stay ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

NAMES = ("notice.txt.j2", "notice.html.j2", "digest.txt.j2", "digest.html.j2")
"""The templates that an account can have of its own."""
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
            drawn = template.render(**given)
        except Exception:  # noqa: BLE001 -- whatever an owner's template does, the notice is told with ours
            return None
        return drawn if len(drawn) <= MAX_DRAWN else None


def load(sources: Mapping[str, str], samples: Mapping[str, Mapping[str, Any]], filters: Mapping[str, Any]) -> Custom:
    """Take *sources* by name, each tried on the sample of its name; what fails is named with its line, and left to ours."""
    environment = _environment(sources, filters)
    good: dict[str, Template] = {}
    faults: list[str] = []
    for name, source in sources.items():
        try:
            good[name] = _tried(environment, name, source, samples)
        except TemplateError as error:
            at = getattr(error, "lineno", None)
            faults.append(f"{name}{f', line {at}' if at else ''}: {error.message or type(error).__name__}")
        except Exception as error:  # noqa: BLE001 -- a template can raise whatever Python can
            faults.append(f"{name}: {type(error).__name__}: {error}")
    return Custom(good, tuple(faults))


def _tried(
    environment: ImmutableSandboxedEnvironment, name: str, source: str, samples: Mapping[str, Mapping[str, Any]]
) -> Template:
    if name not in NAMES:
        raise ValueError(f"there is no such template; there are {', '.join(NAMES)}")
    if len(source) > MAX_SOURCE:
        raise ValueError(f"longer than {MAX_SOURCE} characters")
    template = environment.get_template(name)
    if not template.render(**samples[name]).strip():
        raise ValueError("draws nothing")
    return template


def _environment(sources: Mapping[str, str], filters: Mapping[str, Any]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(dict(sources)),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment
