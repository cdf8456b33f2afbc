"""Values at the edges of what a number, a time or a text may be: each is answered, whatever parameter, member or field has it."""

import json
from collections.abc import AsyncIterator, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from wire.http_client import Asker, asking
from wire.pages_client import JANE, browsing, fields_of
from wire.routes_of_api import filled, key_of
from wire.routes_of_pages import FORMS, SIGNED_IN, name, path_of

from bouncer.policy.sign_in import Role
from bouncer.web.all_routes import ROUTES
from bouncer.web.route import ApiRoute

TEXTS = (
    "-1",
    "9223372036854775808",  # 2 ** 63: no database has a number for it
    "9" * 400,
    "0001-01-01T00:00:00%2B23:59",  # before the first year, in UTC
    "9999-12-31T23:59:59-23:59",  # behind the last
    "a%00b@x.example",
    "%ED%A0%80",  # half of a character
    "%F0%9F%98%80@x.example",
)
VALUES: tuple[Any, ...] = (
    2**63,
    10**400,
    1e308,
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "a\x00b@x.example",
    "\ud800@x.example",
    "x" * 5_000,
    [[]],
)
Place = tuple[str | int, ...]


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path, {"per_minute": 1_000_000}) as asker:
        yield asker


def targets(ids: dict[str, str]) -> Iterator[tuple[ApiRoute, str]]:
    """Give targets with one of the values in one of a route's parameters: each value in each parameter, and one on each route."""
    before = set[tuple[str, int]]()
    pairs = [(route, parameter) for route in ROUTES for parameter in route.parameters if parameter.where != "header"]
    for number, (route, parameter) in enumerate(pairs):
        kind = (parameter.name, id(parameter.type))
        texts = (TEXTS[number % len(TEXTS)],) if kind in before else TEXTS
        before.add(kind)
        for text in texts:
            if parameter.where == "query":
                yield route, f"{filled(route, ids)}?{parameter.name}={text}"
            else:
                yield route, route.path.format(**{**route.example.path, **ids, "domain": "acme", parameter.name: text})


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Give the place of each value inside *value*, the first of each list, and of the whole."""
    members = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*place, key))
    yield place


def altered(value: Any, place: Place, new: Any) -> Any:
    """Give *value* with *new* at *place*."""
    if not place:
        return new
    copy = value.copy()
    copy[place[0]] = altered(value[place[0]], place[1:], new)
    return copy


def bodies(route: ApiRoute) -> Iterator[str]:
    """Give the route's body as JSON, each with one of the values in one place."""
    try:
        example = json.loads(route.example.body or "null")
    except ValueError:  # a form
        return
    if example is not None:
        yield from (json.dumps(altered(example, place, value)) for place in places(example) for value in VALUES)


async def test_a_parameter_of_any_number_time_or_text_is_answered(asker: Asker):
    for route, target in targets(asker.ids):
        body = route.example.body or None
        answer = await asker.ask(route.method, target, body, key=key_of(route), form=route.form)

        assert answer.status < 500, (route.method, target, answer)


async def test_a_member_of_a_body_of_any_number_time_or_text_is_answered(asker: Asker):
    for route in ROUTES:
        for body in bodies(route):
            answer = await asker.ask(route.method, filled(route, asker.ids), body, key=key_of(route), form=route.form)

            assert answer.status < 500, (route.method, route.path, body[:200], answer)


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATOR])
async def test_a_field_of_a_page_of_any_number_time_or_text_is_answered(tmp_path: Path, role: Role):
    async with browsing(tmp_path, {"per_minute": 1_000_000}) as world:
        browser = await world.browser(role)
        token = fields_of((await browser.get("/")).text, "/sign-out")["token"]
        parameters = [(route, parameter) for route in SIGNED_IN for parameter in route.parameters]
        for (route, parameter), text in zip(parameters, cycle(TEXTS), strict=False):
            path = path_of(route, world)
            target = f"{path}{'&' if '?' in path else '?'}{parameter.name}={text}"
            answer = await browser.request(route.method, target, data={"token": token} if route in FORMS else None)

            assert answer.status_code < 500, (name(route), target)
        fields = [(route, field) for route in FORMS if route.role and route.path != "/sign-out" for field in route.form]
        for (route, field), text in zip(fields, cycle(map(unquote, TEXTS)), strict=False):
            filled_in = {"address": JANE, "account": "acme", "token": token, field.name: text}
            answer = await browser.post(path_of(route, world), data=filled_in)

            assert answer.status_code < 500, (name(route), field.name, text)
