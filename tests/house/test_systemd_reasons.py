"""Every line of the units has its reason in systemd/README.md, and what stands there is true of the units."""

import re
from pathlib import Path

import pytest

from bouncer.errors import ConfigError
from bouncer.settings.load import load

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
README = (SYSTEMD / "README.md").read_text()
UNITS = ["bouncer.service", "bouncer.socket", "bouncer-milter.socket"]


def directives(unit: str) -> list[str]:
    """The names of what a unit sets, each once, in its order."""
    lines = (SYSTEMD / unit).read_text().splitlines()
    return list(dict.fromkeys(line.partition("=")[0] for line in lines if re.match(r"[A-Za-z]+=", line)))


def left_out(unit: str) -> dict[str, str]:
    """Give the settings that a unit says it leaves out, each with the reason."""
    text = (SYSTEMD / unit).read_text()
    return {
        name: reason
        for names, reason in re.findall(r"^#   ((?:[A-Za-z]+=\S*(?:, )?)+) +(\S.*)$", text, re.MULTILINE)
        for name in re.findall(r"([A-Za-z]+)=", names)
    }


def explained(unit: str) -> dict[str, str]:
    """The README's table for a unit: directive and reason."""
    _, _, section = README.partition(f"## {unit}, line by line")
    return dict(re.findall(r"^\| `([A-Za-z]+)=` \| (.+) \|$", section.partition("\n## ")[0], re.MULTILINE))


@pytest.mark.parametrize("unit", UNITS)
def test_every_line_has_its_reason_in_the_units_order(unit: str) -> None:
    assert list(explained(unit)) == directives(unit)


@pytest.mark.parametrize("unit", UNITS)
def test_a_directive_with_a_reason_for_its_absence_is_absent(unit: str) -> None:
    omitted = left_out(unit)

    assert len(omitted) >= 8
    assert not {name for name in omitted if name in directives(unit)} - {"After"}  # of another unit


def test_the_sample_settings_are_settings() -> None:
    """The sample loads, with its certificate in force, too; its secrets are where LoadCredential= puts them."""
    sample = (SYSTEMD / "bouncer.toml").read_text()
    settings = load(re.sub(r"^#(?=tls_)", "", sample, flags=re.MULTILINE), {})
    secrets = [*settings.tokens.keys, settings.smtp.tls_key, settings.smtp.tls_certificate, settings.forward.password]

    assert "LoadCredential=secret:/etc/bouncer/secrets" in (SYSTEMD / "bouncer.service").read_text()
    assert all(str(secret).startswith("/run/credentials/bouncer.service/secret_") for secret in secrets)


def test_settings_that_are_wrong_are_not_tried_again() -> None:
    assert f"RestartPreventExitStatus={ConfigError.exit_code}" in (SYSTEMD / "bouncer.service").read_text().splitlines()
