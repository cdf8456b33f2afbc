"""The world outside of a daemon: who can reach its port 25, and a report of a hard failure."""

import smtplib
import time
from typing import Any

from acceptance.stages import block, report
from programs.ours import DOMAIN, Ours

from bouncer.mail.returnpath import Key, sign


class World:
    """Everybody who can reach port 25."""

    def __init__(self, ours: Ours) -> None:
        self.ours = ours
        self.key = Key((ours.folder / "2026.key").read_bytes().strip())

    def path(self, to: str | None, **options: Any) -> str:
        """A path that the account signed."""
        today = int(time.time()) // 86_400
        return sign("acme", to, domain=DOMAIN, key=self.key, today=today, days=30, **options)

    def send(self, to: str, raw: bytes) -> None:
        """Hand a letter in."""
        with smtplib.SMTP("127.0.0.1", self.ours.port, timeout=30) as client:
            client.sendmail("", [to], raw)

    def settled(self) -> list[dict[str, Any]]:
        """Give the records when nothing is left to read or to send."""
        self.ours.until(lambda: not self.ours.rows("letters", "--state", "kept"))
        self.ours.until(lambda: not self.ours.rows("queue", "--state", "waiting"))
        return self.ours.rows("bounces")

    def suppressed(self) -> set[str]:
        """Give the addresses that get nothing any more."""
        return {row["address"] for row in self.ours.rows("suppressions", "list")}


def failure(final: str, returned: str = "Subject: s\r\n") -> bytes:
    """A report of a hard failure, as any server writes it."""
    return report(block(final), returned)
