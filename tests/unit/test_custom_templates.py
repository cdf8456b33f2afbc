"""An account's own templates: used where they are good, in a sandbox, and ours where they fail."""

from pathlib import Path

import pytest

from bouncer.cli.checks.finding import Level
from bouncer.cli.checks.templates import templates
from bouncer.errors import ConfigError
from bouncer.ndr.reading import Kind
from bouncer.notify.templates import read_templates
from bouncer.policy.compose import Notice, compose
from bouncer.policy.compose.custom import MAX_DRAWN, NAMES, Custom
from bouncer.policy.compose.samples import load_custom
from bouncer.settings import ForwardSettings

OURS = Path(__file__).parents[2] / "bouncer/policy/compose/templates"
NASTY = "<script>alert(1)</script>"


def octets(custom: Custom) -> str:
    import datetime as dt  # noqa: PLC0415

    at = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    told = Notice("ann@acme.example", "1@localhost", at, Kind.COMPLAINT, (), account="acme", contact=NASTY)
    return compose(told, from_="b@example.com", reverse_path="", custom=custom).octets.decode()


def test_a_good_template_is_used():
    custom = load_custom({"notice.txt.j2": "Hello from us: {{ view.sentence | wrap }}\n"})

    assert custom.faults == ()
    assert "Hello from us: A message of yours was marked as spam." in octets(custom)
    assert "<html" in octets(custom)  # the other form is ours


def test_our_own_templates_are_good_templates():
    sources = {name: (OURS / name).read_text() for name in NAMES}

    assert load_custom({"page.html.j2": (OURS / "page.html.j2").read_text(), **sources}).templates.keys() == set(NAMES)


def test_in_html_everything_is_escaped():
    html = octets(load_custom({"notice.html.j2": "<p>{{ view.contact }}</p>"})).partition("text/html")[2]

    assert "<p>&lt;script&gt;" in html
    assert NASTY not in html


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a\n{{ view.sentence", "line 2"),
        ("a\nb\n{{ view.colour }}", "line 3: 'bouncer"),
        ("{% if %}", "line 1"),
        ("   ", "draws nothing"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ view.__init__.__globals__ }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "passwd"),
        ("{% for n in range(999999999) %}x{% endfor %}", "a range of more than 1000"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_template_that_fails_is_named_and_left_to_ours(source: str, says: str):
    custom = load_custom({"notice.txt.j2": source})

    assert custom.templates == {}
    assert says in custom.faults[0]
    assert custom.faults[0].startswith("notice.txt.j2")
    assert "A message of yours was marked as spam." in octets(custom)


@pytest.mark.parametrize(
    "text",
    [
        "{x.__func__.__globals__[gettext].os.environ}",
        "{x.__self__.texts}",
        "{x[0]}",
        "{x!r}",
        "{x:>3000000}",
        "{x:%d}",
        "{}",
        "{0}",
    ],
)
@pytest.mark.parametrize(
    "asked", ["say({!r}, x=say)", "count({0!r}, {0!r}, 2, x=count)", "language.say({!r}, x=language)"]
)
def test_what_say_and_count_put_in_is_named_plainly(text: str, asked: str):
    """No attribute, item, conversion or width: no way from a value into the program, and no end of blanks."""
    drawn = octets(load_custom({"notice.txt.j2": "Said: {{ " + asked.format(text) + " }}\n"}))

    assert f"Said: {text}" in drawn.replace("=\r\n", "").replace("=3D", "=")


def test_a_value_is_no_template_and_a_name_that_is_not_given_is_a_fault():
    good = load_custom({"notice.txt.j2": "{{ say('{a} and {b}', a='{b}', b='{a.real}') }}\n"})
    bad = load_custom({"notice.txt.j2": "{{ say('{a} and {c}', a=1) }}\n"})

    assert "{b} and {a.real}" in octets(good)
    assert bad.faults == ("notice.txt.j2, line 1: KeyError: 'c'",)


def test_a_template_that_fails_on_one_notice_is_ours_for_that():
    """It goes through every check, and meets something that its author did not think of."""
    custom = load_custom({"notice.txt.j2": "Why: {{ view.causes[0].why }}"})

    assert custom.faults == ()
    assert "A message of yours was marked as spam." in octets(custom)


def test_what_a_template_draws_is_bounded():
    several = "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}x{% endfor %}{% endfor %}{% endfor %}"
    for source in (f"{{{{ 'x' * {MAX_DRAWN + 1} }}}}", several):
        large = load_custom({"notice.txt.j2": source})
        assert "draws more than" in large.faults[0]
        assert len(octets(large)) < MAX_DRAWN


def test_a_template_can_build_on_our_page_or_on_its_own():
    source = "{% extends 'page.html.j2' %}{% block content %}<p>{{ view.sentence }}</p>{% endblock %}"
    ours = load_custom({"notice.html.j2": source})
    own = load_custom({"notice.html.j2": source, "page.html.j2": "<html>Acme{% block content %}{% endblock %}</html>"})

    assert ours.faults == own.faults == ()
    assert "max-width:600px" in octets(ours)
    assert "<html>Acme<p>" in octets(own)


def test_a_file_that_is_no_template_of_ours_is_named():
    assert "no such template" in load_custom({"subject.j2": "x"}).faults[0]


def test_templates_lie_in_a_folder_for_each_account(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/notice.txt.j2").write_text("Hello")
    (tmp_path / "acme/README").write_text("{{")
    (tmp_path / ".git").mkdir()

    found = read_templates(tmp_path)

    assert {name: list(one.templates) for name, one in found.items()} == {"acme": ["notice.txt.j2"]}
    assert found["acme"].faults == ()
    assert read_templates(None) == {}
    with pytest.raises(ConfigError, match="templates"):
        read_templates(tmp_path / "none")


def test_a_fault_costs_one_file_and_is_told(tmp_path: Path):
    """Neither a file in another coding, nor one that is a folder, nor a slip in a name stops the daemon or the others."""
    (tmp_path / "No Account").mkdir()
    (tmp_path / "acme/digest.txt.j2").mkdir(parents=True)
    (tmp_path / "acme/notice.txt.j2").write_text("Hello")
    (tmp_path / "acme/notice.html.j2").write_bytes("Grüße".encode("latin-1"))
    (tmp_path / "acme/digest.html").write_text("a suffix is missing")

    found = read_templates(tmp_path)

    assert list(found["acme"].templates) == ["notice.txt.j2"]
    assert found["acme"].faults[:2] == ("digest.txt.j2: Is a directory", "notice.html.j2: not UTF-8 at octet 2")
    assert "digest.html: there is no such template" in found["acme"].faults[2]
    assert "no account can have this name" in found["No Account"].faults[0]


def test_check_names_the_faults_and_what_is_good(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/notice.txt.j2").write_text("Hello")
    (tmp_path / "acme/digest.txt.j2").write_text("{{ view.colour }}")

    found = [(one.level, one.says) for one in templates(ForwardSettings(templates=tmp_path))]

    assert [level for level, _ in found] == [Level.WARN, Level.OK]
    assert "colour" in found[0][1]
    assert found[1][1] == "notice.txt.j2"
    assert [one.level for one in templates(ForwardSettings(templates=tmp_path / "none"))] == [Level.FAIL]
    assert list(templates(ForwardSettings())) == []
