"""For any path, query, headers and body the answer is one of the description, and never an error of ours."""

import asyncio
import contextlib
import json
import string
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
import schemathesis
from examples import TIMES, times
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from wire.http_client import Asker, HttpAnswer, asking, key_field

from bouncer.web.all_routes import ROUTES
from bouncer.web.mailgun.form import MAILGUN_FORM

UNKNOWN = {
    "letter_id": "0000000000001",
    "account_name": "ghost",
    "number": "4711",
    "key_id": "x",
    "email": "x@example.org",
    "webhook_id": "x",
    "msg_id": "x",
    "bounce_id": "1234567",
    "rule_id": "x",
    "import_id": "x",
}
OF_OURS = (200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429)
"""Every status but those of a fault of ours."""
NOT_CHECKED = ["positive_data_acceptance"]
"""Checks of schemathesis that cannot hold: a text may be no mail address, and a time may be past, which no schema says."""
EACH = settings(max_examples=times(60), deadline=None, suppress_health_check=list(HealthCheck))

octets = st.binary(max_size=200)
field_value = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80)
names = st.sampled_from(
    [
        *("account", "recipient", "category", "letter", "since", "limit", "cursor", "address", "unread", "state"),
        *("start_time", "end_time", "offset", "email", "start_date", "categories"),
    ]
)
query = st.lists(
    st.tuples(names | st.text(string.printable, max_size=5).map(str.encode).map(quote_from_bytes), octets), max_size=6
)
json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
near_body = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("addresses", "reason", "until", "stream", "access", "label"), json_value)
) | st.fixed_dictionaries(
    {"addresses": st.lists(st.text(max_size=30), min_size=1, max_size=5), "reason": st.text(min_size=1, max_size=30)}
)


PIECES = (
    b"--x",
    b"--x--",
    b"\r\n",
    b"\r\n\r\n",
    b"a=",
    b"&",
    b'content-disposition: form-data; name="address"',
    b"; filename=a",
)
"""Pieces of bodies of forms."""


class Background:
    """A server in an event loop of its own thread, which synchronous tests ask."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._context = asking(folder, {"per_minute": 1_000_000})
        self.asker: Asker = self.run(self._context.__aenter__())

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        self.run(self._context.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="module")
def background() -> Iterator[Background]:
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Background(Path(folder))) as background:
        yield background


def ask(background: Background, *words: Any, **options: Any) -> HttpAnswer:
    answer: HttpAnswer = background.run(background.asker.ask(*words, **options))
    return answer


@given(st.sampled_from(ROUTES), query, st.sampled_from(["acme admin", "zoo admin", "operator admin"]))
@EACH
def test_any_query_is_answered(background: Background, route: Any, query: list[tuple[str, bytes]], key: str):
    target = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in query)
    body = route.example.body or None
    path = f"{route.path.format(**{**route.example.path, **UNKNOWN})}?{target}"
    answer = ask(background, route.method, path, body, key=key, form=route.form)

    assert answer.status in OF_OURS


@given(octets.map(quote_from_bytes), st.sampled_from(["GET", "POST", "DELETE", "PATCH"]))
@EACH
def test_any_path_is_answered(background: Background, path: str, method: str):
    for target in (
        f"/{path}",
        f"/api/v1/{path}",
        f"/api/v1/keys/{path}",
        f"/v3/{path}",
        f"/v3/suppression/bounces/{path}",
    ):
        assert ask(background, method, target, key="acme admin").status in OF_OURS


@given(
    st.sampled_from(ROUTES),
    st.dictionaries(
        st.sampled_from(
            [
                "authorization",
                "accept",
                "accept-encoding",
                "if-none-match",
                "idempotency-key",
                "content-type",
                "x-forwarded-for",
                "range",
                "cookie",
                "on-behalf-of",
            ]
        ),
        field_value.map(str.strip),
        max_size=5,
    ),
)
@EACH
def test_any_header_is_answered(background: Background, route: Any, fields: dict[str, str]):
    answer = ask(
        background,
        route.method,
        route.path.format(**{**route.example.path, **UNKNOWN}),
        route.example.body or None,
        key="acme admin",
        headers=fields,
        form=route.form,
    )

    assert answer.status in OF_OURS


@given(
    st.sampled_from([route for route in ROUTES if route.body]),
    octets | near_body.map(json.dumps) | json_value.map(json.dumps),
    st.sampled_from(["acme admin", "operator admin"]),
)
@EACH
def test_any_body_is_answered(background: Background, route: Any, body: bytes | str, key: str):
    path = route.path.format(**{**route.example.path, **UNKNOWN})
    assert ask(background, route.method, path, body, key=key, form=route.form).status in OF_OURS


@given(
    st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data"]),
    octets | st.lists(st.sampled_from(PIECES) | octets, max_size=12).map(b"".join),
)
@EACH
def test_any_form_is_answered(background: Background, content_type: str, body: bytes):
    for target in ("/v3/acme/bounces", "/v3/acme/bounces/import", "/v3/acme/whitelists"):
        headers = {"content-type": content_type}
        answer = ask(background, "POST", target, body, key="acme admin", headers=headers, form=MAILGUN_FORM)
        assert answer.status in OF_OURS


@pytest.mark.timeout(300 * max(1, TIMES))  # some hundred requests, and schemathesis thinks about each
def test_the_answers_are_those_of_the_description(background: Background):
    """Schemathesis makes requests of the description, and compares each answer with it."""
    asker = background.asker
    base = f"http://127.0.0.1:{asker.port}"
    schema = schemathesis.openapi.from_url(f"{base}/openapi.json")
    load_all_checks()
    statuses: list[int] = []

    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        put_to_the_test(operation, asker, base, statuses)
    by_status = ", ".join(f"{count} {status}" for status, count in sorted(Counter(statuses).items()))
    print(
        f"schemathesis: {len(operations)} operations, {len(statuses)} cases, no answer that is not described: {by_status}"
    )
    assert len(operations) == len(ROUTES)
    assert len(statuses) > len(operations)
    assert set(statuses) <= set(OF_OURS)


def put_to_the_test(operation: Any, asker: Asker, base: str, statuses: list[int]) -> None:
    """Ask an operation with what schemathesis makes, and note the statuses."""
    form = next(route.form for route in ROUTES if route.path == operation.path)

    @given(case=operation.as_strategy())
    @settings(max_examples=times(6), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def answers(case: Any) -> None:
        key = asker.keys[
            "operator admin" if "of the operator" in operation.definition.raw["description"] else "acme admin"
        ]
        fields = {name.title(): value for name, value in key_field(form, key).items()}
        response = case.call(base_url=base, headers=fields)
        case.validate_response(response, excluded_checks=CHECKS.get_by_names(NOT_CHECKED))
        statuses.append(response.status_code)

    answers()
