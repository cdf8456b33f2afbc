"""The glossary has every word that a user meets in lists, notices and commands, or links the page that has it."""

import re

import pytest
from manual import ROOT

from bouncer.ndr.reading import Kind
from bouncer.policy.records import Belief, EntryState, LetterState
from bouncer.verdict.verdict import Category, Reason

GLOSSARY = ROOT / "docs/glossary.md"
WORDS = re.findall(r"^\| (.+?) \| (.+) \|$", GLOSSARY.read_text(), re.MULTILINE)
OWN = """account, alias, allow-list, belief, campaign, channel, courier, dialect, digest, evidence, lease, letter, notice, operator,
owner, entry, path for several, return path, stream, suppression, trail, verdict, preference, wish, reread""".replace(
    "\n", " "
)
FIELD = "ARF, BATV, DSN, enhanced status code, envelope sender, FBL, milter, NDR, smarthost, SRS, VERP"


def explained() -> list[str]:
    """The words of both tables, each by itself."""
    return [word for words, _ in WORDS if words not in ("word", "---") for word in words.split(", ")]


@pytest.mark.parametrize("values", [Category, Reason, Belief, LetterState, EntryState, Kind])
def test_every_value_stands_there_or_on_a_page_that_is_linked_there(values: type[Category]):
    glossary = GLOSSARY.read_text()
    pages = {GLOSSARY.parent / link for link in re.findall(r"\]\(([a-z-]+\.md)", glossary)}
    text = glossary + "".join(page.read_text() for page in pages)

    assert [value for value in values if f"`{value.value}`" not in text] == []


@pytest.mark.parametrize("values", [Category, Belief, LetterState, EntryState, Kind])
def test_short_lists_stand_there_whole(values: type[Category]):
    glossary = GLOSSARY.read_text()

    assert [value for value in values if f"`{value.value}`" not in glossary] == []


@pytest.mark.parametrize("word", [*OWN.split(", "), *FIELD.split(", ")])
def test_the_words_that_newcomers_trip_over_stand_there(word: str):
    assert word in explained()


def test_each_table_is_in_the_order_of_the_alphabet():
    words = [words.lower() for words, _ in WORDS if words != "---"]
    field = words.index("word", 1)

    for table in (words[1:field], words[field + 1 :]):
        assert table == sorted(table)


def test_each_word_is_explained_in_at_most_three_sentences():
    """With their links; longer is for the page."""
    assert [words for words, meaning in WORDS if len(re.findall(r"[.?!](?: |$)", meaning)) > 3] == []


def test_every_link_into_a_page_leads_to_a_heading():
    for page, anchor in re.findall(r"\]\(([a-z-]+\.md)#([a-z-]+)\)", GLOSSARY.read_text()):
        headings = re.findall(r"^#+ (.+)$", (GLOSSARY.parent / page).read_text(), re.MULTILINE)
        assert anchor in [re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings], anchor
