"""The courier that puts mail into a Maildir (https://cr.yp.to/proto/maildir.html): tmp/, fsync, rename to new/.

All notices go into one folder, whoever their owner is: Return-Path and Delivered-To in front say the envelope
(RFC 5321 section 4.4).
"""

import asyncio
import contextlib
import os
import secrets
import time
from pathlib import Path

from bouncer.mail.parcel import Mail
from bouncer.ports import Handed, Outcome

_TOKEN_OCTETS = 8
"""Of a file's name: 64 bits of chance, so that no two writers on any number of hosts meet."""


class Maildir:
    """Delivers into the Maildir at *path*, which is made when it is not there."""

    name = "maildir"

    def __init__(self, path: Path) -> None:
        self._path = path

    async def deliver(self, mail: Mail) -> Handed:
        """Write *mail* durably; the words are the file's path. A folder that cannot be written to is LATER."""
        try:
            kept = await asyncio.to_thread(self._write, mail)
        except OSError as error:
            return Handed(Outcome.LATER, f"{self._path}: {error.strerror}")
        return Handed(Outcome.SENT, str(kept))

    async def close(self) -> None:
        """Hold nothing, let nothing go."""

    def _write(self, mail: Mail) -> Path:
        for folder in ("tmp", "new", "cur"):
            (self._path / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{int(time.time())}.{secrets.token_hex(_TOKEN_OCTETS)}.bouncer"
        before, after = self._path / "tmp" / name, self._path / "new" / name
        try:
            _write_durably(before, _as_a_file(mail))
            before.rename(after)
        except OSError:
            with contextlib.suppress(OSError):
                before.unlink()
            raise
        _sync_folder(after.parent)
        return after


def _as_a_file(mail: Mail) -> bytes:
    """Lines of a Maildir end as lines of files do."""
    envelope = f"Return-Path: <{mail.reverse_path}>\nDelivered-To: {mail.forward_path}\n"
    return envelope.encode() + mail.octets.replace(b"\r\n", b"\n")


def _write_durably(path: Path, octets: bytes) -> None:
    with path.open("xb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
