"""The installed package: the wheel has all that the program and its users need, and the lock for production fits it."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from manual import MANUAL, PAGES
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bouncer import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"


def locked(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Give the pins of a lock file: by name the requirement as it stands there, and its hashes."""
    pinned, text = dict[str, tuple[str, frozenset[str]]](), (ROOT / name).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        pinned[canonicalize_name(Requirement(requirement).name)] = (requirement, frozenset(hashes))
    return pinned


def closure(requirements: list[str]) -> set[str]:
    """The names of all that *requirements* need on this machine, by what the installed packages say themselves."""
    needed = set[tuple[str, frozenset[str]]]()  # names, each with the extras that are asked of it
    left = needed_here(requirements, frozenset())
    while left:
        requirement = left.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) not in needed:
            needed.add((name, extras))
            left += needed_here(importlib.metadata.requires(name) or (), extras)
    return {name for name, _ in needed}


def needed_here(texts: Iterable[str], extras: frozenset[str]) -> list[Requirement]:
    """Give the requirements whose marker holds on this machine, with *extras* or without."""
    requirements = [Requirement(text) for text in texts]
    return [
        requirement
        for requirement in requirements
        if not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in (extras or {""}))
    ]


def here(pinned: dict[str, tuple[str, frozenset[str]]]) -> set[str]:
    """The names that are installed on this machine."""
    markers = {name: Requirement(requirement).marker for name, (requirement, _) in pinned.items()}
    return {name for name, marker in markers.items() if marker is None or marker.evaluate()}


def test_production_gets_exactly_what_the_program_and_its_extras_need():
    extras = PROJECT["project"]["optional-dependencies"].values()
    requirements = [*PROJECT["project"]["dependencies"], *(text for extra in extras for text in extra)]

    assert here(locked("production.lock")) == closure(requirements)


def test_production_gets_the_versions_that_developers_test():
    production, developers = locked("production.lock"), locked("requirements.lock")

    assert production.keys() < developers.keys()
    assert {name: developers[name] for name in production} == production
    assert all(hashes for _, hashes in production.values())


def test_production_gets_no_tool_of_developers():
    tools = {canonicalize_name(Requirement(requirement).name) for requirement in PROJECT["dependency-groups"]["dev"]}

    assert tools & locked("production.lock").keys() == set()
    assert tools <= locked("requirements.lock").keys()


def test_the_packages_that_tests_use_are_the_locked_ones():
    pinned = locked("production.lock")

    for name in here(pinned):
        assert f"=={importlib.metadata.version(name)}" in pinned[name][0]


def test_every_page_that_installs_says_how_with_the_lock():
    for page in ("docs/install.md", "systemd/README.md"):
        text = (ROOT / page).read_text()
        assert "pip install --require-hashes -r production.lock" in text
        assert "pip install --no-deps ." in text
    assert "pip install ." not in MANUAL


@pytest.fixture(scope="module")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as the build backend makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BOUNCER_")}
    subprocess.run([sys.executable, "-c", BUILD, folder], cwd=ROOT, env=environment, check=True, timeout=100)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> set[str]:
    """The names in the wheel."""
    with zipfile.ZipFile(wheel_file) as archive:
        return set(archive.namelist())


def test_the_distribution_is_bouncer_mx_and_the_command_bouncer(wheel_file: Path):
    """The name ``bouncer`` is another project's on PyPI."""
    with zipfile.ZipFile(wheel_file) as archive:
        texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}

    assert wheel_file.name == f"bouncer_mx-{__version__}-py3-none-any.whl"
    assert f"\nName: bouncer-mx\nVersion: {__version__}\n" in texts["METADATA"]
    assert "bouncer = bouncer.__main__:main\n" in f"{texts['entry_points.txt']}\n"


def test_no_page_installs_the_other_project():
    """A reader who copies a line gets ours."""
    pages = [ROOT / "CONTRIBUTING.md", *PAGES, *(ROOT / "systemd").glob("*.md")]

    assert [
        page for page in pages if page.exists() and re.search(r"pip install[^\n]* bouncer(?![-/\w])", page.read_text())
    ] == []


def test_the_wheel_says_that_it_has_types(wheel: set[str]):
    assert "bouncer/py.typed" in wheel
    assert "Typing :: Typed" in PROJECT["project"]["classifiers"]


def test_the_wheel_has_the_man_page_and_the_completions(wheel: set[str]):
    shared = {name.partition(".data/data/")[2] for name in wheel if ".data/data/" in name}

    assert shared == {
        "share/man/man1/bouncer.1",
        "share/bash-completion/completions/bouncer",
        "share/zsh/site-functions/_bouncer",
        "share/fish/vendor_completions.d/bouncer.fish",
    }


def test_the_wheel_has_every_file_of_the_package(wheel: set[str]):
    files = subprocess.run(["git", "ls-files", "bouncer"], cwd=ROOT, capture_output=True, text=True, check=False)
    tracked = set(files.stdout.split("\n")) - {""}

    assert tracked <= wheel or files.returncode, "outside of a checkout there is no list"
    assert any(name.endswith(".j2") for name in wheel)
    assert not any(name.startswith(("tests/", "fixtures/")) for name in wheel)
