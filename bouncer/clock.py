"""The clock: the only module that asks the system for the time; every other module takes the time as an argument."""

import datetime as dt
import time

DAY_SECONDS = 86_400


def now() -> dt.datetime:
    """Give the current time, UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> int:
    """Give the current day, UTC, as the number of days since 1970-01-01."""
    return int(time.time()) // DAY_SECONDS
