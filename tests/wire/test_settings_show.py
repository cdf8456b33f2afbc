"""``bouncer settings show``: what holds, and where it comes from; what it prints gives the same settings again."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bouncer.cli.root import root
from bouncer.settings.described import describe_settings
from bouncer.settings.load import load
from bouncer.settings.paths import with_absolute_paths

GOOD = Path(__file__).parents[2] / "fixtures/settings/good"
FILE = """\
log.format = "json"

[smtp]
listen = [
  "127.0.0.1:0",
]
hostname = "mx.example.com"  # hostname = "other.example.com"

[forward]
templates = '''
hostname = "no.example.com"'''
reverse_path = "signed"
"""


def show(*words: str, text: str = "", folder: Path, code: int = 0, **environment: str) -> Result:
    """Give the output of ``settings show`` for a file with *text*."""
    file = folder / "bouncer.toml"
    file.write_text(text)
    plain: dict[str, str | None] = {name: None for name in os.environ if name.startswith("BOUNCER_")}
    result = CliRunner().invoke(
        root, ["--settings", str(file), "settings", "show", *words], env={**plain, **environment}, catch_exceptions=True
    )
    assert result.exit_code == code, result.output
    return result


def rows(*words: str, text: str = "", folder: Path, **environment: str) -> dict[str, dict[str, Any]]:
    output = show("--json", *words, text=text, folder=folder, **environment).stdout
    return {f"{row['section']}.{row['key']}": row for row in map(json.loads, output.splitlines())}


def test_every_setting_says_where_it_comes_from(tmp_path: Path):
    settings = rows(text=FILE, folder=tmp_path, BOUNCER_MILTER__NETWORKS="192.0.2.0/24, 2001:db8::/32")

    assert list(settings) == [f"{setting.section}.{setting.key}" for setting in describe_settings()]
    assert settings["store.url"]["source"] == "default"
    for setting, line in {"log.format": 1, "smtp.listen": 4, "smtp.hostname": 7, "forward.reverse_path": 12}.items():
        assert (settings[setting]["place"], settings[setting]["line"]) == (str(tmp_path / "bouncer.toml"), line)
    networks = settings["milter.networks"]
    assert (networks["source"], networks["place"]) == ("environment", "BOUNCER_MILTER__NETWORKS")
    assert networks["value"] == ["192.0.2.0/24", "2001:db8::/32"]


def test_the_environment_wins_and_is_named(tmp_path: Path):
    output = show(text=FILE, folder=tmp_path, BOUNCER_SMTP__HOSTNAME="mx2.example.com").stdout

    assert 'hostname = "mx2.example.com"  # BOUNCER_SMTP__HOSTNAME\n' in output
    assert 'format = "json"  # ' + f"{tmp_path}/bouncer.toml, line 1\n" in output


@pytest.mark.parametrize("file", sorted(GOOD.glob("*.toml")), ids=lambda file: file.stem)
def test_the_shown_text_gives_the_same_settings_again(file: Path, tmp_path: Path):
    text = file.read_text()

    for words in ((), ("--changed",)):
        again = load(show(*words, text=text, folder=tmp_path).stdout, {})
        assert with_absolute_paths(again, tmp_path) == with_absolute_paths(load(text, {}), tmp_path)


@given(template=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_is_shown_as_one_line_that_no_terminal_obeys(template: str, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("shown")

    output = show("--changed", folder=folder, BOUNCER_FORWARD__TEMPLATES=template).stdout

    assert output.count("\n") == 2
    assert all(character.isprintable() or character == "\n" for character in output)
    assert load(output, {}).forward.templates == folder / template


def test_changed_lists_only_what_differs_from_its_default(tmp_path: Path):
    same = "[store]\nbusy_seconds = 5.0\n[smtp]\nmax_errors = 11\n"

    assert list(rows("--changed", text=same, folder=tmp_path)) == ["smtp.max_errors"]
    nothing = show("--changed", folder=tmp_path)
    assert (nothing.stdout, nothing.stderr) == ("", "Every setting has its default.\n")


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("FORWARD__COURIER", "smtp://ann:s3cret@mx.example.com:587", "smtp://ann:***@mx.example.com:587"),
        ("FORWARD__COURIER", "smtp://ann:s3@cr/et@mx.example.com", "smtp://ann:***@mx.example.com"),
        (
            "FORWARD__ROUTES",
            "a.example smtp://u:s3cret@h password=/etc/pw, b.example smtps://h:465",
            "password=/etc/pw",
        ),
        ("STORE__URL", "postgresql://bouncer:s3cret@db/bouncer", "postgresql://bouncer:***@db/bouncer"),
        ("STORE__URL", "postgresql://db/bouncer?user=x&password=s3cret&x=1", "?user=x&password=***&x=1"),
        ("STORE__URL", "sqlite:////srv/a:b/c@d.db", "sqlite:////srv/a:b/c@d.db"),
    ],
)
def test_no_password_is_shown(name: str, value: str, masked: str, tmp_path: Path):
    for words in ((), ("--json",)):
        output = show(*words, folder=tmp_path, **{f"BOUNCER_{name}": value}).stdout
        assert "s3" not in output
        assert masked in output


def test_no_secret_file_is_opened(tmp_path: Path):
    (tmp_path / "password").write_text("s3cret")
    output = show(text=f'[forward]\npassword = "{tmp_path}/password"\n', folder=tmp_path).stdout

    assert f'password = "{tmp_path}/password"' in output
    assert "s3cret" not in output


def test_faults_are_told_as_everywhere_and_no_store_is_made(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/none/bouncer.db"
    show(folder=tmp_path, BOUNCER_STORE__URL=url)
    assert not (tmp_path / "none").exists()

    result = show(folder=tmp_path, code=1, BOUNCER_SMTP__MAX_ERRORS="many")
    assert "BOUNCER_SMTP__MAX_ERRORS: must be a whole number" in str(result.exception)
