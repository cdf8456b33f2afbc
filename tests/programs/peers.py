"""The other end of a mail server's conversations: who refuses its mail, and who collects its reports.

``Peer`` is a small SMTP server (RFC 5321) on a loopback port of its own. It accepts and keeps everything, except what its
table of refusals names. ``submit`` hands a mail server a letter, with the DSN parameters of RFC 3461 where given.
"""

import smtplib
import socketserver
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reply of a recipient's server, and its moment. Without a text the connection is dropped without a word."""

    reply: str = ""
    after_data: bool = False


@dataclass(frozen=True, slots=True)
class Collected:
    """A letter as it came: envelope and octets (CRLF, dots unstuffed)."""

    reverse_path: str
    recipients: tuple[str, ...]
    octets: bytes


class Peer:
    """An SMTP server that accepts and keeps every letter, but for the recipients that ``refusals`` names.

    ``sender_refusals`` has what it answers to MAIL, by envelope sender.
    """

    def __init__(
        self,
        hostname: str = "mx.example.org",
        refusals: Mapping[str, Refusal] | None = None,
        keywords: Sequence[str] = ("8BITMIME", "SMTPUTF8", "SIZE 10485760"),
        sender_refusals: Mapping[str, str] | None = None,
    ) -> None:
        self.hostname = hostname
        self.refusals = dict(refusals or {})
        self.keywords = tuple(keywords)
        self.sender_refusals = dict(sender_refusals or {})
        self.commands: list[str] = []
        """The verbs of all commands."""
        self._letters: list[Collected] = []
        self._arrival = threading.Condition()
        self._server = _Listener((LOOPBACK, 0), _Conversation)
        self._server.peer = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def keep(self, letter: Collected) -> None:
        """Take a letter in and tell whoever waits for one."""
        with self._arrival:
            self._letters.append(letter)
            self._arrival.notify_all()

    def letters(self) -> tuple[Collected, ...]:
        """Every letter that came so far, oldest first."""
        with self._arrival:
            return tuple(self._letters)

    def wait_for(self, is_awaited: Callable[[Collected], bool], seconds: float = PATIENCE_SECONDS) -> Collected:
        """Answer the first letter that is wanted, waiting for it to come; TimeoutError when it does not."""
        end = time.monotonic() + seconds
        with self._arrival:
            while True:
                for letter in self._letters:
                    if is_awaited(letter):
                        return letter
                if not self._arrival.wait(end - time.monotonic()):
                    raise TimeoutError(f"{self.hostname}: the letter did not come within {seconds} s")


def submit(
    port: int,
    reverse_path: str,
    recipients: Sequence[str],
    letter: bytes,
    *,
    mail_options: Sequence[str] = (),
    rcpt_options: Sequence[str] = (),
) -> None:
    """Hand a mail server on this machine one letter; smtplib's error when it does not take it for every recipient."""
    with smtplib.SMTP(LOOPBACK, port, local_hostname="client.example.net", timeout=30) as client:
        client.ehlo()
        refused = client.sendmail(reverse_path, list(recipients), letter, list(mail_options), list(rcpt_options))
        if refused:
            raise smtplib.SMTPRecipientsRefused(refused)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    peer: Peer


class _Hangup(Exception):
    """The conversation is over."""


class _Conversation(socketserver.StreamRequestHandler):
    """One connection: each command's answer is one method."""

    server: _Listener

    def handle(self) -> None:
        self.peer = self.server.peer
        self._forget()
        self._say(f"220 {self.peer.hostname} ESMTP")
        try:
            while line := self.rfile.readline():
                verb, _, argument = line.decode("utf-8", "surrogateescape").strip().partition(" ")
                self.peer.commands.append(verb.upper())
                self._answer(verb.upper(), argument)
        except (_Hangup, ConnectionError):
            return

    def _answer(self, verb: str, argument: str) -> None:
        match verb:
            case "EHLO":
                words = (self.peer.hostname, *self.peer.keywords)
                self._say("\n".join(f"250{' ' if word == words[-1] else '-'}{word}" for word in words))
            case "MAIL":
                self._forget()
                self.reverse_path = _mailbox(argument)
                self._say(self.peer.sender_refusals.get(self.reverse_path, "250 2.1.0 Ok"))
            case "RCPT":
                self._recipient(_mailbox(argument))
            case "DATA":
                self._data()
            case "QUIT":
                self._say("221 2.0.0 Bye")
                raise _Hangup
            case "HELO" | "RSET" | "NOOP":
                self._forget()
                self._say("250 2.0.0 Ok")
            case _:
                self._say("502 5.5.1 Command not implemented")

    def _recipient(self, recipient: str) -> None:
        refusal = self.peer.refusals.get(recipient)
        if refusal and not refusal.after_data:
            self._refuse(refusal)
            return
        self.recipients.append(recipient)
        self._say("250 2.1.5 Ok")

    def _data(self) -> None:
        if not self.recipients:
            self._say("554 5.5.1 No valid recipients")
            return
        self._say("354 End data with <CR><LF>.<CR><LF>")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Hangup
            lines.append(line.removeprefix(b"."))
        refusals = [self.peer.refusals[name] for name in self.recipients if name in self.peer.refusals]
        if refusals:
            self._refuse(refusals[0])
            return
        self.peer.keep(Collected(self.reverse_path, tuple(self.recipients), b"".join(lines)))
        self._say("250 2.0.0 Ok: kept")

    def _refuse(self, refusal: Refusal) -> None:
        if not refusal.reply:
            raise _Hangup
        self._say(refusal.reply)
        if refusal.reply.startswith("421"):
            raise _Hangup

    def _forget(self) -> None:
        self.reverse_path = ""
        self.recipients: list[str] = []

    def _say(self, reply: str) -> None:
        self.wfile.write(reply.replace("\n", "\r\n").encode() + b"\r\n")


def _mailbox(argument: str) -> str:
    """The address between the angle brackets of MAIL or RCPT."""
    return argument.partition("<")[2].partition(">")[0]
