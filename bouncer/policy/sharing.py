"""Sharing an address's story with somebody who has no account: for how long, and how many at once. Pure."""

import datetime as dt

SHARE_LASTS = dt.timedelta(days=1)
"""The time in which a share link works: a colleague who gets it today reads it today."""
MOST_SHARES = 100
"""Share links of one account at a time: more than people make in a day, and all are listed."""
