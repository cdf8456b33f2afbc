"""Plain sentences: a docstring, a comment and a page of the manual name the thing that they are about before they speak of it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "bouncer").rglob("*.py"))
MANUAL = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

CLAUSE_AS_SUBJECT = re.compile(r"(?:^|[.:;] |\n\n|# )(?:What|Whatever|Who|Whoever|Whose|That which)\b(?![^.\n]*\?)")
"""The beginning of a sentence whose subject is a clause, such as "What is stored ..."; a question is none."""


def prose(source: str) -> Iterator[str]:
    """Give the docstrings and comments of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


def clauses(texts: Iterator[str]) -> list[str]:
    return [text[match.start() : match.start() + 60] for text in texts for match in CLAUSE_AS_SUBJECT.finditer(text)]


def test_the_search_finds_a_clause_at_the_beginning_of_a_sentence_and_no_question():
    source = '"""What is stored stays.\n\nWhoever asks gets it.\n"""\nX = 1  # Whose turn it is\n'
    plain = (
        '"""Rows stay.\n\nA client that asks gets them: they are those of whoever asked.\n\nWhat became of it?\n"""\n'
    )

    assert len(clauses(prose(source))) == 3
    assert clauses(prose(plain)) == []


def test_no_sentence_of_the_code_has_a_clause_for_its_subject():
    assert {
        str(module.relative_to(ROOT)): begin for module in MODULES if (begin := clauses(prose(module.read_text())))
    } == {}


def test_no_sentence_of_the_manual_has_a_clause_for_its_subject():
    lines = {
        page: (line for line in page.read_text().splitlines() if not line.startswith("#"))  # a heading is no sentence
        for page in MANUAL
    }

    assert {str(page.relative_to(ROOT)): begin for page, text in lines.items() if (begin := clauses(text))} == {}
