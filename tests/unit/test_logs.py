"""The log's lines: what stands as it is, what is quoted and cut, and how each form of the log writes them."""

import json
import logging
import os
import sys
from pathlib import Path

import pytest

from bouncer.logs import JSON, TEXT, Event, is_journal, make_formatter

FORGED = "x\n2026-01-01 00:00:00,000 INFO bouncer kept letter=38g0n6damk02s\x1b[2J\u202e\u2028y"


def fail() -> None:
    raise ValueError(FORGED)


def record(message: object, *arguments: object, level: int = logging.INFO, failed: bool = False) -> logging.LogRecord:
    trace = None
    if failed:
        try:
            fail()
        except ValueError:
            trace = sys.exc_info()
    return logging.LogRecord("bouncer.stages.read", level, __file__, 1, message, arguments, trace)


def test_facts_of_ours_stand_plain_and_strangers_words_are_quoted():
    event = Event("kept", letter="38g0n6damk02s", account="acme", helo="mx", said="it's \u00e9", octets=17, tls=None)

    assert str(event) == "kept letter=38g0n6damk02s account=acme helo='mx' said=\"it's \\xe9\" octets=17"


def test_a_fact_of_ours_that_is_no_word_is_quoted():
    """As a reason that an operator made up: nothing in it can pass for another fact."""
    assert str(Event("suppressed", cause="x until=never")) == "suppressed cause='x until=never'"


@pytest.mark.parametrize("key", ["said", "helo", "account", "recipient"])
def test_a_long_fact_is_cut_and_stays_on_its_line(key: str):
    line = str(Event("kept", **{key: "\u2028" * 100_000}))

    assert len(line) < 330
    assert line.isprintable()
    assert line.isascii()


def test_text_has_time_level_and_logger_in_front():
    line = make_formatter(TEXT, journal=False).format(record(Event("sent", entry=1)))

    assert line.endswith(" INFO bouncer.stages.read sent entry=1")
    assert line[:4].isdigit()


@pytest.mark.parametrize(
    ("level", "priority"), [(logging.DEBUG, 7), (logging.INFO, 6), (logging.WARNING, 4), (logging.ERROR, 3)]
)
def test_the_journal_gets_priorities_and_no_time(level: int, priority: int):
    line = make_formatter(TEXT, journal=True).format(record("stopping", level=level))

    assert line == f"<{priority}>{logging.getLevelName(level)} bouncer.stages.read stopping"


@pytest.mark.parametrize("journal", [False, True])
@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("form", [TEXT, JSON])
def test_no_line_begins_with_what_a_stranger_wrote(form: str, *, journal: bool, failed: bool):
    """Neither in an event, nor in a message that somebody forgot to quote, nor in a trace."""
    formatter = make_formatter(form, journal=journal)
    for log_record in (record(Event("kept", said=FORGED), failed=failed), record("pauses: %s", FORGED, failed=failed)):
        lines = formatter.format(log_record).split("\n")

        assert all(line.isprintable() for line in lines)
        assert not [line for line in lines[1:] if not line.removeprefix("<6>").startswith("    ")]
        assert form == TEXT or len(lines) == 1


def test_json_has_the_facts_as_members():
    event = Event("sent", entry=7, letter="38g0n6damk02s", account=None, said="250 it's \u00e9")

    entry = json.loads(make_formatter(JSON, journal=False).format(record(event)))

    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "info",
        "logger": "bouncer.stages.read",
        "event": "sent",
        "entry": 7,
        "letter": "38g0n6damk02s",
        "said": "250 it's \u00e9",
    }


def test_a_message_and_its_trace_are_members_in_json():
    entry = json.loads(make_formatter(JSON, journal=False).format(record("pauses: %s", "locked", failed=True)))

    assert (entry["event"], entry["message"]) == ("message", "pauses: locked")
    assert entry["trace"].startswith("Traceback ")


def test_the_journal_is_known_by_device_and_inode(tmp_path: Path):
    """JOURNAL_STREAM is inherited by whoever writes elsewhere, too (systemd.exec(5))."""
    with (tmp_path / "a").open("w") as file, (tmp_path / "b").open("w") as other:
        status = os.fstat(file.fileno())
        environment = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}

        assert is_journal(environment, file.fileno())
        assert not is_journal(environment, other.fileno())
        assert not is_journal({}, file.fileno())
