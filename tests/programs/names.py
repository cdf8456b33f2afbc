"""A name server on a loopback address of its own, so that no question of a test leaves the machine.

It speaks the little of RFC 1035 that mail servers ask for: MX and A of the names it was given. Every other name does not
exist (NXDOMAIN), as a mistyped domain does not. Names under SERVFAIL get "server failure", as when a zone is broken.
"""

import random
import socket
import struct
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"
SERVFAIL = "broken.example"

A, MX, IN = 1, 15, 1
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3
ANSWER, AUTHORITATIVE, RECURSION_AVAILABLE = 0x8000, 0x0400, 0x0080
RECURSION_DESIRED = 0x0100
TTL_SECONDS = 60
ADDRESSES_TRIED = 50
PORT = 53  # resolvers know no other


class NameServer:
    """Answers for ``hosts`` (each at 127.0.0.1) and ``domains`` (each with the MX ``mx.<domain>``)."""

    def __init__(self, hosts: Iterable[str], domains: Iterable[str]) -> None:
        self._domains = {domain.lower() for domain in domains}
        self._hosts = {host.lower() for host in hosts} | {f"mx.{domain}" for domain in self._domains}
        self._socket = _bound_somewhere_on_loopback()
        self.address: str = self._socket.getsockname()[0]
        self._thread = threading.Thread(target=self._answer_until_closed, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (self.address, PORT))
        self._thread.join()
        self._socket.close()

    def _answer_until_closed(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(4096)
            if not question:  # __exit__ says goodbye
                return
            with suppress(struct.error, IndexError, UnicodeDecodeError, OSError):
                self._socket.sendto(self.answer(question), asker)

    def answer(self, question: bytes) -> bytes:
        """Answer one question, octets for octets."""
        number, flags = struct.unpack("!HH", question[:4])
        name, end = _name(question, 12)
        kind, _ = struct.unpack("!HH", question[end : end + 4])
        outcome, records = self._records(name, kind)
        flags = ANSWER | AUTHORITATIVE | RECURSION_AVAILABLE | (flags & RECURSION_DESIRED) | outcome
        header = struct.pack("!HHHHHH", number, flags, 1, len(records), 0, 0)
        return header + question[12 : end + 4] + b"".join(records)

    def _records(self, name: str, kind: int) -> tuple[int, list[bytes]]:
        if name == SERVFAIL or name.endswith("." + SERVFAIL):
            return SERVER_FAILURE, []
        if name not in self._hosts | self._domains:
            return NO_SUCH_NAME, []
        if kind == A and name in self._hosts:
            return NO_ERROR, [_record(A, socket.inet_aton(LOOPBACK))]
        if kind == MX and name in self._domains:
            return NO_ERROR, [_record(MX, struct.pack("!H", 10) + _labels(f"mx.{name}"))]
        return NO_ERROR, []


def _bound_somewhere_on_loopback() -> socket.socket:
    """Port 53 of any address in 127/8 that nobody uses: two tests at once do not meet."""
    for _ in range(ADDRESSES_TRIED):
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        address = ".".join(["127", *(str(random.randint(1, 254)) for _ in range(3))])  # noqa: S311 -- no secret
        try:
            listener.bind((address, PORT))
        except OSError:
            listener.close()
        else:
            return listener
    raise OSError(f"no loopback address has its port {PORT} free for us")


def _name(message: bytes, at: int) -> tuple[str, int]:
    labels = []
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length].decode("ascii").lower())
        at += 1 + length
    return ".".join(labels), at + 1


def _labels(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split(".")) + b"\0"


def _record(kind: int, value: bytes) -> bytes:
    to_the_questions_name = b"\xc0\x0c"
    return to_the_questions_name + struct.pack("!HHIH", kind, IN, TTL_SECONDS, len(value)) + value
