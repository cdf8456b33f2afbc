"""Plain words: a name says what the value is or what the function does, and each class name stands once in the project."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

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
"""Names that say nothing of a value or an act: an article, a pronoun, a participle, a preposition."""
CONSTRUCTOR = "of"
"""A class method may have this name: ``Times.of(seconds)`` makes a value out of others."""


def riddles(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give (line, name) of each variable, argument, field, attribute and function of *tree* with such a name, also behind ``_``."""
    for node in ast.walk(tree):
        yield from ((getattr(node, "lineno", 0), name) for name in _names(node) if name.strip("_") in RIDDLES)


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [] if name == CONSTRUCTOR and _is_class_method(node) else [name]
    return []


def _is_class_method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "classmethod" for mark in node.decorator_list)


def test_the_count_sees_names_of_each_kind():
    source = """
class Row:
    told: int = 0
    count: int = 1

    @classmethod
    def of(cls, *them):
        cls._given = 1

def f(one, *, whose, **more):
    kept = [each for each in one]
    if found := kept:
        for those in found:
            pass
    with open(one) as it:
        return lambda of: of

async def _wanted():
    pass
"""

    assert sorted(name for _, name in riddles(ast.parse(source))) == [
        "_given", "_wanted", "each", "found", "it", "kept", "more", "of", "one", "them", "those", "told", "whose",
    ]  # fmt: skip


def test_names_say_what_a_value_is():
    riddles_of = {str(module.relative_to(ROOT)): list(riddles(ast.parse(module.read_text()))) for module in MODULES}

    assert {module: names for module, names in riddles_of.items() if names} == {}


def test_a_class_name_stands_once():
    classes = Counter(
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ClassDef)
    )

    assert {name for name, count in classes.items() if count > 1} == set()
