"""The changelog is one list for each version, the newest of which is the version of the package."""

import re
from collections import Counter
from pathlib import Path

from bouncer import __version__

TEXT = (Path(__file__).parents[2] / "CHANGELOG.md").read_text()
VERSIONS = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)


def test_the_newest_version_is_that_of_the_package():
    """Until it is released, changes join its own list: nobody had a state in between."""
    assert VERSIONS[0] == __version__
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in VERSIONS)


def test_a_version_has_each_heading_once():
    for version in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        counts = Counter(re.findall(r"^### (.+)$", version, re.MULTILINE))
        assert [heading for heading, count in counts.items() if count > 1] == [], version.splitlines()[0]
