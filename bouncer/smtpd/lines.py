"""Command lines that are refused before anybody looks at their argument. Pure: octets in, reply out."""

import re
from collections.abc import Collection

from bouncer.smtpd import replies
from bouncer.smtpd.data import MAX_LINE

_HTTP = re.compile(rb"(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PRI|PUT|TRACE) ", re.IGNORECASE)
"""An HTTP request that a page or a proxy made a browser send us: the lines after it may be somebody's SMTP (RFC 9110 section 9, and
RFC 9113 section 3.4)."""


def refuse_line(line: bytes, known_commands: Collection[bytes], *, is_over_limit: bool) -> str | None:
    """Give the reply that refuses *line*, its end included; None for a line with a command that we obey.

    A 421 ends the connection. *known_commands* are in upper case; *is_over_limit*: it was one command too many.
    """
    is_line = line.endswith(b"\r\n") and len(line) <= MAX_LINE
    if is_line and not is_over_limit and line[:-2].partition(b" ")[0].upper() in known_commands:
        return None
    if _HTTP.match(line):
        return replies.NO_WEB_SERVER
    if is_over_limit:
        return replies.TOO_MANY_COMMANDS
    if len(line) > MAX_LINE:
        return replies.LINE_TOO_LONG
    return replies.UNKNOWN_COMMAND if is_line else replies.BARE_LINE_FEED
