"""Every kind of mail in every language, as terminals and old mail programs show it."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser

from programs.mails import every, html, text

from bouncer.mail.outgoing import OutgoingMail

# Properties that Outlook for Windows draws of a div and of a table (Microsoft, "Word 2007 HTML and CSS Rendering Capabilities").
HIDDEN = {"display", "mso-hide"}
"""The second is Word's own: what inboxes show and the mail does not has both."""
DIV = HIDDEN | {
    *("color", "background", "border", "font-family", "font-size", "font-style", "font-weight", "letter-spacing"),
    *("line-height", "margin", "margin-top", "margin-bottom", "text-align", "text-transform", "white-space"),
}
TABLE = DIV | {"padding", "padding-top", "border-top", "max-width", "word-break"}
"""The last two it passes over: it has a width of its own, and breaks words itself."""


@cache
def mails() -> Mapping[str, OutgoingMail]:
    """Every mail by its kind and language; made when the first test asks, not in each process that only collects the tests."""
    return {f"{kind}, {code}": mail for code, kind, mail in every()}


def columns(line: str) -> int:
    """How wide a terminal shows a line (UAX 11)."""
    if line.isascii():
        return len(line)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    return len(line) + wide - sum(unicodedata.combining(character) > 0 for character in line)


def test_no_line_is_wider_than_72_columns():
    wide = {name: [line for line in text(mail).splitlines() if columns(line) > 72] for name, mail in mails().items()}

    assert {name: lines for name, lines in wide.items() if lines} == {}


def test_every_mail_server_takes_it_as_it_is():
    """RFC 5322 section 2.1.1: 998, and 78 for the lines of a header but for words that are longer themselves; 7 bits."""
    wrong = {
        name
        for name, mail in mails().items()
        if max(map(len, mail.octets.split(b"\r\n"))) > 998 or _long_headers(mail) or not mail.octets.isascii()
    }

    assert wrong == set()


def _long_headers(mail: OutgoingMail) -> list[bytes]:
    header, _, _ = mail.octets.partition(b"\r\n\r\n")
    return [field for field in header.split(b"\r\n") if len(field) > 78 and max(map(len, field.split())) < 60]


class _Styles(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.used: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        declared = (dict(attrs).get("style") or "").split(";")
        self.used |= {(tag, declaration.partition(":")[0].strip()) for declaration in declared if declaration}


def test_outlook_draws_every_style_where_it_stands():
    styles = _Styles()
    for mail in mails().values():
        styles.feed(html(mail))

    used = {(tag, name) for tag, name in styles.used if tag != "body"}
    assert used
    assert {name for tag, name in used if tag == "div"} <= DIV
    assert {name for tag, name in used if tag in ("table", "td")} <= TABLE
    assert {tag for tag, _ in used} <= {"div", "table", "td", "a"}
