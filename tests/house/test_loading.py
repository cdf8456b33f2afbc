"""The modules that a command loads before it answers, not its seconds: each command starts with what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from programs.empty_store import make_empty_store

from bouncer.cli.serve import SHARED_MODULES
from bouncer.mail.keys import Key

LETTER = Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml"
MOST_OF_OURS = 257
"""Modules of ours that a command on the store loads: with the rules and the composer there are some fifty more."""
FOR_OTHERS = frozenset(
    {
        *(
            "alembic",
            "aiosmtpd",
            "cryptography",
            "dkim",
            "dns",
            "flufl.bounce",
            "jinja2",
            "psycopg",
            "starlette",
            "uvicorn",
        ),
        *("bouncer.compose.render", "bouncer.ndr.reader", "bouncer.verdict.classify"),
        *("sqlalchemy.dialects.postgresql", "sqlalchemy.orm"),
    }
)
"""Modules that migrate, read, judge, compose, serve and sign."""
SCRIPT = """\
import atexit, sys
atexit.register(lambda: print("loaded:", *sys.modules))
sys.argv[0] = "bouncer"
from bouncer.cli.root import main
main()
"""


def loaded_by(tmp_path: Path, *words: str) -> set[str]:
    """Give the modules that are loaded when the command has answered."""
    environment = {"PATH": "/usr/bin:/bin", "BOUNCER_STORE__URL": f"sqlite:///{tmp_path}/bouncer.db"}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert not result.stderr.startswith("Traceback"), result.stderr
    return set(result.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("words", ["bounces", "suppressions list", "queue"])
def test_a_command_on_the_store_loads_neither_migrations_nor_rules_nor_the_composer(words: str, tmp_path: Path):
    make_empty_store(tmp_path / "bouncer.db")

    loaded = loaded_by(tmp_path, *words.split())

    assert "bouncer.store.sql" in loaded
    assert loaded & FOR_OTHERS == set()
    assert len([name for name in loaded if name.startswith("bouncer")]) <= MOST_OF_OURS


def test_reading_a_letter_loads_neither_the_store_nor_the_last_dialect(tmp_path: Path):
    loaded = loaded_by(tmp_path, "read", str(LETTER))

    assert "bouncer.verdict.judge" in loaded
    assert (
        loaded & {"bouncer.ports.store", "bouncer.policy.records", "email.message", "flufl.bounce", "sqlalchemy"}
        == set()
    )


@pytest.mark.parametrize(
    "words", ["settings show", "token sign acme jane@example.org --key-file {key}"], ids=["settings", "token"]
)
def test_a_command_without_a_store_loads_neither_the_store_nor_its_ports(words: str, tmp_path: Path):
    """A program may call ``token sign --key-file`` for each mail."""
    (tmp_path / "acme.key").write_text(Key(b"0" * 32).derive("acme").spell())

    loaded = loaded_by(tmp_path, *words.format(key=tmp_path / "acme.key").split())

    assert loaded & {"asyncio", "bouncer.ports.store", "bouncer.policy.records", "cryptography", "sqlalchemy"} == set()


def test_modules_that_a_daemons_processes_share_are_needed_by_an_idle_one_too():
    modules = "; ".join(f"import {module}" for module in SHARED_MODULES)
    result = subprocess.run(
        [sys.executable, "-c", f"{modules}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    shared = set(result.stdout.split())

    assert "flufl.bounce" in shared  # the reader could not load it once it is confined
    assert shared & {"alembic", "cryptography", "dkim", "dns", "jinja2", "psycopg", "starlette", "uvicorn"} == set()


@pytest.mark.parametrize(
    ("environment", "has_http"),
    [
        ({}, False),
        ({"BOUNCER_HTTP__LISTEN": "127.0.0.1:0"}, True),
        ({"LISTEN_FDNAMES": "smtp:http"}, True),
        ({"BOUNCER_HTTP__LISTEN": "no address"}, False),
    ],
    ids=["without HTTP", "with HTTP", "with a socket for HTTP", "with faulty settings"],
)
def test_the_modules_of_a_daemon_are_loaded_before_its_processes_are_forked(
    environment: dict[str, str], has_http: bool
):
    """A module that is loaded after the fork copies memory which the processes share."""
    script = """\
import sys
from bouncer.workers import fork_server
forked = lambda modules, client_modules: (_load(modules), loaded.update(sys.modules))
_load = lambda modules: [__import__(module) for module in modules]
loaded, fork_server.start_fork_server = set(), forked
from bouncer.cli import serve
own = ["bouncer.daemon.daemon", "bouncer.daemon.systemd", "greenlet"]
of_http = ["bouncer.pages.all_pages", "bouncer.web.server", "uvicorn.lifespan.off"] * (sys.argv[1] == "True")
serve.run = lambda main: (main.close(), _load(own + of_http))
serve.serve(["--log-level", "error"], standalone_mode=False)
print(len(loaded), "bouncer.web.server" in loaded, *(set(sys.modules) - loaded))
"""
    words = [sys.executable, "-c", script, str(has_http)]
    result = subprocess.run(
        words, env={**os.environ, **environment}, capture_output=True, text=True, check=True, timeout=60
    )
    count, has_server, *late = result.stdout.split()

    assert int(count) > MOST_OF_OURS
    assert has_server == str(has_http)
    assert late == []


def test_an_import_of_sqlalchemys_asyncio_after_our_engine_gets_all_of_it():
    ours = "from bouncer.store.engine.async_engine import AsyncEngine"
    theirs = (
        "from sqlalchemy.ext import asyncio; print(asyncio.AsyncEngine is AsyncEngine, asyncio.AsyncSession.__name__)"
    )
    result = subprocess.run(
        [sys.executable, "-c", f"{ours}; {theirs}"], capture_output=True, text=True, check=True, timeout=60
    )

    assert result.stdout == "True AsyncSession\n"


def test_help_loads_no_command_and_no_store(tmp_path: Path):
    loaded = loaded_by(tmp_path, "--help")

    assert len([name for name in loaded if name.startswith("bouncer")]) <= 12
    assert "sqlalchemy" not in loaded
    assert "asyncio" not in loaded
