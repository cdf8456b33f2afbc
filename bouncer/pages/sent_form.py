"""A form as a browser sends it: its fields, the page that it was on, and the texts that a person typed.

A page that refuses a form gives these texts back, so that nothing is typed twice.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from bouncer.pages.cookies import MAX_WANTED
from bouncer.pages.page_route import PageRoute
from bouncer.pages.session_pages import own_path
from bouncer.web.problem import ProblemError

MOST_FIELDS = 20
"""Fields of a form or a query: more than any page has."""


def parse_fields(text: str) -> list[tuple[str, str]]:
    """Parse a query or a form; a field that a person left empty is not there. Raises ProblemError (422) for too many."""
    try:
        fields = parse_qsl(text, keep_blank_values=False, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ProblemError(422, f"There are more than {MOST_FIELDS} fields.") from None
    return [(name, value.strip()) for name, value in fields if value.strip()]


def fields_of(route: PageRoute, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the fields that the form of a page has."""
    names = {field.name for field in route.form}
    return [(name, value) for name, value in fields if name in names]


def typed_texts(route: PageRoute, fields: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Give what was typed into the free fields of a form: no choice, no token, and nothing of forms that sign in."""
    if route.role is None:
        return ()
    free = {field.name for field in route.form if "enum" not in field.type.schema}
    return tuple(value for name, value in fields if name in free)


def sending_page(referer: str) -> str | None:
    """Give the path of the page that a form was on, by the browser's Referer; None where it is longer than MAX_WANTED.

    A Referer that is none of ours gives the first page.
    """
    try:
        page = urlsplit(referer)
    except ValueError:
        return None
    path = own_path(f"{page.path}?{page.query}".rstrip("?"))
    return path if len(path) <= MAX_WANTED else None
