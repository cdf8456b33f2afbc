"""Every regular expression of ``bouncer.ndr`` has linear time: checked by its structure, not by a clock.

An engine that goes back and tries again needs more than linear time where a repetition without end can be cut short in many ways:
one inside another, or two in a row. So each way through an expression holds at most one such repetition; the others are
possessive (``*+``), bounded, or end at a character that they cannot take.
"""

import importlib
import pkgutil
import re
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import bouncer.ndr

MANY = 1_000
"""A repetition that can take more than this counts as endless."""


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled expression that is a name of a module under ``bouncer.ndr``."""
    patterns = {}
    for info in pkgutil.walk_packages(bouncer.ndr.__path__, "bouncer.ndr."):
        module = importlib.import_module(info.name)
        patterns |= {
            f"{info.name}.{name}": value for name, value in vars(module).items() if isinstance(value, re.Pattern)
        }
    return patterns


def endless(tree: Any, *, outermost: bool = True) -> int:
    """How many endless repetitions that can give back lie on the worst way through *tree*."""
    total = 0
    for at, (op, value) in enumerate(tree):
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            _low, high, body = value
            inside = endless(body, outermost=False)
            total += inside * (MANY if high > 1 else 1)
            if high > MANY:
                total += 0 if stops_by_itself(body, tree[at + 1 :], outermost=outermost) else 1
        elif op is sre.SUBPATTERN:
            total += endless(value[-1], outermost=outermost and at + 1 == len(tree))
        elif op is sre.BRANCH:
            total += max(endless(branch, outermost=outermost and at + 1 == len(tree)) for branch in value[1])
        elif op is sre.GROUPREF_EXISTS:
            total += max(endless(branch, outermost=False) for branch in value[1:] if branch)
    return total


def stops_by_itself(body: Any, after: Any, *, outermost: bool) -> bool:
    """Whether nothing is gained by giving back: the end follows, or a character that the repetition cannot take."""
    rest = list(after)
    if not rest:
        return outermost
    op, value = rest[0]
    if op is sre.AT:
        return True
    return op is sre.LITERAL and len(body) == 1 and not takes(body[0], value)


def takes(element: Any, character: int) -> bool:
    """Whether one element of an expression may take *character*; ranges and categories may take any."""
    kind, argument = element
    if kind is sre.NOT_LITERAL:
        return bool(argument != character)
    if kind is not sre.IN:
        return True
    if argument[0][0] is sre.NEGATE:
        return (sre.LITERAL, character) not in argument[1:]
    return any(item == (sre.LITERAL, character) or item[0] in (sre.RANGE, sre.CATEGORY) for item in argument)


def test_the_check_finds_expressions() -> None:
    assert len(patterns()) > 40


@pytest.mark.parametrize(("name", "pattern"), patterns().items(), ids=list(patterns()))
def test_an_expression_goes_back_over_one_endless_repetition_at_most(name: str, pattern: re.Pattern[str]) -> None:
    assert endless(_parser.parse(pattern.pattern, pattern.flags)) <= 1


@pytest.mark.parametrize(
    "quadratic", [r"a*a*b", r"(a*)*b", r"(a+b?)+c", r".*x.*y.*z", r"(\s*\w*)+$"], ids=lambda pattern: pattern
)
def test_the_check_finds_what_it_looks_for(quadratic: str) -> None:
    assert endless(_parser.parse(quadratic)) > 1
