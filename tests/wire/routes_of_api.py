"""The list of the API's routes as tests walk it: each with acme's ids, and a key that may use it."""

from bouncer.web.route import ApiRoute

OPENER = "operator admin"


def filled(route: ApiRoute, ids: dict[str, str]) -> str:
    """The path with the ids of acme's things."""
    return route.path.format(**{**route.example.path, **ids, "domain": "acme"})


def key_of(route: ApiRoute) -> str:
    return OPENER if route.operator_only else "acme admin"
