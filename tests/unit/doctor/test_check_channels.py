"""The results of ``bouncer check`` about the folder that the file channel writes to."""

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from bouncer.cli.root import root
from bouncer.doctor.channels import check_channel_folders
from bouncer.doctor.finding import Finding, Level
from bouncer.settings.sections import ForwardSettings

NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
UNWRITABLE = Path("/proc/self")
"""The kernel makes nothing there for anybody, root neither."""


def checked(folder: Path | str) -> list[Finding]:
    return list(check_channel_folders(ForwardSettings(channels=(f"file {folder}",))))


def test_a_folder_that_can_be_written_to_is_good_and_stays_empty(tmp_path: Path):
    (finding,) = checked(tmp_path)

    assert (finding.level, finding.about, finding.says) == (Level.OK, f"channel file {tmp_path}", "can be written to")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_fails_and_is_not_made(tmp_path: Path):
    """The daemon does not make it, unlike a Maildir."""
    (finding,) = checked(tmp_path / "events")

    assert (finding.level, finding.says) == (Level.FAIL, "there is no such folder")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_fails(tmp_path: Path):
    file = tmp_path / "events"
    file.write_bytes(b"")

    assert [finding.level for place in (file, file / "below") for finding in checked(place)] == 2 * [Level.FAIL]


@NOT_ROOT
def test_a_read_only_folder_fails(tmp_path: Path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    (finding,) = checked(tmp_path)

    assert (finding.level, finding.remedy) == (Level.FAIL, "let the daemon's user write there")


def test_a_folder_where_nothing_can_be_made_fails_for_root_too():
    assert [finding.level for finding in checked(UNWRITABLE)] == [Level.FAIL]


@NOT_ROOT
def test_a_folder_behind_one_that_may_not_be_entered_fails(tmp_path: Path):
    (tmp_path / "closed" / "events").mkdir(parents=True)
    (tmp_path / "closed").chmod(0)
    (finding,) = checked(tmp_path / "closed" / "events")
    (tmp_path / "closed").chmod(stat.S_IRWXU)

    assert (finding.level, finding.says) == (Level.FAIL, f"this user may not enter {tmp_path}/closed")


def test_a_link_to_a_folder_is_good(tmp_path: Path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "events").symlink_to(tmp_path / "disk")

    assert [finding.level for finding in checked(tmp_path / "events")] == [Level.OK]


@pytest.mark.parametrize("text", ["file", "file events", "carrier-pigeon /var/lib"])
def test_a_channel_that_the_daemon_would_refuse_fails(text: str):
    assert [finding.level for finding in check_channel_folders(ForwardSettings(channels=(text,)))] == [Level.FAIL]


def test_nothing_is_said_of_channels_that_are_off():
    assert list(check_channel_folders(ForwardSettings())) == []


@pytest.mark.parametrize(("folder", "level"), [("events", "ok"), ("missing", "fail")])
def test_the_command_check_names_the_folder_and_its_level(tmp_path: Path, folder: str, level: str):
    (tmp_path / "events").mkdir()
    settings = tmp_path / "bouncer.toml"
    settings.write_text(
        f'[store]\nurl = "sqlite:///{tmp_path}/bouncer.db"\n[forward]\ncourier = "maildir:{tmp_path}/mail"\n'
        f'channels = ["file {tmp_path}/{folder}"]\n[smtp]\nhostname = "mx.test"\ndomains = ["rp.test"]\n'
        'listen = ["127.0.0.1:0"]\n'
    )

    lines = CliRunner().invoke(root, ["--settings", str(settings), "check", "--no-dns", "--json"]).stdout.splitlines()

    findings = [json.loads(line)["finding"] for line in lines if f"channel file {tmp_path}" in line]
    assert [finding["level"] for finding in findings] == [level], lines
