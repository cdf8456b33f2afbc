"""An account's own templates: used where they are good, in a sandbox, and ours where they fail."""

from pathlib import Path

import pytest

from bouncer.errors import ConfigError
from bouncer.ndr.reading import Kind
from bouncer.notify.templates import read_templates
from bouncer.policy.compose import Notice, compose
from bouncer.policy.compose.custom import MAX_DRAWN, NAMES, Custom
from bouncer.policy.compose.samples import load_custom

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
        ("{{ view.colour }}", "colour"),
        ("{% if %}", "line 1"),
        ("   ", "draws nothing"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ view.__init__.__globals__ }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "passwd"),
        ("{% for n in range(999999999) %}x{% endfor %}", "Range too big"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_template_that_fails_is_named_and_left_to_ours(source: str, says: str):
    custom = load_custom({"notice.txt.j2": source})

    assert custom.templates == {}
    assert says in custom.faults[0]
    assert custom.faults[0].startswith("notice.txt.j2")
    assert "A message of yours was marked as spam." in octets(custom)


def test_a_template_that_fails_on_one_notice_is_ours_for_that():
    """It goes through every check, and meets something that its author did not think of."""
    custom = load_custom({"notice.txt.j2": "Why: {{ view.causes[0].why }}"})

    assert custom.faults == ()
    assert "A message of yours was marked as spam." in octets(custom)


def test_what_a_template_draws_is_bounded():
    large = load_custom({"notice.txt.j2": f"{{{{ 'x' * {MAX_DRAWN + 1} }}}}"})

    assert len(octets(large)) < MAX_DRAWN


def test_a_file_that_is_no_template_of_ours_is_named():
    assert "no such template" in load_custom({"subject.j2": "x"}).faults[0]


def test_templates_lie_in_a_folder_for_each_account(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/notice.txt.j2").write_text("Hello")
    (tmp_path / "acme/README").write_text("{{")
    (tmp_path / "No Account").mkdir()

    found = read_templates(tmp_path)

    assert {name: list(one.templates) for name, one in found.items()} == {"acme": ["notice.txt.j2"]}
    assert read_templates(None) == {}
    with pytest.raises(ConfigError, match="templates"):
        read_templates(tmp_path / "none")
