"""The shape of the house: modules say what they are for, functions are short, files are small."""

import ast
import statistics
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "bouncer").rglob("*.py"))
LONGEST_FUNCTION = 60
LONGEST_MODULE = 260
MEDIAN_FUNCTION = 10
COUSINS = ("utils", "helpers", "managers", "services", "processors")


def functions(module: Path) -> list[tuple[str, int]]:
    return [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(module: Path):
    assert ast.get_docstring(ast.parse(module.read_text()))


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT)))
def test_no_function_is_long(module: Path):
    assert [(name, lines) for name, lines in functions(module) if lines > LONGEST_FUNCTION] == []


def test_modules_are_small():
    """Except tables of data and the settings, which are read as lists."""
    lists = {"bouncer/settings/sections.py", "bouncer/store/tables.py", "bouncer/verdict/table.py"}
    large = {
        str(m.relative_to(ROOT)): lines for m in MODULES if (lines := len(m.read_text().splitlines())) > LONGEST_MODULE
    }

    assert {name for name in large if name not in lists and "/rules/" not in name} == set(), large


def test_the_median_function_is_short():
    assert statistics.median(lines for m in MODULES for _, lines in functions(m)) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT)))
def test_nothing_is_named_twice(module: Path):
    """What was written twice, as when two changes were brought together, says two things or one too often."""
    names = [name for node in ast.parse(module.read_text()).body for name in named(node)]

    assert [name for name, count in Counter(names).items() if count > 1] == []


def named(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def test_names_are_the_fields_own():
    names = {part for m in MODULES for part in m.relative_to(ROOT).with_suffix("").parts}

    assert names.isdisjoint(COUSINS)
