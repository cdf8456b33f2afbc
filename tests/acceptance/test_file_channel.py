"""Events in a file, by the real daemon: subscribed by command, one line each, through rotation, kills and a full disk."""

import json
import random
import threading
import time
from pathlib import Path

import pytest
from acceptance.failure_report import report
from acceptance.load import Load
from programs.ours import Ours

KILLS = 6


def events(*files: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in files if file.exists() for line in file.read_text().splitlines()]


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    folder = tmp_path / "ours"
    folder.mkdir()
    (tmp_path / "events").mkdir()
    ours = Ours(folder, forward=f'channels = ["file {tmp_path}/events"]\nfirst_wait = 1')
    ours.command("account", "add", "acme", "--owner", "ann@acme.example")
    return ours


def subscribe(ours: Ours, *words: str, to: str = "acme.jsonl") -> str:
    return ours.command("account", "subscribe", "acme", "--channel", "file", "--to", to, *words).stdout


def test_each_event_is_a_line_beside_the_owner_s_mail(ours: Ours, tmp_path: Path):
    answer = subscribe(ours)
    subscribe(ours, "--topic", "soft", "--topic", "delay", to=f"{tmp_path}/events/soft.jsonl")
    file = tmp_path / "events/acme.jsonl"

    with ours:
        for recipient in ("jane@example.org", "joe@example.org"):
            ours.send(ours.path("acme", recipient), report(recipient))
        ours.send(ours.path("acme", "full@example.org"), report("full@example.org", "4.2.2", "mailbox is full"))
        ours.until(lambda: len(events(file)) == 3)
        ours.until(lambda: len(events(file.with_name("soft.jsonl"))) == 1)
        ours.until(lambda: len(ours.notices()) == 2)

    assert answer == "acme: file acme.jsonl hears of everything\n"
    jane = next(event for event in events(file) if "jane@example.org" in str(event))
    (recipient,) = jane["recipients"]  # type: ignore[misc, attr-defined] -- of any JSON
    assert (jane["type"], jane["account"]) == ("notice", "acme")
    assert jane["event"] == f"{jane['report']}.notice"
    assert (recipient["recipient"], recipient["reason"], recipient["belief"], recipient["suppresses"]) == (
        "jane@example.org",
        "invalid-recipient",
        "proven",
        True,
    )
    by_account = {row["to"]: row["state"] for row in ours.rows("queue", "list") if row["channel"] == "file"}
    assert by_account == {"acme.jsonl": "sent", "soft.jsonl": "sent"}
    assert ours.lines("sent .* channel=file")


def test_only_files_in_the_operator_s_folder_can_be_named(ours: Ours):
    for words, why in (
        (("file", "../x"), "must be a file in"),
        (("file", "/etc/cron.d/x"), "must be a file in"),
        (("mail", "eve@example.net"), "--owner"),
        (("fax", "1"), "is off"),
    ):
        result = ours.command("account", "subscribe", "acme", "--channel", words[0], "--to", words[1], check=False)
        assert (result.returncode, why in result.stderr) == (1, True), result.stderr
    result = ours.command("account", "subscribe", "nobody", "--channel", "file", "--to", "x", check=False)
    assert "there is no account" in result.stderr


def test_an_unsubscribed_file_is_shown_and_told_no_more(ours: Ours, tmp_path: Path):
    subscribe(ours, "--topic", "hard")
    assert "hears of hard" in ours.command("account", "show", "acme").stdout

    ours.command("account", "unsubscribe", "acme", "--channel", "file", "--to", f"{tmp_path}/events/acme.jsonl")

    assert "hears of" not in ours.command("account", "show", "acme").stdout
    with ours:
        ours.send(ours.path("acme", "jane@example.org"), report("jane@example.org"))
        ours.until(ours.notices)
    assert events(tmp_path / "events/acme.jsonl") == []
    again = ours.command("account", "unsubscribe", "acme", "--channel", "file", "--to", "acme.jsonl", check=False)
    assert again.returncode == 1


def test_a_folder_that_is_away_or_full_makes_events_wait_and_the_mail_goes_on(ours: Ours, tmp_path: Path):
    subscribe(ours)
    subscribe(ours, to="full.jsonl")
    folder = tmp_path / "events"
    (folder / "full.jsonl").symlink_to(
        "/dev/full"
    )  # refused as it is no file of the folder, and waits as a full disk does
    folder.rename(tmp_path / "away")

    with ours:
        ours.send(ours.path("acme", "jane@example.org"), report("jane@example.org"))
        ours.until(ours.notices)
        ours.until(lambda: len(ours.lines("deferred")) >= 2)
        (tmp_path / "away").rename(folder)
        ours.until(lambda: events(folder / "acme.jsonl"), seconds=60)

        states = {row["to"]: row["state"] for row in ours.rows("queue", "list") if row["channel"] == "file"}
    assert states == {"acme.jsonl": "sent", "full.jsonl": "waiting"}


@pytest.mark.timeout(300)
def test_no_event_is_lost_by_kills_and_rotation(ours: Ours, tmp_path: Path):
    """Killed at random moments under load, its file renamed in between: each letter is an event at least once, always by one id."""
    chance = random.Random(20261127)  # noqa: S311 -- moments, not secrets
    folder = tmp_path / "events"
    subscribe(ours)
    load = Load(lambda recipient: ours.path("acme", recipient))
    for turn in range(KILLS):
        ours.start()
        ended = threading.Event()
        clients = load.run(ours.port, ended)
        time.sleep(chance.uniform(0.1, 0.6))  # the moment of the kill is what is tried here
        if (folder / "acme.jsonl").exists():
            (folder / "acme.jsonl").rename(folder / f"acme.jsonl.{turn}")
        ours.kill()
        ended.set()
        for client in clients:
            client.join()

    def events_of_reports() -> dict[str, set[str]]:
        events: dict[str, set[str]] = {}
        for line in (line for file in folder.iterdir() for line in file.read_text().splitlines()):
            try:
                event = json.loads(line)
            except ValueError:  # cut off by a kill
                continue
            events.setdefault(event["report"], set()).add(event["event"])
        return events

    assert len(load.acknowledged) > KILLS, "a load that loads nothing tries nothing"
    with ours:
        ours.until(lambda: set(load.acknowledged.values()) <= events_of_reports().keys(), seconds=120)
    assert {len(names) for names in events_of_reports().values()} == {1}
