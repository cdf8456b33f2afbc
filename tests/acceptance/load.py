"""A load of clients that goes on while the daemon is killed."""

import socket
import threading
import time
from collections.abc import Callable

CLIENTS = 8


LARGE_EVERY = 40


PADDING = ("y" * 70 + "\n") * 35_000
"""Before a report: with it, the letter goes into the store piece by piece."""


HEADER = """\
From: MAILER-DAEMON@mx.example.net
To: acme@rp.example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
"""


REPORT = """\
--b
Content-Type: text/plain

<{recipient}>: host mx.example.org said: 550 5.1.1 User unknown

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: text/rfc822-headers

From: news@acme.example
To: {recipient}
Subject: News

--b--
"""


class Load:
    """Clients that send letters, one connection each, until the daemon is gone; each letter has a recipient of its own.

    *pause*: the seconds between two letters of a client.
    """

    def __init__(self, path: Callable[[str], str], pause: float = 0.0) -> None:
        self._path, self._pause = path, pause
        self.acknowledged: dict[str, str] = {}
        self._count = 0
        self._lock = threading.Lock()

    def _next_recipient(self) -> str:
        with self._lock:
            self._count += 1
            return f"{'jane' if self._count % LARGE_EVERY else 'large'}{self._count}@example.org"

    def run(self, port: int, ended: threading.Event) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._client, args=(port, ended)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _client(self, port: int, ended: threading.Event) -> None:
        while not ended.is_set():
            recipient = self._next_recipient()
            try:
                reply = _send(port, self._path(recipient), _letter(recipient))
            except (OSError, EOFError):
                continue
            if reply.startswith("250 "):
                self.acknowledged[recipient] = reply.split()[-1]
            time.sleep(self._pause)


def _letter(recipient: str) -> str:
    padding = PADDING if recipient.startswith("large") else ""
    return f"{HEADER}\n{padding}{REPORT.format(recipient=recipient)}".replace("\n", "\r\n")


def _send(port: int, path: str, letter: str) -> str:
    """Say the dialogue in three writes, as a pipelining client does; answer the reply to DATA."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection, connection.makefile("rb") as replies:
        _read(replies)
        connection.sendall(b"EHLO client.example.net\r\n")
        _read(replies)
        connection.sendall(f"MAIL FROM:<>\r\nRCPT TO:<{path}>\r\nDATA\r\n".encode())
        for _ in range(3):
            _read(replies)
        connection.sendall(f"{letter}.\r\n".encode())
        return _read(replies)


def _read(replies) -> str:  # noqa: ANN001 -- a socket's file
    while True:
        line = replies.readline()
        if not line:
            raise EOFError
        if line[3:4] != b"-":
            return line.decode().strip()
