"""The floors: imports go down only, rooms on one floor do not see one another, the lowest five are pure."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "bouncer"

FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "mail"),
    ("ndr",),
    ("verdict",),
    ("policy",),
    ("compose",),
    ("ports", "settings", "files", "logs", "clock", "installation", "garbage"),
    ("own_hosts", "settings_file", "key_files", "unix_listening"),
    ("store", "courier", "notify", "stages", "manage", "workers", "listening", "connections"),
    ("server",),
    ("smtpd", "milter", "web"),
    ("doctor",),
    ("pages",),
    ("daemon",),
    ("cli",),
    ("__main__",),
)
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

MODULES = sorted(one for one in PACKAGE.rglob("*.py") if one != PACKAGE / "__init__.py")  # it holds the version alone


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: imports are written out whole"
            yield node.module or ""
            yield from (f"{node.module}.{one.name}" for one in node.names)


def name(module: Path) -> str:
    return str(module.relative_to(PACKAGE))


def trespasses(module: Path) -> list[str]:
    room, found = room_of(module), []
    for imported in imports(module):
        other = imported.split(".")[1] if imported.startswith("bouncer.") else None
        if other not in FLOOR_OF or other == room or (room, other) in SHARED_VALUES:
            continue
        if FLOOR_OF[other] >= FLOOR_OF[room]:
            found.append(f"{name(module)} (floor {FLOOR_OF[room]}) imports {imported} (floor {FLOOR_OF[other]})")
    return found


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_imports_go_down_only(module: Path):
    assert room_of(module) in FLOOR_OF, "a new room needs its floor"
    assert trespasses(module) == []


@pytest.mark.parametrize("module", [m for m in MODULES if FLOOR_OF.get(room_of(m), 99) <= PURE], ids=name)
def test_the_lowest_floors_are_pure(module: Path):
    """No I/O, clock, chance or log; third parties only where the design names them."""
    roots = {imported.split(".")[0] for imported in imports(module)}
    allowed = THIRD_PARTIES_BELOW.get(name(module), set())
    if name(module).startswith(TEMPLATES_IN):
        allowed = allowed | {"jinja2", "markupsafe"}

    assert roots & IMPURE == set()
    assert {root for root in roots - sys.stdlib_module_names if root} <= {"bouncer"} | allowed


def with_packages(imported: str) -> Iterator[str]:
    """A module, and the packages around it: importing the module runs their ``__init__`` first."""
    while imported:
        yield imported
        imported = imported.rpartition(".")[0]


def test_no_import_cycles():
    graph = {
        ".".join(("bouncer", *m.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): m
        for m in MODULES
    }
    edges = {
        module: {name for imported in imports(path) for name in with_packages(imported) if name in graph} - {module}
        for module, path in graph.items()
    }
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module in done:
            return
        for other in sorted(edges[module]):
            visit(other, (*way, module))
        done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("module", [m for m in MODULES if m.name == "__init__.py"], ids=name)
def test_a_package_s_own_file_holds_a_docstring_and_nothing_else(module: Path):
    """Whoever imports one module of a package loads no other; lists stand in modules with a name."""
    body = ast.parse(module.read_text()).body

    assert len(body) == 1
    assert ast.get_docstring(ast.Module(body, []))


ASKS_THE_STORE = {
    "cli/demo.py": "adds its account to the daemon that it runs",
    "cli/send_test.py": "follows one parcel of the outbox while it leaves",
    "cli/token.py": "checks paths with the whole directory, as the server does",
}
"""Commands that call methods of the store, and why no use case does it for them."""


def store_calls(module: Path) -> set[str]:
    """The methods that are called on something named store."""
    called = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            owner = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
            called |= {node.func.attr} if owner == "store" else set()
    return called - {"close"}


@pytest.mark.parametrize("module", sorted((PACKAGE / "cli").glob("*.py")), ids=name)
def test_a_command_asks_use_cases_and_not_the_store(module: Path):
    """What it does beside parsing and printing stands where API and pages can call it."""
    if module.name == "store.py":  # it is called "store", and so is what click makes of it
        return
    assert bool(store_calls(module)) == (name(module) in ASKS_THE_STORE), store_calls(module)


def test_the_test_sees_a_trespass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A test of the test: an upward import, and a sideways one, are found."""
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    for room, source in (("ndr", "from bouncer.store.sql import open_store"), ("store", "import bouncer.notify.mail")):
        module = tmp_path / room / "some.py"
        module.parent.mkdir()
        module.write_text(source)
        assert trespasses(module)
