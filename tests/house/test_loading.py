"""What a command loads before it answers, as modules and not as seconds: each command starts with what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest
from real.empty_store import make_empty_store

MOST_OF_OURS = 226
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
        *("bouncer.compose.render", "bouncer.ndr.reader", "bouncer.verdict.classify", "sqlalchemy.dialects.postgresql"),
    }
)
"""What migrates, reads, judges, composes, serves and signs."""
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
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert not done.stderr.startswith("Traceback"), done.stderr
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("words", ["bounces", "suppressions list", "queue"])
def test_a_command_on_the_store_loads_neither_migrations_nor_rules_nor_the_composer(words: str, tmp_path: Path):
    make_empty_store(tmp_path / "bouncer.db")

    loaded = loaded_by(tmp_path, *words.split())

    assert "bouncer.store.sql" in loaded
    assert loaded & FOR_OTHERS == set()
    assert len([name for name in loaded if name.startswith("bouncer")]) <= MOST_OF_OURS


def test_help_loads_no_command_and_no_store(tmp_path: Path):
    loaded = loaded_by(tmp_path, "--help")

    assert len([name for name in loaded if name.startswith("bouncer")]) <= 12
    assert "sqlalchemy" not in loaded
    assert "asyncio" not in loaded
