"""Lines of an SMTP dialogue as a notice prints them, whatever signs of the speakers its program puts before them.

Sendmail and Courier print ">>> RCPT TO:<...>" and "<<< 550 ...", MDaemon "09:00:01: --> " and "09:00:01: <-- ", hMailServer
"SENT: " and "RECEIVED: ", swaks " -> " and "<-  ", InterScan "Sent <<< " and "Received >>> ", and others no sign at all.
"""

import re

_SIGN = r"[ \t]*+(?:[^@\n]{0,48}?[<>:|=-][ \t]*)?"
"""A time and the sign of the speaker, which may stand before a line: "09:00:01: --> ", "C: ", "SENT: "."""
_COMMAND = re.compile(_SIGN + r"(?:(?:QUIT|RSET|DATA|NOOP)\s*$|(?:EHLO|HELO|MAIL F(?:ROM|rom):|RCPT T[Oo]:) ?\S)")
_POSITIVE_REPLY = re.compile(
    _SIGN + r"(?:22[01]|25[0-2]|354)[ -](?!(?i:[kmg]i?b|bytes?|octets?|recipients?|messages?|mails?|days?|hours?)\b)"
)
"""A reply (RFC 5321 section 4.2.3), and no number of the words: "limited to | 250 MB"."""
_MAX_LINE = 512
"""Characters of a line that are searched (RFC 5321 section 4.5.3.1.5)."""


def is_command(line: str) -> bool:
    """Whether the line is a command of a client."""
    return _COMMAND.match(line[:_MAX_LINE]) is not None


def is_positive_reply(line: str) -> bool:
    """Whether the line is a reply by which a server accepts a command."""
    return _POSITIVE_REPLY.match(line[:_MAX_LINE]) is not None
