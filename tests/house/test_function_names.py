"""A function is named by what it does or gives: ``find_existing`` or ``lines_below``, and no bare ``standing`` or ``below``.

Methods for others are read behind their object (``watch.refused``), and properties are values: both may be participles.
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
    ("store/suppressions/suppressions.py", "in_force"),  # named as the port's method is
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


def nameless(node: ast.AST, *, in_class: bool = False) -> Iterator[str]:
    """Give the names of the functions below *node* that leave out what they do, without commands, properties and public methods."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            is_public_method = in_class and not child.name.startswith("_")
            is_decorated_name = any(
                "command" in ast.unparse(mark) or "property" in ast.unparse(mark) for mark in child.decorator_list
            )
            if is_nameless(child.name) and not is_public_method and not is_decorated_name:
                yield child.name
        yield from nameless(child, in_class=isinstance(child, ast.ClassDef))


def test_a_bare_participle_and_a_leading_preposition_are_seen():
    source = """
@click.command()
def allowed(): ...

class Watch:
    def refused(self): ...
    def __missing__(self): ...
    async def _ready(self): ...

    @cached_property
    def _decoded(self): ...

def by_account(): ...
def from_text(): ...
def find_existing(): ...

def feed():
    def whole(): ...
"""

    assert list(nameless(ast.parse(source))) == ["_ready", "by_account", "whole"]


def test_a_function_is_named_by_what_it_does_or_gives():
    names = [
        (name_of(module), name)
        for module in MODULES
        for name in nameless(tree_of(module))
        if (name_of(module), name) not in CUSTOMARY
    ]

    assert names == []
