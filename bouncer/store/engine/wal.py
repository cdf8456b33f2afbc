"""Checkpoints of SQLite's write-ahead log while letters pour in (https://www.sqlite.org/wal.html section 3).

By default SQLite checkpoints in the commit that makes the log long; that commit's letters, and all that wait behind it, would wait
for the whole checkpoint. Here a thread of its own checkpoints beside the writer; only when the log has become long does the writer
stop to checkpoint the last few pages, so that the log starts again and its file does not grow for ever.
"""

import logging
import sqlite3
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

EVERY_SECONDS = 1.0
"""Interval of checkpoints while there is writing."""
LONG_PAGES = 16_000
"""Pages (4 kB) after which the log is restarted."""
FEW_PAGES = 500
"""Pages that the writer may have to checkpoint itself at a restart: 2 MB take it some milliseconds."""
MOST_ROUNDS = 8
"""Rounds in which the thread checkpoints the pages that were written during the round before. If the disk is so slow that it never
catches up, the writer stops for the rest: the log must not grow for ever."""
WAIT_MILLISECONDS = 50
"""Time that a restart may wait for readers of the old log; it is retried a second later."""

_log = logging.getLogger(__name__)


class WalCheckpointer:
    """Checkpoints the log of the database at *path*. Only the writing thread calls its methods, except ``close``."""

    def __init__(self, path: Path) -> None:
        self.is_long = False
        self._path = path
        self._thread = ThreadPoolExecutor(1, "store-log")
        self._began_at = float("-inf")
        self.running: Future[None] | None = None
        """The last checkpoint, running or ended."""

    def checkpoint_when_due(self) -> None:
        """Checkpoint in the other thread, at most every second and one at a time."""
        now = time.monotonic()
        if now - self._began_at >= EVERY_SECONDS and (self.running is None or self.running.done()):
            self._began_at = now
            self.running = self._thread.submit(self._checkpoint_in_rounds)

    def _checkpoint_in_rounds(self) -> None:
        """Checkpoint again while the log is long and the writer adds to it, MOST_ROUNDS times at most."""
        try:
            with closing(self.connect()) as connection:
                pages = _checkpoint(connection)
                new, rounds = pages, 1
                while pages > LONG_PAGES and new > FEW_PAGES and rounds < MOST_ROUNDS:
                    before, pages = pages, _checkpoint(connection)
                    new, rounds = pages - before, rounds + 1
            self.is_long = pages > LONG_PAGES
        except sqlite3.Error as error:  # nothing is lost: the pages stay in the log until the next checkpoint
            _log.info("the log was not checkpointed: %s", type(error).__name__)

    def connect(self) -> sqlite3.Connection:
        """Connect to the database for a checkpoint; raises sqlite3.Error."""
        file = f"{self._path.as_uri()}?mode=rw"  # never makes a new file where the old one was moved away
        connection = sqlite3.connect(file, 0, isolation_level=None, uri=True)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def restart_log(self, connection: sqlite3.Connection, *, cut: bool = False) -> None:
        """Checkpoint the rest on the writer's own *connection*, so that the next page is written at the log's beginning.

        *cut*: the file of the log is cut to nothing, too; where the log cannot be checkpointed now, it stays.
        """
        self.is_long = False
        connection.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
        try:
            connection.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if cut else 'RESTART'})").fetchone()
        except sqlite3.OperationalError:
            if not cut:
                raise
        finally:
            connection.execute("PRAGMA busy_timeout = 0")

    def close(self) -> None:
        """Wait for the running checkpoint."""
        self._thread.shutdown()


def _checkpoint(connection: sqlite3.Connection) -> int:
    """Checkpoint as many pages of the log as no reader holds up; gives the number of pages in the log."""
    pages: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return pages
