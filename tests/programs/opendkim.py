"""OpenDKIM, an independent verifier and signer (opendkim(8): -t tests a file, TestPublicKeys stands for the DNS)."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from programs.parts import find, free_port, why_absent

from bouncer.notify.dkim import Signer, read_signer
from bouncer.settings.sections import ForwardSettings


def make_key(file: Path) -> Path:
    """Write a fresh key into *file*, as the README has it made."""
    file.write_bytes(subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout)
    return file


def signer(from_: str, key: Path) -> Signer:
    """Give our signer with that key."""
    signer = read_signer(ForwardSettings(from_=from_, dkim_key=key))
    assert signer is not None
    return signer


def verdict(octets: bytes, signer: Signer, folder: Path) -> str:
    """Say what OpenDKIM says of a mail, with the key published as `check` prints it; *folder* is for its files."""
    part = find("opendkim")
    if part is None:
        raise LookupError(why_absent("opendkim"))
    (folder / "keys").write_text(f"{signer.name} {signer.record}\n")
    (folder / "conf").write_text(f"Mode v\nTestPublicKeys {folder}/keys\nBackground no\nSyslog no\n")
    (folder / "mail").write_bytes(octets)
    command = [*part.command, "-x", str(folder / "conf"), "-vv", "-t", str(folder / "mail")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout


MILTER = """\
Mode s
Domain {domain}
Selector {selector}
KeyFile {key}
RequireSafeKeys no
InternalHosts 127.0.0.0/8
SignHeaders *,+X-Bouncer-Return-Path
Socket inet:{port}@127.0.0.1
Background no
Syslog no
"""
"""For one that signs a domain's mail, and with it the mark of mails to several."""
START_SECONDS = 30.0


@contextlib.contextmanager
def signing_milter(domain: str, selector: str, key: Path, folder: Path) -> Iterator[int]:
    """Run OpenDKIM as a milter that signs, until the block ends; gives its port."""
    part = find("opendkim")
    if part is None:
        raise LookupError(why_absent("opendkim"))
    port = free_port()
    (folder / "milter.conf").write_text(MILTER.format(domain=domain, selector=selector, key=key, port=port))
    with subprocess.Popen([*part.command, "-f", "-x", str(folder / "milter.conf")]) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("OpenDKIM does not answer")
