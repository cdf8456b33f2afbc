"""The field Retry-After of an answer (RFC 9110 section 10.2.3): the pause for which an endpoint asks."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime

MOST_SECONDS = 3600.0
"""The longest wait that an endpoint can ask for: one that writes a wrong year hears from us within the hour."""
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


def seconds_to_wait(field: str, now: dt.datetime) -> float:
    """Give the seconds for which *field* asks, MOST_SECONDS at most; 0 where it is empty, in the past, or no time."""
    text = field.strip()
    if _DIGITS.fullmatch(text):
        return min(float(text), MOST_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() - now.timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return 0.0
    return min(max(seconds, 0.0), MOST_SECONDS)
