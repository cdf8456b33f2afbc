"""Pictures of a notice and a digest in every language: light, dark, and as narrow as a telephone; to be looked at.

    .venv/bin/python tests/programs/screenshots.py [FOLDER]     (make screenshots; .cache/screenshots when none is named)

Rendered by headless Chromium, from the HTML part of the very mail that would be sent. The manual's picture of a notice is made
anew, too.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as tests/conftest.py does

from programs.chromium import chromium
from programs.mails import FROM, digest, html, notice, stress
from programs.parts import why_absent

from bouncer.compose.language import LANGUAGES
from bouncer.compose.owner_mails import compose, compose_digest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache/screenshots"
MANUAL, MANUAL_SIZE = ROOT / "docs/notice.png", (620, 730)
# How it is rendered -> scheme, width, height.
FORMS = {"light": ("light", 800, 1250), "dark": ("dark", 800, 1250), "narrow": ("light", 360, 1900)}


def pages() -> dict[str, str]:
    """Name -> HTML of all that is rendered."""
    rendered = {}
    for code in LANGUAGES:
        rendered[f"notice-{code}"] = html(compose(notice(code), from_=FROM, reverse_path=""))
        rendered[f"digest-{code}"] = html(compose_digest(digest(code), from_=FROM, reverse_path=""))
    return {**rendered, "stress-en": html(compose(stress("en"), from_=FROM, reverse_path=""))}


def main(folder: Path) -> None:
    """Render all."""
    if why := why_absent("chromium"):
        sys.exit(why)
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, page in pages().items():
            (folder / f"{name}.html").write_text(page, "utf-8")
            for form, (scheme, width, height) in FORMS.items():
                picture = browser.render(page, scheme=scheme, width=width, height=height)
                (folder / f"{name}-{form}.png").write_bytes(picture)
        width, height = MANUAL_SIZE
        MANUAL.write_bytes(browser.render(pages()["notice-en"], scheme="light", width=width, height=height))
    print(f"{len(pages()) * len(FORMS)} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
