"""The manual's page on the HTTP API has the routes, the errors and the limits of the code."""

import re
from typing import get_args

from manual import section

from bouncer.web.all_routes import ROUTES
from bouncer.web.form import OWN
from bouncer.web.mailgun.form import MAILGUN_FORM
from bouncer.web.openapi import MEANINGS, openapi
from bouncer.web.postmark.form import POSTMARK_FORM
from bouncer.web.route import ApiRoute
from bouncer.web.sendgrid.form import SENDGRID_FORM


def row_of(route: ApiRoute) -> str:
    """A route as a row of the manual's table."""
    names = [parameter.name for parameter in route.parameters if parameter.where == "query"]
    kind = route.body
    while get_args(kind):  # a list of values, or one of them: its rows'
        kind = get_args(kind)[0]
    members = [f"`{name}`" for name in getattr(kind, "__struct_encode_fields__", ())]
    parameters = ", ".join([*(f"`{name}=`" for name in names), *(["body: " + ", ".join(members)] if members else [])])
    return f"| `{route.method} {route.path}` | {route.access_text} | {route.says} | {parameters or '-'} |"


def test_the_table_of_routes_is_the_list():
    tables = (
        ("Routes", OWN),
        ("Routes under /v3", SENDGRID_FORM),
        ("Routes under /v3/{domain}", MAILGUN_FORM),
        ("Routes of Postmark's", POSTMARK_FORM),
    )
    for heading, form in tables:
        rows = [line for line in section(heading).splitlines() if line.startswith("| `")]

        assert rows == [row_of(route) for route in ROUTES if route.form is form]


def test_every_status_of_an_error_is_explained():
    explained = {int(status) for status in re.findall(r"^\| (\d{3}) \|", section("Errors"), re.MULTILINE)}

    assert explained == MEANINGS.keys() | {405}
    assert {status for route in ROUTES for status in route.all_errors} <= MEANINGS.keys()


def test_the_description_is_for_people_who_see_nothing_else():
    description = openapi(ROUTES)
    trees = {tag["name"] for tag in description["tags"]}

    for methods in description["paths"].values():
        for operation in methods.values():
            assert set(operation["tags"]) <= trees
            assert operation["summary"].strip()
    indented = [
        name
        for name, schema_of in description["components"]["schemas"].items()
        if "\n " in schema_of.get("description", "")
    ]
    assert indented == []


def test_each_example_of_a_parameter_is_a_value_of_it():
    for parameter in {parameter.name: parameter for route in ROUTES for parameter in route.parameters}.values():
        assert "%4" not in parameter.example  # it is no part of a URL
        parameter.type.parse(parameter.example)


def test_each_route_stands_once_and_in_the_description():
    places = [(route.method, route.path) for route in ROUTES]
    described = openapi(ROUTES)["paths"]

    assert len(set(places)) == len(places)
    assert all(described[path][method.lower()]["responses"] for method, path in places)
    operations = [operation["operationId"] for methods in described.values() for operation in methods.values()]
    assert len(set(operations)) == len(operations)
