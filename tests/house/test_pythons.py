"""`make test-pythons` looks for every Python that pyproject.toml names, and fails for none that is absent."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from manual import ROOT

CLASSIFIERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
VERSIONS = [text.rpartition(" ")[2] for text in CLASSIFIERS if text.startswith("Programming Language :: Python :: 3.")]
THIS_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that has this Python and no other."""
    (tmp_path / "bin").mkdir()
    return {
        "PATH": f"{tmp_path}/bin:/usr/sbin:/sbin:/bin",
        "PYENV_ROOT": f"{tmp_path}/pyenv",
        "PYTHON": sys.executable,
        "BOUNCER_PYTHONS": f"{tmp_path}/environments",
    }


def run(environment: dict[str, str], *versions: str) -> list[str]:
    """Run the script; give its lines."""
    result = subprocess.run(
        ["bash", ROOT / "tests/pythons", *versions], env=environment, capture_output=True, text=True, check=True
    )
    return result.stdout.splitlines()


def shim(environment: dict[str, str], version: str) -> None:
    """Put a program on the path that is called like a Python and fails, as pyenv's do for a version that is not chosen."""
    file = Path(environment["PATH"].partition(":")[0]) / f"python{version}"
    file.write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    file.chmod(0o755)


def absent(version: str) -> str:
    return f"Python {version} is not on this machine: its tests are left out"


def test_every_python_that_the_project_names_is_looked_for(machine: dict[str, str]):
    others = [version for version in VERSIONS if version != THIS_VERSION]
    for version in others:
        shim(machine, version)

    assert others
    assert run(machine) == [absent(version) for version in others]


def test_a_python_that_is_not_there_is_left_out(machine: dict[str, str]):
    assert run(machine, "3.99") == [absent("3.99")]


def test_the_one_that_all_tests_run_with_is_not_run_again(machine: dict[str, str]):
    assert run(machine, THIS_VERSION) == []
