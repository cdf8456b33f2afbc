"""Lines in a file: whole or not there, in the operator's folder or nowhere, and the file can be rotated at any moment."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from bouncer.errors import ConfigError
from bouncer.notify.channels import check_channels, checked_destination
from bouncer.notify.file import MAX_DESTINATION, append, recorded_destination
from bouncer.settings.sections import ForwardSettings

LINE = b'{"event":"1"}\n'


def test_a_line_is_appended_and_the_file_is_its_owners_alone(tmp_path: Path):
    for _ in range(2):
        assert append(tmp_path, "acme.jsonl", LINE) == tmp_path.resolve() / "acme.jsonl"

    assert (tmp_path / "acme.jsonl").read_bytes() == LINE * 2
    assert (tmp_path / "acme.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_renamed_goes_on_as_a_new_one(tmp_path: Path):
    append(tmp_path, "acme.jsonl", LINE)
    (tmp_path / "acme.jsonl").rename(tmp_path / "acme.jsonl.1")

    append(tmp_path, "acme.jsonl", LINE)

    assert [(tmp_path / name).read_bytes() for name in ("acme.jsonl", "acme.jsonl.1")] == [LINE, LINE]


def test_a_line_that_a_crash_cut_off_spoils_no_other(tmp_path: Path):
    (tmp_path / "acme.jsonl").write_bytes(LINE + b'{"eve')

    append(tmp_path, "acme.jsonl", LINE)

    assert (tmp_path / "acme.jsonl").read_bytes().splitlines() == [LINE.strip(), b'{"eve', LINE.strip()]


@pytest.mark.parametrize("room", [1, 5, len(LINE) - 1])
def test_nothing_stays_of_a_line_that_does_not_fit(tmp_path: Path, room: int):
    """As on a full disk: a process that may write no more than so much into a file."""
    (tmp_path / "acme.jsonl").write_bytes(LINE)
    limit = len(LINE) + room
    program = (
        "import resource, signal, sys; from pathlib import Path; from bouncer.notify.file import append\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {resource.RLIM_INFINITY}))\n"
        f"append(Path(sys.argv[1]), 'acme.jsonl', {LINE!r})\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}

    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, env=environment, check=False
    )

    assert "OSError" in result.stderr
    assert (tmp_path / "acme.jsonl").read_bytes() == LINE
    append(tmp_path, "acme.jsonl", LINE)
    assert (tmp_path / "acme.jsonl").read_bytes() == LINE * 2


@pytest.mark.parametrize(
    "name", ["..", "../x", "a/../../x", "/etc/passwd", ".", "", "a\nb", "a\0b", "x" * 300, "\udcff"]
)
def test_a_file_that_is_not_in_the_folder_is_no_destination(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="must be"):
        recorded_destination(str(tmp_path), name)


def test_a_destination_is_recorded_by_its_path_below_the_folder(tmp_path: Path):
    for name in ("shop/acme.jsonl", f"{tmp_path}/shop/acme.jsonl", "./shop//acme.jsonl"):
        assert recorded_destination(str(tmp_path), name) == "shop/acme.jsonl"
    assert recorded_destination(str(tmp_path), "x" * MAX_DESTINATION)


@pytest.mark.parametrize("kind", ["link", "folder-link", "pipe", "folder"])
def test_nothing_but_a_file_inside_is_written_to(tmp_path: Path, kind: str):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "file").write_bytes(b"")
    name = "acme"
    if kind == "link":
        (inside / name).symlink_to(outside / "file")
    elif kind == "folder-link":
        (inside / "linked").symlink_to(outside)
        name = "linked/file"
    elif kind == "pipe":
        os.mkfifo(inside / name)
    else:
        (inside / name).mkdir()

    with pytest.raises((OSError, ValueError)):
        append(inside, name, LINE)

    assert (outside / "file").read_bytes() == b""


@pytest.mark.parametrize(
    "channels", [("file",), ("file var/events",), ("fax 1",), ("mail",), ("file /a", "file /b"), ("",)]
)
def test_settings_that_name_no_channel_well_are_refused(channels: tuple[str, ...]):
    with pytest.raises(ConfigError, match="channels"):
        check_channels(ForwardSettings(channels=channels))


def test_every_fault_is_named():
    with pytest.raises(ConfigError) as refused:
        check_channels(ForwardSettings(channels=("fax 1", "file var", "telex")))

    assert len(refused.value.faults) == 3


def test_nobody_subscribes_by_a_channel_that_is_off_or_by_mail():
    for name, why in (("file", "is off"), ("fax", "is off"), ("mail", "--owner")):
        with pytest.raises(ValueError, match=why):
            checked_destination(ForwardSettings(), name, "acme.jsonl")
