"""TAB in a real bash, with the completion file that the package installs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bouncer.cli.root import COMMANDS

FILE = Path(__file__).parents[2] / "share/bash-completion/completions/bouncer"
PRESS_TAB = """
source "$1"; shift
complete -p bouncer >/dev/null || exit 3
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_bouncer_completion bouncer
printf '%s\\n' "${COMPREPLY[@]}"
"""
OTHERS = {"zsh": ("zsh", "-n"), "fish": ("fish", "-n")}


def offered(folder: Path, *words: str) -> list[str]:
    """Give the words that bash offers after *words*, the last of which is being typed."""
    binary = folder / "bouncer"
    binary.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bouncer "$@"\n')
    binary.chmod(0o755)
    result = subprocess.run(
        ["bash", "--norc", "-c", PRESS_TAB, "bash", FILE, *words],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not there")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("bouncer", ""), [*COMMANDS]),
        (("bouncer", "su"), ["suppressions"]),
        (("bouncer", "suppressions", "ex"), ["export", "explain"]),
        (("bouncer", "--settings", "x.toml", "token", "v"), ["verify"]),
        (("bouncer", "bounces", "--category", "h"), ["hard"]),
        (("bouncer", "settings", "show", "--ch"), ["--changed"]),
        (("bouncer", "queue", "retry", "--state", ""), ["waiting", "held", "given-up", "dropped"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bash_offers_what_comes_next(tmp_path: Path, words: tuple[str, ...], expected: list[str]):
    assert sorted(offered(tmp_path, *words)) == sorted(expected)


def test_commands_are_offered_without_loading_any(tmp_path: Path):
    """A person waits after each TAB: none of what commands need is imported for their names."""
    look = "import sys; from bouncer.cli.root import root; import click; import json\n"
    look += "found = root.shell_complete(click.Context(root), 's')\n"
    look += "print(*(item.value for item in found)); print(*(name for name in sys.modules if name.startswith('bouncer.cli.')))"
    result = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)

    names, modules = result.stdout.splitlines()
    assert names.split() == ["serve", "status", "settings", "session", "store", "suppressions", "sends"]
    assert set(modules.split()) == {"bouncer.cli.root"}


@pytest.mark.parametrize("shell", OTHERS)
def test_other_shells_find_no_fault_in_theirs(shell: str):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not there")
    folder = FILE.parents[2] / shell
    (file,) = (path for path in folder.rglob("*") if path.is_file())
    result = subprocess.run([*OTHERS[shell], file], capture_output=True, text=True, check=False, timeout=60)

    assert (result.returncode, result.stderr) == (0, "")
