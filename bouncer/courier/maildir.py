"""The courier that puts mail into a Maildir (https://cr.yp.to/proto/maildir.html): tmp/, fsync, rename to new/.

All notices go into one folder, whoever their owner is: the fields Return-Path and Delivered-To in front show the envelope
(RFC 5321 section 4.4).
"""

import asyncio
import contextlib
import os
import secrets
import time
from pathlib import Path

from bouncer.courier.envelope import NOT_AN_ADDRESS, envelope_address
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import DeliveryResult, Outcome

FILE_MODE = 0o600
"""Mode of a mail's file: reports name people, and the folder may be an old one that is open to others."""
FOLDER_MODE = 0o700
ROOT = 0
"""User id of commands that an administrator runs."""
_TOKEN_OCTETS = 8
"""Random octets in a file's name: 64 bits, so that writers on any number of hosts never choose the same name."""


class Maildir:
    """Delivers into the Maildir at *path*, which is made if it does not exist."""

    name = "maildir"

    def __init__(self, path: Path) -> None:
        self._path = path

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Write *mail* durably; the result's words are the file's path. A folder that cannot be written to gives UNAVAILABLE."""
        reverse_path, forward_path = envelope_address(mail.reverse_path), envelope_address(mail.forward_path)
        if reverse_path is None or not forward_path:
            return DeliveryResult(Outcome.REFUSED, NOT_AN_ADDRESS)
        try:
            front = f"Return-Path: <{reverse_path}>\nDelivered-To: {forward_path}\n".encode()
            # In a Maildir lines end with LF.
            path = await asyncio.to_thread(self._write, front + mail.octets.replace(b"\r\n", b"\n"))
        except OSError as error:
            return DeliveryResult(Outcome.UNAVAILABLE, f"{self._path}: {error.strerror}")
        return DeliveryResult(Outcome.SENT, str(path))

    async def close(self) -> None:
        """Do nothing: the courier holds no resources."""

    def _write(self, octets: bytes) -> Path:
        for folder in ("tmp", "new", "cur"):
            _make_folder(self._path / folder)
        name = f"{int(time.time())}.{secrets.token_hex(_TOKEN_OCTETS)}.bouncer"
        before, after = self._path / "tmp" / name, self._path / "new" / name
        try:
            _write_durably(before, octets)
            before.rename(after)
        except OSError:
            with contextlib.suppress(OSError):
                before.unlink()
            raise
        _sync_folder(after.parent)
        return after


def _make_folder(folder: Path) -> None:
    """Make *folder* and those above it, each for the owner of the folder above."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=FOLDER_MODE)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _give_to_owner(descriptor, folder.parent)
    finally:
        os.close(descriptor)


def _give_to_owner(descriptor: int, folder: Path) -> None:
    """Give a file that root made to the owner of *folder*: the daemon, which is seldom root, goes on there.

    A root without that privilege, as in a container, keeps it.
    """
    owner = folder.stat()
    if os.geteuid() == ROOT and owner.st_uid != ROOT:
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _write_durably(path: Path, octets: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        _give_to_owner(descriptor, path.parent)
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
