"""Pure functions of the pages: marks, links, the deciding line, names of browsers."""

import datetime as dt

import pytest

from bouncer.pages.drawing import draw, link
from bouncer.pages.marks import cut, visible
from bouncer.pages.report_page import MOST_LETTER, mark_line
from bouncer.pages.session_pages import browser_name, own_path
from bouncer.policy.sign_in import Role, form_token, is_form_token, is_secret, make_secret
from bouncer.web.problem import Problem
from bouncer.web.reading_language import chosen_language

SECRET = make_secret(bytes(32))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, é and 日本", "plain text, é and 日本"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("ann\u202egpj.exe", "ann⟦202E⟧gpj.exe"),
        ("\u2066a\u2069\u200b\ufeff", "⟦2066⟧a⟦2069⟧⟦200B⟧⟦FEFF⟧"),
        ("\x00\x1b[31m\r\x7f\x85", "⟦00⟧⟦1B⟧[31m⟦0D⟧⟦7F⟧⟦85⟧"),
        ("\u2028\u2029\ue000\U000e0041", "⟦2028⟧⟦2029⟧⟦E000⟧⟦E0041⟧"),
        ("\ud800", "⟦D800⟧"),
        ("jane\u3164@example.org\u2800\u115f", "jane⟦3164⟧@example.org⟦2800⟧⟦115F⟧"),
        ("\U000e0101a\u034f", "⟦E0101⟧a⟦34F⟧"),
        ("❤\ufe0f Größe नमस्ते ผู้ใช้ שָׁלוֹם e\u0301", "❤\ufe0f Größe नमस्ते ผู้ใช้ שָׁלוֹם e\u0301"),
        ("Z" + "\u0335" * 8, "Z" + "\u0335" * 6 + "⟦335⟧⟦335⟧"),
    ],
)
def test_what_cannot_be_seen_is_a_mark(text: str, expected: str):
    assert visible(text) == expected


def test_a_cut_text_is_one_line_within_its_limit():
    assert cut("a\n b\t c", 10) == "a b c"
    assert cut("x" * 1_000_000, 10) == "x" * 9 + "…"
    assert len(cut("\u202e" * 100, 20)) == 20


def test_a_link_is_ascii_whatever_is_in_it():
    url = link("/address", address='a"<é\u202e&b=c@x', account=None, since=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))

    assert url == "/address?address=a%22%3C%C3%A9%E2%80%AE%26b%3Dc%40x&since=2026-03-01T00%3A00%3A00%2B00%3A00"


@pytest.mark.parametrize(
    ("raw", "line", "marked"),
    [
        ("a\r\nsaid: 550 no\r\n  such user\r\nb", "550 no such user", "550 no\n  such user"),
        ("550 NO SUCH USER", "550 no such user", "550 NO SUCH USER"),
        ("550 (no) [such] user.*", "550 (no) [such] user.*", "550 (no) [such] user.*"),
        ("something else", "550 no such user", ""),
        ("anything", "", ""),
    ],
)
def test_the_deciding_line_is_found_however_it_is_folded(raw: str, line: str, marked: str):
    text = mark_line(raw, line)

    assert text.line == marked
    assert f"{text.before}{text.line}{text.after}" == raw.replace("\r\n", "\n")


def test_a_long_letter_is_shown_around_its_deciding_line():
    text = mark_line("a " * 50_000 + "550 no" + " b" * 50_000, "550 no")

    assert text.line == "550 no"
    assert text.is_cut
    assert len(text.before + text.line + text.after) <= MOST_LETTER


def test_a_letter_of_hidden_characters_stays_small():
    text = mark_line("\x00" * 100_000, "550 no")

    assert text.is_cut
    assert len(text.before + text.line + text.after) <= MOST_LETTER


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1 Safari/537.36 Edg/1",
            "Edge Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/1 Version/18.0 Safari/604.1",
            "Safari iPhone",
        ),
        ("<b>curl</b>", "<b>curl</b>"),
        ("", ""),
    ],
)
def test_a_browser_is_named_shortly(text: str, name: str):
    assert browser_name(text) == name


@pytest.mark.parametrize("path", ["/", "/activity?category=hard&since=2026-11-01", "/address?address=a%40b"])
def test_a_path_of_ours_is_gone_back_to(path: str):
    assert own_path(path) == path


@pytest.mark.parametrize("path", ["", "x", "//x", "/\\x", "\\\\x", "https://x", "/ x", "/\nx", "/é", "/" + "x" * 5000])
def test_any_other_path_leads_to_the_first_page(path: str):
    assert own_path(path) == "/"


def test_a_form_s_token_is_of_one_secret():
    other = make_secret(b"x" * 32)

    assert is_form_token(form_token(SECRET), SECRET)
    assert not is_form_token(form_token(other), SECRET)
    assert not is_form_token("", SECRET)
    assert not is_form_token("\ud800é", SECRET)
    assert SECRET not in form_token(SECRET)


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "\n", "é" * 43])
def test_what_is_no_secret_is_not_looked_up(text: str):
    assert is_secret(SECRET)
    assert not is_secret(text)


def test_each_role_may_do_what_those_before_it_may():
    order = [Role.SUPPORT, Role.OWNER, Role.OPERATOR]

    assert [[role.includes(other) for other in order] for role in order] == [
        [True, False, False], [True, True, False], [True, True, True],
    ]  # fmt: skip


def test_whatever_a_template_writes_is_escaped_and_visible():
    """``finalize`` and escaping hold for a value that no filter touched."""
    language = chosen_language("en", "")
    values = {"language": language, "say": language.say, "count": language.count, "session": None, "menu": (),
              "token": "", "languages": (), "where": "/", "asked": "", "style": "/pages.css"}  # fmt: skip
    problem = {"problem": Problem(500, "<b>\u202e'\"&</b>"), "typed": ("<i>\u202e",), "is_signed_out": False}
    page = draw("problem.html.j2", {**values, **problem}).decode()

    assert "&lt;b&gt;⟦202E⟧&#39;&#34;&amp;&lt;/b&gt;" in page
    assert "<bdi>&lt;i&gt;⟦202E⟧</bdi>" in page
