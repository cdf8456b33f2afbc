"""Counts the steps that an engine which goes back and tries again takes with a regular expression: no clock, the same everywhere.

``re`` tells nobody how many steps it took, so the parse tree that it makes of an expression is walked here in the same order:
each start in turn, each alternative in turn, the longest repetition first, possessive ones never given back. Every character that
is looked at is a step. ``re`` itself leaves some out (it skips to a first letter) and takes none more, by more than a constant.

A repetition that has an end, as ``{0,200}``, takes at most ``CUT`` here: that leaves what grows with the text as it is, and the
constant, which is no matter of growth, small enough for short texts to show the growth.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MOST_STEPS = 500_000
"""Steps of one walk: far more than any expression of linear time takes with the texts of the tests."""
CUT = 4
"""The most that a bounded repetition repeats here."""

Match = Callable[["Run", int], Iterator[int]]
"""From a place, each place where a match of some part may end, in the engine's order."""

_DOTALL, _IGNORECASE = int(re.DOTALL), int(re.IGNORECASE)
"""As numbers: an operation on an enumeration's member makes a new one, which takes most of the time of making an expression."""


class TooManySteps(Exception):
    """The walk would take longer than anybody waits."""


class Run:
    """One walk over one text: what was stepped over, and what the groups hold."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps = 0
        self.groups: dict[int, tuple[int, int]] = {}

    def sees(self, place: int, fits: Callable[[str], bool]) -> bool:
        """Whether the character at *place* fits; one step."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooManySteps
        return place < len(self.text) and fits(self.text[place])


class Expression:
    """A compiled expression, as it is walked here."""

    def __init__(self, pattern: "re.Pattern[Any]", *, cut: int | None = CUT) -> None:
        source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
        self.tree = _parser.parse(
            source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
        )
        self._flags = pattern.flags
        self._cut = cut

    @cached_property
    def _match(self) -> Match:
        """Made when it is first asked: most expressions end by themselves, and are never walked."""
        return _sequence(list(self.tree), self._flags, self._cut)

    def searched(self, text: str) -> Iterator[tuple[Run, int, int]]:
        """Each match in *text*, as ``finditer`` gives them; the last one has no place: (-1, -1)."""
        run, at = Run(text), 0
        while at <= len(text):
            run.steps += 1
            run.groups.clear()
            end = next(self._match(run, at), -1)
            if end >= 0:
                yield run, at, end
            at = end if end > at else at + 1
        yield run, -1, -1

    def steps_of_search(self, text: str) -> int:
        """How many steps it takes to find every match in *text*."""
        steps = 0
        for run, _, _ in self.searched(text):
            steps = run.steps
        return steps

    def steps_of_match(self, text: str) -> int:
        """How many steps it takes to try it at the beginning of *text* only."""
        run = Run(text)
        next(self._match(run, 0), -1)
        return run.steps


def _sequence(nodes: list[Any], flags: int, cut: int | None) -> Match:
    """Make the function that matches *nodes* one after the other."""
    if not nodes:
        return lambda _run, at: iter((at,))
    first, rest = _node(nodes[0], flags, cut), _sequence(nodes[1:], flags, cut)
    if len(nodes) == 1:
        return first

    def both(run: Run, at: int) -> Iterator[int]:
        for place in first(run, at):
            yield from rest(run, place)

    return both


def _node(node: Any, flags: int, cut: int | None) -> Match:
    """Make the function that matches one element of a parse tree."""
    op, value = node
    if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        return _character(fits(node, flags))
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _repetition(op, value, flags, cut)
    if op in (sre.SUBPATTERN, sre.BRANCH, sre.ATOMIC_GROUP):
        return _brackets(op, value, flags, cut)
    if op in (sre.ASSERT, sre.ASSERT_NOT):
        return _look(op is sre.ASSERT, value[0] < 0, value[1], _sequence(list(value[1]), flags, cut))
    assert op in (sre.AT, sre.GROUPREF), f"no expression of ours has {op}"
    return _place(value, flags) if op is sre.AT else _group_again(value, flags)


def _brackets(op: Any, value: Any, flags: int, cut: int | None) -> Match:
    """Make the function that matches something in brackets: a group, alternatives, a part that is not given back."""
    if op is sre.BRANCH:
        return _branches([_sequence(list(branch), flags, cut) for branch in value[1]])
    if op is sre.ATOMIC_GROUP:
        return _first_of(_sequence(list(value), flags, cut))
    number, added, removed, inner = value
    return _group(number, _sequence(list(inner), (flags | added) & ~removed, cut))


def fits(node: Any, flags: int) -> Callable[[str], bool]:
    """Whether a character is one that this element of a parse tree takes."""
    op, value = node
    if op is sre.ANY:
        return (lambda _: True) if flags & _DOTALL else (lambda character: character != "\n")
    if op in (sre.LITERAL, sre.NOT_LITERAL):
        inside, negated = _of_items([(sre.LITERAL, value)]), op is sre.NOT_LITERAL
    else:
        negated = value[0][0] is sre.NEGATE
        inside = _of_items(value[1:] if negated else value)
    folds = bool(flags & _IGNORECASE)
    answers: dict[str, bool] = {}  # looking in a class costs more than anything else here

    def fitting(character: str) -> bool:
        if character not in answers:
            cases = {character, character.lower(), character.upper()} if folds else {character}
            answers[character] = any(inside(case) for case in cases) is not negated
        return answers[character]

    return fitting


def _of_items(items: list[Any]) -> Callable[[str], bool]:
    def inside(character: str) -> bool:
        return len(character) == 1 and any(_in_item(character, *item) for item in items)

    return inside


def _in_item(character: str, kind: Any, operand: Any) -> bool:
    if kind is sre.LITERAL:
        return ord(character) == operand
    if kind is sre.RANGE:
        return bool(operand[0] <= ord(character) <= operand[1])
    kinds = {
        sre.CATEGORY_SPACE: character.isspace(),
        sre.CATEGORY_DIGIT: character.isdecimal(),
        sre.CATEGORY_WORD: _in_word(character),
    }
    opposite = {
        sre.CATEGORY_NOT_SPACE: sre.CATEGORY_SPACE,
        sre.CATEGORY_NOT_DIGIT: sre.CATEGORY_DIGIT,
        sre.CATEGORY_NOT_WORD: sre.CATEGORY_WORD,
    }
    return kinds[operand] if operand in kinds else not kinds[opposite[operand]]


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _character(fitting: Callable[[str], bool]) -> Match:
    def step_over(run: Run, at: int) -> Iterator[int]:
        if run.sees(at, fitting):
            yield at + 1

    return step_over


def _repetition(op: Any, value: Any, flags: int, cut: int | None) -> Match:
    low, high, inner = value
    if cut is not None:
        low, high = min(low, cut), high if high is sre.MAXREPEAT else min(high, cut)
    body = _sequence(list(inner), flags, cut)
    single = len(inner) == 1 and inner[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN)
    if single and op is not sre.MIN_REPEAT:
        repeated = _run_of(low, high, fits(inner[0], flags))
    else:
        repeated = _repeated(low, high, body, lazy=op is sre.MIN_REPEAT)
    return _first_of(repeated) if op is sre.POSSESSIVE_REPEAT else repeated


def _run_of(low: int, high: int, fitting: Callable[[str], bool]) -> Match:
    """As many characters of one kind as there are, then fewer and fewer."""

    def run_of(run: Run, at: int) -> Iterator[int]:
        end = at
        while end - at < high and run.sees(end, fitting):
            end += 1
        for place in range(end, at + low - 1, -1):
            run.steps += 1
            yield place

    return run_of


def _repeated(low: int, high: int, body: Match, *, lazy: bool) -> Match:
    def again(run: Run, at: int, count: int = 0) -> Iterator[int]:
        run.steps += 1
        if lazy and count >= low:
            yield at
        if count < high:
            for place in body(run, at):
                if place > at or count < low:  # an empty one more changes nothing
                    yield from again(run, place, count + 1)
        if not lazy and count >= low:
            yield at

    return again


def _first_of(inner: Match) -> Match:
    """Make the function that gives the first match of *inner* alone, so that it is never given back."""

    def first(run: Run, at: int) -> Iterator[int]:
        place = next(inner(run, at), None)
        if place is not None:
            yield place

    return first


def _group(number: int | None, inner: Match) -> Match:
    def group(run: Run, at: int) -> Iterator[int]:
        for place in inner(run, at):
            if number is not None:
                run.groups[number] = (at, place)
            yield place

    return group


def _group_again(number: int, flags: int) -> Match:
    def again(run: Run, at: int) -> Iterator[int]:
        if number not in run.groups:
            return
        begin, end = run.groups[number]
        text, text_here = run.text[begin:end], run.text[at : at + end - begin]
        run.steps += 1 + len(text)
        if text == text_here or (flags & re.IGNORECASE and text.lower() == text_here.lower()):
            yield at + len(text)

    return again


def _branches(branches: list[Match]) -> Match:
    def any_of(run: Run, at: int) -> Iterator[int]:
        for branch in branches:
            run.steps += 1
            yield from branch(run, at)

    return any_of


def _look(is_positive: bool, behind: bool, tree: Any, inner: Match) -> Match:
    width = tree.getwidth()[0] if behind else 0

    def look(run: Run, at: int) -> Iterator[int]:
        run.steps += 1
        is_there = at >= width and next(inner(run, at - width), None) is not None
        if is_there is is_positive:
            yield at

    return look


def _place(kind: Any, flags: int) -> Match:
    """Make the function that matches a place and no character: a beginning, an end, a word's edge."""

    def is_there(text: str, at: int) -> bool:
        before, after = text[at - 1 : at] if at else "", text[at : at + 1]
        if kind in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
            return not at or (kind is sre.AT_BEGINNING and bool(flags & re.MULTILINE) and before == "\n")
        if kind is sre.AT_END_STRING:
            return not after
        if kind is sre.AT_END:
            return not after or (after == "\n" and (bool(flags & re.MULTILINE) or at + 1 == len(text)))
        edge = bool(before and _in_word(before)) is not bool(after and _in_word(after))
        return edge is (kind is sre.AT_BOUNDARY)

    def place(run: Run, at: int) -> Iterator[int]:
        run.steps += 1
        if is_there(run.text, at):
            yield at

    return place
