"""The lines that the manual gives to mail servers are those that real ones run with in the tests."""

from manual import MANUAL
from real.servers.postfix import DOORS, SUBMISSION
from real.servers.sendmail import MILTER

from bouncer.milter.socketmap import RETURN_PATHS

PORTS = {"milter": 8891, "policy": 8892, "socketmap": 8893}


def test_the_lines_for_postfix():
    for door, lines in DOORS.items():
        for line in lines.format(port=PORTS[door]).splitlines():
            assert f"`{line}`" in MANUAL


def test_the_submission_service_of_postfix():
    shown = "".join(f"    {line}\n" for line in SUBMISSION.format(port=PORTS["socketmap"]).splitlines())

    assert shown in MANUAL


def test_no_line_for_a_server_that_takes_mail_from_the_world_asks_the_table():
    """An account's knows neither client nor sender; only the submission service's own block may."""
    lines = [line for line in MANUAL.splitlines() if "socketmap:inet" in line and not line.startswith("      -o ")]

    assert [line for line in lines if not line.endswith(f":{RETURN_PATHS}")] == []


def test_the_line_for_sendmail():
    line = MILTER.format(port=PORTS["milter"]).strip().removesuffix("dnl")

    assert f"``{line}``" in MANUAL
