"""The examples in the docstrings do what they say."""

import doctest
import importlib
import re
from pathlib import Path

from each import in_turn
from house.sources import MODULES, PACKAGE

EXAMPLE = re.compile(r"^ *>>> ", re.MULTILINE)
WITH_EXAMPLES = [module for module in MODULES if EXAMPLE.search(module.read_text())]


def run_examples(module: Path) -> None:
    name = ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts)
    results = doctest.testmod(importlib.import_module(name), verbose=False)
    assert results.attempted
    assert results.failed == 0


def test_each_example_of_a_docstring_gives_what_stands_below_it():
    assert WITH_EXAMPLES
    in_turn(WITH_EXAMPLES, run_examples)
