"""The page of attacks: each fault of the review has a row, and each test that a row names is there."""

import ast
import re
from pathlib import Path

from manual import ROOT

TESTS = ROOT / "tests"
ROWS = [line for line in (ROOT / "docs" / "attacks.md").read_text().splitlines() if re.match(r"\| [DE]\d", line)]
FAULTS = [*(f"D{number}" for number in range(1, 24)), *(f"E{number}" for number in range(1, 13))]


def defined_in(file: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {step.name for step in ast.walk(ast.parse(file.read_text())) if isinstance(step, kinds)}


def mentioned_tests(text: str) -> list[tuple[str, str]]:
    """Give the tests that a cell names, each with the file before it."""
    file, tests = "", list[tuple[str, str]]()
    for name in re.findall(r"`([^`]+)`", text):
        if name.endswith(".py"):
            file = name
        else:
            tests.append((file, name))
    return tests


def test_each_fault_has_a_row_and_each_cell_says_something():
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in ROWS]

    assert [row[0] for row in cells] == FAULTS
    assert all(len(row) == 6 and all(row) for row in cells)


def test_each_fault_has_a_test_of_its_script_and_others_of_variations_and_each_is_there():
    for row in ROWS:
        scripts, variations = map(mentioned_tests, row.rsplit("|", 3)[1:3])
        assert scripts, row
        assert set(variations) - set(scripts), row
        for file, name in (*scripts, *variations):
            assert name.startswith("test_"), row
            assert name in defined_in(TESTS / file), f"{file} has no {name}"


def test_each_test_of_a_later_attack_is_there():
    page = (ROOT / "docs" / "attacks.md").read_text()
    later = [row for row in page.rpartition("Later hours")[2].splitlines() if "`" in row]

    assert later
    for row in later:
        for file, name in mentioned_tests(row.rsplit("|", 2)[1]):
            assert name in defined_in(TESTS / file), f"{file} has no {name}"


def test_each_file_that_the_threat_model_names_is_there():
    page = (ROOT / "docs" / "threats.md").read_text()

    assert [name for name in re.findall(r"`(tests/\S+?)`", page) if not (ROOT / name).exists()] == []
