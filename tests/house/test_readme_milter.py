"""The lines that the README gives to mail servers are those that real ones run with in the tests."""

from pathlib import Path

from real.servers.postfix import DOORS
from real.servers.sendmail import MILTER

README = (Path(__file__).parents[2] / "README.md").read_text()
PORTS = {"milter": 8891, "policy": 8892, "socketmap": 8893}


def test_the_lines_for_postfix():
    for door, lines in DOORS.items():
        for line in lines.format(port=PORTS[door]).splitlines():
            assert f"`{line}`" in README


def test_the_line_for_sendmail():
    line = MILTER.format(port=PORTS["milter"]).strip().removesuffix("dnl")

    assert f"``{line}``" in README
