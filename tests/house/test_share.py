"""The man page and the shells' completions are what the commands say today; `make share` writes them anew."""

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import click
import pytest

from bouncer.cli.root import COMMANDS, root

SHARE = Path(__file__).parents[2] / "share"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", SHARE / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_file_is_what_the_commands_say_today(generate: ModuleType):
    for path, text in generate.files().items():
        assert (SHARE / path).read_text() == text, "make share"


def test_every_command_has_its_own_part_of_the_man_page(generate: ModuleType):
    page = (SHARE / generate.MAN_PAGE).read_text()
    context = click.Context(root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        for words in (name, *(f"{name} {word}" for word in inner)):
            assert f"\n.SS {words}\n" in page


def test_no_line_of_the_man_page_is_a_request_by_chance(generate: ModuleType):
    macros = {"TH", "SH", "SS", "PP", "TP", "nf", "fi", "nh", "ad"}
    page = (SHARE / generate.MAN_PAGE).read_text()

    assert {line[1:].split()[0] for line in page.splitlines() if line.startswith((".", "'"))} == macros


@pytest.mark.skipif(not (shutil.which("man") and shutil.which("groff")), reason="man or groff is not there")
@pytest.mark.parametrize("checker", [("man", "--warnings", "-l"), ("groff", "-man", "-ww", "-Tutf8")], ids=" ".join)
def test_man_and_groff_find_no_fault_in_the_man_page(generate: ModuleType, checker: tuple[str, ...]):
    result = subprocess.run([*checker, SHARE / generate.MAN_PAGE], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("BOUNCER(1)")
