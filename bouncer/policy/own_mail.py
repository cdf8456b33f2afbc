"""Recognizing our own notices when they come back, so that no mail loop can begin (RFC 3834 section 2, RFC 5321 section 6.3).

Every mail of ours carries the field ``X-Bouncer-Notice`` and a Message-ID, both ``<letter id>.<number>@<host name>``. A letter
with either of them, in its own header or in a message that it returns, may be a mail of ours or a bounce of one: the outbox,
which alone knows all mails that left and their host names, is searched for the ids. Other programs' Message-IDs may have the
same form. Reports return messages in a part of their own or in the middle of their text, so a field counts at the start of any
line, quoted or not.

No notice is sent about a letter that is itself the mail of a bouncer, of any host: two installations that own each other's
addresses would write for ever. No mail server writes that field into a report of its own.
"""

import re
from itertools import chain, islice

from bouncer.mail.letter import read_id

NOTICE_FIELD = "X-Bouncer-Notice"
"""The field's name; its value is the entry's Message-ID."""
MOST_NAMED = 8
"""Ids of notices that one letter may name: a report returns one mail, and each id is looked up."""
MAX_HEADER = 64 * 1024
"""Octets of a letter's own header that are searched for our field; our own headers have two thousand at most."""

MOST_CANDIDATES = 1_000
"""Fields that are looked at: a letter may have a million in the middle of a line."""

_NAME = NOTICE_FIELD.lower().encode()
_NAMING_FIELDS = tuple(
    # The id is written by mail.letter.spell_id; the host name is as long as a domain may be (RFC 5321 section 4.5.3.1.2). An
    # expression begins with the field's name, so that the engine can skip to the few places that hold it.
    re.compile(name + rb"[ \t]{0,8}:\s{0,8}<?([0-9a-hjkmnp-tv-z]{13}\.[0-9]{1,6}@[^\s<>]{1,255})")
    for name in (_NAME, b"message-id")
)
_MOST_QUOTING = 8
"""Signs of quotation and blanks before a field's name, at the start of its line."""
_LINE_START = (b"\r", b"\n")
_OWN_FIELD = re.compile(rb"[\r\n]" + _NAME + rb"[ \t]{0,8}:")
_HEADER_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")


def named_notices(raw: bytes) -> tuple[str, ...]:
    """Give the ids, in lower case, of the letter *raw* and of its returned messages that may be mails of ours.

    Those in fields of ours come first.
    """
    octets = b"\n" + raw.lower()
    matches = islice(chain.from_iterable(field.finditer(octets) for field in _NAMING_FIELDS), MOST_CANDIDATES)
    names = (match[1].decode("ascii", "replace") for match in matches if _begins_line(octets, match.start()))
    return tuple(dict.fromkeys(islice(names, MOST_NAMED)))


def _begins_line(octets: bytes, at: int) -> bool:
    """Whether only signs of quotation and blanks, _MOST_QUOTING at most, are between the start of the line and *at*."""
    return octets[max(0, at - _MOST_QUOTING - 1) : at].rstrip(b" \t>|").endswith(_LINE_START)


def is_of_a_bouncer(raw: bytes) -> bool:
    """Whether the letter's own header says that a bouncer wrote it, this installation or another."""
    header = b"\n" + raw[:MAX_HEADER].lower()
    end = _HEADER_END.search(header, 1)
    return _OWN_FIELD.search(header, 0, end.start() if end else len(header)) is not None


def letter_of(notice: str) -> int | None:
    """Give the number of the letter that the mail of this id is about; None where no mail of ours has such an id."""
    return read_id(notice.partition(".")[0])
