"""Listening at a path of the file system (unix(7)): who may connect, and what becomes of a file that is there already.

A socket that its program left behind when it was killed is taken away: one of our own user that nobody answers. Anything else at
the path is another's, stays as it is, and is told.
"""

import contextlib
import errno
import grp
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bouncer.errors import BouncerError, ConfigError, ListenError
from bouncer.files import locked_folder

PROBE_SECONDS = 1.0
"""How long whoever listens there may take to let us in: a full queue of connections is an answer, too."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may connect: the mode of the socket's file, and its group, by name or number; None for the program's own."""

    mode: int = 0o660
    group: str | None = None


@dataclass(frozen=True, slots=True)
class BoundPath:
    """A socket that listens at a path, and which file it made there."""

    socket: socket.socket
    path: Path
    device: int
    inode: int

    @classmethod
    def open(cls, named: str, path: Path, access: Access, *, backlog: int) -> Self:
        """Listen at *path*, of the setting *named*, for those whom *access* lets in.

        Raises ListenError where another program listens there, ConfigError where this user cannot, or something else is there.
        """
        try:
            group = _group(named, access.group)
            with locked_folder(path.parent):
                _clear(named, path)
                return cls._bind(path, access.mode, group, backlog)
        except OSError as error:
            raise _cannot_listen(named, path, error) from error

    @classmethod
    def _bind(cls, path: Path, mode: int, group: int | None, backlog: int) -> Self:
        """Make the socket; until it listens, after its mode is set, nobody can connect."""
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            bound.setblocking(False)  # noqa: FBT003 -- socket's own
            bound.bind(str(path))
            made = path.lstat()
        except OSError:
            bound.close()
            raise
        found = cls(bound, path, made.st_dev, made.st_ino)
        try:
            if group is not None:
                os.chown(path, -1, group, follow_symlinks=False)
            path.chmod(mode)
            bound.listen(backlog)
        except OSError:
            found.remove()
            bound.close()
            raise
        return found

    def remove(self) -> None:
        """Take the file away, where it is still the one that was made."""
        with contextlib.suppress(OSError):
            there = self.path.lstat()
            if (there.st_dev, there.st_ino) == (self.device, self.inode):
                self.path.unlink()


def _clear(named: str, path: Path) -> None:
    """Take away a socket of our own user that nobody answers; raises ConfigError or ListenError for anything else there."""
    try:
        there = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(there.st_mode):
        raise ConfigError(f"{named}: {path} is there already and is no socket; move it away, or name another path")
    if _is_answered(path):
        raise ListenError(f"{named}: {path} is in use, another program listens there; stop it, or name another path")
    if there.st_uid != os.geteuid():
        raise ConfigError(
            f"{named}: {path} is another user's socket; remove it if nobody needs it, or name another path"
        )
    path.unlink()


def _is_answered(path: Path) -> bool:
    """Whether anybody may be at the other end: all but a clear refusal counts."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_SECONDS)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
    return True


def _group(named: str, group: str | None) -> int | None:
    if group is None:
        return None
    if group.isascii() and group.isdigit():
        return int(group)
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise ConfigError(f"{named}: there is no group {group} on this machine; see [milter] socket_group") from None


def _cannot_listen(named: str, path: Path, error: OSError) -> BouncerError:
    if error.errno == errno.EADDRINUSE:
        return ListenError(f"{named}: {path} is in use, another program listens there; stop it, or name another path")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        remedy = "make it, or have systemd make it (RuntimeDirectory=)"
        return ConfigError(f"{named}: {path}: there is no folder {path.parent}; {remedy}")
    if error.errno == errno.EPERM:
        remedy = "a program may give a socket only to a group that its user is in"
        return ConfigError(f"{named}: {path} cannot get the group of [milter] socket_group; {remedy}")
    if error.errno == errno.EACCES:
        return ConfigError(
            f"{named}: this user may not make a socket in {path.parent}; let it write there, or name another path"
        )
    return ConfigError(f"{named}: nobody can listen at {path}: {os.strerror(error.errno) if error.errno else error}")
