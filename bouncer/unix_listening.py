"""Listening at a path of the file system (unix(7)): the permissions of the socket, and the treatment of an existing file.

A stale socket, which a killed program left behind, is removed: it belongs to our own user, and no program listens on it. Any other
file at the path stays as it is and is an error.
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
"""Seconds to wait for a connection to an existing socket; a timeout (a full backlog) means that a program listens there, too."""


@dataclass(frozen=True, slots=True)
class Access:
    """The permissions of a socket: the mode of its file, and its group, by name or number; None for the program's own group."""

    mode: int = 0o660
    group: str | None = None


@dataclass(frozen=True, slots=True)
class BoundPath:
    """A socket that listens at a path, and the device and inode of the file that it made there."""

    socket: socket.socket
    path: Path
    device: int
    inode: int

    @classmethod
    def open(cls, setting: str, path: Path, access: Access, *, backlog: int) -> Self:
        """Listen at *path*, of the setting *setting*, with the permissions of *access*.

        Raises ListenError where another program listens there, ConfigError where another file is there, or this user may not.
        """
        try:
            group = _group(setting, access.group)
            with locked_folder(path.parent):
                _remove_stale_socket(setting, path)
                return cls._bind(path, access.mode, group, backlog)
        except OSError as error:
            raise _cannot_listen(setting, path, error) from error

    @classmethod
    def _bind(cls, path: Path, mode: int, group: int | None, backlog: int) -> Self:
        """Make the socket; it listens only after its mode is set, so that nobody connects before."""
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            bound.setblocking(False)  # noqa: FBT003 -- socket's own
            bound.bind(str(path))
            status = path.lstat()
        except OSError:
            bound.close()
            raise
        bound_path = cls(bound, path, status.st_dev, status.st_ino)
        try:
            if group is not None:
                os.chown(path, -1, group, follow_symlinks=False)
            path.chmod(mode)
            bound.listen(backlog)
        except OSError:
            bound_path.remove()
            bound.close()
            raise
        return bound_path

    def remove(self) -> None:
        """Remove the file, where it is still the file that this socket made."""
        with contextlib.suppress(OSError):
            status = self.path.lstat()
            if (status.st_dev, status.st_ino) == (self.device, self.inode):
                self.path.unlink()


def _remove_stale_socket(setting: str, path: Path) -> None:
    """Remove a stale socket of our own user; raises ConfigError or ListenError for any other file."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(status.st_mode):
        raise ConfigError(f"{setting}: {path} is there already and is no socket; move it away, or name another path")
    if _is_answered(path):
        raise ListenError(f"{setting}: {path} is in use, another program listens there; stop it, or name another path")
    if status.st_uid != os.geteuid():
        raise ConfigError(
            f"{setting}: {path} is another user's socket; remove it if nobody needs it, or name another path"
        )
    path.unlink()


def _is_answered(path: Path) -> bool:
    """Whether a program may listen on the socket: true for any result but ECONNREFUSED."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_SECONDS)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
    return True


def _group(setting: str, group: str | None) -> int | None:
    if group is None:
        return None
    if group.isascii() and group.isdigit():
        return int(group)
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise ConfigError(f"{setting}: there is no group {group} on this machine; see [milter] socket_group") from None


def _cannot_listen(setting: str, path: Path, error: OSError) -> BouncerError:
    if error.errno == errno.EADDRINUSE:
        return ListenError(f"{setting}: {path} is in use, another program listens there; stop it, or name another path")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        remedy = "make it, or have systemd make it (RuntimeDirectory=)"
        return ConfigError(f"{setting}: {path}: there is no folder {path.parent}; {remedy}")
    if error.errno == errno.EPERM:
        remedy = "a program may give a socket only to a group that its user is in"
        return ConfigError(f"{setting}: {path} cannot get the group of [milter] socket_group; {remedy}")
    if error.errno == errno.EACCES:
        return ConfigError(
            f"{setting}: this user may not make a socket in {path.parent}; let it write there, or name another path"
        )
    return ConfigError(f"{setting}: nobody can listen at {path}: {os.strerror(error.errno) if error.errno else error}")
