"""The HTTP API on PostgreSQL, which refuses texts that SQLite keeps: whatever stands in a request, no answer is a fault of ours."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from programs.postgresql import postgresql
from wire.http_client import Asker, asking

from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import create_store
from bouncer.web.all_routes import ROUTES
from bouncer.web.parameter import TEXT
from bouncer.web.route import ApiRoute

pytestmark = [pytest.mark.real("postgresql"), pytest.mark.timeout(240)]

HOSTILE = ("%00", "jane%00@example.org", "%FF%ED%A0%80%EF%BF%BE", "'%22%5C;--%25_")
"""Texts of a URL: NUL, octets that are no UTF-8, a surrogate, characters that are none, words of SQL."""
STRINGS = ("\0", "j\0@example.org", "\ufffe\U0010ffff", "\\\\u0000' --")
"""Strings of a body."""


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    with postgresql() as server:
        url = server.url(server.make_database())
        create_store(StoreSettings(url))
        async with asking(tmp_path, {"per_minute": 1_000_000}, url=url) as asker:
            yield asker


def targets(route: ApiRoute, ids: dict[str, str]) -> Iterator[str]:
    """Give the targets in which one parameter is hostile."""
    path_values = {**route.example.path, **ids}
    for parameter in route.parameters:
        for text in HOSTILE if parameter.type.schema.keys() <= TEXT.schema.keys() else ():
            if parameter.where == "path":
                yield route.path.format(**{**path_values, parameter.name: text})
            elif parameter.where == "query":
                yield f"{route.path.format(**path_values)}?{parameter.name}={text}"


def bodies(route: ApiRoute) -> Iterator[str]:
    """Give the bodies of the example in which all strings are hostile."""
    if route.example.body:
        for text in STRINGS:
            yield json.dumps(spoiled(json.loads(route.example.body), text))


def spoiled(value: Any, text: str) -> Any:
    """Put *text* in the place of each string of a value."""
    if isinstance(value, dict):
        return {name: spoiled(inner, text) for name, inner in value.items()}
    if isinstance(value, list):
        return [spoiled(inner, text) for inner in value]
    return text if isinstance(value, str) else value


async def test_no_request_is_answered_with_a_fault_of_ours(asker: Asker, caplog: pytest.LogCaptureFixture):
    questions = 0
    for route in ROUTES:
        ids = asker.ids if route.method == "GET" else {}
        requests = [(target, route.example.body or None) for target in targets(route, ids)]
        requests += [(route.path.format(**{**route.example.path, **ids}), body) for body in bodies(route)]
        for target, body in requests:
            key = "operator admin" if route.operator_only else "acme admin"
            answer = await asker.ask(route.method, target, body, key=key, form=route.form)
            assert answer.status < 500, (route.method, target, body, answer)
            questions += 1

    assert questions > 400
    assert "Traceback" not in caplog.text
