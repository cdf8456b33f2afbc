"""The facts about a store as a whole, of any revision: its file, its contents, the copies beside it."""

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bouncer.store.lifecycle.copying import COPY, REPLACED, Copy, copies
from bouncer.store.lifecycle.recognizing import connect_to_read, has_log, recognize_ours
from bouncer.store.lifecycle.restoring import count_waiting_notices
from bouncer.store.lifecycle.store_lock import is_served

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""The origin of the database's microseconds, in every revision."""
NUMBER_OF_LETTERS = "SELECT count(*) FROM letters"
NEWEST_LETTER = "SELECT max(received_at) FROM letters"
MARK = "SELECT mark FROM identity"
"""Queries for the facts about a store; the last one's table exists from revision 0014 on."""


@dataclass(frozen=True, slots=True)
class WholeStore:
    """A store: *id* is shared with its backups; None before revision 0014.

    *octets* counts the file and its log on the disk; *copies* are beside it, the oldest first.
    """

    path: Path | str  # of a database on a server, the url without its password
    id: str | None
    revision: str
    is_current: bool
    is_served: bool
    octets: int
    letters: int
    waiting: int
    newest_letter: dt.datetime | None
    copies: tuple[Copy, ...]

    @property
    def is_on_server(self) -> bool:
        """Whether the store is in a server's database, which daemons on other machines may serve, too."""
        return isinstance(self.path, str)


def show(path: Path) -> WholeStore:
    """Inspect the store at *path*, and write nothing. Raises ConfigError where there is none, errors of the database, OSError."""
    store = recognize_ours(path)
    with closing(connect_to_read(path, immutable=not has_log(path))) as connection:
        (letters,) = connection.execute(NUMBER_OF_LETTERS).fetchone()
        (newest,) = connection.execute(NEWEST_LETTER).fetchone()
        to_leave = count_waiting_notices(connection)
        mark = _mark(connection)
    return WholeStore(
        path=path,
        id=mark,
        revision=store.revision,
        is_current=store.is_current,
        is_served=is_served(path),
        octets=sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()),
        letters=letters,
        waiting=to_leave,
        newest_letter=moment_of(newest),
        copies=(*copies(path, COPY), *copies(path, REPLACED)),
    )


def moment_of(microseconds: int | None) -> dt.datetime | None:
    """Convert the database's form of a moment."""
    return None if microseconds is None else EPOCH + dt.timedelta(microseconds=microseconds)


def _mark(connection: sqlite3.Connection) -> str | None:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'identity'").fetchone():
        return None
    (mark,) = connection.execute(MARK).fetchone()
    return str(mark)
