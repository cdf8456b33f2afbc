"""``bouncer login`` and ``bouncer session``: a link is shown once, on the last line; a session can be ended."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from programs.empty_store import make_empty_store

from bouncer.cli.root import root
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.signing_in import BegunSession, use_link
from bouncer.policy.api_key import digest_of
from bouncer.policy.sign_in import SECRET_OCTETS, is_secret
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

LISTEN = '[http]\nlisten = "127.0.0.1:8080"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "bouncer.toml"
    file.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/bouncer.db"\n{LISTEN}')
    make_empty_store(tmp_path / "bouncer.db")
    for name, owner in (("acme", "ann@acme.example"), ("zoo", "zoe@zoo.example"), ("shop", "zoe@zoo.example")):
        assert command(file, "account", "add", name, "--owner", owner).exit_code == 0
    return file


def command(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["--settings", str(settings), *words])


def secret_of(result: Result) -> str:
    return result.stdout.strip().rpartition("link=")[2]


def begin(settings: Path, secret: str) -> BegunSession | None:
    async def use() -> BegunSession | None:
        store = await open_store(StoreSettings(f"sqlite:///{settings.parent}/bouncer.db"))
        try:
            return await use_link(store, secret, "Firefox", octets=b"s" * SECRET_OCTETS, now=now())
        finally:
            await store.close()

    return asyncio.run(use())


def test_a_link_is_printed_alone_on_the_last_line(settings: Path):
    result = command(settings, "login", "Ann@ACME.example")

    assert result.stdout.startswith("http://127.0.0.1:8080/sign-in?link=")
    assert len(result.stdout.splitlines()) == 1
    assert is_secret(secret_of(result))
    assert "owner for acme: once, within 15 minutes" in result.stderr


def test_the_secret_is_in_no_file(settings: Path, tmp_path: Path):
    secret = secret_of(command(settings, "login", "ann@acme.example"))

    written = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert secret.encode() not in written
    assert digest_of(secret).encode() in written


def test_a_session_is_listed_and_ended(settings: Path):
    begun = begin(settings, secret_of(command(settings, "login", "ann@acme.example")))
    assert begun

    (row,) = [json.loads(line) for line in command(settings, "session", "list", "--json").stdout.splitlines()]
    assert (row["account"], row["role"], row["person"], row["browser"]) == (
        "acme", "owner", "ann@acme.example", "Firefox",
    )  # fmt: skip
    assert begun.secret not in json.dumps(row)
    assert command(settings, "session", "list", "--account", "zoo", "--json").stdout == ""
    assert command(settings, "session", "end", str(row["id"])).exit_code == 0
    assert command(settings, "session", "list", "--json").stdout == ""
    assert "there is no session" in str(command(settings, "session", "end", str(row["id"])).exception)


def test_support_and_operator_are_signed_in_by_name(settings: Path):
    assert "support for acme" in command(settings, "login", "sue", "--support", "--account", "acme").stderr
    assert "operator for all accounts" in command(settings, "login", "root", "--operator").stderr


def test_the_owner_of_several_accounts_names_one(settings: Path):
    assert "zoe@zoo.example is an owner of shop, zoo" in str(command(settings, "login", "zoe@zoo.example").exception)
    assert "owner for zoo" in command(settings, "login", "zoe@zoo.example", "--account", "zoo").stderr


@pytest.mark.parametrize(
    "words",
    [("ghost@acme.example",), ("ann@acme.example", "--account", "zoo"), ("ann@acme.example", "--account", "ghost"),
     ("x" * 300, "--operator"), ("a\nb", "--operator")],
)  # fmt: skip
def test_faults_are_one_sentence(settings: Path, words: tuple[str, ...]):
    assert isinstance(command(settings, "login", *words).exception, BouncerError)


@pytest.mark.parametrize("words", [("--support",), ("--support", "--operator"), ("--operator", "--account", "acme")])
def test_options_that_do_not_go_together_are_refused(settings: Path, words: tuple[str, ...]):
    assert command(settings, "login", "ann@acme.example", *words).exit_code == 2


@pytest.mark.parametrize(
    ("http", "base"),
    [
        ('listen = "0.0.0.0:80"\nproxies = "10.0.0.1"', "http://127.0.0.1:80/"),
        ('listen = ["unix:/run/x", "[::1]:8080"]', "http://[::1]:8080/"),
        ('listen = "127.0.0.1:1"\nurl = "https://bounces.acme.example/"', "https://bounces.acme.example/"),
    ],
)
def test_the_link_leads_to_where_the_pages_are(settings: Path, http: str, base: str):
    settings.write_text(settings.read_text().replace(LISTEN, f"[http]\n{http}\n"))

    assert command(settings, "login", "ann@acme.example").stdout.startswith(f"{base}sign-in?link=")


def test_without_pages_there_is_no_link(settings: Path):
    settings.write_text(settings.read_text().replace(LISTEN, ""))

    assert "there are no web pages" in str(command(settings, "login", "ann@acme.example").exception)


def test_a_url_with_a_path_is_refused(settings: Path):
    settings.write_text(settings.read_text().replace(LISTEN, '[http]\nurl = "https://acme.example/bounces"\n'))

    assert command(settings, "login", "ann@acme.example").exit_code != 0
