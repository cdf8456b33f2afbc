"""The manual's page on the HTTP API has the routes, the errors and the limits of the code."""

import re

from manual import section

from bouncer.web.all_routes import ROUTES
from bouncer.web.openapi import MEANINGS, openapi
from bouncer.web.route import ApiRoute


def shown(route: ApiRoute) -> str:
    """A route as a row of the manual's table."""
    names = [parameter.name for parameter in route.parameters if parameter.where == "query"]
    members = [f"`{name}`" for name in getattr(route.body, "__struct_fields__", ())]
    parameters = ", ".join([*(f"`{name}=`" for name in names), *(["body: " + ", ".join(members)] if members else [])])
    return f"| `{route.method} {route.path}` | {route.access} | {route.says} | {parameters or '-'} |"


def test_the_table_of_routes_is_the_list():
    rows = [line for line in section("Routes").splitlines() if line.startswith("| `")]

    assert rows == [shown(route) for route in ROUTES]


def test_every_status_of_an_error_is_explained():
    explained = {int(status) for status in re.findall(r"^\| (\d{3}) \|", section("Errors"), re.MULTILINE)}

    assert explained == MEANINGS.keys() | {405}
    assert {status for route in ROUTES for status in route.all_errors} <= MEANINGS.keys()


def test_each_route_stands_once_and_in_the_description():
    places = [(route.method, route.path) for route in ROUTES]
    described = openapi(ROUTES)["paths"]

    assert len(set(places)) == len(places)
    assert all(described[path][method.lower()]["responses"] for method, path in places)
    operations = [of["operationId"] for methods in described.values() for of in methods.values()]
    assert len(set(operations)) == len(operations)
