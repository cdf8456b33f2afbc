"""Seeing our own notices when they come back, so that no loop can begin (RFC 3834 section 2, RFC 5321 section 6.3).

Every mail of ours carries the field ``X-Bouncer-Notice`` and a Message-ID ``<letter id>.<number>@<host>``. A letter that has
either, in its own header or in a message that it returns, is ours or a bounce of ours. Reports return messages in a part
of their own or in the middle of their text, so a field counts at the start of any line, quoted or not. A stranger who
writes it on purpose only keeps his own letter from being told; it is recorded all the same.
"""

import re

NOTICE_FIELD = "X-Bouncer-Notice"
"""The field's name; its value is the parcel's Message-ID."""

_NAME = NOTICE_FIELD.lower().encode()
# The id is thirteen characters as mail.letter.spell_id writes them; one with no letter in it is another program's clock.
_OURS = re.compile(
    rb"[\r\n][ \t>|]{0,8}(?:" + _NAME + rb"[ \t]{0,8}:"
    rb"|message-id[ \t]{0,8}:\s{0,8}<(?![0-9]{13})[0-9a-hjkmnp-tv-z]{13}\.[0-9]{1,6}@)"
)


def is_ours(raw: bytes) -> bool:
    """Whether the letter *raw* is a mail of ours or returns one; one pass over its octets."""
    return _OURS.search(b"\n" + raw.lower()) is not None
