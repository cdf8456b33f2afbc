"""The manual: the pages beside README.md and those of docs/, as tests that compare them with the code read them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md")))
MANUAL = "\n".join(page.read_text() for page in PAGES)


def section(title: str) -> str:
    """Give the text under a heading of the first or second order, up to the next heading."""
    match = re.search(rf"^##? {re.escape(title)}\n(.*?)(?=^##? |\Z)", MANUAL, re.MULTILINE | re.DOTALL)
    assert match, title
    return match[1]


def anchor(heading: str) -> str:
    """A heading as a link names it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
