"""Settings: good files are read, bad files get every fault at once, the documentation names every key."""

from pathlib import Path

import pytest
from manual import MANUAL

from bouncer.errors import ConfigError
from bouncer.settings.addresses import host_port
from bouncer.settings.described import describe_settings
from bouncer.settings.load import load
from bouncer.settings.paths import with_absolute_paths
from bouncer.settings.sections import MilterSettings, Settings

ROOT = Path(__file__).parents[3]
GOOD = sorted((ROOT / "fixtures/settings/good").glob("*.toml"))
BAD = sorted((ROOT / "fixtures/settings/bad").glob("*.toml"))


@pytest.mark.parametrize("file", GOOD, ids=lambda f: f.stem)
def test_good_settings_are_read(file: Path):
    assert isinstance(load(file.read_text(), {}), Settings)


@pytest.mark.parametrize("file", BAD, ids=lambda f: f.stem)
def test_bad_settings_get_every_fault_with_file_and_key(file: Path):
    text = file.read_text()
    expected = [line.removeprefix("# fault: ") for line in text.splitlines() if line.startswith("# fault: ")]

    with pytest.raises(ConfigError) as refused:
        load(text, {}, str(file))

    assert len(refused.value.faults) == len(expected)
    for fault, expected_fault in zip(sorted(refused.value.faults), sorted(expected), strict=True):
        assert fault.startswith(f"{file}: {expected_fault}")


def test_everything_can_be_set_by_the_file_that_sets_everything():
    """Each key of the example differs from its default: none is ignored."""
    tree = load((ROOT / "fixtures/settings/good/everything.toml").read_text(), {})

    for setting in describe_settings():
        section = getattr(tree, setting.section)
        assert getattr(section, setting.key, getattr(section, f"{setting.key}_", None)) != setting.default, setting


def test_the_environment_wins_over_the_file():
    tree = load(
        '[smtp]\nhostname = "file.example"\n',
        {"BOUNCER_SMTP__HOSTNAME": "environment.example", "BOUNCER_SMTP__LISTEN": "127.0.0.1:1, 127.0.0.1:2"},
    )

    assert tree.smtp.hostname == "environment.example"
    assert tree.smtp.listen == ("127.0.0.1:1", "127.0.0.1:2")


def test_a_fault_in_the_environment_names_the_variable():
    with pytest.raises(ConfigError) as refused:
        load("", {"BOUNCER_SMTP__MAX_RECIPIENTS": "many", "BOUNCER_FORWARD__FORM": "x"}, "bouncer.toml")

    assert "BOUNCER_SMTP__MAX_RECIPIENTS: must be a whole number" in refused.value.faults
    assert any("form: unknown key" in fault for fault in refused.value.faults)


def test_other_variables_are_none_of_ours():
    assert load("", {"BOUNCER_SETTINGS": "/etc/x", "PATH": "/bin", "BOUNCER_DEBUG": "1"}) == Settings()


def test_an_empty_variable_unsets_what_may_be_unset():
    assert load('[forward]\noperator = "a@b.example"\n', {"BOUNCER_FORWARD__OPERATOR": ""}).forward.operator is None


def test_every_setting_is_in_the_manual():
    for setting in describe_settings():
        assert f"`{setting.section}.{setting.key}`" in MANUAL, setting
        assert setting.meaning in MANUAL, setting


@pytest.mark.parametrize(
    ("text", "default", "read"),
    [
        ("127.0.0.1:2525", None, ("127.0.0.1", 2525)),
        ("[::1]:25", None, ("::1", 25)),
        (":25", None, ("", 25)),
        ("9.9.9.9", 53, ("9.9.9.9", 53)),
        ("9.9.9.9:5353", 53, ("9.9.9.9", 5353)),
        ("2620:fe::fe", 53, ("2620:fe::fe", 53)),
        ("[2620:fe::fe]", 53, ("2620:fe::fe", 53)),
        ("[2620:fe::fe]:5353", 53, ("2620:fe::fe", 5353)),
        ("dns.example", 53, ("dns.example", 53)),
    ],
)
def test_places_are_read(text: str, default: int | None, read: tuple[str, int]):
    assert host_port(text, default) == read


@pytest.mark.parametrize(
    "text", ["25", "localhost", "localhost:", "localhost:65536", "localhost:-1", "[::1]", "localhost:٢٥"]
)
def test_a_text_that_is_no_host_and_port_is_refused(text: str):
    with pytest.raises(ValueError, match="is not host:port"):
        host_port(text)


RELATIVE = """
[smtp]
tls_certificate = "tls.pem"
tls_key = "/etc/tls.key"
[store]
url = "sqlite:///var/bouncer.db"
[tokens]
keys = ["2026.key", "../2025.key"]
[forward]
courier = "maildir:mails"
password = "password"
templates = "templates"
dkim_key = "dkim.pem"
routes = [
  "acme.example smtps://me@mx.acme.example password=acme.password connections=2",
  "b.example maildir:b",
  "c.example maildir:/c",
]
"""


def test_relative_paths_begin_at_the_folder_of_the_settings():
    tree = with_absolute_paths(load(RELATIVE, {}), Path("/etc/bouncer"))

    assert tree.store.url == "sqlite:////etc/bouncer/var/bouncer.db"
    assert (tree.smtp.tls_certificate, tree.smtp.tls_key) == (Path("/etc/bouncer/tls.pem"), Path("/etc/tls.key"))
    assert tree.tokens.keys == (Path("/etc/bouncer/2026.key"), Path("/etc/bouncer/../2025.key"))
    assert tree.forward.courier == "maildir:/etc/bouncer/mails"
    assert [tree.forward.password, tree.forward.templates, tree.forward.dkim_key] == [
        Path("/etc/bouncer") / name for name in ("password", "templates", "dkim.pem")
    ]
    assert tree.forward.routes == (
        "acme.example smtps://me@mx.acme.example password=/etc/bouncer/acme.password connections=2",
        "b.example maildir:/etc/bouncer/b",
        "c.example maildir:/c",
    )


def test_defaults_that_are_paths_begin_there_too():
    tree = with_absolute_paths(Settings(), Path("/srv/a b"))

    assert with_absolute_paths(
        Settings(milter=MilterSettings(("unix:run/m", "[::1]:1"))), Path("/srv")
    ).milter.listen == (
        "unix:/srv/run/m",
        "[::1]:1",
    )
    assert (tree.store.url, tree.forward.courier) == (
        "sqlite:////srv/a b/var/bouncer.db",
        "maildir:/srv/a b/var/forwarded",
    )


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/b.db",
        "sqlite:///:memory:",
        "sqlite:///file:b.db",
        "sqlite://",
        "postgresql://h/d",
        "nonsense",
        "",
    ],
)
def test_a_url_that_names_no_relative_file_stays_as_it_is(url: str):
    assert with_absolute_paths(load("", {"BOUNCER_STORE__URL": url}), Path("/etc/bouncer")).store.url == url


@pytest.mark.parametrize(
    "courier", ["smtp://mx.example.com", "sendmail:", "sendmail:/usr/sbin/sendmail", "maildir:", "x"]
)
def test_a_courier_that_is_no_relative_maildir_stays_as_it_is(courier: str):
    assert with_absolute_paths(load("", {"BOUNCER_FORWARD__COURIER": courier}), Path("/etc")).forward.courier == courier


def test_a_relative_path_of_a_route_fits_no_folder_with_a_space():
    with pytest.raises(ConfigError, match="has a space"):
        with_absolute_paths(load(RELATIVE, {}), Path("/srv/a b"))
