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


def silent_methods(tree: ast.Module) -> Iterator[str]:
    """Give the methods of protocols that change something and do not say what a second call does."""
    for protocol in tree.body:
        if isinstance(protocol, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in protocol.bases):
            for method in protocol.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                    words = ast.get_docstring(method) or ""
                    if words.split()[0] not in READS and not SAYS_WHAT_A_SECOND_CALL_DOES.search(words):
                        yield f"{protocol.name}.{method.name}"


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
