"""The fork server: the daemon's processes are forks that share its memory, reach nothing of it, and are replaced without it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from acceptance.failure_report import report
from programs.descriptors import open_descriptors
from programs.ours import Ours

TESTS = Path(__file__).parents[1]
JANE, JOE = "jane@example.org", "joe@example.org"

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="a fork server needs pidfd_open(2), of Linux")


def forked(module: str) -> tuple[dict[str, Any], str]:
    """Run the program of ``programs.forking`` with *module*; gives its answer and its errors."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))}
    result = subprocess.run(
        [sys.executable, "-m", "programs.forking", module], capture_output=True, text=True, check=True, env=environment
    )
    return json.loads(result.stdout), result.stderr


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def bounced(ours: Ours, recipient: str) -> None:
    """A bounce comes and is recorded."""
    ours.send(ours.path("acme", recipient), report(recipient))
    ours.until(lambda: any(f"recipient='{recipient}'" in line for line in ours.lines("recorded")))


def test_a_fork_has_its_streams_and_nothing_else():
    answer, errors = forked("programs.forked")

    facts = json.loads(answer["output"])
    assert errors == ""
    assert (facts["request"], facts["arguments"]) == ("a request", ["programs.forked", "4711"])
    assert facts["descriptors"] == [0, 1, 2]
    assert (facts["name"], facts["leads its session"], facts["ignores SIGTERM"]) == ("forked", True, False)
    assert facts["may ask"] is False
    assert answer["leaked"] == []


def test_only_an_heir_may_ask_for_further_processes():
    answer, _ = forked("programs.forked_heir")

    facts = json.loads(answer["output"])
    assert facts["may ask"] is True
    assert facts["descriptors"] == [0, 1, 2, 3]


@pytest.mark.parametrize("module", ["programs.forked_failing", "programs.there_is_none"])
def test_a_fork_that_fails_says_why_and_ends(module: str):
    answer, errors = forked(module)

    assert answer["output"] == ""
    assert errors.rstrip().endswith(("ValueError: a bug", "No module named 'programs.there_is_none'"))


def test_the_daemons_processes_are_forks_and_the_reader_is_confined(tmp_path: Path):
    with Ours(tmp_path, anew=True) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        bounced(ours, JANE)
        server, recording, reader = ours.fork_server_pid, ours.recording_pid, ours.reader_pid
        assert server
        assert recording
        assert reader

        assert [status_of(pid)["PPid"] for pid in (server, recording, reader)] == [
            str(ours.pid),
            str(server),
            str(server),
        ]
        confined = status_of(reader)
        assert (confined["Seccomp"], confined["NoNewPrivs"], confined["Threads"]) == ("2", "1", "1")
        assert open_descriptors(reader) == [0, 1, 2, 3]  # the last one is of its answers
        assert ours.stop() == 0
        ours.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (server, recording, reader)))


def test_without_the_fork_server_processes_are_started_as_programs(tmp_path: Path):
    with Ours(tmp_path, anew=True) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        bounced(ours, JANE)
        former = ours.recording_pid
        assert ours.fork_server_pid
        os.kill(ours.fork_server_pid, signal.SIGKILL)

        bounced(ours, JOE)

        assert ours.recording_pid not in (None, former)
        assert "the fork server starts no process, so a program is started" in ours.log.read_text()
        assert ours.stop() == 0


def test_a_reader_that_is_killed_is_replaced_by_a_fork(tmp_path: Path):
    with Ours(tmp_path, anew=True) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        bounced(ours, JANE)
        former = ours.reader_pid
        assert former
        os.kill(former, signal.SIGKILL)

        bounced(ours, JOE)

        reader = ours.reader_pid
        assert reader not in (None, former)
        assert status_of(reader or 0)["PPid"] == str(ours.fork_server_pid)
