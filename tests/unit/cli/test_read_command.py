"""``bouncer read``: one line for each letter, whatever it is given; exit status 1 where a file could not be read."""

import json
import os
import re
import resource
import signal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bouncer.cli import explain as how
from bouncer.cli.read import read
from bouncer.cli.reading_bounds import OutOfBounds, limit_reading
from bouncer.ndr.reader import read as read_letter
from bouncer.settings.sections import ReadingSettings

LETTER = (
    b"From: MAILER-DAEMON@mx.example.net\r\nSubject: failure\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; jane@example.org\r\nAction: failed\r\n"
    b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b--\r\n"
)


def read_files(*arguments: str, stdin: bytes = b"", status: int = 0) -> list[dict[str, Any]]:
    result = CliRunner().invoke(read, ["--format", "jsonl", *arguments], input=stdin, catch_exceptions=False)
    assert result.exit_code == status
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(LETTER)
    [reading] = read_files(str(tmp_path / "one.eml"))
    assert reading["file"] == str(tmp_path / "one.eml")
    assert reading["kind"] == "bounce"
    assert reading["recipients"][0]["recipient"] == "jane@example.org"


def test_standard_input_is_a_letter_when_nothing_is_named() -> None:
    assert [reading["file"] for reading in read_files(stdin=LETTER)] == ["-"]


def test_names_come_from_standard_input_and_one_that_is_missing_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(LETTER)
    names = f"{tmp_path / 'missing.eml'}\n{tmp_path / 'one.eml'}\n"
    missing, second = read_files("--files-from", "-", stdin=names.encode(), status=1)
    assert (missing["kind"], missing["why"]) == ("unreadable", "No such file or directory")
    assert second["kind"] == "bounce"


def test_a_list_that_is_missing_is_a_line_too(tmp_path: Path) -> None:
    [reading] = read_files("--files-from", str(tmp_path / "list"), status=1)
    assert (reading["kind"], reading["why"]) == ("unreadable", "No such file or directory")


def test_an_mbox_is_a_line_for_each_letter_and_a_sentence_that_begins_with_from_splits_nothing(tmp_path: Path) -> None:
    line = b"From jane@example.org Mon Nov  2 10:11:12 2026\r\n"
    mbox = tmp_path / "mbox"
    mbox.write_bytes(line + LETTER + b"\r\nFrom here on there is text.\r\n\r\n" + line + LETTER)
    readings = read_files(str(mbox))
    assert [reading["file"] for reading in readings] == [str(mbox), f"{mbox}#2"]
    assert [reading["kind"] for reading in readings] == ["bounce", "bounce"]


def test_a_maildir_is_read_but_not_what_still_arrives(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1793614272.example").write_bytes(LETTER)
    assert len(read_files(str(tmp_path))) == 2


def test_a_folder_is_read_with_its_folders(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "one.eml").write_bytes(LETTER)
    assert [reading["kind"] for reading in read_files(str(tmp_path))] == ["bounce"]


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    """Nobody writes into it, so reading it would wait for ever."""
    os.mkfifo(tmp_path / "a-pipe")
    (tmp_path / "one.eml").write_bytes(LETTER)
    assert [reading["kind"] for reading in read_files(str(tmp_path))] == ["bounce"]


@pytest.mark.parametrize("octets", [b"", b"\0" * 1000, bytes(range(256)) * 10, b"\xff\xfe", b"From \n", b"\r"])
def test_any_file_is_one_line(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "anything").write_bytes(octets)
    assert len(read_files(str(tmp_path / "anything"))) == 1


@pytest.mark.parametrize("name", ["/dev/null", "", "a\0b", "/dev/null/below"])
def test_any_name_is_one_line(name: str) -> None:
    assert [reading["kind"] for reading in read_files(name, status=int(name != "/dev/null"))] == ["unreadable"]


@pytest.mark.parametrize("how", [["--explain"], ["--format", "text"], ["--format", "jsonl"]])
def test_a_file_that_is_missing_is_told_and_the_others_are_read(tmp_path: Path, how: list[str]) -> None:
    (tmp_path / "one.eml").write_bytes(LETTER)
    result = CliRunner().invoke(read, [*how, str(tmp_path / "missing.eml"), str(tmp_path / "one.eml")])
    assert result.exit_code == 1
    assert "No such file or directory" in result.stdout
    assert "jane@example.org" in result.stdout
    assert result.stderr == "bouncer: 1 of the files or folders could not be read\n"


def test_an_empty_folder_is_one_line(tmp_path: Path) -> None:
    [reading] = read_files(str(tmp_path), status=1)
    assert (reading["kind"], reading["why"]) == ("unreadable", "a folder without letters")


def test_text_shows_people_the_recipient_and_why_and_no_control_characters(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(LETTER.replace(b"no such user", b"no such \x1b[2Juser"))
    result = CliRunner().invoke(read, ["--format", "text", str(tmp_path / "one.eml")])
    assert "jane@example.org  failed  5.1.1  550" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("how", [["--explain"], ["--format", "text"]])
def test_characters_that_a_terminal_would_obey_or_hide_are_shown(tmp_path: Path, how: list[str]) -> None:
    """Turned writing, blanks of no width, line separators: in the words of the letter and in its file's name."""
    sly = "no \u202eresu\u202c such\u200b \u2028user\u2066 \ufeff\u00ad\x9b2J"
    name = tmp_path / "one\u202egpj.eml"
    utf8 = LETTER.replace(b"message/delivery-status", b"message/global-delivery-status; charset=utf-8")
    name.write_bytes(utf8.replace(b"no such user", sly.encode()))

    output = CliRunner().invoke(read, [*how, str(name)]).stdout

    assert all(character.isprintable() or character == "\n" for character in output)
    assert "one\\u202egpj.eml" in output
    assert "\\u202eresu" in output


def test_explain_shows_parts_evidence_dialects_and_the_deciding_line(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(LETTER)
    explanation = CliRunner().invoke(read, ["--explain", str(tmp_path / "one.eml")]).stdout
    assert "message/delivery-status" in explanation
    assert "rfc8098: not this format" in explanation
    assert "rfc3464: reads it, bounce" in explanation
    assert "rule unknown-user: 550 5.1.1 no such user" in explanation


def test_explain_shows_the_four_facts_each_with_its_evidence(tmp_path: Path) -> None:
    """Stage, subject, words and codes, and the row of the table that joined them."""
    at_mail = LETTER.replace(b"no such user", b"no such user (in reply to MAIL FROM command)")
    for name, letter in (("plain.eml", LETTER), ("mail.eml", at_mail)):
        (tmp_path / name).write_bytes(letter)
    plain = CliRunner().invoke(read, ["--explain", str(tmp_path / "plain.eml")]).stdout
    refused = CliRunner().invoke(read, ["--explain", str(tmp_path / "mail.eml")]).stdout

    assert "known from: RFC 3463 X.1.1" in plain
    assert "row recipient: " in plain
    assert "stage: unknown" in plain
    assert "subject: recipient" in plain
    assert "words: no such mailbox, rule unknown-user" in plain
    assert "codes: X.1.1, X.1.3, X.1.6, 5yz, registry-x.1.1" in plain
    assert "block: sender-rejected" in refused
    assert "stage: mail, the remote server spoke, told by: in reply to mail from" in refused
    assert "row before-recipient: " in refused


def test_explain_of_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    assert "No such file" in CliRunner().invoke(read, ["--explain", str(tmp_path / "missing")]).stdout


def test_help_shows_examples() -> None:
    assert "bouncer read bounce.eml" in CliRunner().invoke(read, ["--help"]).stdout


def test_a_letter_has_the_bounds_of_the_daemons_reading_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time: one that would be searched for ever is a line, and the one after it is read."""
    forever = re.compile(r"(x+x+)+y")
    monkeypatch.setattr("bouncer.cli.read.limit_reading", lambda: limit_reading(ReadingSettings(seconds=1)))
    monkeypatch.setattr(
        "bouncer.cli.read.read_letter",
        lambda raw, taught: forever.search("x" * 60) if raw == b"slow" else read_letter(raw, taught=taught),
    )
    (tmp_path / "a.eml").write_bytes(b"slow")
    (tmp_path / "b.eml").write_bytes(LETTER)
    slow, after = read_files(str(tmp_path))

    assert (slow["kind"], slow["why"]) == ("unreadable", "reading took longer than 1 s")
    assert after["kind"] == "bounce"


def test_a_letter_that_is_explained_has_the_same_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forever, explain = re.compile(r"(x+x+)+y"), how.explain
    monkeypatch.setattr("bouncer.cli.read.limit_reading", lambda: limit_reading(ReadingSettings(seconds=1)))
    monkeypatch.setattr(
        how,
        "explain",
        lambda name, raw, rules: explain(name, raw, rules) if raw == LETTER else forever.search("x" * 60),
    )
    (tmp_path / "a.eml").write_bytes(b"slow")
    (tmp_path / "b.eml").write_bytes(LETTER)
    explanation = CliRunner().invoke(read, ["--explain", str(tmp_path)]).stdout

    assert "a.eml: reading took longer than 1 s" in explanation
    assert "no such user" in explanation


def test_memory_is_bounded_while_a_letter_is_read_and_not_after() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)
    with pytest.raises(OutOfBounds, match="memory"), limit_reading():
        bytes(ReadingSettings().memory)

    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)) == before
