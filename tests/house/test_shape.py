"""The shape of the house: modules say what they are for, functions are short, files are small."""

import ast
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from house.sources import MODULES, PACKAGE, name_of, tree_of

LONGEST_FUNCTION = 60
LONGEST_MODULE = 260
LONGEST_TABLE = 400
"""Lines of a module that holds a list of rules, of settings or of verdicts: each entry of the list is an idea of its own."""
MEDIAN_FUNCTION = 10
COUSINS = ("utils", "helpers", "managers", "services", "processors")


@dataclass(frozen=True, slots=True)
class Shape:
    """The facts about a module: whether it has a docstring, its functions with their lines, its names at the top."""

    is_told: bool
    functions: list[tuple[str, int]]
    names: list[str]


@cache
def shapes() -> Mapping[str, Shape]:
    """Give the shape of each module."""
    return {name_of(module): shape_of(tree_of(module)) for module in MODULES}


def shape_of(tree: ast.Module) -> Shape:
    functions = [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    return Shape(bool(ast.get_docstring(tree)), functions, [name for node in tree.body for name in names_of(node)])


def names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name.id for name in targets if isinstance(name, ast.Name)]


def long_functions(shape: Shape) -> list[tuple[str, int]]:
    return [(name, lines) for name, lines in shape.functions if lines > LONGEST_FUNCTION]


def names_twice(shape: Shape) -> list[str]:
    return [name for name, count in Counter(shape.names).items() if count > 1]


def test_every_module_says_what_it_is_for():
    assert [module for module, shape in shapes().items() if not shape.is_told] == []


def test_no_function_is_long():
    assert {module: long for module, shape in shapes().items() if (long := long_functions(shape))} == {}


def test_modules_are_small():
    """Tables of data may be longer, because they are read as lists; the one of the store's columns and indexes stands whole."""
    tables = {"settings/sections.py", "verdict/table.py"}
    longest = {
        name: LONGEST_TABLE if name in tables or "/rules/" in name else LONGEST_MODULE
        for name in map(name_of, MODULES)
        if name != "store/tables.py"
    }
    lines = {name_of(module): len(module.read_text().splitlines()) for module in MODULES}

    assert {name: lines[name] for name, most in longest.items() if lines[name] > most} == {}


def test_the_median_function_is_short():
    assert statistics.median(lines for shape in shapes().values() for _, lines in shape.functions) <= MEDIAN_FUNCTION


def test_no_name_of_a_module_is_defined_twice():
    """A name that stands twice, as when two changes were merged, has two meanings or is one too many."""
    assert {module: names for module, shape in shapes().items() if (names := names_twice(shape))} == {}


def test_names_are_the_fields_own():
    names = {part for m in MODULES for part in m.relative_to(PACKAGE.parent).with_suffix("").parts}

    assert names.isdisjoint(COUSINS)
