"""Custom arguments of the returned message: what providers' programs wrote there, whatever a stranger made of it."""

import json

import pytest

from bouncer.ndr.custom_args import MAX_ARG, MAX_ARGS, MAX_NAME, custom_args
from bouncer.ndr.header import Headers
from bouncer.ndr.reader import read


def args(*fields: str) -> dict[str, str]:
    return dict(custom_args(Headers("\n".join(fields) + "\n", returned=True)))


def test_each_provider_has_its_field():
    assert args('X-SMTPAPI: {"unique_args": {"order": "17"}, "category": ["march"]}') == {"order": "17"}
    assert args('X-Mailgun-Variables: {"order": 17, "paid": true, "price": 1.5}') == {
        "order": "17",
        "paid": "true",
        "price": "1.5",
    }
    assert args("X-PM-Metadata-Order-Id: 17", "X-PM-Tag: welcome") == {"order-id": "17", "X-PM-Tag": "welcome"}


def test_a_folded_field_and_every_charset_are_read():
    assert args('X-SMTPAPI: {"unique_args":', ' {"name":', '\t"J\u00fcrgen"}}'.encode().decode("latin-1")) == {
        "name": "J\u00fcrgen"
    }
    assert args("X-PM-Metadata-name: =?utf-8?q?J=C3=BCrgen?=") == {"name": "J\u00fcrgen"}
    assert args('X-Mailgun-Variables: {"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "{",
        "[]",
        "17",
        '{"unique_args": []}',
        '{"unique_args": {"a": null, "b": {}, "c": []}}',
        '{"unique_args": {"": "x", " ": "y"}}',
        '{"a":' * 30_000,
        '{"unique_args": {"a": ' + "9" * 5000 + "}}",
        json.dumps({"unique_args": {"a": "x" * (MAX_ARG + 1), "n" * (MAX_NAME + 1): "x"}}),
    ],
)
def test_a_value_that_is_no_argument_is_passed_over(text: str):
    assert args(f"X-SMTPAPI: {text}") == {}


def test_arguments_are_bounded_in_number_and_size():
    many = {f"n{number}": "x" * MAX_ARG for number in range(1000)}

    assert len(args(f"X-Mailgun-Variables: {json.dumps(dict(list(many.items())[:50]))}")) == MAX_ARGS
    assert len(args(*(f"X-PM-Metadata-a{number}: {number}" for number in range(1000)))) == MAX_ARGS
    assert args("X-PM-Metadata-" + "a" * 5000 + ": x") == {}


def test_a_name_stands_once_and_holds_no_tab():
    assert args("X-PM-Metadata-order: 1", 'X-SMTPAPI: {"unique_args": {"order": "2", "a\\tb": "3"}}') == {
        "order": "1",
        "a b": "3",
    }


def test_arguments_are_taken_from_the_returned_message_alone():
    report = b"X-PM-Metadata-order: 1\r\nSubject: Undelivered Mail\r\n\r\nno such user: <jane@example.org>\r\n"

    assert read(report).original.custom_args == ()
