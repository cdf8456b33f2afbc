"""A function is named by what it does or gives: ``find_existing`` or ``lines_below``, and no bare ``standing`` or ``below``.

A property is a value, so it may be a participle, and ``of`` makes a value out of others: ``Forms.of(addresses)``.
"""

import ast
from collections.abc import Iterator

from house.sources import MODULES, name_of, tree_of

VERBS = frozenset({"embed", "exceed", "feed", "need", "proceed", "seed", "speed", "succeed"})
"""Words that end like a participle and are none."""
STATES = frozenset(
    {
        "alone", "astray", "bare", "begun", "best", "broken", "busy", "current", "different", "doubtful", "drawn", "earlier",
        "empty", "first", "former", "free", "full", "given", "idle", "inert", "known", "last", "later", "least", "leading",
        "longest", "lost", "lower", "made", "missing", "newest", "next", "odd", "old", "oldest", "once", "particular",
        "partial", "plain", "plausible", "ready", "recent", "residual", "seen", "sent", "shortest", "shown", "shrunk",
        "spelled", "standing", "taught", "unread", "unsent", "unused", "visible", "waiting", "whole", "written",
    }
)  # fmt: skip
"""Adjectives and irregular participles: each leaves out the noun or the verb."""
PREPOSITIONS = frozenset(
    {
        "about", "above", "after", "against", "among", "around", "at", "before", "behind", "below", "between", "by", "for",
        "in", "inside", "of", "outside", "over", "under", "until",
    }
)  # fmt: skip
"""A name that begins with one of these lacks its noun. A conversion does not: ``as_json``, ``from_text``, ``with_key``."""
CUSTOMARY = {
    ("mail/address.py", "folded"),  # beside ``comparable``: the address in that form
    ("store/engine/values.py", "in_parts"),  # read behind for: "for some in in_parts(values)"
    *(
        (f"store/engine/{name}.py", "after_commit") for name in ("backend", "postgresql", "sqlite")
    ),  # SQLAlchemy's word for it
}
"""Functions that keep such a name, each with its module and its reason."""


def is_nameless(name: str) -> bool:
    """Whether the name of a function leaves out both what it does and what it gives."""
    if name.startswith("__"):  # Python's own name
        return False
    first, *others = name.strip("_").split("_")
    if first in PREPOSITIONS:
        return True
    return not others and (first in STATES or (first.endswith("ed") and first not in VERBS))


def nameless(node: ast.AST) -> Iterator[str]:
    """Give the names of the functions below *node* that leave out what they do, without commands, properties and constructors."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [ast.unparse(mark) for mark in child.decorator_list]
            is_value_or_command = any("command" in mark or "property" in mark for mark in marks)
            is_constructor = child.name == "of" and "classmethod" in marks
            if is_nameless(child.name) and not is_value_or_command and not is_constructor:
                yield child.name
        yield from nameless(child)


def test_a_bare_participle_and_a_leading_preposition_are_seen():
    source = """
@click.command()
def allowed(): ...

class Watch:
    def refused(self): ...
    def note_refused(self): ...
    def __missing__(self): ...

    @classmethod
    def of(cls): ...

    async def _ready(self): ...

    @cached_property
    def _decoded(self): ...

def by_account(): ...
def from_text(): ...
def find_existing(): ...

def feed():
    def whole(): ...
"""

    assert list(nameless(ast.parse(source))) == ["refused", "_ready", "by_account", "whole"]


def test_a_function_is_named_by_what_it_does_or_gives():
    names = [
        (name_of(module), name)
        for module in MODULES
        for name in nameless(tree_of(module))
        if (name_of(module), name) not in CUSTOMARY
    ]

    assert names == []
