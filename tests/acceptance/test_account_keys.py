"""Keys of accounts through the running daemon: each signs for its account alone, and a later account of a name inherits nothing."""

import json
import smtplib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from acceptance.world_outside import World, failure
from programs.ours import DOMAIN, Ours

from bouncer.mail.returnpath import AccountKey, sign
from bouncer.mail.signed_header import make_header

ANN, ZOE, PAUL = "ann@acme.example", "zoe@zoo.example", "paul@example.org"
TODAY = int(time.time()) // 86_400
MASTER = b"a secret for tests, and for tests only"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", ANN)
        daemon.command("account", "add", "zoo", "--owner", ZOE)
        yield World(daemon)


def key_of(ours: Ours, account: str) -> AccountKey:
    """The key that the account's programs get."""
    return AccountKey.read(ours.command("token", "key", account).stdout.splitlines()[-1])


def path(key: AccountKey, recipient: str | None = PAUL, days: int = 30) -> str:
    return sign(key.account, recipient, domain=DOMAIN, key=key, today=TODAY, days=days)


def is_refused(ours: Ours, address: str) -> bool:
    """Whether nothing is taken for *address*."""
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
        client.ehlo()
        client.mail("")
        return client.rcpt(address)[0] == 550


def accounts_of(rows: list[dict[str, object]]) -> list[object]:
    return [row["account"] for row in rows]


def test_a_program_with_its_accounts_key_signs_paths_that_prove(world: World):
    """By the function, and by the command where neither master key nor store is."""
    ours, file = world.ours, world.ours.folder / "acme.key"
    file.write_text(ours.command("token", "key", "acme").stdout)
    own = path(key_of(ours, "acme"))
    printed = ours.command("token", "sign", "--key-file", str(file), "acme", PAUL).stdout.strip()

    assert file.read_text().count("\n") == 1
    assert own == printed == ours.command("token", "sign", "acme", PAUL).stdout.strip()
    world.send(own, failure(PAUL))
    assert [(row["account"], row["belief"]) for row in world.settled()] == [("acme", "proven")]


@pytest.mark.parametrize("how", ["its own name", "the key renamed", "the path renamed", "taken for a master key"])
def test_the_key_of_one_account_makes_no_path_mark_or_wish_of_another(world: World, how: str):
    key = key_of(world.ours, "acme")
    forged = {
        "its own name": path(key),
        "the key renamed": path(AccountKey("zoo", key.secret)),
        "the path renamed": path(key).replace("acme-", "zoo-", 1),
        "taken for a master key": sign(
            "zoo", PAUL, domain=DOMAIN, key=AccountKey("zoo", key.spell().encode()), today=TODAY, days=30
        ),
    }[how]
    field = ": ".join(make_header(forged))

    assert is_refused(world.ours, forged) == (how != "its own name")
    world.send(f"zoo@{DOMAIN}", failure(PAUL, f"{field}\r\n"))
    world.send(f"zoo@{DOMAIN}", failure(PAUL, f"Return-Path: <{forged}>\r\n"))
    if how != "its own name":
        wish = f"From: {PAUL}\r\nSubject: unsubscribe\r\nIn-Reply-To: <1@zoo.example>\r\n{field}\r\n\r\nunsubscribe\r\n"
        world.send(f"zoo@{DOMAIN}", wish.encode())

    assert {row["belief"] for row in world.settled()} <= {"unproven", "contradicted"}
    assert world.suppressed() == set()


def test_the_key_of_an_account_that_there_is_not_is_not_given(world: World):
    result = world.ours.command("token", "key", "ghost", check=False)

    assert (result.returncode, result.stdout) == (1, "")
    assert "there is no account 'ghost'" in result.stderr


def test_an_accounts_key_is_no_master_key_and_signs_for_no_other(world: World):
    """Each slip is told, and none shows the key."""
    ours, file = world.ours, world.ours.folder / "acme.key"
    text = ours.command("token", "key", "acme").stdout
    file.write_text(text)
    settings = ours.settings.read_text()

    for words in (("zoo", PAUL, "--key-file", str(file)), ("acme", PAUL, "--key-file", str(ours.folder / "2026.key"))):
        result = ours.command("token", "sign", *words, check=False)
        assert result.returncode != 0
        assert text.strip().partition(":")[2] not in result.stdout + result.stderr
        assert MASTER.decode() not in result.stdout + result.stderr
    ours.settings.write_text(settings.replace("2026.key", "acme.key"))
    result = ours.command("token", "sign", "acme", PAUL, check=False)
    assert "the key of account acme, not a master key" in result.stderr


def test_keys_are_rotated_as_before(world: World):
    """A new master key in front: what the old one's account keys signed is good for as long as it stays in the list."""
    ours = world.ours
    before = path(key_of(ours, "acme"))
    (ours.folder / "2027.key").write_text("another secret for tests, and for tests only\n")
    settings = ours.settings.read_text()
    both = settings.replace(f'"{ours.folder}/2026.key"', f'"{ours.folder}/2027.key", "{ours.folder}/2026.key"')

    ours.settings.write_text(both)
    ours.stop()
    ours.start()
    after = path(key_of(ours, "acme"))
    assert before != after
    assert [is_refused(ours, path) for path in (before, after)] == [False, False]

    ours.settings.write_text(settings.replace("2026.key", "2027.key"))
    ours.stop()
    ours.start()
    assert [is_refused(ours, path) for path in (before, after)] == [True, False]


def signed_before_account_keys(account: str, days: int = 30) -> str:
    """Sign a path with the master key itself, which once was every account's key."""
    return path(AccountKey(account, MASTER), days=days)


def test_paths_of_before_an_upgrade_are_good_until_they_expire(world: World):
    """For accounts that were there then, and as long as the upgrade said."""
    ours = world.ours
    with closing(sqlite3.connect(ours.folder / "bouncer.db")) as connection, connection:
        connection.execute("UPDATE accounts SET underived_until = ? WHERE name = 'acme'", (TODAY + 60,))
    ours.until(lambda: not is_refused(ours, signed_before_account_keys("acme")))

    world.send(signed_before_account_keys("acme"), failure(PAUL))
    (row,) = world.settled()
    verified = json.loads(ours.command("token", "verify", signed_before_account_keys("acme"), "--json").stdout)

    assert (row["account"], row["belief"]) == ("acme", "proven")
    assert verified["signed_with"] == "master key"
    assert is_refused(ours, signed_before_account_keys("acme", days=61))
    assert is_refused(ours, signed_before_account_keys("acme", days=-1))
    assert is_refused(ours, signed_before_account_keys("zoo"))


def test_an_account_of_a_removed_ones_name_inherits_nothing(world: World):
    """Another owner takes the name while reports of the first one's mail are on their way."""
    ours = world.ours
    old = key_of(ours, "acme")
    ours.command("account", "set", "acme", "--bad-paths", "quarantine")
    world.send(path(old), failure(PAUL))
    world.send(path(old, "joe@example.org"), failure("joe@example.org"))
    assert len(world.settled()) == 2
    count = len(ours.notices())

    removed = ours.command("account", "remove", "acme", "--yes").stdout
    added = ours.command("account", "add", "acme", "--owner", "new@other.example", "--bad-paths", "quarantine")

    assert removed == "removed acme, its records are listed as acme/removed-1\n"
    assert f"acme@{DOMAIN} was an alias of a removed account" in added.stderr
    ours.until(lambda: is_refused(ours, path(old)))
    assert is_refused(ours, f"acme@{DOMAIN}")
    assert is_refused(ours, path(old).replace("paul=", "raul=")) is False, "no key of anybody's: as any other bad path"
    assert not is_refused(ours, path(key_of(ours, "acme")))
    for listing in (
        ("bounces",),
        ("letters",),
        ("suppressions", "list"),
        ("sends", "report"),
    ):
        assert ours.rows(*listing, "--account", "acme") == [], listing
    (own,) = ours.rows("suppressions", "trail", "--account", "acme")
    assert (own["change"], own["why"].endswith("it was added")) == ("account", True)
    assert accounts_of(ours.rows("bounces", "--account", "acme/removed-1")) == ["acme/removed-1"] * 2
    assert accounts_of(ours.rows("queue")) == ["acme/removed-1"] * count
    assert ours.command("token", "verify", path(old), check=False).returncode == 1
    assert ours.command("token", "verify", ours.command("token", "sign", "acme", PAUL).stdout.strip()).returncode == 0

    world.send(path(key_of(ours, "acme")), failure(PAUL))
    row = next(row for row in world.settled() if row["account"] == "acme")
    assert (row["belief"], row["suppresses"]) == ("proven", True)
    assert [str(notice["To"]) for notice in ours.notices()].count("new@other.example") == 1


def test_templates_and_aliases_of_a_removed_account_are_not_the_next_ones(tmp_path: Path):
    templates = tmp_path / "templates"
    (templates / "acme").mkdir(parents=True)
    (templates / "acme" / "notice.txt.j2").write_text("Ann's own words\n")
    with Ours(tmp_path, forward=f'templates = "{templates}"') as ours:
        ours.command("account", "add", "acme", "--owner", ANN)
        ours.command("alias", "add", f"news@{DOMAIN}", "--account", "acme")
        ours.command("account", "remove", "acme", "--yes")

        refused = ours.command("account", "add", "acme", "--owner", ZOE, check=False)
        assert refused.returncode == 1
        assert f"{templates}/acme holds the templates" in refused.stderr
        (templates / "acme").rename(templates / "acme.old")
        ours.command("account", "add", "acme", "--owner", ZOE)

        refused = ours.command("alias", "add", f"news@{DOMAIN}", "--account", "acme", check=False)
        assert "is kept free until" in refused.stderr
        ours.command("alias", "remove", f"news@{DOMAIN}")
        ours.command("alias", "add", f"news@{DOMAIN}", "--account", "acme")
        assert ours.rows("alias", "list") == [{"address": f"news@{DOMAIN}", "account": "acme"}]
