"""The contract of each port stands in its docstrings: what a call changes, and what a second call with the same arguments does."""

import ast
import re
from collections.abc import Iterator

from house.sources import PACKAGE, name_of, tree_of

READS = frozenset({"Close", "Count", "End", "Finish", "Give", "List", "Say", "Sum", "The", "Whether"})
"""First words of methods that change nothing in the store: they give something, or end the object itself."""
ENUMERATED = frozenset({"access", "action", "belief", "change", "outcome", "path_kind", "role", "source", "state"})
"""Names of fields and arguments for which ``ndr.reading``, ``policy`` or ``mail`` has an enumeration."""
SAYS_WHAT_A_SECOND_CALL_DOES = re.compile(
    r"idempotent|nothing (?:else )?changes|changes nothing|no change|second call", re.IGNORECASE
)
SAYS_WHETHER_A_CHANGE_LASTS = re.compile(r"commit|durabl|power cut", re.IGNORECASE)
HAND_OVER = "delivery.py"
"""The module of ports that hand something to another program, which alone knows what it keeps."""
MAY_BE_UNDONE = "write_unsynced"
"""The engine's method for changes of which a power cut may undo the last ones."""

Method = ast.FunctionDef | ast.AsyncFunctionDef


def methods_of(tree: ast.Module) -> Iterator[tuple[ast.ClassDef, Method]]:
    """Give each method of a module's classes."""
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef):
            yield from ((owner, method) for method in owner.body if isinstance(method, Method))


def changing_methods(tree: ast.Module) -> Iterator[tuple[ast.ClassDef, Method, str]]:
    """Give the methods of protocols that change something, with their docstrings."""
    for owner, method in methods_of(tree):
        words = ast.get_docstring(method) or ""
        if any("Protocol" in ast.unparse(base) for base in owner.bases) and words.split()[0] not in READS:
            yield owner, method, words


def silent_methods(tree: ast.Module) -> Iterator[str]:
    """Give the methods of protocols that change something and do not say what a second call does."""
    for owner, method, words in changing_methods(tree):
        if not SAYS_WHAT_A_SECOND_CALL_DOES.search(words):
            yield f"{owner.name}.{method.name}"


def methods_of_unknown_durability(tree: ast.Module) -> Iterator[str]:
    """Give the methods of protocols that change something where neither they nor their class say whether the change lasts."""
    for owner, method, words in changing_methods(tree):
        if not SAYS_WHETHER_A_CHANGE_LASTS.search(f"{ast.get_docstring(owner)} {words}"):
            yield f"{owner.name}.{method.name}"


def unsynced_methods() -> set[str]:
    """Give the public methods of the store whose change a power cut may undo."""
    return {
        method.name
        for module in sorted((PACKAGE / "store").rglob("*.py"))
        for _, method in methods_of(tree_of(module))
        if not method.name.startswith("_") and f"self._engine.{MAY_BE_UNDONE}(" in ast.unparse(method)
    }


def texts_for_members(tree: ast.Module) -> list[str]:
    """Give the fields and arguments that are a text where the layer below has an enumeration."""
    typed = [
        (node.arg if isinstance(node, ast.arg) else ast.unparse(node.target), node.annotation)
        for node in ast.walk(tree)
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None
    ]
    return [
        name
        for name, annotation in typed
        if name in ENUMERATED and any(isinstance(part, ast.Name) and part.id == "str" for part in ast.walk(annotation))
    ]


def test_a_text_where_an_enumeration_is_meant_is_seen():
    source = """
class Row:
    state: str | None
    belief: Belief

class Rows(Protocol):
    def rows(self, *, source: str, name: str, action: Action | None = None):
        pass
"""

    assert sorted(texts_for_members(ast.parse(source))) == ["source", "state"]


def test_ports_take_and_give_members_of_enumerations():
    modules = sorted((PACKAGE / "ports").glob("*.py"))

    assert {name_of(module): texts for module in modules if (texts := texts_for_members(tree_of(module)))} == {}


def test_a_method_without_such_words_is_seen():
    source = '''
class Shelf(Protocol):
    def add(self, book):
        """Put *book* on the shelf."""

    def remove(self, book):
        """Take *book* off. Idempotent."""

    def books(self):
        """Give the books."""

class Table:
    def lay(self):
        """Lay the table."""
'''

    assert list(silent_methods(ast.parse(source))) == ["Shelf.add"]


def test_each_method_of_a_port_that_changes_something_says_what_a_second_call_does():
    modules = sorted((PACKAGE / "ports").glob("*.py"))

    assert {name_of(module): silent for module in modules if (silent := list(silent_methods(tree_of(module))))} == {}


def test_a_method_that_does_not_say_whether_its_change_lasts_is_seen():
    source = '''
class Shelf(Protocol):
    """Holds books."""

    def add(self, book):
        """Put *book* on the shelf, durably."""

    def remove(self, book):
        """Take *book* off. Idempotent."""

class Table(Protocol):
    """Each call is one commit."""

    def lay(self):
        """Lay the table."""
'''

    assert list(methods_of_unknown_durability(ast.parse(source))) == ["Shelf.remove"]


def test_each_method_of_a_port_that_changes_something_says_whether_the_change_lasts():
    modules = sorted(path for path in (PACKAGE / "ports").glob("*.py") if path.name != HAND_OVER)

    assert {
        name_of(module): unknown
        for module in modules
        if (unknown := list(methods_of_unknown_durability(tree_of(module))))
    } == {}


def test_each_port_method_whose_change_a_power_cut_may_undo_says_so():
    words = {
        method.name: f"{ast.get_docstring(owner)} {ast.get_docstring(method)}"
        for module in sorted((PACKAGE / "ports").glob("*.py"))
        for owner, method in methods_of(tree_of(module))
    }

    assert len(unsynced_methods()) > 4
    assert {name for name in unsynced_methods() if "power cut" not in words[name]} == set()
