"""Looks at the ports of the doors for outgoing mail: does each answer in its own protocol, and if not, who is there?

Asked is what changes and counts nothing: options are negotiated with the milter, the others are asked about no recipient.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bouncer.doctor.finding import Finding, fail, ok
from bouncer.doctor.ports import ANY_HOST, bindable
from bouncer.milter.frames import NEGOTIATE, VERSION, frame
from bouncer.settings import MilterSettings, place

LONGEST_ANSWER = 512
"""Octets: each of these answers is shorter."""
UNIX = "unix:"
"""What the address of a socket in the file system begins with, as mail servers write it."""
SHORTEST_WAIT = 0.001
"""Seconds; zero would mean not to wait but to fail otherwise."""
_NEGOTIATE = bytes([NEGOTIATE])
_ALL_OPTIONS = struct.pack("!LLL", VERSION, 0x1FF, 0x1FFFFF)
"""What a mail server offers that can do everything (libmilter/docs)."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """What is asked at a door, and what an answer of its protocol looks like."""

    name: str
    setting: str
    question: bytes
    is_answer: Callable[[bytes], bool]


PROTOCOLS = (
    Protocol("milter", "listen", frame(_NEGOTIATE, _ALL_OPTIONS), lambda octets: octets[4:5] == _NEGOTIATE),
    Protocol(
        "policy service",
        "policy_listen",
        b"request=smtpd_access_policy\n\n",
        lambda octets: octets.startswith(b"action="),
    ),
    Protocol(
        "socketmap",
        "socketmap_listen",
        b"7:check x,",
        lambda octets: octets.partition(b":")[2].startswith((b"NOTFOUND ", b"OK ", b"TEMP ")),
    ),
)


def places(milter: MilterSettings) -> Iterator[tuple[Protocol, str]]:
    """Give each door that the settings open, and where; a port that is chosen at the start is left out."""
    for protocol in PROTOCOLS:
        for text in getattr(milter, protocol.setting):
            if not text.endswith(":0"):
                yield protocol, text


def ports(milter: MilterSettings, seconds: float, *, serving: bool) -> Iterator[Finding]:
    """Ask each door, for *seconds* at most; *serving*: the daemon answers at its SMTP port."""
    for protocol, text in places(milter):
        yield _asked(protocol, text, seconds, serving=serving)


def _asked(protocol: Protocol, text: str, seconds: float, *, serving: bool) -> Finding:
    about = f"{protocol.name} {text}"
    try:
        answer = _answer(text, protocol, seconds)
    except (ConnectionRefusedError, FileNotFoundError):
        if serving:
            return fail(
                about, "nobody listens there, and the daemon runs", "restart the daemon: it opens it at its start"
            )
        return _free(about, text)
    except OSError as error:
        why = error.strerror or str(error)
        return fail(
            about,
            f"cannot be reached, or does not answer: {why}",
            f"see what listens there: ss -ltnp; {_other(protocol)}",
        )
    if not protocol.is_answer(answer):
        shown = answer.decode("utf-8", "replace").strip() or "nothing"
        return fail(about, f"something else answers there, and says {shown}", f"stop it, or {_other(protocol)}")
    return ok(about, "answers")


def _free(about: str, text: str) -> Finding:
    if text.startswith(UNIX):
        return ok(about, "free; the daemon does not run")
    finding = bindable(*place(text))
    return Finding(finding.level, about, finding.says, finding.remedy)


def _other(protocol: Protocol) -> str:
    return f"name another port in [milter] {protocol.setting}"


def _answer(text: str, protocol: Protocol, seconds: float) -> bytes:
    """Give the beginning of the answer, or what came until the other side hung up. Raises OSError."""
    deadline = time.monotonic() + seconds
    answer = b""
    with _connected(text, seconds) as connection:
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


def _connected(text: str, seconds: float) -> socket.socket:
    if text.startswith(UNIX):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(text.removeprefix(UNIX))
        except OSError:
            connection.close()
            raise
        return connection
    host, port = place(text)
    return socket.create_connection((ANY_HOST.get(host, host), port), timeout=seconds)
