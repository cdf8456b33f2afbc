"""Texts of a body that are spelled otherwise: the error tells in words what is allowed, and shows no regular expression."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from bouncer.web.all_routes import ROUTES
from bouncer.web.body import decode_body
from bouncer.web.problem import ProblemError
from bouncer.web.spelling import LETTER, LINE, NOTICE, REFERENCE, SPELLINGS, Spelling

BY_PATH = {(route.method, route.path): route for route in ROUTES}


def patterns_in(schema: Any) -> Iterator[str]:
    """Give the patterns of texts in a schema of JSON."""
    if isinstance(schema, dict):
        if isinstance(pattern := schema.get("pattern"), str):
            yield pattern
        for part in schema.values():
            yield from patterns_in(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns_in(part)


def test_every_pattern_of_a_body_has_its_words():
    bodies = [route.body for route in ROUTES if route.body]

    assert set(patterns_in(list(msgspec.json.schema_components(bodies)))) == {
        spelling.pattern for spelling in SPELLINGS
    }


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/api/v1/letters/reread", b'{"letters": ["38g0n6damk02s", "4711"]}', LETTER.words),
        ("/api/v1/notices/retry", b'{"ids": ["a"]}', NOTICE.words),
        ("/api/v1/return-paths", b'{"recipients": ["a@b.example"], "reference": "Spring!"}', REFERENCE.words),
    ],
)
def test_an_error_tells_in_words_what_is_allowed(path: str, body: bytes, words: str):
    with pytest.raises(ProblemError) as refused:
        decode_body(BY_PATH["POST", path], "application/json", body)

    problem = refused.value.problem
    assert problem.status == 422
    assert problem.detail.startswith(f"The body does not fit: Expected {words} - at `$.")
    assert "regex" not in problem.detail


@pytest.mark.parametrize(
    ("spelling", "text"),
    [(LETTER, "38g0n6damk02s"), (NOTICE, "17"), (REFERENCE, "spring7"), (LINE, "caf\u00e9 au lait")],
)
def test_a_line_end_behind_a_text_is_no_part_of_it(spelling: Spelling, text: str):
    assert re.search(spelling.pattern, text)
    assert not re.search(spelling.pattern, f"{text}\n")
