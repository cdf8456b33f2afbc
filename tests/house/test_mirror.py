"""The unit tests stand where the code stands: each folder of theirs is a package, and each file tests its own package."""

import ast
from pathlib import Path

import pytest
from house.sources import PACKAGE, TESTS_FOLDER, tree_of

UNIT = TESTS_FOLDER / "unit"
FOLDERS = [path.name for path in sorted(UNIT.iterdir()) if path.is_dir() and path.name != "__pycache__"]
PACKAGES = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def names_imported(module: Path) -> list[str]:
    """The modules that a module imports, each by its whole name."""
    names = list[str]()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            names += [entry.name for entry in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{entry.name}" for entry in node.names)]
    return names


def packages_used(test: Path) -> set[str]:
    """The packages of ours that a test uses, by itself and by its helpers."""
    names = names_imported(test)
    helpers = [TESTS_FOLDER / f"{name.replace('.', '/')}.py" for name in names]
    names += [name for helper in helpers if helper.is_file() for name in names_imported(helper)]
    return {name.split(".")[1] for name in names if name.startswith("bouncer.")}


def test_each_package_has_its_folder_of_unit_tests():
    assert FOLDERS == PACKAGES


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_holds_tests_of_its_own_package(folder: str):
    tests = sorted((UNIT / folder).glob("test_*.py"))

    assert tests
    assert [test.name for test in tests if folder not in packages_used(test)] == []


def test_a_test_outside_of_the_folders_is_of_a_module_outside_of_the_packages():
    modules = {path.stem for path in PACKAGE.glob("*.py")}

    assert [test.name for test in UNIT.glob("*.py") if test.stem.removeprefix("test_") not in modules] == []


def test_helpers_stand_apart_from_tests():
    """A module that holds a test is imported by no other."""
    tests = {path.stem for path in TESTS_FOLDER.rglob("test_*.py")}
    borrowed = {
        (path.name, name)
        for path in TESTS_FOLDER.rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        for name in [(node.module or "").rpartition(".")[2], *(entry.name for entry in node.names)]
        if name in tests
    }

    assert sorted(borrowed) == []
