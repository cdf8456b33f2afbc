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
OTHER_CHECKPOINT_SECONDS = 5.0
"""Time that a cut may wait for a checkpoint of another thread or process. SQLite refuses a second checkpoint at once; a letter that
comes while the disk is short of room would be refused though the log can be cut a moment later."""
RETRY_SECONDS = 0.005
"""Pause between two tries of a cut."""
ANOTHER_RUNS = -1
"""Number of pages that SQLite tells where another checkpoint is running (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html)."""

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

        *cut*: the file of the log is cut to nothing, too, after another checkpoint that is running; where readers hold the log, it
        stays.
        """
        self.is_long = False
        connection.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
        try:
            if cut:
                _cut_log(connection)
            else:
                connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        except sqlite3.OperationalError:
            if not cut:
                raise
        finally:
            connection.execute("PRAGMA busy_timeout = 0")

    def carry_over_and_cut(self, connection: sqlite3.Connection) -> bool:
        """Checkpoint the whole log and cut its file; False where readers hold it.

        Raises sqlite3.OperationalError, as where another checkpoint is running. Any thread may
        call it, with a *connection* of its own. Writers wait for the pages alone that came meanwhile.
        """
        _checkpoint(connection)
        connection.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
        is_held: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not is_held

    def close(self) -> None:
        """Wait for the running checkpoint."""
        self._thread.shutdown()


def _cut_log(connection: sqlite3.Connection) -> None:
    """Checkpoint the whole log and cut its file, after another checkpoint that is running; raises sqlite3.OperationalError."""
    give_up_at = time.monotonic() + OTHER_CHECKPOINT_SECONDS
    while True:
        pages: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[1]
        if pages != ANOTHER_RUNS or time.monotonic() > give_up_at:
            return
        time.sleep(RETRY_SECONDS)


def _checkpoint(connection: sqlite3.Connection) -> int:
    """Checkpoint as many pages of the log as no reader holds up; gives the number of pages in the log."""
    pages: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return pages
