"""Pure functions of the pages: marks, links, the deciding line, names of browsers."""

import datetime as dt
import quopri
import tracemalloc
from base64 import b64encode, encodebytes

import pytest

from bouncer.pages.deciding_line import MOST_LETTER, mark_line
from bouncer.pages.letter_text import LetterText, letter_text
from bouncer.pages.marks import cut, make_visible
from bouncer.pages.rendering import link, render
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
def test_an_invisible_character_is_a_mark(text: str, expected: str):
    assert make_visible(text) == expected


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
        ("550 no<br>\n<b>such</b>&nbsp;user", "550 no such user", "550 no<br>\n<b>such</b>&nbsp;user"),
        ("> 550 no\n> such user", "550 no such user", "550 no\n> such user"),
        ("Not delivered:\nTo a@b.example\nmailbox is full\n", "delivered: mailbox is full", "mailbox is full"),
        ("something else", "550 no such user", ""),
        ("550 yes", "550 no such user", ""),
        ("anything", "", ""),
    ],
)
def test_the_deciding_line_is_found_however_it_is_folded(raw: str, line: str, marked: str):
    text = mark_line(raw, line)

    assert text.line == marked
    assert f"{text.before}{text.line}{text.after}" == raw.replace("\r\n", "\n")


GERMAN = "Das Postfach von jane@example.org ist überfüllt.\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b64encode(GERMAN.encode())),
        ("Content-Transfer-Encoding: BASE64\nContent-Type: text/plain", encodebytes(GERMAN.encode())),
        (
            "Content-Transfer-Encoding: quoted-printable",
            quopri.encodestring(GERMAN.encode()).replace(b"von", b"v=\non"),
        ),
        ("Content-Type: text/plain; charset=iso-8859-1", GERMAN.encode("latin-1")),
        (
            "Content-Type: text/plain; charset=iso-8859-15\nContent-Transfer-Encoding: quoted-printable",
            quopri.encodestring(GERMAN.encode("latin-1")),
        ),
        ("Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64", b64encode(GERMAN.encode())),
        ("Content-Type: text/plain", GERMAN.encode()),
    ],
)
@pytest.mark.parametrize("is_a_part", [False, True])
def test_an_encoded_letter_is_shown_as_the_text_that_it_holds(head: str, body: bytes, *, is_a_part: bool):
    before = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" if is_a_part else "Subject: x\n"
    after = "\n--b\nContent-Type: text/plain\n\nEnde\n--b--\n" if is_a_part else ""
    raw = before.encode() + head.encode() + b"\n\n" + body + after.encode()
    text = letter_text(raw.replace(b"\n", b"\r\n"))

    assert text.text.startswith(f"{before}{head}\n\n")
    assert mark_line(text.text, "Postfach von jane@example.org ist überfüllt").line
    assert text.text.endswith(after)
    assert text.is_decoded == ("ncoding" in head)


def test_a_letter_in_a_charset_with_escapes_is_shown_as_its_text():
    words = "メールボックスがいっぱいです"
    raw = b"Content-Type: text/plain; charset=ISO-2022-JP\n\n" + words.encode("iso-2022-jp")

    assert mark_line(letter_text(raw).text, words).line == words


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: base64\n\n%%%\xff=",
        b"Content-Transfer-Encoding: base64\n\n" + b"A" * 99_999,
        b"Content-Transfer-Encoding: quoted-printable\n\n=\n==4=ZZ\x00",
        b"Content-Transfer-Encoding: base64\n" * 5000,
        b"Content-Type: text/plain; charset=punycode\n\n" + b"\xff" * 99_999,
        b"\n\n--".join([b"Content-Transfer-Encoding: base64\n\nQUFB"] * 5000),
    ],
)
def test_no_letter_is_too_odd_to_be_shown(raw: bytes):
    assert len(letter_text(raw).text) <= len(raw)


def test_an_attachment_stays_encoded():
    raw = b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"

    assert letter_text(raw) == LetterText(raw.decode(), is_decoded=False)


def test_a_long_letter_is_shown_around_its_deciding_line():
    text = mark_line("a " * 50_000 + "550 no" + " b" * 50_000, "550 no")

    assert text.line == "550 no"
    assert text.is_cut
    assert len(text.before + text.line + text.after) <= MOST_LETTER


@pytest.mark.parametrize(
    "filling",
    [" ", "\n", "\n>", "<", "<a", "<a>", "<" + "a" * 300, "&nbsp;", "550 ", "550 no ", "550 <a> ", "550 no <a"],
)
def test_the_deciding_line_is_looked_for_in_a_hostile_letter_without_much_memory_or_time(filling: str):
    raw = "550 no " + filling * (2_000_000 // len(filling)) + "such"
    tracemalloc.start()
    text = mark_line(raw, "550 no such user")
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert text.line == "" or text.line in raw
    assert memory < 40_000_000


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
def test_a_text_that_is_no_secret_is_not_looked_up(text: str):
    assert is_secret(SECRET)
    assert not is_secret(text)


def test_each_role_may_do_what_those_before_it_may():
    order = [Role.SUPPORT, Role.OWNER, Role.OPERATOR]

    assert [[role.includes(other) for other in order] for role in order] == [
        [True, False, False], [True, True, False], [True, True, True],
    ]  # fmt: skip


def test_values_of_a_template_are_escaped_and_visible():
    """``finalize`` and escaping hold for a value that no filter touched."""
    language = chosen_language("en", "")
    values = {"language": language, "say": language.say, "count": language.count, "session": None, "menu": (),
              "token": "", "languages": (), "where": "/", "asked": "", "style": "/pages.css"}  # fmt: skip
    problem = {"problem": Problem(500, "<b>\u202e'\"&</b>"), "typed": ("<i>\u202e",), "is_signed_out": False}
    page = render("problem.html.j2", {**values, **problem}).decode()

    assert "&lt;b&gt;⟦202E⟧&#39;&#34;&amp;&lt;/b&gt;" in page
    assert "<bdi>&lt;i&gt;⟦202E⟧</bdi>" in page
