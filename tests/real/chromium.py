"""Chromium without a screen: draws pages, and measures them. It asks nobody: no name resolves inside it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from real.names import LOOPBACK
from real.parts import find, why_absent
from real.private_root import Place, Setup, inhabit

COMMAND = ("/usr/bin/env", "HOME=/tmp", "/usr/lib/chromium/chromium-headless-shell")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"),
    *("--user-data-dir=/tmp/profile", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"),
)
SCHEMES = {"light": "--blink-settings=preferredColorScheme=1", "dark": "--blink-settings=preferredColorScheme=0"}
PAGE, PICTURE = "page.html", "page.png"


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium that can be started."""

    place: Place

    def draw(self, page: str, *, scheme: str, width: int, height: int) -> bytes:
        """Give a picture (PNG) of *page*."""
        picture = self.place.folder / "tmp" / PICTURE
        picture.unlink(missing_ok=True)
        complaint = self._run(page, scheme, f"--window-size={width},{height}", f"--screenshot=/tmp/{PICTURE}")[1]
        if not picture.is_file():
            raise RuntimeError(f"Chromium drew nothing: {complaint[-500:]}")
        return picture.read_bytes()

    def document(self, page: str, *, scheme: str) -> str:
        """Give *page* as HTML once its scripts have run."""
        return self._run(page, scheme, "--dump-dom")[0]

    def _run(self, page: str, scheme: str, *switches: str) -> tuple[str, str]:
        (self.place.folder / "tmp" / PAGE).write_text(page, "utf-8")
        done = self.place.run(*COMMAND, *SWITCHES, SCHEMES[scheme], *switches, f"file:///tmp/{PAGE}")
        return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Have a Chromium until the block ends."""
    part = find("chromium")
    if part is None:
        raise LookupError(why_absent("chromium"))
    waiting = Setup(command="exec sleep infinity")
    with inhabit(part.root, waiting, hostname="reader.acme.example", port=0, nameserver=LOOPBACK) as place:
        yield Browser(place)
