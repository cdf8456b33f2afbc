"""Firefox without a screen, driven by its own Marionette protocol: no driver beside it is needed, and Debian 12 has none.

Protocol: firefox-source-docs, "Marionette: Protocol", level 3: each frame is the length of its JSON, a colon, and the JSON; a
command is [0, number, name, parameters], its answer [1, number, error, result].
"""

import contextlib
import itertools
import json
import shlex
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from programs.names import LOOPBACK
from programs.parts import find, free_port, why_absent
from programs.private_root import Setup, inhabit

ANSWER_SECONDS = 60.0
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The member that holds the reference of an element (W3C WebDriver section 12.2)."""
PROFILE = "/tmp/profile"  # noqa: S108 -- in a root directory of its own
PREFERENCES = {
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "javascript.enabled": False,  # the pages need none
}


class FirefoxError(Exception):
    """Firefox answered with an error."""


@dataclass
class Firefox:
    """A Firefox at the other end of *connection*."""

    connection: socket.socket
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _read: bytes = b""

    def call(self, name: str, **parameters: Any) -> Any:
        """Send a command, and give the result. Raises FirefoxError."""
        command = json.dumps([0, next(self._numbers), name, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(command), command))
        _, _, error, result = self.receive()
        if error:
            raise FirefoxError(f"{error['error']}: {error['message']}")
        return result

    def receive(self) -> Any:
        """Give the next frame."""
        while b":" not in self._read:
            self._read_on()
        length, _, self._read = self._read.partition(b":")
        while len(self._read) < int(length):
            self._read_on()
        body, self._read = self._read[: int(length)], self._read[int(length) :]
        return json.loads(body)

    def _read_on(self) -> None:
        octets = self.connection.recv(1 << 16)
        if not octets:
            raise FirefoxError("it has ended")
        self._read += octets

    def go_to(self, url: str) -> None:
        """Open a page, and wait until it is there."""
        self.call("WebDriver:Navigate", url=url)

    def press(self, selector: str) -> None:
        """Click the first element, and wait for the page that may follow."""
        self.call("WebDriver:ElementClick", id=self._find(selector))

    def write(self, selector: str, text: str) -> None:
        """Type into the first element."""
        self.call("WebDriver:ElementSendKeys", id=self._find(selector), text=text)

    def text(self, selector: str) -> str:
        """Give the visible text of the first element."""
        return str(self.call("WebDriver:GetElementText", id=self._find(selector))["value"])

    def url(self) -> str:
        """Give the address of the page."""
        return str(self.call("WebDriver:GetCurrentURL")["value"])

    def _find(self, selector: str) -> str:
        element = self.call("WebDriver:FindElement", using="css selector", value=selector)
        return str(element["value"][ELEMENT])


@contextlib.contextmanager
def firefox() -> Iterator[Firefox]:
    """Have a Firefox with a session until the block ends."""
    part = find("firefox")
    if part is None:
        raise LookupError(why_absent("firefox"))
    port = free_port()
    preferences = "\n".join(
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in {**PREFERENCES, "marionette.port": port}.items()
    )
    command = ("/usr/lib/firefox-esr/firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", PROFILE)
    surroundings = "HOME=/tmp MOZ_DISABLE_CONTENT_SANDBOX=1 MOZ_HEADLESS=1 MOZ_CRASHREPORTER_DISABLE=1"
    script = (
        f"mkdir -p {PROFILE} /dev/shm; printf %s {shlex.quote(preferences)} > {PROFILE}/user.js; "
        f"exec env {surroundings} {shlex.join(command)} > /tmp/console 2>&1"
    )
    setup = Setup(command=script, greeting=b"")
    with (
        inhabit(part.root, setup, hostname="reader.acme.example", port=port, nameserver=LOOPBACK),
        socket.create_connection((LOOPBACK, port), ANSWER_SECONDS) as connection,
    ):
        browser = Firefox(connection)
        browser.receive()  # its greeting
        browser.call("WebDriver:NewSession", capabilities={})
        yield browser
