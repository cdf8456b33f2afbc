"""HTML parts as a browser lays them out: nothing is wider than a telephone, and every word can be read, light and dark."""

import json
from collections.abc import Iterator
from html import escape, unescape

import pytest
from programs.chromium import SCHEMES, Browser, chromium
from programs.mails import every, html

pytestmark = [pytest.mark.real("chromium"), pytest.mark.timeout(180)]

KINDS = ("invalid-recipient", "bad-reputation", "delay", "not proven", "many recipients", "hard to draw", "digest")
WIDTH = 360
"""CSS pixels of a telephone's width."""
READABLE = 4.5
"""Contrast of text and ground, level AA (WCAG 2.1, 1.4.3)."""
MEASURE = """
const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(n => n / 255)
  .map(n => n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ground = e => { const c = e ? getComputedStyle(e).backgroundColor : "rgb(255, 255, 255)";
  return /, 0\\)$/.test(c) ? ground(e.parentElement) : c; };
const contrast = e => { const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05); };
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, worst = [99, ""];
    const words = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) if (words.currentNode.data.trim()) {
      const seen = contrast(words.currentNode.parentElement);
      if (seen < worst[0]) worst.splice(0, 2, seen, words.currentNode.data.trim());
    }
    return { name: frame.name, width: page.documentElement.scrollWidth, contrast: worst[0], of: worst[1],
      dark: light(ground(page.body)) < 0.1 };
  });
  document.body.textContent = JSON.stringify(found);
});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def album(pages: dict[str, str]) -> str:
    """One page with every page in a frame as wide as a telephone, and a script that measures them."""
    frames = "".join(
        f'<iframe name="{name}" width="{WIDTH}" height="800" style="border:0" srcdoc="{escape(page)}"></iframe>'
        for name, page in pages.items()
    )
    return f'<!DOCTYPE html><meta name="color-scheme" content="light dark"><body>{frames}<script>{MEASURE}</script>'


def measured(browser: Browser, pages: dict[str, str], scheme: str) -> list[dict[str, object]]:
    document = browser.document(album(pages), scheme=scheme)
    measures: list[dict[str, object]] = json.loads(unescape(document.partition("<body>")[2].partition("</body>")[0]))
    assert [page["name"] for page in measures] == list(pages)
    return measures


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_fits_a_telephone_and_can_be_read(browser: Browser, scheme: str):
    pages = {f"{kind}, {code}": html(mail) for code, kind, mail in every() if kind in KINDS}

    measures = measured(browser, pages, scheme)

    assert {page["dark"] for page in measures} == {scheme == "dark"}
    assert [page for page in measures if page["width"] != WIDTH] == []
    assert [page for page in measures if page["contrast"] < READABLE] == []


@pytest.mark.parametrize(
    ("page", "scheme", "fault"),
    [
        (f"<p>{'x' * 200}</p>", "light", "width"),
        ('<p style="color:#888">grey</p>', "light", "contrast"),
        (
            '<style>:root{color-scheme:dark} p{color:#333}</style><body style="background:#111"><p>x</p>',
            "dark",
            "contrast",
        ),
    ],
)
def test_the_measure_sees_a_page_that_is_too_wide_or_unreadable(browser: Browser, page: str, scheme: str, fault: str):
    (measure,) = measured(browser, {"one": f"<!DOCTYPE html>{page}"}, scheme)

    assert (measure["width"] != WIDTH) == (fault == "width")
    assert (measure["contrast"] < READABLE) == (fault == "contrast")
