"""Plain words: locals are nouns that say what the value is, and each class name stands once in the project."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "bouncer"
MODULES = sorted(PACKAGE.rglob("*.py"))

RIDDLES = frozenset(
    {
        "each",
        "found",
        "given",
        "it",
        "kept",
        "less",
        "more",
        "of",
        "one",
        "said",
        "them",
        "there",
        "they",
        "those",
        "told",
        "wanted",
        "what",
        "who",
        "whose",
    }
)
"""Names that say nothing of a value: an article, a pronoun, a participle, a preposition."""


def riddles(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give (line, name) of each local of *tree* with such a name: parameters, variables, also those of comprehensions.

    A parameter that callers pass by keyword belongs to an interface, and a field to its class: neither is a local.
    """
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    fields = [statement.target for body in bodies for statement in body if isinstance(statement, ast.AnnAssign)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields:
            yield from [(node.lineno, node.id)] if node.id in RIDDLES else []
        elif isinstance(node, ast.arguments):
            places = (*node.posonlyargs, *node.args)
            yield from ((place.lineno, place.arg) for place in places if place.arg in RIDDLES)


def test_the_count_sees_locals_of_each_kind_and_no_field():
    source = """
class Row:
    told: int = 0

def f(one, *, whose):
    kept = [each for each in one]
    if found := kept:
        for those in found:
            pass
    with open(one) as it:
        return lambda of: of
"""

    assert sorted(name for _, name in riddles(ast.parse(source))) == [
        "each", "found", "it", "kept", "of", "one", "those",
    ]  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_locals_are_nouns(module: Path):
    assert list(riddles(ast.parse(module.read_text()))) == []


def test_a_class_name_stands_once():
    classes = Counter(
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ClassDef)
    )

    assert {name for name, count in classes.items() if count > 1} == set()
