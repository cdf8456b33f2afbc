"""The units as systemd itself judges them."""

import json
import subprocess
from pathlib import Path

import pytest
from programs.parts import find

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
MOST_EXPOSURE = 1.5
INSTALLED = "/opt/bouncer/bin/bouncer"


def analyze(*arguments: str, units: Path) -> subprocess.CompletedProcess[str]:
    part = find("systemd-analyze")
    assert part is not None
    return subprocess.run(
        [*part.command, *arguments], cwd=units, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program in the place where they expect ours."""
    program = tmp_path / "bouncer"
    program.touch(0o755)
    for unit in SYSTEMD.glob("bouncer*.s*"):
        text = unit.read_text()
        (tmp_path / unit.name).write_text(text.replace(INSTALLED, str(program)))
    return tmp_path


@pytest.mark.real("systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(units: Path) -> None:
    result = analyze(
        "verify", "--man=no", "./bouncer.service", "./bouncer.socket", "./bouncer-milter.socket", units=units
    )

    assert (result.stdout + result.stderr, result.returncode) == ("", 0)


@pytest.mark.real("systemd-analyze")
def test_systemd_would_find_a_misspelt_line(units: Path) -> None:
    """The check above can fail: what systemd does not know, it says."""
    service = units / "bouncer.service"
    service.write_text(service.read_text().replace("ProtectClock=", "ProtectClocks="))
    result = analyze("verify", "--man=no", "./bouncer.service", units=units)

    assert "ProtectClocks" in result.stdout + result.stderr


@pytest.mark.real("systemd-analyze")
def test_the_service_is_hardly_exposed(units: Path) -> None:
    """The sum of what is still open, weighed by systemd, and the threshold as it takes it: tenths."""
    arguments = ("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSURE * 10:g}")
    result = analyze(*arguments, "bouncer.service", units=units)
    (overall,) = [line for line in result.stdout.splitlines() if "Overall exposure level" in line]

    assert float(overall.partition("service: ")[2].split()[0]) <= MOST_EXPOSURE, result.stdout
    assert result.returncode == 0


@pytest.mark.real("systemd-analyze")
def test_the_exposure_that_stays_is_the_one_that_a_mail_server_needs(units: Path) -> None:
    """Nothing is open that the README does not own up to."""
    result = analyze("security", "--offline=yes", "--no-pager", "--json=short", "bouncer.service", units=units)
    still_open = {item["json_field"] for item in json.loads(result.stdout) if item["set"] is False and item["exposure"]}

    assert still_open == {
        "PrivateNetwork",
        "IPAddressDeny",
        "RestrictAddressFamilies_AF_INET_INET6",
        "RestrictAddressFamilies_AF_UNIX",
        "RootDirectoryOrRootImage",
        "DeviceAllow",  # the clock, to read; ProtectClock= lists it
        "SystemCallFilter_resources",  # setpriority alone
    }
