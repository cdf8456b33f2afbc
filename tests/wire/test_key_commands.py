"""``bouncer key``: a key is shown once, on the last line, and is kept by its digest."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from programs.empty_store import make_empty_store

from bouncer.cli.root import root
from bouncer.errors import BouncerError
from bouncer.policy.api_key import digest_of, id_of, is_api_key


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "bouncer.toml"
    file.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/bouncer.db"\n')
    make_empty_store(tmp_path / "bouncer.db")
    for name in ("acme", "zoo"):
        assert command(file, "account", "add", name).exit_code == 0
    return file


def command(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["--settings", str(settings), *words])


def rows(settings: Path, *words: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in command(settings, "key", "list", *words, "--json").stdout.splitlines()]


def test_a_key_is_printed_alone_on_the_last_line(settings: Path):
    result = command(settings, "key", "add", "acme", "--scope", "write", "--label", "the shop")
    secret = result.stdout.splitlines()[-1]

    assert result.stdout == f"{secret}\n"
    assert is_api_key(secret)
    assert result.output.endswith(f"\n{secret}\n")
    (row,) = rows(settings)
    assert (row["id"], row["account"], row["access"], row["label"]) == (
        id_of(digest_of(secret)), "acme", "write", "the shop",
    )  # fmt: skip
    assert row["last_used_at"] is None


def test_the_secret_is_in_no_file(settings: Path, tmp_path: Path):
    secret = command(settings, "key", "add", "acme").stdout.strip()

    written = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert secret.encode() not in written
    assert secret[4:36].encode() not in written
    assert digest_of(secret).encode() in written


def test_keys_are_listed_for_one_account(settings: Path):
    command(settings, "key", "add", "acme")
    command(settings, "key", "add", "--operator", "--scope", "admin")

    assert [row["account"] for row in rows(settings)] == ["acme", None]
    assert [row["account"] for row in rows(settings, "--account", "acme")] == ["acme"]
    assert rows(settings, "--account", "zoo") == []


def test_a_key_is_revoked_by_its_id(settings: Path):
    command(settings, "key", "add", "acme")
    (row,) = rows(settings)

    assert command(settings, "key", "revoke", str(row["id"])).exit_code == 0
    assert rows(settings) == []
    assert "there is no API key" in str(command(settings, "key", "revoke", str(row["id"])).exception)


@pytest.mark.parametrize("words", [(), ("acme", "--operator")])
def test_a_key_is_for_an_account_or_for_all(settings: Path, words: tuple[str, ...]):
    result = command(settings, "key", "add", *words)

    assert result.exit_code == 2
    assert "one of the two" in result.output


def test_faults_are_one_sentence(settings: Path):
    secret = command(settings, "key", "add", "acme").stdout.strip()
    for words in (
        ("add", "ghost"),
        ("add", "acme", "--label", "x" * 101),
        ("list", "--account", "ghost"),
        ("revoke", secret),
    ):
        error = command(settings, "key", *words).exception
        assert isinstance(error, BouncerError)
        assert secret not in str(error)
