"""SQLite's write-ahead log, carried over into the file while letters pour in (https://www.sqlite.org/wal.html section 3).

SQLite's own way is to do so in whichever commit makes the log long; that commit's letters, and all that wait behind it, would
wait for the whole of it. Here a thread of its own carries over beside the writer; only when the log has become long does
the writer stop for the little that came since, so that the log begins anew and its file does not grow for ever.
"""

import logging
import sqlite3
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

EVERY_SECONDS = 1.0
"""How often, while there is writing."""
LONG_PAGES = 16_000
"""Pages (4 kB) after which the log is begun anew."""
WAIT_MILLISECONDS = 50
"""How long that may wait for readers of the old log; then it is tried again a second later."""

_log = logging.getLogger(__name__)


class WalCheckpointer:
    """The log of the database at *path*. All but ``close`` is called by the writing thread alone."""

    def __init__(self, path: Path) -> None:
        self.is_long = False
        self._path = path
        self._thread = ThreadPoolExecutor(1, "store-log")
        self._began_at = float("-inf")
        self.carried: Future[None] | None = None
        """The last carrying over, as it runs or ended."""

    def carry_over_when_due(self) -> None:
        """Carry over in the other thread, at most every second and once at a time."""
        now = time.monotonic()
        if now - self._began_at >= EVERY_SECONDS and (self.carried is None or self.carried.done()):
            self._began_at = now
            self.carried = self._thread.submit(self._carry_over)

    def _carry_over(self) -> None:
        try:
            file = f"{self._path.as_uri()}?mode=rw"  # never makes a new one where it was moved away
            with closing(sqlite3.connect(file, 0, isolation_level=None, uri=True)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self.is_long = pages > LONG_PAGES
        except sqlite3.Error as error:  # nothing is lost: it stays in the log until the next time
            _log.info("the log was not carried over: %s", type(error).__name__)

    def begin_anew(self, connection: Any, busy_seconds: float) -> None:
        """Carry over the rest on the writer's own *connection*, so that the next page stands at the log's beginning."""
        self.is_long = False
        connection.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
        connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        connection.execute(f"PRAGMA busy_timeout = {busy_seconds * 1000:.0f}")

    def close(self) -> None:
        """Let it end."""
        self._thread.shutdown()
