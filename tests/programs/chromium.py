"""Chromium without a screen: draws pages, and measures them. It asks nobody: no name resolves inside it."""

import contextlib
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from programs.names import LOOPBACK
from programs.parts import find, free_port, why_absent
from programs.private_root import Place, Setup, inhabit

COMMAND = ("/usr/bin/env", "HOME=/tmp", "/usr/lib/chromium/chromium-headless-shell")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"),
    *(
        "--user-data-dir=/tmp/profile",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ),
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
        result = self.place.run(*COMMAND, *SWITCHES, SCHEMES[scheme], *switches, f"file:///tmp/{PAGE}")
        return result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Have a Chromium until the block ends."""
    part = find("chromium")
    if part is None:
        raise LookupError(why_absent("chromium"))
    waiting = Setup(command="exec sleep infinity")
    with inhabit(part.root, waiting, hostname="reader.acme.example", port=0, nameserver=LOOPBACK) as place:
        yield Browser(place)


@contextlib.contextmanager
def chromium_to_drive() -> Iterator[str]:
    """Have a Chromium until the block ends, and the URL at which Playwright takes hold of it (``connect_over_cdp``).

    It runs in its own root as all real parts do, so that Playwright starts no browser, and none has to be installed for it.
    """
    part = find("chromium")
    if part is None:
        raise LookupError(why_absent("chromium"))
    port = free_port()
    switches = (*SWITCHES, f"--remote-debugging-port={port}", "--remote-debugging-address=127.0.0.1", "about:blank")
    serving = Setup(command=f"exec {shlex.join([*COMMAND, *switches])} > /tmp/console 2>&1", greeting=b"")
    with inhabit(part.root, serving, hostname="reader.acme.example", port=port, nameserver=LOOPBACK):
        yield f"http://{LOOPBACK}:{port}"
