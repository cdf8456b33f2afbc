"""The conclusions of ``bouncer check`` about the daemons that answer and those that the store knows."""

import datetime as dt
import os
import socket
from pathlib import Path

import pytest

from bouncer.doctor.finding import Level
from bouncer.doctor.serving import compare_daemons
from bouncer.ports.presences import Presence

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PATH = Path("/var/lib/bouncer/bouncer.db")
HERE = "127.0.0.1:25"
NO_PROCESS = (1 << 22) + 1
"""More than Linux numbers processes to."""


def presence(name: str = "a1b2c3d4e5f6", host: str = "", process: int = 0) -> Presence:
    return Presence(name, host or socket.gethostname(), process or os.getpid(), "1.0", (HERE,), NOON, NOON)


OURS = presence()
ELSEWHERE = presence("0123456789ab", host="mx2.example.com", process=NO_PROCESS)
KILLED = presence("ffffffffffff", process=NO_PROCESS)


@pytest.mark.parametrize(
    ("names", "presences", "is_held", "expected"),
    [
        ({HERE: OURS.name}, [OURS], True, [(Level.OK, "serves this store: process ")]),
        (
            {HERE: OURS.name},
            [OURS, ELSEWHERE],
            True,
            [(Level.OK, "serves this store: "), (Level.OK, "serves this store, too: ")],
        ),
        ({HERE: OURS.name}, [OURS, KILLED], True, [(Level.OK, "serves this store: ")]),
        ({HERE: OURS.name}, [], True, [(Level.FAIL, f"keeps its letters in another store than {PATH}")]),
        ({HERE: OURS.name}, [], False, [(Level.FAIL, f"keeps its letters in another store than {PATH}")]),
        (
            {HERE: OURS.name},
            [OURS],
            False,
            [(Level.FAIL, f"keeps its letters elsewhere: {PATH} is a copy of its store")],
        ),
        ({HERE: ELSEWHERE.name}, [ELSEWHERE], False, [(Level.OK, "serves this store: ")]),
        ({HERE: None}, [], True, [(Level.WARN, "does not say which store it has")]),
        ({}, [OURS], True, [(Level.WARN, "serves this store, and does not answer at [smtp] listen: ")]),
        ({}, [], False, [(Level.WARN, f"none on this machine serves {PATH}")]),
        ({}, [KILLED], False, [(Level.WARN, f"none on this machine serves {PATH}")]),
        ({}, [], True, []),
    ],
)
def test_the_daemon_that_answers_is_compared_with_those_that_the_store_knows(
    names: dict[str, str | None], presences: list[Presence], is_held: bool, expected: list[tuple[Level, str]]
):
    findings = list(compare_daemons(names, presences, PATH, is_held=is_held))

    assert [finding.level for finding in findings] == [level for level, _ in expected]
    for finding, (_, says) in zip(findings, expected, strict=True):
        assert finding.says.startswith(says)
