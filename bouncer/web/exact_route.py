"""A route of Starlette that takes its own path and no other."""

import re
from collections.abc import Callable
from typing import Any

from starlette.routing import Route


class ExactRoute(Route):
    """The route of *path* to *endpoint*, a function of a request or an object that is an application.

    With *any_case* the path's letters have any case, and a slash may stand behind it.
    Starlette's expression ends in ``$``, which also matches before a line end: `/activity%0A` would be the page /activity, where a
    proxy that guards some paths saw another one.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], *, any_case: bool = False) -> None:
        super().__init__(path, endpoint)
        start = self.path_regex.pattern.removesuffix("$")
        self.path_regex = re.compile(rf"{start}/?\Z", re.IGNORECASE) if any_case else re.compile(rf"{start}\Z")
