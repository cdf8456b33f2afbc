"""Checks the ports of the HTTP API: whether the API answers there, or which other program does. It asks without a key."""

import socket
import ssl
import time
from collections.abc import Iterator

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok
from bouncer.doctor.ports import bindable
from bouncer.settings.addresses import ANY_HOST, host_port, socket_path
from bouncer.settings.sections import HttpSettings

LONGEST_ANSWER = 4096
"""Octets of an answer that are read: the header fields and the beginning of the description."""
SHORTEST_WAIT = 0.001
"""Seconds that an answer is waited for at least; zero would make the socket non-blocking."""
_QUESTION = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_OURS = b'"title":"bouncer"'


def check_http_ports(settings: HttpSettings, seconds: float, *, serving: bool) -> Iterator[Finding]:
    """Ask at each address, for *seconds* at most; *serving*: the daemon answers at its SMTP port."""
    for text in settings.listen:
        if not text.endswith(":0"):  # a port that is chosen at the start
            yield _ask(settings, text, seconds, serving=serving)


def _ask(settings: HttpSettings, text: str, seconds: float, *, serving: bool) -> Finding:
    about = fill("HTTP {what}", what=text)
    try:
        answer = _answer(text, seconds, with_tls=settings.tls_certificate is not None)
    except (ConnectionRefusedError, FileNotFoundError):
        if serving:
            remedy = "restart the daemon: it opens it at its start"
            return fail(about, "nobody listens there", remedy)
        return _check_unused(about, text)
    except OSError as error:
        why = error.strerror or str(error)
        return fail(
            about, fill("cannot be reached, or does not answer: {what}", what=why), "see what listens there: ss -ltnp"
        )
    if _OURS not in answer:
        status_line = answer.partition(b"\r\n")[0].decode("utf-8", "replace").strip() or fill("nothing")
        return fail(
            about,
            fill("something else answers there, and says {what}", what=status_line),
            "stop it, or change [http] listen",
        )
    return ok(about, "answers")


def _check_unused(about: str, text: str) -> Finding:
    if socket_path(text):
        return ok(about, "free; the daemon does not run")
    finding = bindable(*host_port(text))
    return Finding(finding.level, about, finding.says, finding.remedy)


def _answer(text: str, seconds: float, *, with_tls: bool) -> bytes:
    """Give the beginning of the answer. Raises OSError."""
    deadline, answer = time.monotonic() + seconds, b""
    with _connect(text, seconds, with_tls=with_tls) as connection:
        connection.sendall(_QUESTION)
        while _OURS not in answer and len(answer) < LONGEST_ANSWER:
            connection.settimeout(max(deadline - time.monotonic(), SHORTEST_WAIT))
            if not (chunk := connection.recv(LONGEST_ANSWER)):
                break
            answer += chunk
    return answer


def _connect(text: str, seconds: float, *, with_tls: bool) -> socket.socket:
    if path := socket_path(text):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
    else:
        host, port = host_port(text)
        connection = socket.create_connection((ANY_HOST.get(host, host), port), timeout=seconds)
    try:
        if path:
            connection.connect(str(path))
        return _any_certificate().wrap_socket(connection) if with_tls else connection
    except OSError:
        connection.close()
        raise


def _any_certificate() -> ssl.SSLContext:
    """Make a context that takes any certificate: this check does not judge whether clients trust it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
