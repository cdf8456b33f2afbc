"""The clock: the one place where the time is looked up; everywhere else it is an argument."""

import datetime as dt
import time

DAY_SECONDS = 86_400


def now() -> dt.datetime:
    """The time, UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> int:
    """The day, since 1970-01-01, UTC."""
    return int(time.time()) // DAY_SECONDS
