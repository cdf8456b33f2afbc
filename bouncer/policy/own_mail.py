"""Seeing our own notices when they come back, so that no loop can begin (RFC 3834 section 2, RFC 5321 section 6.3).

Every mail of ours carries the field ``X-Bouncer-Notice`` and a Message-ID, both ``<letter id>.<number>@<host name>``. A letter
that has either, in its own header or in a message that it returns, may be ours or a bounce of ours: what it names is looked up in
the outbox, which alone knows what left here and under which host name. Other programs' Message-IDs may have the same form.
Reports return messages in a part of their own or in the middle of their text, so a field counts at the start of any line,
quoted or not.

A letter that is itself the mail of a bouncer, of any host, is answered with no notice: two installations that own each
other would write for ever. No mail server writes that field into a report of its own.
"""

import re
from itertools import islice

from bouncer.mail.letter import read_id

NOTICE_FIELD = "X-Bouncer-Notice"
"""The field's name; its value is the parcel's Message-ID."""
MOST_NAMED = 8
"""Notices that one letter may name: a report returns one mail, and each name is looked up."""
MAX_HEADER = 64 * 1024
"""Octets of a letter's own header that are searched for our field; ours has two thousand at most."""

_NAME = NOTICE_FIELD.lower().encode()
# As mail.letter.spell_id writes the id; the host name is as long as a domain may be (RFC 5321 section 4.5.3.1.2).
_NAMED = re.compile(
    rb"[\r\n][ \t>|]{0,8}(?:" + _NAME + rb"|message-id)[ \t]{0,8}:\s{0,8}<?"
    rb"([0-9a-hjkmnp-tv-z]{13}\.[0-9]{1,6}@[^\s<>]{1,255})"
)
_OWN_FIELD = re.compile(rb"[\r\n]" + _NAME + rb"[ \t]{0,8}:")
_HEADER_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")


def named_notices(raw: bytes) -> tuple[str, ...]:
    """Give the ids, in lower case, of the mails that the letter *raw* is or returns and that could be ours; one pass."""
    found = (one[1].decode("ascii", "replace") for one in _NAMED.finditer(b"\n" + raw.lower()))
    return tuple(dict.fromkeys(islice(found, MOST_NAMED)))


def is_of_a_bouncer(raw: bytes) -> bool:
    """Whether the letter's own header says that a bouncer wrote it, ours or another installation."""
    header = b"\n" + raw[:MAX_HEADER].lower()
    end = _HEADER_END.search(header, 1)
    return _OWN_FIELD.search(header, 0, end.start() if end else len(header)) is not None


def letter_of(notice: str) -> int | None:
    """Give the number of the letter that the mail of this id told of; None where no mail of ours has such an id."""
    return read_id(notice.partition(".")[0])
