"""Checks the ports of the servers for outgoing mail: whether each answers in its own protocol, or which other program answers.

The questions change and count nothing: the milter is asked to negotiate options, the others are asked about no recipient.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok
from bouncer.doctor.ports import bindable
from bouncer.milter.frames import NEGOTIATE, VERSION, make_frame
from bouncer.settings.addresses import ANY_HOST, host_port
from bouncer.settings.sections import MilterSettings

LONGEST_ANSWER = 512
"""Octets of an answer that are read: every answer of these servers is shorter."""
UNIX = "unix:"
"""The prefix that mail servers write before the path of a Unix socket."""
SHORTEST_WAIT = 0.001
"""Seconds that an answer is waited for at least; zero would make the socket non-blocking."""
_NEGOTIATE = bytes([NEGOTIATE])
_ALL_OPTIONS = struct.pack("!LLL", VERSION, 0x1FF, 0x1FFFFF)
"""The offer of a mail server that supports all options (libmilter/docs)."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A question in one server's protocol, and a test of its answer."""

    label: str
    setting: str
    question: bytes
    is_answer: Callable[[bytes], bool]


PROTOCOLS = (
    Protocol("milter {what}", "listen", make_frame(_NEGOTIATE, _ALL_OPTIONS), lambda octets: octets[4:5] == _NEGOTIATE),
    Protocol(
        "policy service {what}",
        "policy_listen",
        b"request=smtpd_access_policy\n\n",
        lambda octets: octets.startswith(b"action="),
    ),
    Protocol(
        "socketmap {what}",
        "socketmap_listen",
        b"7:check x,",
        lambda octets: octets.partition(b":")[2].startswith((b"NOTFOUND ", b"OK ", b"TEMP ")),
    ),
)


def server_addresses(milter: MilterSettings) -> Iterator[tuple[Protocol, str]]:
    """Give each server that the settings open, with its address, except ports that are chosen at the start."""
    for protocol in PROTOCOLS:
        for text in getattr(milter, protocol.setting):
            if not text.endswith(":0"):
                yield protocol, text


def check_ports(milter: MilterSettings, seconds: float, *, serving: bool) -> Iterator[Finding]:
    """Ask each server, for *seconds* at most; *serving*: the daemon answers at its SMTP port."""
    for protocol, text in server_addresses(milter):
        yield _ask(protocol, text, seconds, serving=serving)


def _ask(protocol: Protocol, text: str, seconds: float, *, serving: bool) -> Finding:
    about = fill(protocol.label, what=text)
    try:
        answer = _answer(text, protocol, seconds)
    except (ConnectionRefusedError, FileNotFoundError):
        if serving:
            return fail(about, "nobody listens there", "restart the daemon: it opens it at its start")
        return _check_unused(about, text)
    except OSError as error:
        why = error.strerror or str(error)
        return fail(
            about,
            fill("cannot be reached, or does not answer: {what}", what=why),
            fill("see what listens there: ss -ltnp; name another port in [milter] {what}", what=protocol.setting),
        )
    if not protocol.is_answer(answer):
        answer_text = answer.decode("utf-8", "replace").strip() or fill("nothing")
        return fail(
            about,
            fill("something else answers there, and says {what}", what=answer_text),
            fill("stop it, or name another port in [milter] {what}", what=protocol.setting),
        )
    return ok(about, "answers")


def _check_unused(about: str, text: str) -> Finding:
    if text.startswith(UNIX):
        return ok(about, "free; the daemon does not run")
    finding = bindable(*host_port(text))
    return Finding(finding.level, about, finding.says, finding.remedy)


def _answer(text: str, protocol: Protocol, seconds: float) -> bytes:
    """Give the beginning of the answer, or all that came until the other side closed the connection. Raises OSError."""
    deadline = time.monotonic() + seconds
    answer = b""
    with _connect(text, seconds) as connection:
        connection.sendall(protocol.question)
        while not protocol.is_answer(answer) and len(answer) < LONGEST_ANSWER:
            connection.settimeout(max(deadline - time.monotonic(), SHORTEST_WAIT))
            try:
                chunk = connection.recv(LONGEST_ANSWER - len(answer))
            except (TimeoutError, ConnectionResetError):
                if not answer:
                    raise
                break
            if not chunk:
                break
            answer += chunk
    return answer


def _connect(text: str, seconds: float) -> socket.socket:
    if text.startswith(UNIX):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(text.removeprefix(UNIX))
        except OSError:
            connection.close()
            raise
        return connection
    host, port = host_port(text)
    return socket.create_connection((ANY_HOST.get(host, host), port), timeout=seconds)
