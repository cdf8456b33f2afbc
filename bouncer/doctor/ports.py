"""Checks the ports: which program answers at our addresses, and whether we can listen at those where none does."""

import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.settings.addresses import ANY_HOST, SMTP_PORT, host_port
from bouncer.settings.sections import SmtpSettings

LONGEST_GREETING = 512
"""Octets of a reply line (RFC 5321 section 4.5.3.1.5)."""
SHORTEST_WAIT = 0.001
"""Seconds that a greeting is waited for at least; zero would make the socket non-blocking."""
PROXY_OF_ITS_OWN = b"PROXY UNKNOWN\r\n"
"""A proxy's own connection, without a client (the PROXY protocol, section 2.1)."""


def ports(settings: SmtpSettings, seconds: float) -> Iterator[Finding]:
    """Check every address of [smtp] listen, and port 25 of this machine."""
    places = [host_port(text) for text in settings.listen]
    for host, port in places:
        yield _check_listener(host, port, settings, seconds)
    if SMTP_PORT not in [port for _, port in places]:
        yield _worlds_port(SMTP_PORT, settings, seconds)


def daemon_answers(settings: SmtpSettings, seconds: float) -> bool:
    """Whether our daemon answers at the addresses in the settings, or at port 25."""
    places = [*(host_port(text) for text in settings.listen), ("localhost", SMTP_PORT)]
    return any(_is_ours(host, port, settings, seconds) for host, port in places if port)


def _is_ours(host: str, port: int, settings: SmtpSettings, seconds: float) -> bool:
    try:
        first_line = greeting(ANY_HOST.get(host, host), port, seconds, through_proxy=bool(settings.proxy_protocol))
    except OSError:
        return False
    return first_line == f"220 {settings.hostname} ESMTP"


def _check_listener(host: str, port: int, settings: SmtpSettings, seconds: float) -> Finding:
    about = fill("port {what}", what=f"{host}:{port}")
    try:
        greeted = greeting(ANY_HOST.get(host, host), port, seconds, through_proxy=bool(settings.proxy_protocol))
    except ConnectionRefusedError:
        return bindable(host, port)
    except OSError as error:
        return fail(
            about,
            fill("something is there but does not answer: {what}", what=error),
            "see what listens there: ss -ltnp",
        )
    return _check_greeting(about, greeted, settings.hostname)


def _check_greeting(about: str, greeted: str, hostname: str) -> Finding:
    if greeted.split()[:2] == ["220", hostname]:
        return ok(about, fill("answers as {what}", what=hostname))
    return fail(
        about,
        fill("someone else answers: {what}", what=greeted),
        "stop it, or listen elsewhere; with another [smtp] hostname, restart us",
    )


def bindable(host: str, port: int) -> Finding:
    """Check whether this user could listen at *port* of *host*."""
    about = fill("port {what}", what=f"{host}:{port}")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with closing(socket.socket(family, kind, protocol)) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        if error.errno == errno.EACCES:
            remedy = "let systemd open it (systemd/bouncer.socket): ports below 1024 are the machine's own"
            return fail(about, "this user may not listen there", remedy)
        return fail(
            about, fill("cannot be listened on: {what}", what=error.strerror), "name an address that this machine has"
        )
    return ok(about, "free; the daemon does not run")


def _worlds_port(port: int, settings: SmtpSettings, seconds: float) -> Finding:
    about = fill("port {what} of this machine", what=port)
    try:
        greeted = greeting("localhost", port, seconds, through_proxy=bool(settings.proxy_protocol))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        remedy = (
            "enable systemd/bouncer.socket, or lead it here from where the MX points; right if that is another machine"
        )
        return warn(about, fill("nobody answers there ({what}), and mail servers try no other", what=why), remedy)
    finding = _check_greeting(about, greeted, settings.hostname)
    if settings.fronts and greeted.startswith("220 "):
        return ok(about, fill("the mail server in front answers: {what}", what=greeted))
    remedy = (
        "stop it and enable systemd/bouncer.socket, or have it hand the return-path domains on to us (docs/front.md)"
    )
    return finding if not finding.remedy else warn(about, finding.says, remedy)


def greeting(host: str, port: int, seconds: float, *, through_proxy: bool = False) -> str:
    """Give the first line that a server sends, at most 512 octets, within *seconds* in all.

    With *through_proxy*, the connection is one that a proxy makes to check its server. Raises OSError, ConnectionRefusedError where
    no program listens.
    """
    deadline = time.monotonic() + seconds
    received = b""
    with socket.create_connection((host, port), timeout=seconds) as connection:
        if through_proxy:
            connection.sendall(PROXY_OF_ITS_OWN)
        while b"\n" not in received and len(received) < LONGEST_GREETING:
            connection.settimeout(max(deadline - time.monotonic(), SHORTEST_WAIT))
            chunk = connection.recv(LONGEST_GREETING - len(received))
            if not chunk:
                break
            received += chunk
    return received.partition(b"\n")[0].decode("utf-8", "replace").strip()
