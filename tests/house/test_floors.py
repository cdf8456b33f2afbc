"""The floors: imports go down only, rooms on one floor do not see one another, the lowest five are pure."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from house import sources
from house.floors import FLOORS
from house.sources import tree_of

PACKAGE = sources.PACKAGE

FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
PURE = 4  # mail, ndr, verdict, policy, compose
SHARED_VALUES = {("errors", "mail"), ("settings", "ports")}  # one uses the words of the other; never both ways
IMPURE = frozenset(
    [
        "asyncio",
        "socket",
        "logging",
        "os",
        "time",
        "random",
        "secrets",
        "subprocess",
        "threading",
        "sqlite3",
        "sqlalchemy",
        "aiosqlite",
        "aiosmtpd",
        "aiosmtplib",
    ]
)
THIRD_PARTIES_BELOW = {
    "mail/address.py": {"idna"},  # tables and no I/O
    "mail/keys.py": {"cryptography"},  # HKDF, which is arithmetic
    "ndr/dialects/flufl.py": {"flufl"},  # the one module that wraps flufl.bounce
}
TEMPLATES_IN = "compose"

MODULES = [module for module in sources.MODULES if module != PACKAGE / "__init__.py"]  # it holds the version alone


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(module: Path) -> tuple[str, ...]:
    return tuple(_imports(module))


def _imports(module: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (imported.name for imported in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: imports are written out whole"
            yield node.module or ""
            yield from (f"{node.module}.{imported.name}" for imported in node.names)


def name(module: Path) -> str:
    return str(module.relative_to(PACKAGE))


def trespasses(module: Path) -> list[str]:
    room, upward = room_of(module), []
    for imported in imports(module):
        other = imported.split(".")[1] if imported.startswith("bouncer.") else None
        if other not in FLOOR_OF or other == room or (room, other) in SHARED_VALUES:
            continue
        if FLOOR_OF[other] >= FLOOR_OF[room]:
            upward.append(f"{name(module)} (floor {FLOOR_OF[room]}) imports {imported} (floor {FLOOR_OF[other]})")
    return upward


def test_imports_go_down_only():
    assert {room_of(module) for module in MODULES} - FLOOR_OF.keys() == set(), "a new room needs its floor"
    assert [trespass for module in MODULES for trespass in trespasses(module)] == []


def impurities(module: Path) -> set[str]:
    """Give the imports that a module of the lowest floors must not have."""
    roots = {imported.split(".")[0] for imported in imports(module)}
    allowed = {"bouncer", *THIRD_PARTIES_BELOW.get(name(module), ())}
    if name(module).startswith(TEMPLATES_IN):
        allowed |= {"jinja2", "markupsafe"}
    return (roots & IMPURE) | {root for root in roots - sys.stdlib_module_names if root} - allowed


def test_the_lowest_floors_are_pure():
    """No I/O, clock, chance or log; third parties only where the design names them."""
    lowest = [module for module in MODULES if FLOOR_OF.get(room_of(module), 99) <= PURE]
    impure = {name(module): impurities(module) for module in lowest}

    assert {module: roots for module, roots in impure.items() if roots} == {}


CLOCKLESS = frozenset(["ports", "settings", "stages", "manage", "notify", "smtpd", "milter", "web", "pages"])
"""Rooms above the lowest that get their clock and their chance from the daemon, too, so that a test can turn the one and cast the
other. The event loop's time, by which its own waiting is measured, is none of them; secrets are made where they are shown."""


def test_servers_and_stages_read_no_clock_and_cast_no_dice_themselves():
    readers = {
        name(module): {"time", "random"} & {*imports(module)} for module in MODULES if room_of(module) in CLOCKLESS
    }

    assert FLOOR_OF.keys() >= CLOCKLESS
    assert {module: modules for module, modules in readers.items() if modules} == {}


def with_packages(imported: str) -> Iterator[str]:
    """A module, and the packages around it: importing the module runs their ``__init__`` first."""
    while imported:
        yield imported
        imported = imported.rpartition(".")[0]


def test_imports_have_no_cycle():
    graph = {
        ".".join(("bouncer", *m.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): m
        for m in MODULES
    }
    edges = {
        module: {name for imported in imports(path) for name in with_packages(imported) if name in graph} - {module}
        for module, path in graph.items()
    }
    visited: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module in visited:
            return
        for other in sorted(edges[module]):
            visit(other, (*way, module))
        visited.add(module)

    for module in graph:
        visit(module, ())


def test_a_package_s_own_file_holds_a_docstring_and_nothing_else():
    """An import of one module of a package loads no other; lists stand in modules with a name."""
    packages = [module for module in MODULES if module.name == "__init__.py"]

    assert [name(module) for module in packages if not holds_a_docstring_alone(tree_of(module))] == []


def holds_a_docstring_alone(tree: ast.Module) -> bool:
    return len(tree.body) == 1 and bool(ast.get_docstring(tree))


ASKS_THE_STORE = {
    "cli/demo.py": "adds its account to the daemon that it runs",
    "cli/send_test.py": "follows one entry of the outbox while it leaves",
    "cli/token.py": "checks paths with the whole directory, as the server does",
}
"""Commands that call methods of the store, and why no use case does it for them."""


def store_calls(module: Path) -> set[str]:
    """The methods that are called on something named store."""
    called = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            owner = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
            called |= {node.func.attr} if owner == "store" else set()
    return called - {"close"}


def test_a_command_asks_use_cases_and_not_the_store():
    """The work of a command beside parsing and printing stands where API and pages can call it."""
    commands = [module for module in MODULES if module.parent == PACKAGE / "cli"]
    commands.remove(PACKAGE / "cli/store.py")  # it is called "store", and so is what click makes of it
    calls = {name(module): store_calls(module) for module in commands}

    assert {command: methods for command, methods in calls.items() if methods and command not in ASKS_THE_STORE} == {}
    assert {command for command in ASKS_THE_STORE if not calls[command]} == set()


def test_the_test_sees_a_trespass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A test of the test: an upward import, and a sideways one, are found."""
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    for room, source in (("ndr", "from bouncer.store.sql import open_store"), ("store", "import bouncer.notify.mail")):
        module = tmp_path / room / "some.py"
        module.parent.mkdir()
        module.write_text(source)
        assert trespasses(module)
