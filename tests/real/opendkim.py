"""OpenDKIM, an independent verifier of signatures (opendkim(8): -t tests a file, TestPublicKeys stands for the DNS)."""

import subprocess
from pathlib import Path

from real.parts import find, why_absent

from bouncer.notify.dkim import Signer, read_signer
from bouncer.settings import ForwardSettings


def make_key(file: Path) -> Path:
    """Write a fresh key into *file*, as the README has it made."""
    file.write_bytes(subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout)
    return file


def signer(from_: str, key: Path) -> Signer:
    """Give our signer with that key."""
    found = read_signer(ForwardSettings(from_=from_, dkim_key=key))
    assert found is not None
    return found


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
