"""Plain sentences: docstrings and comments, of tests too, and the manual name a thing before they speak of it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted([*(ROOT / "bouncer").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])
MANUAL = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

CLAUSE_AS_SUBJECT = re.compile(
    r"(?:^|[.:;]\s+|\n\s*\n\s*|# )(?:What|Whatever|Who|Whoever|Whose|That which)\b(?![^.\n]*\?)"
)
"""The beginning of a sentence whose subject is a clause, such as "What is stored ..."; a question is none."""

PART_BEFORE_SUBJECT = re.compile(r"(?:^|[.:;]\s|\n\s*\n\s*|# )Of\b(?![^.\n]*\?)")
"""The beginning of a sentence that names a whole before the part that it is about, such as "Of two ends the later one stays"."""
POINTS_ELSEWHERE = re.compile(r"^\s*(?:# )?(?:The same|Likewise|It|They|He|She|Its|Their|This|These|Those|Such)\b")
"""The beginning of a docstring or comment that only the text before it explains, such as "The same in a transcript"."""

OBJECT_UNNAMED = re.compile(r"^(?:None:|(?!Let|That)[A-Z][a-z]+ (?:it|them)\b)")
"""The beginning of a docstring that says what is done, and not to which thing, such as "Close it"."""

UNIT_ALONE = re.compile(r"^(?:Octets|Characters|Lines|Rows|Seconds|Minutes|Hours|Days)\s*[;:.]")
"""The beginning of a constant's docstring that tells a unit and not what is measured, such as "Seconds; zero would ..."."""

HOOK_ALONE = re.compile(r"^Hook of \w+\.\s*$")
"""A docstring that says who calls a method, and nothing of what the method does."""


def prose(source: str) -> Iterator[str]:
    """Give the docstrings and comments of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


@cache
def prose_of_modules() -> Mapping[str, Sequence[str]]:
    """Give the docstrings and comments of every module, by its path; they are parsed once for all tests."""
    return {str(module.relative_to(ROOT)): tuple(prose(module.read_text())) for module in MODULES}


def clauses(texts: Iterable[str], beginning: re.Pattern[str] = CLAUSE_AS_SUBJECT) -> list[str]:
    return [text[match.start() : match.start() + 60] for text in texts for match in beginning.finditer(text)]


def test_the_search_finds_a_clause_at_the_beginning_of_a_sentence_and_no_question():
    source = '"""What is stored stays.\n\n    Whoever asks gets it.\n"""\nX = 1  # Whose turn it is\n'
    plain = (
        '"""Rows stay.\n\nA client that asks gets them: they are those of whoever asked.\n\nWhat became of it?\n"""\n'
    )

    assert len(clauses(prose(source))) == 3
    assert clauses(prose(plain)) == []


def test_no_sentence_of_the_code_has_a_clause_for_its_subject():
    assert {module: begin for module, texts in prose_of_modules().items() if (begin := clauses(texts))} == {}


def test_the_search_finds_a_part_before_its_subject_and_a_text_that_points_elsewhere():
    source = (
        '"""Of two ends the later stays.\n\nRows stay: of two, one. Of more, none.\n"""\n'
        'X = 1\n"""The same in seconds."""\nY = 2  # It holds both\nZ = 3\n"""Of what?"""\n'
    )

    assert clauses(prose(source), PART_BEFORE_SUBJECT) == [
        "Of two ends the later stays.\n\nRows stay: of two, one. Of mor",
        ". Of more, none.\n",
    ]
    assert clauses(prose(source), POINTS_ELSEWHERE) == ["The same in seconds.", "# It holds both"]


def test_no_sentence_of_the_code_names_a_part_before_its_subject_or_begins_with_a_pronoun():
    assert {
        (module, text)
        for module, texts in prose_of_modules().items()
        for beginning in (PART_BEFORE_SUBJECT, POINTS_ELSEWHERE)
        for text in clauses(texts, beginning)
    } == set()


def test_a_unit_without_the_thing_that_it_measures_is_seen():
    source = 'X = 1\n"""Seconds; zero would not do."""\nY = 2\n"""Seconds of a wait; zero would not do."""\n'

    assert clauses(prose(source), UNIT_ALONE) == ["Seconds; zero would not do."]


def test_no_docstring_tells_a_unit_and_not_what_is_measured():
    assert {
        (module, text) for module, texts in prose_of_modules().items() for text in clauses(texts, UNIT_ALONE)
    } == set()


def test_a_docstring_of_the_program_names_the_thing_before_it_says_it():
    examples = ["Close it.", "Whether it holds.", "None: nothing ends.", "Close the connection, and delete it."]

    assert clauses(examples, OBJECT_UNNAMED) == examples[:3]
    assert {
        (module, text)
        for module, texts in prose_of_modules().items()
        for text in clauses(texts, OBJECT_UNNAMED)
        if module.startswith("bouncer/")  # a test's docstring goes on where its name ends
    } == set()


def test_a_hook_says_what_it_does():
    assert clauses(["Hook of asyncio.", "Hook of asyncio: count the connection."], HOOK_ALONE) == ["Hook of asyncio."]
    assert {
        (module, text) for module, texts in prose_of_modules().items() for text in clauses(texts, HOOK_ALONE)
    } == set()


def test_no_sentence_of_the_manual_has_a_clause_for_its_subject():
    assert {name: begin for name, lines in manual_lines() if (begin := clauses(lines))} == {}


def test_no_sentence_of_the_manual_names_a_part_before_its_subject():
    """But for the page that gives shares of lists: "of 130 letters 93 % were right"."""
    sentences = {name: clauses(lines, re.compile(r"(?:^|[.:;|]\s)Of [a-z]")) for name, lines in manual_lines()}

    assert {name: begin for name, begin in sentences.items() if begin and name != "docs/reading.md"} == {}


def manual_lines() -> Iterator[tuple[str, list[str]]]:
    """Give the name of each page, and its lines without headings, which are no sentences."""
    for page in MANUAL:
        yield str(page.relative_to(ROOT)), [line for line in page.read_text().splitlines() if not line.startswith("#")]
