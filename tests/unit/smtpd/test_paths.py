"""The argument of MAIL and RCPT: a path and its parameters, in the forms that servers send, and the fault of any other."""

import pytest

from bouncer.smtpd.data import MAX_LINE
from bouncer.smtpd.lines import refuse_line
from bouncer.smtpd.paths import Path, PathFault, read_path


@pytest.mark.parametrize(
    ("argument", "address"),
    [
        ("FROM:<>", ""),
        ("from: <ann@acme.example>", "ann@acme.example"),
        ("FROM:ann@acme.example", "ann@acme.example"),
        ("FROM:<@relay.example:ann@acme.example>", "ann@acme.example"),
        ('FROM:<"ann"@acme.example>', "ann@acme.example"),
        ("FROM:<mailer-daemon>", "mailer-daemon"),
        ("FROM:<jos\u00e9@caf\u00e9.example>", "jos\u00e9@caf\u00e9.example"),
    ],
)
def test_a_path_is_read_in_the_forms_that_servers_send(argument: str, address: str):
    assert read_path(argument, "FROM") == Path(address, {})


def test_parameters_have_names_in_capitals_and_a_value_or_none():
    assert read_path("FROM:<> size=100 SMTPUTF8", "FROM") == Path("", {"SIZE": "100", "SMTPUTF8": None})


@pytest.mark.parametrize(
    ("argument", "fault"),
    [
        ("<ann@acme.example>", PathFault.KEYWORD),
        ("TO:<ann@acme.example>", PathFault.KEYWORD),
        ("FROM:<ann@acme.example", PathFault.PATH),
        ("FROM:<ann\u202e@acme.example>", PathFault.PATH),
        ("FROM:<ann\ufffd@acme.example>", PathFault.PATH),
        ("FROM:<> SIZE=1 size=2", PathFault.PARAMETER),
        ("FROM:<> SIZE==1", PathFault.PARAMETER),
    ],
)
def test_the_part_with_a_syntax_error_is_named(argument: str, fault: PathFault):
    assert read_path(argument, "FROM") is fault


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET / HTTP/1.1\r\n", "421"),
        (b"NOOP\n", "500"),
        (b"HELP ME\r\n", "500"),
        (b"NOOP " + b"x" * MAX_LINE + b"\r\n", "500"),
    ],
)
def test_a_line_that_holds_no_command_of_ours_is_refused_before_its_argument_is_read(line: bytes, status: str):
    refusal = refuse_line(line, {b"NOOP"}, is_over_limit=False)

    assert refusal is not None
    assert refusal.startswith(status)
    assert refuse_line(b"noop\r\n", {b"NOOP"}, is_over_limit=False) is None
    assert refuse_line(b"noop\r\n", {b"NOOP"}, is_over_limit=True) is not None
