"""Every regular expression of the project takes time that grows no faster than the text: searched, and by steps, not by a clock.

A search begins at every character, so an expression that runs to the end of the text and fails there takes as many steps as the
text has characters, squared. Each is walked over (``steps``) with texts made of its own alphabet, of n, 2n and 4n characters: twice
the text may take twice the steps. Expressions that the code only matches, at one place, are matched here too; the code's own
syntax tree tells which they are.
"""

import ast
import gc
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from house.steps import Expression, TooManySteps, sre

import bouncer
from bouncer.ndr.cached import cached_property
from bouncer.store.erasures.spellings import make_gmail_spellings

ROOT = Path(bouncer.__file__).parent
LENGTH = 60
"""Characters of the shortest text. More than what an expression whose repetitions are cut to four mostly spans."""
END = "\0"
"""The end of each text: no repetition fits it, so an expression gives back all that it can."""
MOST = 2.6
"""How much the second doubling may add for what the first added: 2 where it is linear, 4 where it is quadratic."""
MANY_SIGNS = 14
"""Characters of an expression's alphabet that are also put together in pairs."""
_ONE_START = frozenset({"match", "fullmatch", "pattern"})
"""The uses of an expression that is not searched for; ``pattern`` is its text, which becomes part of another expression."""
_INLINE = frozenset({"search", "sub", "subn", "split", "findall", "finditer", "match", "fullmatch"})


def modules() -> Iterator[Any]:
    """Every module of the project, but for the steps of migrations, which are run and not imported."""
    for info in pkgutil.walk_packages(bouncer.__path__, "bouncer."):
        if ".migrations" not in info.name and not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def inside(value: Any, visited: set[int]) -> Iterator["re.Pattern[Any]"]:
    """Each expression that *value* is or holds: in collections, and in objects of our own classes."""
    if isinstance(value, re.Pattern):
        yield value
    if id(value) in visited:
        return
    visited.add(id(value))
    parts: list[Any] = []
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    elif type(value).__module__.startswith("bouncer.") and not isinstance(value, type):
        slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
        cached = [name for name, work in vars(type(value)).items() if isinstance(work, cached_property)]
        parts = [getattr(value, name) for name in cached if name == "pattern"]
        parts += [*getattr(value, "__dict__", {}).values(), *(getattr(value, name, None) for name in slots)]
    for part in parts:
        yield from inside(part, visited)


def made_by(value: Any) -> Any:
    """Give the result of a cached function without arguments, such as the lexicon's; any other value itself."""
    if hasattr(value, "cache_info") and not inspect.signature(value).parameters:
        return value()
    return value


@cache
def expressions() -> dict[str, "re.Pattern[Any]"]:
    """Every expression by a name: that of its module and its own, or its text where it has none."""
    by_name: dict[str, re.Pattern[Any]] = {}
    patterns: set[re.Pattern[Any]] = set()
    everything = [(module, name, made_by(value)) for module in modules() for name, value in vars(module).items()]
    for module, name, value in everything:
        if isinstance(value, re.Pattern) and f"{name} = " in Path(module.__file__).read_text():
            by_name[f"{module.__name__}.{name}"] = value
            patterns.add(value)
    for module, name, value in everything:
        if not isinstance(value, re.Pattern):
            for expression in inside(value, set()):
                if expression not in patterns:
                    patterns.add(expression)
                    by_name[f"{module.__name__}.{name}: {expression.pattern!r}"] = expression
    return by_name | inline()


@cache
def trees() -> dict[str, ast.Module]:
    """The syntax tree of each module, by the module's name.

    They stay to the end, and are so many objects that the collector needs a second for each pass over them: it leaves them out.
    """
    files = {path: path.relative_to(ROOT.parent).with_suffix("") for path in ROOT.rglob("*.py")}
    modules = {
        ".".join(name.parts).removesuffix(".__init__"): ast.parse(path.read_text()) for path, name in files.items()
    }
    gc.freeze()
    return modules


def inline() -> dict[str, "re.Pattern[Any]"]:
    """The expressions that are written where they are used: ``re.sub(r"...", ...)``."""
    calls = [
        (module, node) for module, tree in trees().items() for node in ast.walk(tree) if isinstance(node, ast.Call)
    ]
    return {
        f"{module}, line {call.lineno}": re.compile(written(call.args[0]), re.IGNORECASE)
        for module, call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in _INLINE
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "re"
    }


def written(argument: ast.expr) -> str:
    """The text of an argument; what is filled into it stands as an x."""
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)


def imported(module: str, tree: ast.Module) -> dict[str, str]:
    """Give the full name of each name that a module imports."""
    return {
        imported.asname or imported.name: f"{node.module}.{imported.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for imported in node.names
    }


@cache
def searched() -> frozenset[str]:
    """The names of all that is not only matched at one place, somewhere in the project: with the modules that they are of."""
    names: set[str] = set()
    for module, tree in trees().items():
        of_others = imported(module, tree)
        nodes = list(ast.walk(tree))
        matched = {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr in _ONE_START}
        for node in nodes:
            if id(node) in matched or isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            if isinstance(node, ast.Name):
                names.add(of_others.get(node.id, f"{module}.{node.id}"))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                names.add(f"{of_others.get(node.value.id)}.{node.attr}")
    return frozenset(names)


def is_searched(name: str) -> bool:
    """Whether the code searches for it, or does with it what cannot be told from its syntax."""
    return re.fullmatch(r"[\w.]+", name) is None or name in searched()


def sample(node: Any) -> str:
    """A short text that an element of a parse tree takes, looking around left out."""
    op, value = node
    if op is sre.LITERAL:
        return chr(value)
    if op is sre.BRANCH:
        return of_sequence(value[1][0])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return of_sequence(value[2]) * max(1, min(value[0], 4))
    if op is sre.SUBPATTERN:
        return of_sequence(value[3])
    if op is sre.ATOMIC_GROUP:
        return of_sequence(value)
    return signs_of(node)[0] if op in (sre.IN, sre.ANY, sre.NOT_LITERAL) else ""


def of_sequence(nodes: Any) -> str:
    return "".join(map(sample, nodes))


def signs_of(node: Any) -> list[str]:
    """Some characters that one element takes: of each part of a class one."""
    op, value = node
    if op is sre.LITERAL:
        return [chr(value)]
    if op is not sre.IN or value[0][0] is sre.NEGATE:
        outside = {chr(operand) for kind, operand in value[1:] if kind is sre.LITERAL} if op is sre.IN else set()
        return [
            sign for sign in "x 0é-@\n" if sign not in outside and (op is not sre.NOT_LITERAL or ord(sign) != value)
        ]
    characters = {sre.CATEGORY_SPACE: " ", sre.CATEGORY_DIGIT: "5", sre.CATEGORY_WORD: "w", sre.CATEGORY_NOT_SPACE: "x"}
    return [
        chr(operand) if kind is sre.LITERAL else chr(operand[0]) if kind is sre.RANGE else characters.get(operand, "-")
        for kind, operand in value
    ]


def elements(nodes: Any) -> Iterator[Any]:
    """Every element of a parse tree, those inside of others too."""
    for op, value in nodes:
        yield op, value
        if op is sre.BRANCH:
            for branch in value[1]:
                yield from elements(branch)
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT, sre.SUBPATTERN):
            yield from elements(value[-1])
        elif op is sre.ATOMIC_GROUP:
            yield from elements(value)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from elements(value[1])


def alphabet(tree: Any) -> list[str]:
    """The signs that an expression speaks of: of each class of them a few."""
    takes = (sre.LITERAL, sre.IN, sre.ANY, sre.NOT_LITERAL)
    return list(dict.fromkeys(sign for node in elements(tree) if node[0] in takes for sign in signs_of(node)[:4]))


def pairs(tree: Any) -> list[str]:
    """The first signs of the alphabet, two by two."""
    return ["".join(pair) for pair in product(alphabet(tree)[:MANY_SIGNS], repeat=2)]


def units(tree: Any) -> list[str]:
    """Give the parts of texts: each sign of the alphabet, the content of each repetition, the whole, and most of it."""
    repeated = [
        of_sequence(value[2])
        for op, value in elements(tree)
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
    ]
    whole = of_sequence(tree)
    return [unit for unit in dict.fromkeys([*alphabet(tree)[:40], *repeated, whole, whole[:-1], whole[1:]]) if unit]


def leads(tree: Any) -> list[str]:
    """Give texts that may stand before the repeated text, so that the later repetitions of an expression are reached, too."""
    nodes = list(tree)
    repeats = [number for number, node in enumerate(nodes) if node[0] in (sre.MAX_REPEAT, sre.POSSESSIVE_REPEAT)]
    return list(dict.fromkeys(["", *(of_sequence(nodes[:number]) for number in repeats[:6])]))


def has_no_end(tree: Any) -> bool:
    """Whether it repeats anything without end. Where nothing is, each start takes so many steps at most, whatever the text."""
    repeats = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
    return any(op in repeats and value[1] is sre.MAXREPEAT for op, value in elements(tree))


def grows(expression: Expression, lead: str, unit: str, *, search: bool, length: int = LENGTH) -> bool:
    """Whether twice the text takes more than twice the steps; asked again with longer texts before it is believed."""
    count = expression.steps_of_search if search else expression.steps_of_match
    try:
        single, double, quadruple = (
            count(lead + (unit * length * times)[: length * times] + END) for times in (1, 2, 4)
        )
    except TooManySteps:
        return True
    if quadruple - double <= MOST * (double - single) + LENGTH:
        return False
    return length > LENGTH or grows(expression, lead, unit, search=search, length=2 * length)


def grows_over(pattern: "re.Pattern[Any]", *, search: bool) -> tuple[str, str] | None:
    """A unit over which an expression's steps grow faster than the text, and what stood before it; None where there is none."""
    expression = Expression(pattern)
    if not has_no_end(expression.tree):
        return None
    texts = [*product(leads(expression.tree), units(expression.tree)), *(("", pair) for pair in pairs(expression.tree))]
    return next((text for text in texts if grows(expression, *text, search=search)), None)


def test_the_projects_expressions_are_found() -> None:
    names = [name for name in expressions() if re.fullmatch(r"[\w.]+", name)]

    assert len(names) > 150
    assert len(expressions()) > 1_000
    assert 80 < sum(map(is_searched, names)) < len(names)


def test_no_expression_is_searched_or_matched_in_more_than_linear_time() -> None:
    growing = {name: grows_over(pattern, search=is_searched(name)) for name, pattern in expressions().items()}

    assert {name: over for name, over in growing.items() if over is not None} == {}


MADE = {
    "bouncer.store.erasures.spellings": make_gmail_spellings(("k", "jo")).pattern,
    "bouncer.verdict.unread": re.compile(r"(?<![\w.@+/=&-])jane\.roe(?![\w@+/=&-]|\.\w)"),
}
"""An example of each expression that is made of somebody's values while the program runs, by the module that makes it."""
AT_START = frozenset({"bouncer.compose.beliefs", "bouncer.verdict.lexicon", "bouncer.web.exact_route"})
"""Modules whose functions make expressions of constants; where these are kept, they are found as all others."""


def test_each_expression_that_is_made_while_the_program_runs_has_an_example() -> None:
    functions = [
        (module, node)
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    makers = {
        module
        for module, function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "compile" and ast.unparse(node.value) == "re"
    }

    assert makers == MADE.keys() | AT_START


def test_no_expression_of_ours_takes_more_than_linear_time() -> None:
    assert {
        name: over for name, pattern in MADE.items() if (over := grows_over(pattern, search=True)) is not None
    } == {}


@pytest.mark.parametrize(
    "quadratic",
    [
        r"(?<=[@.])[ \t]+|[ \t]+(?=[@.])",  # each is one that was ours, and held a reader for seconds
        r"[ \t]++\([^()]*+\)$",
        r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]]+",
        r"\+(2B|3D)(?=[^@]*@)",
        r"a*a*b",
        r"(a*)*b",
        r"(a+b?)+c",
        r".*x.*y.*z",
        r"(\s*\w*)+$",
    ],
)
def test_an_expression_that_takes_more_is_seen(quadratic: str) -> None:
    assert grows_over(re.compile(quadratic), search=True) is not None


@pytest.mark.parametrize("linear", [r"(?<![ \t])[ \t]++\(", r"[^@]++", r"\n[ \t]*\n", r"x[ab]{0,5000}y"])
def test_a_linear_expression_is_not_complained_of(linear: str) -> None:
    assert grows_over(re.compile(linear), search=True) is None


def test_the_steps_that_are_counted_find_what_re_finds() -> None:
    for name, pattern in expressions().items():
        if isinstance(pattern.pattern, bytes):
            continue
        expression = Expression(pattern, cut=None)
        text = " ".join(units(expression.tree))[:300] + "\n" + of_sequence(expression.tree) * 2
        spans = [(begin, end) for _, begin, end in expression.searched(text)][:-1]
        assert spans == [match.span() for match in pattern.finditer(text)], name
