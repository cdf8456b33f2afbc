"""Parameters of a URL and fields of a form, as routes get them: values of their type, or a problem with its status."""

import datetime as dt

import pytest
from examples import times
from hypothesis import given, settings
from hypothesis import strategies as st

from bouncer.web.form_data import MOST_FIELDS, form_values
from bouncer.web.parameter import FLAG, LETTER_ID, LIMIT, MOMENT, STATUS, Parameter, ParameterType, parse_parameters
from bouncer.web.problem import ProblemError

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xyz"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FLAG, "true", True),
        (LIMIT, "1", 1),
        (STATUS, "5.1", "5.1"),
        (MOMENT, "2026-11-01", dt.datetime(2026, 11, 1, tzinfo=dt.UTC)),
        (MOMENT, "2026-11-01T02:00:00+02:00", dt.datetime(2026, 11, 1, tzinfo=dt.UTC)),
    ],
)
def test_a_text_is_a_value_of_its_type(kind: ParameterType, text: str, value: object):
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((FLAG, text) for text in ("", "True", "1")),
        *((LIMIT, text) for text in ("", "0", "-1", "1e3", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 5000)),
        *((STATUS, text) for text in ("", "5.1.1.1", "550", "3.1.1")),
        *((MOMENT, text) for text in ("", "yesterday", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59")),
        *((LETTER_ID, text) for text in ("", "4711", "z" * 13, "3ABCDEFGHJKMN0")),
    ],
)
def test_a_text_that_is_no_value_is_refused(kind: ParameterType, text: str):
    with pytest.raises(ValueError, match=r"^(?:is|must)"):
        kind.parse(text)


@pytest.mark.parametrize("query", [[("limit", "1"), ("limit", "2")], [("colour", "red")], [("limit", "many")]])
def test_a_repeated_an_unknown_and_an_unfitting_parameter_are_problems(query: list[tuple[str, str]]):
    limit = Parameter("limit", LIMIT, "How many rows.", example="9")
    with pytest.raises(ProblemError) as refused:
        parse_parameters((limit,), {}, query)

    assert refused.value.problem.status == 422


def test_a_field_that_is_repeated_is_a_list_and_a_file_stays_octets():
    body = b'--xyz\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n\xff\xfe\r\n--xyz--\r\n'

    assert form_values(URLENCODED, b"a=1&b=&a=2&a=3") == {"a": ["1", "2", "3"], "b": ""}
    assert form_values(MULTIPART, body) == {"file": b"\xff\xfe"}


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (URLENCODED, b"a=%ff"),
        (URLENCODED, b"a=1&" * (MOST_FIELDS + 1)),
        (MULTIPART, b'--xyz\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n'),
        (MULTIPART, b"--xyz\r\n\r\n1\r\n--xyz--\r\n"),
        ("multipart/form-data", b""),
    ],
)
def test_a_body_that_is_no_form_is_a_problem(media_type: str, body: bytes):
    with pytest.raises(ProblemError) as refused:
        form_values(media_type, body)

    assert refused.value.problem.status == 400


@settings(max_examples=times(100), deadline=None)
@given(st.binary(max_size=300))
def test_any_octets_are_a_form_or_a_problem(body: bytes):
    for media_type in (URLENCODED, MULTIPART):
        try:
            values = form_values(media_type, body)
        except ProblemError as refused:
            assert refused.problem.status == 400  # noqa: PT017 -- either of two outcomes is right
        else:
            assert len(values) <= MOST_FIELDS
