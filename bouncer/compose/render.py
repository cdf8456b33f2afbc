"""Our templates: plain text of 72 columns and HTML, rendered from one view."""

import functools
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from bouncer.compose import plain_text, providers
from bouncer.compose.language import LANGUAGES, Language
from bouncer.policy.languages import ENGLISH

if TYPE_CHECKING:
    from jinja2 import Environment

COLUMNS = 72
"""Width of the text: fits a terminal, and an answer that quotes it (RFC 3676 section 4.2)."""


def render(name: str, view: Any, language: Language = LANGUAGES[ENGLISH]) -> str:
    """Render *view* with the template *name* in *language*; in HTML everything is escaped."""
    names = {"view": view, "language": language, "say": language.say, "count": language.count}
    return _environment().get_template(name).render(names)


def _wrap(text: str, indent: int = 0, label: str = "") -> str:
    """Break *text* into lines indented by *indent* columns; *label* precedes the first."""
    lines = plain_text.wrap(text, COLUMNS - indent) or [""]
    lines[0] = label + " " * (indent - plain_text.columns(label)) + lines[0]
    return f"\n{' ' * indent}".join(lines)


def _draw_box(text: str) -> str:
    return "\n".join(f"  | {row}" for row in plain_text.wrap(text, COLUMNS - 4))


def _link_page(text: str) -> Markup:
    """Make a link of the one page of ours that *text* names; other text that looks like a URL stays text."""
    page = providers.page_in(text)
    if page is None:
        return escape(text)
    before, _, after = text.partition(page)
    where = page if "://" in page else f"mailto:{page}"
    return Markup('{}<a href="{}">{}</a>{}').format(before, where, page, after)


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # noqa: PLC0415 -- most commands render nothing

    environment = Environment(
        loader=PackageLoader("bouncer.compose"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= FILTERS
    return environment


FILTERS = {"wrap": _wrap, "boxed": _draw_box, "linked": _link_page}
"""The filters of templates."""
