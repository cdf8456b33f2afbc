"""The pages for those who change the program name what is there: layers, files, headings."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from house.floors import FLOORS
from manual import PAGES, ROOT, anchor, section

FOR_DEVELOPERS = (ROOT / "docs/design.md", ROOT / "CONTRIBUTING.md", ROOT / "fixtures/README.md")
LONGEST_README = 150
"""Lines of the README: a newcomer reads the first page to its end."""
ROOTS = (ROOT, ROOT / "bouncer", ROOT / "fixtures")
"""Where a path that a page names may begin."""
FILES = {path.name for folder in ("bouncer", "fixtures", "tests") for path in (ROOT / folder).rglob("*.*")}


def shown_layers() -> list[tuple[int, set[str]]]:
    """The rows of the table of layers: number, packages and modules."""
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", section("Layers"), re.MULTILINE)
    return [(int(number), set(re.findall(r"`(\w+)(?:/|\.py)`", names))) for number, names in rows]


def test_the_table_of_layers_is_the_one_that_is_checked():
    assert shown_layers() == [(number, set(rooms)) for number, rooms in reversed([*enumerate(FLOORS)])]


def test_each_package_of_the_table_has_a_slash_and_each_module_its_ending():
    for name in re.findall(r"`(\w+(?:/|\.py))`", section("Layers").partition("\n\nThe store")[0]):
        path = ROOT / "bouncer" / name
        assert path.is_dir() if name.endswith("/") else path.is_file(), name


def named_paths(page: Path) -> list[str]:
    """The paths in backticks: with the ending of a file of ours, or with a slash at the end; no patterns."""
    quoted = re.findall(r"`([\w./-]+)`", page.read_text())
    return [name for name in quoted if re.search(r"\.(?:py|md|tsv|po|j2|toml|jsonl)$|\w/$", name)]


def is_there(name: str) -> bool:
    """Whether a path leads to a file or a folder, or a bare name is that of some file."""
    return any((root / name).exists() for root in ROOTS) or name in FILES


@pytest.mark.parametrize("page", FOR_DEVELOPERS, ids=lambda page: page.name)
def test_every_file_that_a_page_for_developers_names_is_there(page: Path):
    """A name with capitals, ``NAME`` or ``NN``, or ``xx``, stands for any; folders that begin with a dot are made by commands."""
    names = [name for name in named_paths(page) if not re.search(r"NN|NAME|xx|CHANGELOG|^\.", name)]

    assert names
    assert [name for name in names if not is_there(name)] == []


def test_the_way_of_a_letter_is_numbered_from_one_end_to_the_other():
    numbers = [
        int(number) for number in re.findall(r"^(\d+)\. ", section("The way of a letter, file by file"), re.MULTILINE)
    ]

    assert numbers[0] == 1
    assert all(following == number + 1 for number, following in pairwise(numbers))


def test_the_readme_is_short_and_has_contents():
    lines = (ROOT / "README.md").read_text().splitlines()
    headings = [anchor(line.removeprefix("## ")) for line in lines if line.startswith("## ")]
    first_page = "\n".join(lines[:20])

    assert len(lines) <= LONGEST_README
    assert re.findall(r"\]\(#([\w-]+)\)", first_page) == headings


def test_the_installation_is_told_in_one_place():
    pages = [page.name for page in PAGES if "bouncer init --systemd" in page.read_text()]

    assert pages == ["install.md"]


def test_every_link_to_a_heading_leads_to_one():
    headings = {
        page.resolve(): {anchor(title) for title in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)}
        for page in PAGES
    }
    links = {
        (page, (page.parent / target).resolve() if target else page, name)
        for page in PAGES
        for target, name in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", page.read_text())
    }

    assert links
    assert [(page.name, name) for page, target, name in links if name not in headings.get(target, set())] == []
