"""Each setting is read by the code, and each constant is used: one that nobody reads promises what the program does not do."""

import ast
import re
from dataclasses import fields, is_dataclass

from house.sources import MODULES, name_of, tree_of

from bouncer.settings.sections import Settings

CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
"""The name of a constant."""
OF_TESTS = {("logs.py", "EVENTS")}
"""Constants that only tests read: the manual's table of the log's events, and the events in the code, are held to that list."""


def read_attributes(trees: list[ast.Module]) -> set[str]:
    """Give the names of all attributes that are read."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}


def constants_of(tree: ast.Module) -> set[str]:
    """Give the names of a module's constants."""
    targets = list[ast.expr]()
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=several):
                targets += several
            case ast.AnnAssign(target=target):
                targets.append(target)
    names = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return {name for name in names if CONSTANT.fullmatch(name)}


def used_names(tree: ast.Module) -> set[str]:
    """Give the names that a module reads, by itself or behind another module's name."""
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


def test_each_setting_is_read_outside_of_the_settings():
    trees = [tree_of(module) for module in MODULES if not name_of(module).startswith("settings/")]
    read = read_attributes(trees)
    unread = list[str]()
    for section in fields(Settings):
        value = section.default_factory() if callable(section.default_factory) else section.default
        assert is_dataclass(value), section.name
        unread += [f"{section.name}.{field.name}" for field in fields(value) if field.name not in read]

    assert unread == []


def test_each_constant_is_used():
    constants, used = set[tuple[str, str]](), set[str]()
    for module in MODULES:
        tree = tree_of(module)
        constants |= {(name_of(module), name) for name in constants_of(tree)}
        used |= used_names(tree)

    assert {constant for constant in constants if constant[1] not in used} == OF_TESTS


def test_an_unused_constant_is_seen():
    tree = ast.parse("MOST = 1\nLEAST: int = 2\n_RATES, one = (3, 4)\nprint(limits.LEAST)\nMOST = 5\n")

    assert constants_of(tree) - used_names(tree) == {"MOST", "_RATES"}
