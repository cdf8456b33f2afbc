"""The sources of the project, as the house tests look at them.

To parse them all takes three seconds of the processor, and all trees together a hundred megabytes: each file of tests goes through
them once, and keeps what it looks for.
"""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "bouncer"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS_FOLDER = Path(__file__).parents[1]
TESTS = sorted(TESTS_FOLDER.rglob("*.py"))


def name_of(module: Path) -> str:
    """Give a module's path within the package, by which a test that fails names it."""
    return str(module.relative_to(PACKAGE))


def name_in_tests(module: Path) -> str:
    """Give the path of a module of the tests within their folder."""
    return str(module.relative_to(TESTS_FOLDER))


def tree_of(module: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(module.read_text())
