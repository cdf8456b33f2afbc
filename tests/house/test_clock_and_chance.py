"""Time and chance are arguments: a short list names the modules below the daemon that ask the system for them, and why."""

import ast
from pathlib import Path

from house.sources import MODULES, PACKAGE, tree_of

ENTRIES = frozenset({"cli", "daemon", "clock"})
"""Where a command or the daemon begins, and the one module that reads the clock for them."""
WORDS = frozenset({"dt.datetime.now", "dt.datetime.utcnow", "dt.date.today", "os.urandom", "uuid.uuid4"})
CHANCE = frozenset({"random", "secrets", "os.urandom", "uuid.uuid4"})

PLACES = {
    "a server makes a secret, or an id, in the request that shows it": {
        *("web/key_routes.py", "web/webhook_changes.py", "web/sendgrid/webhooks.py", "web/sendgrid/erasure_routes.py"),
        *(
            "pages/connection_pages.py",
            "pages/mail_requests.py",
            "pages/page_exchange.py",
            "pages/saved_filter_pages.py",
        ),
        *("pages/session_pages.py", "pages/share_pages.py", "pages/uploads.py"),
    },
    "an adapter makes a value that its format asks for: the name of a file, the nonce of a signature, the key of digests": {
        *("courier/maildir.py", "notify/webhooks/session.py", "store/erasures/erasure_store.py"),
    },
    "a channel or the store is made with the system's clock where its maker gives none": {
        *("notify/mail.py", "notify/notice_path.py", "notify/webhooks/channel.py", "store/sql.py"),
    },
    "a wait on a file, a lock or a socket has an end": {
        *("store/engine/sqlite.py", "store/engine/wal.py", "store/lifecycle/store_lock.py"),
        *(
            "doctor/http_ports.py",
            "doctor/milter_ports.py",
            "doctor/ports.py",
            "doctor/resolver.py",
            "doctor/store_place.py",
        ),
    },
    "the checks begin here, for the command and for the page": {"doctor/checking.py"},
    "a step of a migration writes when it ran, or a mark": {
        *("store/migrations/versions/0012_generations.py", "store/migrations/versions/0014_presences.py"),
        *("store/migrations/versions/0015_unsent.py", "store/migrations/versions/0026_ends_of_suppressions.py"),
    },
}
"""The modules, by the reason for which they ask."""


def sources_of(module: Path) -> set[str]:
    """Give what a module asks the system for: modules and functions that know the time or cast dice."""
    sources = set[str]()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            sources |= {imported.name for imported in node.names} & {"time", "random", "secrets"}
        elif isinstance(node, ast.ImportFrom) and node.module in ("time", "random", "secrets", "uuid"):
            sources.add(node.module)
        elif isinstance(node, ast.ImportFrom) and node.module == "bouncer.clock":
            sources |= {f"clock.{imported.name}" for imported in node.names if imported.name != "DAY_SECONDS"}
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in WORDS:
            sources.add(ast.unparse(node))
    return sources


READERS = {
    str(module.relative_to(PACKAGE)): sources
    for module in MODULES
    if module.relative_to(PACKAGE).parts[0].removesuffix(".py") not in ENTRIES and (sources := sources_of(module))
}


def test_time_and_chance_are_arguments_but_in_places_that_have_a_reason():
    known_modules = {module for modules in PLACES.values() for module in modules}

    assert {module: sources for module, sources in READERS.items() if module not in known_modules} == {}
    assert sorted(known_modules - READERS.keys()) == [], "it does not ask any more"


def test_servers_ask_for_chance_alone():
    """A request has its time as a value."""
    clocks = {
        module: sources - CHANCE
        for module, sources in READERS.items()
        if module.startswith(("web/", "pages/", "smtpd/", "milter/"))
    }

    assert {module: sources for module, sources in clocks.items() if sources} == {}


def test_use_cases_stages_and_ports_ask_for_neither():
    rooms = ("manage/", "stages/", "ports/", "settings/", "policy/", "compose/", "verdict/", "ndr/", "mail/")

    assert [module for module in READERS if module.startswith(rooms)] == []
