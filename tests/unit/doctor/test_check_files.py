"""The results of ``bouncer check`` about files and names: keys, passwords, store, Maildir, sendmail, our own names."""

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from bouncer.doctor import outgoing, own_names, secret_files, store_place
from bouncer.doctor.finding import Finding, Level
from bouncer.settings.sections import ForwardSettings, Settings, SmtpSettings, StoreSettings, TokenSettings

SECONDS = 5.0
NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere and listen on every port")


def written(file: Path, octets: bytes, mode: int = 0o600) -> Path:
    file.write_bytes(octets)
    file.chmod(mode)
    return file


def test_a_good_key_is_good_and_not_shown(tmp_path: Path) -> None:
    (finding,) = secret_files.keys(TokenSettings((written(tmp_path / "token.key", b"k" * 44 + b"\n"),)))

    assert (finding.level, finding.says) == (Level.OK, "44 octets")


@pytest.mark.parametrize(
    ("octets", "mode", "says"),
    [
        (b"tooshort\n", 0o600, "a key needs at least 16 octets"),
        (b"", 0o600, "a key needs at least 16 octets"),
        (b"k" * 44, 0o604, "can be read by everyone"),
        (b"k" * 44, 0o602, "can be read by everyone"),
    ],
)
def test_a_bad_key_fails(tmp_path: Path, octets: bytes, mode: int, says: str) -> None:
    (finding,) = secret_files.keys(TokenSettings((written(tmp_path / "token.key", octets, mode),)))

    assert (finding.level, finding.says) == (Level.FAIL, says)


def test_a_secret_that_systemd_did_not_copy_is_told_as_such(tmp_path: Path) -> None:
    """The settings that ``init --systemd`` writes, while the service does not run."""
    place = Path("/run/credentials/bouncer.service")
    (key,) = secret_files.keys(TokenSettings((place / "secret_token.key",)))
    (password,) = courier(courier="smtps://us@127.0.0.1", password=place / "secret_smarthost.password")
    (other,) = secret_files.keys(TokenSettings((tmp_path / "token.key",)))

    assert "start the service" in key.remedy
    assert "start the service" in password.remedy
    assert "bouncer init makes one" in other.remedy


def test_every_key_is_looked_at(tmp_path: Path) -> None:
    files = (tmp_path / "none", written(tmp_path / "token.key", b"k" * 44), tmp_path)

    assert [finding.level for finding in secret_files.keys(TokenSettings(files))] == [Level.FAIL, Level.OK, Level.FAIL]


def test_no_key_at_all_warns() -> None:
    (finding,) = secret_files.keys(TokenSettings())

    assert finding.level is Level.WARN


def test_a_store_is_looked_at_without_being_made(tmp_path: Path) -> None:
    (finding,) = store_place.store(StoreSettings(f"sqlite:///{tmp_path}/var/bouncer.db"))

    assert finding.level is not Level.FAIL
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["not a url", "sqlite://", "sqlite:///:memory:"])
def test_a_store_that_is_none_fails(url: str) -> None:
    assert [finding.level for finding in store_place.store(StoreSettings(url))] == [Level.FAIL]


@NOT_ROOT
def test_a_store_that_cannot_be_written_fails(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    (finding,) = store_place.store(StoreSettings(f"sqlite:///{tmp_path}/bouncer.db"))

    assert finding.level is Level.FAIL


def courier(**forward: Any) -> list[Finding]:
    return list(outgoing.courier(Settings(forward=ForwardSettings(**forward)), SECONDS))


def test_a_maildir_that_can_be_made_is_good_and_is_not_made(tmp_path: Path) -> None:
    (finding,) = courier(courier=f"maildir:{tmp_path}/deep/er")

    assert finding.level is Level.OK
    assert list(tmp_path.iterdir()) == []


def test_a_maildir_that_is_a_file_fails(tmp_path: Path) -> None:
    file = written(tmp_path / "file", b"")

    assert [courier(courier=f"maildir:{path}")[0].level for path in (file, file / "below")] == [Level.FAIL, Level.FAIL]


def test_a_program_that_starts_is_good_and_one_that_does_not_fails(tmp_path: Path) -> None:
    file = written(tmp_path / "sendmail", b"#!/bin/sh\n", 0o600)

    assert [
        courier(courier=f"sendmail:{command}")[0].level for command in (sys.executable, file, tmp_path / "none")
    ] == [
        Level.OK,
        Level.FAIL,
        Level.FAIL,
    ]


def test_the_courier_of_each_route_is_looked_at(tmp_path: Path):
    findings = courier(courier=f"maildir:{tmp_path}", routes=(f"acme.example sendmail:{tmp_path}/none",))

    assert [finding.level for finding in findings] == [Level.OK, Level.FAIL]


def test_a_password_that_everyone_can_read_fails(tmp_path: Path) -> None:
    password = written(tmp_path / "password", b"secret\n", 0o644)
    public, _ = courier(courier="smtp://us@127.0.0.1:1", password=password)

    assert (public.level, "can be read by everyone" in public.says) == (Level.FAIL, True)


@pytest.mark.parametrize(
    "text", ["carrier-pigeon:", "maildir:", "smtp://", "smtp://h:99999", "smtp://u:p@h", "sendmail:x"]
)
def test_a_courier_that_is_none_fails(text: str) -> None:
    assert {finding.level for finding in courier(courier=text)} == {Level.FAIL}


def test_names_in_full_are_good_and_others_are_not() -> None:
    settings = SmtpSettings(
        hostname="192.0.2.1", domains=("rp.example.com", "rp.bücher.example", "rp", "rp example.com", "x.localhost")
    )

    assert [finding.level for finding in own_names.names(settings)] == [
        Level.FAIL,
        Level.OK,
        Level.OK,
        Level.FAIL,
        Level.FAIL,
        Level.WARN,
    ]


@pytest.mark.parametrize(
    ("operator", "level"),
    [(None, Level.WARN), ("postmaster@example.com", Level.OK), ("postmaster@RP.example.com.", Level.FAIL)],
)
def test_the_operator_is_someone_elsewhere(operator: str | None, level: Level) -> None:
    forward = ForwardSettings(operator=operator, from_="Bounces <bounces@example.com>")
    (finding,) = own_names.people(forward, ("rp.example.com",))

    assert finding.level is level


def test_notices_from_localhost_warn() -> None:
    *_, finding = own_names.people(ForwardSettings(operator="a@example.com"), ("rp.example.com",))

    assert (finding.about, finding.level) == ("from", Level.WARN)
