"""Plain words: a name says what the value is or what the function does, and each class name stands once in the project.

The names of the tests are looked at as well: a test is read as a sentence.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache

from house.sources import MODULES, TESTS, name_in_tests, name_of, tree_of

RIDDLES = frozenset(
    {
        "each",
        "found",
        "given",
        "it",
        "kept",
        "less",
        "more",
        "of",
        "one",
        "said",
        "them",
        "there",
        "they",
        "those",
        "told",
        "wanted",
        "what",
        "who",
        "whose",
    }
)
"""Names that say nothing of a value or an act: an article, a pronoun, a participle, a preposition."""
CODE_RIDDLES = RIDDLES | {"held", "known", "named", "past", "taken", "which"}
"""Names that the program must not have: participles and adjectives that leave out their noun, such as ``known`` for a directory."""
VALUES = CODE_RIDDLES | {
    "adding", "agreed", "alike", "asking", "awake", "badly", "became", "begun", "but", "called", "came", "changing", "counting",
    "done", "doubted", "drawn", "ended", "gone", "had", "heard", "knowing", "lately", "lessened", "lonely", "loose", "made",
    "narrowed", "nobodys", "older", "opened", "parted", "placed", "placeless", "played", "posted", "raised", "reached", "taking",
    "troubled", "was", "whence", "wished", "woken",
}  # fmt: skip
"""Names that no value and no function of the program may have; a noun says what the value is: ``read_letters``, not ``done``."""
PUBLIC = {("compose/view.py", "done")}
"""Names, each with its module, that the manual gives to people who write templates of their own (docs/notices.md)."""
TEST_RIDDLES = CODE_RIDDLES | {"asked", "came", "done", "gone", "got", "heard", "made", "opened", "seen", "shown"}
"""Names that a test must not have: participles for what a program did, answered, logged or sent."""
NO_SUBJECTS = frozenset(
    {
        "how", "it", "its", "of", "so", "that", "their", "them", "they", "those", "what", "whatever", "when", "where", "wherever",
        "whether", "which", "who", "whoever", "whose", "why",
    }
)  # fmt: skip
"""The first word of a test's name is none of these: the sentence names what it is about, and no whole before its part."""
PRONOUNS = ("_it", "_them", "_there")
"""The last words of names that leave open what they mean, but where the name is long enough to have named it before."""
LONG = 6
"""The words behind the first from which on a name may end with a pronoun."""
NO_ACTS = frozenset({"about", "at", "how", "listed", "nothing", "others", "over", "welcome", "where", "whom", "why"})
"""Names that say neither what a function does nor what it gives; a property, which is a value, may have some of them."""
CONSTRUCTOR = "of"
"""A class method may have this name: ``Times.of(seconds)`` makes a value out of others."""


def is_sentence(name: str) -> bool:
    """Whether the name of a test is a sentence: of two words at least, and about something that it names.

    A short name that ends with a pronoun, or with "is none", names only half of it.
    """
    first, *others = name.removeprefix("test_").split("_")
    is_half = name.endswith(("_is_none", "_are_none")) or (name.endswith(PRONOUNS) and len(others) < LONG)
    return first not in NO_SUBJECTS and len(others) > 0 and not is_half


def riddles(node: ast.AST, words: frozenset[str] = RIDDLES) -> Iterator[tuple[int, str]]:
    """Give (line, name) of each variable, argument, field, attribute or function that *node* names so, also behind ``_``."""
    yield from ((getattr(node, "lineno", 0), name) for name in _names(node) if name.strip("_") in words)


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [] if name == CONSTRUCTOR and _is_marked(node, "classmethod") else [name]
    return []


def _is_marked(node: ast.FunctionDef | ast.AsyncFunctionDef, decorator: str) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == decorator for mark in node.decorator_list)


def no_acts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Give (line, name) where *node* is a function whose name says nothing of its act or result."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            if name.strip("_") in NO_ACTS and not _is_marked(node, "property"):
                yield node.lineno, name


@cache
def names_of_modules() -> tuple[dict[str, list[tuple[int, str]]], Counter[str]]:
    """Give the riddles of each module, and how often each class name stands in the project."""
    riddles_of, classes = dict[str, list[tuple[int, str]]](), Counter[str]()
    for module in MODULES:
        nodes = list(ast.walk(tree_of(module)))
        riddles_of[name_of(module)] = [
            riddle
            for node in nodes
            for riddle in (*riddles(node, VALUES), *no_acts(node))
            if (name_of(module), riddle[1]) not in PUBLIC
        ]
        classes.update(node.name for node in nodes if isinstance(node, ast.ClassDef))
    return riddles_of, classes


def test_the_count_sees_names_of_each_kind():
    source = """
class Row:
    told: int = 0
    count: int = 1

    @classmethod
    def of(cls, *them):
        cls._given = 1

def f(one, *, whose, **more):
    kept = [each for each in one]
    if found := kept:
        for those in found:
            pass
    with open(one) as it:
        return lambda of: of

async def _wanted():
    pass
"""

    assert sorted(name for node in ast.walk(ast.parse(source)) for _, name in riddles(node)) == [
        "_given", "_wanted", "each", "found", "it", "kept", "more", "of", "one", "them", "those", "told", "whose",
    ]  # fmt: skip


def test_a_function_named_by_a_preposition_is_seen_and_a_property_is_not():
    source = """
class Row:
    @property
    def about(self):
        pass

    def where(self):
        pass

async def _listed():
    over = why = 1

def list_rows():
    pass
"""

    assert sorted(name for node in ast.walk(ast.parse(source)) for _, name in no_acts(node)) == ["_listed", "where"]


def test_names_say_what_a_value_is():
    riddles_of, _ = names_of_modules()

    assert {module: names for module, names in riddles_of.items() if names} == {}


def test_names_in_tests_say_what_a_value_is():
    riddles_of = {
        name_in_tests(module): [
            riddle for node in ast.walk(tree_of(module)) for riddle in (*riddles(node, TEST_RIDDLES), *no_acts(node))
        ]
        for module in TESTS
    }

    assert {module: names for module, names in riddles_of.items() if names} == {}


def test_the_name_of_a_test_is_a_sentence_about_something_that_it_names():
    riddles_of_names = (
        "test_it_is_kept", "test_topics", "test_the_command_says_it", "test_another_subject_is_none", "test_of_two_ends_one_holds",
        "test_what_was_dropped_stays", "test_who_holds_a_path_proves_nothing",
    )  # fmt: skip
    assert [name for name in riddles_of_names if is_sentence(name)] == []
    assert is_sentence("test_a_letter_outlives_the_store_that_kept_it")
    names = [
        f"{name_in_tests(module)}: {node.name}"
        for module in TESTS
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not is_sentence(node.name)
    ]

    assert names == []


def test_a_class_name_stands_once():
    _, classes = names_of_modules()

    assert {name for name, count in classes.items() if count > 1} == set()
