"""The contract of each port stands in its docstrings: what a call changes, and what a second call with the same arguments does."""

import ast
import re
from collections.abc import Iterator

from house.sources import PACKAGE, name_of, tree_of

READS = frozenset({"Close", "Count", "End", "Finish", "Give", "List", "Say", "Sum", "The", "Whether"})
"""First words of methods that change nothing in the store: they give something, or end the object itself."""
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
