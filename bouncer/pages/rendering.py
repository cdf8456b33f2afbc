"""Rendering a page: Jinja with escaping always on, and every value made visible before it is written.

``finalize`` sees each value that a template writes, so that no template can write a stranger's text any other way
(``pages.marks``). Templates write no value as markup: none uses ``safe`` or ``Markup``.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from bouncer.mail.letter import spell_id
from bouncer.pages.marks import cut, make_visible

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, values: Mapping[str, Any]) -> bytes:
    """Render the page *template* with *values*, in UTF-8."""
    return _environment().get_template(template).render(values).encode("utf-8", "replace")


def link(path: str, /, **query: Any) -> str:
    """Give the URL of a page of ours, in ASCII; parameters that are None are left out."""
    present = {name: _text(value) for name, value in query.items() if value is not None}
    return quote(path) + (f"?{urlencode(present, quote_via=quote)}" if present else "")


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) else make_visible(str(value))


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 -- most daemons show no page for long

    environment = Environment(
        loader=PackageLoader("bouncer.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"link": link}
    environment.filters |= {"cut": cut, "spelled": spell_id}
    return environment
