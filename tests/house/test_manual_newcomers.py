"""Each page of the manual tells a newcomer at once what it is for, and no page repeats another."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from manual import PAGES, ROOT, anchor

WHOLE = {"mailgun", "postmark", "sendgrid", *(page.stem for page in (ROOT / "docs/guides").glob("*.md"))}
"""Pages for people who come from one service: each is whole by itself, and may say what another says."""
LONG = 12
"""Words of a sentence that is said once."""


def first_paragraph(page: Path) -> str:
    """Give the paragraph below the title."""
    _, *paragraphs = re.split(r"\n{2,}", page.read_text().strip())
    return paragraphs[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_begins_with_a_sentence_that_says_what_it_is_for(page: Path):
    """No heading, list of links, table or code: whoever came here by a search needs a word first."""
    paragraph = first_paragraph(page)

    assert re.match(r"[A-Z*`]", paragraph), paragraph
    assert re.search(r"\w.*[.:]", paragraph), paragraph


def sentences(page: Path) -> set[str]:
    """The long sentences of a page's prose, without code, tables and links."""
    prose = re.sub(r"^```.*?^```|^( {4,}|\||#).*?$", "\n\n", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", prose)
    parts = (
        " ".join(part.split()) for block in re.split(r"\n{2,}", plain) for part in re.split(r"(?<=[.:;?])\s", block)
    )
    return {part for part in parts if len(part.split()) >= LONG}


def test_no_long_sentence_stands_on_two_pages():
    pages_of = defaultdict[str, list[str]](list)
    for page in PAGES:
        if page.stem not in WHOLE:
            for sentence in sentences(page):
                pages_of[sentence].append(page.name)

    assert len(pages_of) > 500
    assert {sentence: pages for sentence, pages in pages_of.items() if len(pages) > 1} == {}


def contents(page: Path) -> list[str]:
    """The headings that the list of links at the top of a page leads to; none where there is no such list."""
    paragraphs = re.split(r"\n{2,}", page.read_text())[:4]
    lists = [paragraph for paragraph in paragraphs if paragraph.startswith("[") and " · " in paragraph]
    return [name for paragraph in lists for name in re.findall(r"\]\(#([\w-]+)\)", paragraph)]


@pytest.mark.parametrize("page", [page for page in PAGES if contents(page)], ids=lambda page: page.stem)
def test_the_contents_of_a_page_name_every_part_of_it_in_order(page: Path):
    marks = "##|###" if page.stem == "CONTRIBUTING" else "##"
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(rf"^(?:{marks}) (.+)$", text, re.MULTILINE)

    assert contents(page) == [anchor(title) for title in titles]
