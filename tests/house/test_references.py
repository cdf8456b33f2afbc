"""References: a docstring names arguments, fields and functions that exist, so that a rename leaves no trace of the old name."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from house.sources import MODULES, name_of, tree_of

ARGUMENT = re.compile(r"(?<![*\w`])\*([A-Za-z_]+)\*(?![*\w`])")
"""An argument or a field in a docstring, as in: Give the lines of *text*."""
MEMBER = re.compile(r"``(\w+)\.(?!py`)(\w+)(?:\(\))?``")
"""A module and its member in a docstring, as in ``codes.code_of``."""
FILE = re.compile(r"(?<![\w/.])([a-z_]+)\.py\b")
"""A module in a docstring by its file, as in needs.py."""
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def unknown_arguments(tree: ast.Module) -> list[str]:
    """Give "function: name" for each name between asterisks in a docstring that is no argument or field of what it documents."""
    return [
        f"{node.name}: {name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for name in ARGUMENT.findall(ast.get_docstring(node) or "")
        if name not in (_fields(node) if isinstance(node, ast.ClassDef) else _arguments(node))
    ]


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}


def _fields(class_: ast.ClassDef) -> set[str]:
    fields = {
        node.target.id for node in class_.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    for node in class_.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            fields |= _arguments(node) if node.name == "__init__" else {node.name}
    return fields


def _prose(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def _members(tree: ast.Module) -> set[str]:
    """Give the names that a module defines, those of its classes' members among them."""
    names = set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.add(name)
    return names


@cache
def references() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Give by module the unknown arguments, and the members and files that no module of ours has."""
    members, prose, arguments = dict[str, set[str]](), dict[str, list[str]](), dict[str, list[str]]()
    for module in MODULES:
        tree = tree_of(module)
        members.setdefault(module.stem, set()).update(_members(tree))
        prose[name_of(module)] = list(_prose(tree))
        if unknown := unknown_arguments(tree):
            arguments[name_of(module)] = unknown
    missing = {name: sorted(set(_missing(texts, members))) for name, texts in prose.items()}
    return arguments, {name: names for name, names in missing.items() if names}


def _missing(texts: list[str], members: dict[str, set[str]]) -> Iterator[str]:
    for text in texts:
        for module, member in MEMBER.findall(text):
            if module in members and members[module] and member not in members[module] | members.keys():
                yield f"{module}.{member}"
        yield from (f"{file}.py" for file in FILE.findall(text) if file not in members)


def test_the_search_sees_an_old_name_and_no_formula():
    source = '''
class Row:
    """One row; *count* of them, *rows* of it, and *old*."""

    count: int

    def __init__(self, rows):
        """Take *rows*."""

def read(text, *, most):
    """Read *text*, *most* octets of it; ``*args`` is no argument, 2 * 3 * 4 none, *octets* was one."""
'''

    assert unknown_arguments(ast.parse(source)) == ["Row: old", "read: octets"]


def test_docstrings_name_arguments_that_exist():
    arguments, _ = references()

    assert arguments == {}


def test_docstrings_name_modules_and_members_that_exist():
    _, missing = references()

    assert missing == {}
