"""An account's own templates: what they are given, what the sandbox and the bounds keep from them, what is said of faults.

How they are rendered in a process with bounds is in test_rendering_process.py.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from bouncer.compose.custom import MAX_OUTPUT, NAMES, TemplateOutput, refusal
from bouncer.compose.custom_rendering import render
from bouncer.compose.notice import Notice
from bouncer.compose.owner_mails import compose, shown_notice
from bouncer.compose.samples import sample
from bouncer.doctor.finding import Level
from bouncer.doctor.templates import templates
from bouncer.errors import ConfigError
from bouncer.ndr.reading import Kind
from bouncer.notify.templates import read_templates
from bouncer.settings.sections import ForwardSettings
from bouncer.workers.rendering_orders import RenderingOrder, read_order, write_order

OURS = Path(__file__).parents[3] / "bouncer/compose/templates"
NASTY = "<script>alert(1)</script>"
AT = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
TOLD = Notice("ann@acme.example", "1@localhost", AT, Kind.COMPLAINT, (), account="acme", contact=NASTY)


def rendered(sources: Mapping[str, str], name: str = "notice.txt.j2") -> TemplateOutput:
    """Render as the rendering process does, which gets what is asked as JSON."""
    rendering = read_order(write_order(RenderingOrder(sources, name, shown_notice(TOLD))))
    return render(rendering.sources, rendering.name, rendering.shown)


def octets(rendered: Mapping[str, str]) -> str:
    return compose(TOLD, from_="b@example.com", reverse_path="", custom_texts=rendered).octets.decode()


def test_drawn_text_is_sent_in_place_of_ours():
    name = "notice.txt.j2"
    text = rendered({name: "Hello from us: {{ view.sentence | wrap }}\n"}).text

    assert "Hello from us: A spam complaint about one of your messages was reported." in octets({name: text})
    assert "<html" in octets({name: text})  # the other form is ours


@pytest.mark.parametrize("name", NAMES)
def test_our_own_templates_are_good_templates_and_draw_the_same(name: str):
    sources = {file_name: (OURS / file_name).read_text() for file_name in (*NAMES, "page.html.j2")}
    contents = sample(name)

    assert render(sources, name, contents).fault == ""
    assert render(sources, name, contents) == render({}, name, contents)


def test_in_html_everything_is_escaped():
    html = rendered({"notice.html.j2": "<p>{{ view.contact }}</p>"}, "notice.html.j2").text

    assert html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a\n{{ view.sentence", "line 2"),
        ("a\nb\n{{ view.colour }}", "line 3: 'dict object' has no attribute 'colour'"),
        ("{% if %}", "line 1"),
        ("{{ language.texts }}", "'dict object' has no attribute 'texts'"),
        ("{{ language.texts.add_fallback(language.texts) }}Hello", "'dict object' has no attribute 'texts'"),
        ("{{ lipsum(n=100000, html=False) }}", "'lipsum' is undefined"),
        ("{{ view.update({'sentence': 'x'}) }}", "unsafe"),
        ("{{ view.causes.append(1) }}", "unsafe"),
        ("{{ say.__self__ }}", "__self__"),
        ("{{ say.__closure__ }}", "unsafe"),
        ("{{ say.__globals__ }}", "unsafe"),
        ("{{ cycler.__init__.__globals__ }}", "unsafe"),
        ("{% for n in range(10 ** 30) %}x{% endfor %}", "OverflowError"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "RecursionError"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ view.__init__.__globals__ }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "passwd"),
        ("{% for n in range(999999999) %}x{% endfor %}", "a range of more than 1000"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_template_that_fails_is_named_with_its_line(source: str, says: str):
    output = rendered({"notice.txt.j2": source})

    assert output.text == ""
    assert says in output.fault
    assert output.fault.startswith("notice.txt.j2")


def test_the_description_of_a_fault_is_bounded():
    assert len(rendered({"notice.txt.j2": "{{ {}['x' * 100000] }}"}).fault) <= 500


def test_nothing_of_ours_reaches_a_template():
    """Texts, numbers, lists, dicts: plain JSON, which holds nothing else."""
    import json  # noqa: PLC0415

    for name in NAMES:
        contents = sample(name)
        assert contents is not None
        assert json.loads(json.dumps(contents.view)).keys() == contents.view.keys()


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
@pytest.mark.parametrize("call", ["say({!r}, x=say)", "count({0!r}, {0!r}, 2, x=count)"])
def test_say_and_count_fill_in_plain_names_alone(text: str, call: str):
    """No attribute, item, conversion or width: no way from a value into the program, and no end of blanks."""
    assert rendered({"notice.txt.j2": "Said: {{ " + call.format(text) + " }}\n"}).text == f"Said: {text}"


def test_a_value_is_no_template_and_a_name_that_is_not_given_is_a_fault():
    good = rendered({"notice.txt.j2": "{{ say('{a} and {b}', a='{b}', b='{a.real}') }}\n"})
    bad = rendered({"notice.txt.j2": "{{ say('{a} and {c}', a=1) }}\n"})

    assert "{b} and {a.real}" in good.text
    assert bad.fault == "notice.txt.j2, line 1: KeyError: 'c'"


def test_the_text_of_a_template_is_bounded():
    for source in (f"{{{{ 'x' * {MAX_OUTPUT + 1} }}}}", "{% for a in range(1000) %}{{ 'x' * 10000 }}{% endfor %}"):
        assert "renders more than" in rendered({"notice.txt.j2": source}).fault


def test_a_template_can_build_on_our_page_or_on_its_own():
    name, source = (
        "notice.html.j2",
        "{% extends 'page.html.j2' %}{% block content %}<p>{{ view.sentence }}</p>{% endblock %}",
    )
    ours = rendered({name: source}, name)
    own = rendered({name: source, "page.html.j2": "<html>Acme{% block content %}{% endblock %}</html>"}, name)

    assert ours.fault == own.fault == ""
    assert "max-width:600px" in ours.text
    assert "<html>Acme<p>" in own.text


def test_a_file_that_is_no_template_of_ours_is_named():
    assert "no such template" in refusal("subject.j2", "x")
    assert "longer than" in refusal("page.html.j2", "x" * (256 * 1024 + 1))
    assert [refusal(name, "{{") for name in NAMES] == [""] * len(NAMES)


def test_templates_lie_in_a_folder_for_each_account(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/notice.txt.j2").write_text("Hello")
    (tmp_path / "acme/README").write_text("{{")
    (tmp_path / ".git").mkdir()

    templates_read = read_templates(tmp_path)

    assert {name: own.sources for name, own in templates_read.items()} == {"acme": {"notice.txt.j2": "Hello"}}
    assert templates_read["acme"].faults == ()
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

    templates_read = read_templates(tmp_path)

    assert list(templates_read["acme"].sources) == ["notice.txt.j2"]
    missing, *others = templates_read["acme"].faults
    assert others == ["digest.txt.j2: Is a directory", "notice.html.j2: not UTF-8 at octet 2"]
    assert missing.startswith("digest.html: there is no such template")
    assert "no account can have this name" in templates_read["No Account"].faults[0]


def test_check_names_the_faults_and_what_is_good(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/notice.txt.j2").write_text("Hello")
    (tmp_path / "acme/digest.txt.j2").write_text("{{ view.colour }}")

    answers = [(finding.level, finding.says) for finding in templates(ForwardSettings(templates=tmp_path))]

    assert [level for level, _ in answers] == [Level.WARN, Level.OK]
    assert "colour" in answers[0][1]
    assert answers[1][1] == "notice.txt.j2"
    assert [finding.level for finding in templates(ForwardSettings(templates=tmp_path / "none"))] == [Level.FAIL]
    assert list(templates(ForwardSettings())) == []
