"""An account's own sending servers are other hosts: what comes from ours came from anybody, through what is in front."""

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from programs.empty_store import make_empty_store

from bouncer import own_hosts
from bouncer.cli.root import root
from bouncer.own_hosts import describe_overlap
from bouncer.settings.sections import SmtpSettings

SMTP = SmtpSettings(
    listen=("203.0.113.25:25", "[2001:db8:25::1]:25"), proxy_protocol=("10.1.0.0/16",), fronts=("192.0.2.25",)
)
IPV4_TABLE = """Main:
  +-- 0.0.0.0/0 3 0 4
     +-- 198.51.100.0/24 2 0 2
        |-- 198.51.100.0
           /24 link UNICAST
        |-- 198.51.100.9
           /32 host LOCAL
"""
IPV6_TABLE = "20010db8000900000000000000000009 02 40 00 80     eth0\n"


@pytest.fixture(autouse=True)
def addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that has 198.51.100.9 and 2001:db8:9::9."""
    for name, text in (("IPV4_TABLE", IPV4_TABLE), ("IPV6_TABLE", IPV6_TABLE)):
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(own_hosts, name, tmp_path / name)


def bouncer(tmp_path: Path, *words: str) -> Result:
    settings = tmp_path / "bouncer.toml"
    settings.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/bouncer.db"\n[smtp]\nlisten = ["127.0.0.1:0"]\n')
    if words[0] != "check" and not (tmp_path / "bouncer.db").exists():
        make_empty_store(tmp_path / "bouncer.db")
    return CliRunner().invoke(root, ["--settings", str(settings), *words])


@pytest.mark.parametrize(
    "network",
    [
        *("127.0.0.1", "127.9.9.9", "127.0.0.0/8", "126.0.0.0/7", "::1", "::", "::/0"),
        *("0.0.0.0", "0.0.0.0/0"),  # noqa: S104 -- refused, not listened on
        *("::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:127.0.0.0/104", "0:0:0:0:0:ffff:c633:6409"),
        *("198.51.100.9", "198.51.100.0/24", "198.51.100.8/29", "198.51.0.0/16", "::ffff:198.51.100.0/120"),
        *("2001:db8:9::9", "2001:DB8:9:0:0:0:0:9", "2001:db8:9::/64", "2001:db8::/32"),
        *("203.0.113.25", "203.0.113.0/24", "2001:db8:25::1", "10.1.2.3", "10.0.0.0/8"),
        *("192.0.2.25", "192.0.2.0/27", "::ffff:192.0.2.25"),
    ],
)
def test_this_host_is_known_however_it_is_written(network: str):
    assert describe_overlap(network, SMTP) is not None


@pytest.mark.parametrize(
    "network",
    [
        "198.51.100.10",
        "198.51.100.16/28",
        "192.0.2.80",
        "2001:db8:9::8",
        "2001:db8:80::/48",
        "::ffff:192.0.2.80",
        "10.2.0.1",
    ],
)
def test_another_host_is_none_of_ours(network: str):
    assert describe_overlap(network, SMTP) is None


def test_without_a_table_an_address_that_can_be_bound_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_hosts, "IPV4_TABLE", tmp_path / "nothing")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unconnected:
        unconnected.connect(("203.0.113.1", 9))  # sends nothing
        ours = unconnected.getsockname()[0]

    assert describe_overlap(ours, SmtpSettings(listen=())) is not None


@pytest.mark.parametrize("network", ["127.0.0.1", "::ffff:127.0.0.1", "198.51.100.0/24"])
def test_an_account_is_not_made_to_believe_this_host(tmp_path: Path, network: str):
    added = bouncer(tmp_path, "account", "add", "acme", "--server", network)
    bouncer(tmp_path, "account", "add", "acme", "--server", "198.51.100.80")
    changed = bouncer(tmp_path, "account", "set", "acme", "--server", "198.51.100.81", "--server", network)
    account = json.loads(bouncer(tmp_path, "account", "show", "acme", "--json").stdout.splitlines()[0])

    assert [added.exit_code, changed.exit_code] == [1, 1]
    assert f"--server {network}: " in str(added.exception)
    assert "is this host" in str(changed.exception) or "is an address of this host" in str(changed.exception)
    assert account["terms"]["servers"] == ["198.51.100.80"]


def test_check_names_accounts_that_believe_this_host_since_before(tmp_path: Path):
    for name in ("acme", "shop", "zoo"):
        bouncer(tmp_path, "account", "add", name, "--owner", "ann@acme.example", "--server", "198.51.100.80")
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as database, database:
        for name, servers in (("acme", ["127.0.0.1", "198.51.100.80"]), ("zoo", ["::ffff:198.51.100.9"])):
            database.execute("UPDATE accounts SET terms = ? WHERE name = ?", (json.dumps({"servers": servers}), name))

    checked = bouncer(tmp_path, "check", "--no-dns", "--timeout", "0.2", "--json")
    findings = [json.loads(line)["finding"] for line in checked.stdout.splitlines()]
    accounts = [
        (finding["level"], finding["about"], finding["says"])
        for finding in findings
        if finding["about"].startswith("account ")
    ]

    assert accounts == [
        ("fail", "account acme", "believes 127.0.0.1, and 127.0.0.0/8 is this host: so anybody's letters"),
        (
            "fail",
            "account zoo",
            "believes ::ffff:198.51.100.9, and 198.51.100.9 is an address of this host: so anybody's letters",
        ),
    ]


def test_check_names_accounts_that_suppress_on_the_word_of_strangers(tmp_path: Path):
    for name, belief in (("acme", "plausible"), ("zoo", "proven")):
        bouncer(tmp_path, "account", "add", name, "--owner", "ann@acme.example", "--suppress-on", belief)

    checked = bouncer(tmp_path, "check", "--no-dns", "--timeout", "0.2")

    assert "account acme: suppresses on plausible reports: a stranger who knows an alias can make" in checked.stdout
    assert "bouncer account set acme --suppress-on proven" in checked.stdout
    assert "account zoo: suppresses" not in checked.stdout


def test_check_makes_no_database_and_says_where_one_cannot_be_looked_into(tmp_path: Path):
    bouncer(tmp_path, "check", "--no-dns", "--timeout", "0.2")
    none = not (tmp_path / "bouncer.db").exists()
    bouncer(tmp_path, "account", "add", "acme")
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    checked = bouncer(tmp_path, "check", "--no-dns", "--timeout", "0.2")

    assert none
    assert "cannot be looked into: another version made it" in checked.stdout
