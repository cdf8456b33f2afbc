"""A route of Starlette that takes its own path, as it is written, and no other."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.routing import Match, Route
from starlette.types import Scope


class ExactRoute(Route):
    """The route of *path* to *endpoint*, a function of a request or an object that is an application.

    The request has the words of the path as they are, and only the values of its parameters may be percent-encoded (RFC 3986
    section 2.1): `/api%2fv1/keys` would be the path /api/v1/keys, and `/bounce%73` the path /bounces, where a proxy that guards
    some paths saw another one. So an encoded slash is part of a value, and parts nothing.

    With *any_case* the path's letters have any case, and a slash may follow it.
    Starlette's expression ends in ``$``, which also matches before a line end.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], *, any_case: bool = False) -> None:
        super().__init__(path, endpoint)
        start = self.path_regex.pattern.removesuffix("$")
        self.path_regex = re.compile(rf"{start}/?\Z", re.IGNORECASE) if any_case else re.compile(rf"{start}\Z")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Hook of Starlette: match the path as it was sent, and then decode the parameters."""
        match, child_scope = super().matches({**scope, "path": scope["raw_path"].decode("ascii")})
        if match is not Match.NONE:
            child_scope["path_params"] = {name: unquote(text) for name, text in child_scope["path_params"].items()}
        return match, child_scope
