"""Letters that are nothing but one thing again and again, of any size: for finding what is read in more than its share of time.

A shape is a unit and a place where it stands; the units are what readers look for, split at or count.
"""

import base64
from collections.abc import Callable, Iterator

HEAD = b"From: MAILER-DAEMON@mx.example.net\r\nSubject: Delivery failure\r\n"
_REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n"
_FIELDS = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
_FAILED = b"Action: failed\r\nStatus: 5.1.1\r\nFinal-Recipient: rfc822; jane@example.org\r\n"
_RETURNED = b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
_END = b"\r\n--B--\r\n"

UNITS: dict[str, bytes] = {
    "letters": b"x",
    "blanks": b" ",
    "tabs": b"\t",
    "NULs": b"\x00",
    "carriage returns": b"\r",
    "empty lines": b"\r\n",
    "commas": b",",
    "brackets": b"<",
    "comments": b"(",
    "quotes": b'"',
    "backslashes": b"\\",
    "at signs": b"@",
    "open addresses": b"<a@b ",
    "addresses": b"a@b.example, ",
    "addresses in lines": b"<a@b.example>:\r\n",
    "replies": b"550 5.1.1 <a@b.example>... User unknown ",
    "replies in lines": b"550-5.1.1 <a@b.example> no\r\n",
    "sentences": b"by an old user of the new office in town, to whom we write no mail, for her help <a@b.example> ",
    "encoded words": b"=?utf-8?q?=E9?= ",
    "tags": b"<p><b><!-- &",
    "links": b'<a href="mailto:a@b.example">x</a>',
    "delimiters": b"--B\r\n\r\n",
    "fields": b"To: a@b.example\r\n",
    "bytes beyond ASCII": b"\xc3\xa9\xff",
    "JSON": b'{"a":[',
}
"""Texts that are repeated, by name."""


def _in_text(octets: bytes) -> bytes:
    return HEAD + b"\r\nfailed: " + octets


def _in_html(octets: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>failed: " + octets


def _in_base64(octets: bytes) -> bytes:
    """Encoded, it is as long as the others: a quarter of it goes."""
    encoded = base64.encodebytes(octets[: len(octets) * 3 // 4]).replace(b"\n", b"\r\n")
    return HEAD + b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded


def _in_quoted_printable(octets: bytes) -> bytes:
    return HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n=E9" + octets.replace(b"x", b"=3D=\r\n")


def _in_subject(octets: bytes) -> bytes:
    return HEAD.replace(b"Delivery failure", b"failure " + octets) + b"\r\nfailed"


def _in_to(octets: bytes) -> bytes:
    return HEAD + b"To: " + octets + b"\r\n\r\nfailed"


def _in_recipient(octets: bytes) -> bytes:
    return HEAD + _REPORT + _FIELDS + b"Action: failed\r\nFinal-Recipient: rfc822; a@x" + octets + b"b\r\n" + _END


def _in_diagnostic(octets: bytes) -> bytes:
    return HEAD + _REPORT + _FIELDS + _FAILED + b"Diagnostic-Code: smtp; 550 " + octets + _END


def _in_returned_to(octets: bytes) -> bytes:
    return HEAD + _REPORT + _FIELDS + _FAILED + _RETURNED + b"To: " + octets + _END


def _in_parts(octets: bytes) -> bytes:
    return HEAD + _REPORT + octets + _FIELDS + _FAILED + _END


PLACES: dict[str, Callable[[bytes], bytes]] = {
    "in text": _in_text,
    "in HTML": _in_html,
    "in base64": _in_base64,
    "in quoted-printable": _in_quoted_printable,
    "in Subject": _in_subject,
    "in To": _in_to,
    "in Final-Recipient": _in_recipient,
    "in Diagnostic-Code": _in_diagnostic,
    "in the returned To": _in_returned_to,
    "between parts": _in_parts,
}
"""Where it stands, by name."""


def _nested(size: int, inner: bytes, same: bool) -> bytes:
    unit = b"Content-Type: %b; boundary=b%d\r\n\r\n--b%d\r\n"
    count = size // (len(inner) + 40)
    return HEAD + b"".join(unit % (inner, 0 if same else n, 0 if same else n) for n in range(count))


def _numbered(size: int, unit: bytes) -> bytes:
    """Give *unit*, which has a place for a number, with as many numbers as fit into *size* octets."""
    return b"".join(unit % number for number in range(size // (len(unit) + 4)))


OTHERS: dict[str, Callable[[int], bytes]] = {
    "nested parts": lambda size: _nested(size, b"multipart/mixed", same=False),
    "nested parts of one delimiter": lambda size: _nested(size, b"multipart/mixed", same=True),
    "nested letters": lambda size: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * (size // 32),
    "header fields": lambda size: HEAD + b"X-A: b\r\n" * (size // 8) + b"\r\nfailed",
    "To fields": lambda size: HEAD + b"To: a@b.example\r\n" * (size // 17) + b"\r\nfailed",
    "folded lines": lambda size: HEAD + b"X-Failed-Recipients: a@b.example" + b",\r\n c@d.example" * (size // 16),
    "many in sentences of one line": lambda size: (
        HEAD + b"\r\n" + _numbered(size, b"Your mail to <user%d@b.example> failed. ")
    ),
    "many in replies of one line": lambda size: (
        HEAD + b"\r\n" + _numbered(size, b"550 5.1.1 <user%d@b.example>... User unknown ")
    ),
    "many in a list": lambda size: HEAD + b"\r\nfailed:\r\n" + _numbered(size, b"<user%d@b.example>: no\r\n\r\n"),
    "many in a header field, others in sentences": lambda size: (
        HEAD
        + b"X-Failed-Recipients: "
        + _numbered(200_000, b"user%d@b.example,\r\n ")
        + b"\r\n\r\n"
        + _numbered(size, b"Your mail to <other%d@c.example> failed. ")
    ),
    "many in blocks, others in sentences": lambda size: (
        HEAD
        + _REPORT
        + b"\r\n"
        + _numbered(size, b"Your mail to <other%d@c.example> failed. ")
        + b"\r\n--B\r\n"
        + _FIELDS
        + _numbered(100_000, b"Action: failed\r\nStatus: 5.0.0\r\nFinal-Recipient: rfc822; user%d@b.example\r\n\r\n")
        + _END
    ),
    "status blocks": lambda size: HEAD + _REPORT + _FIELDS + (_FAILED + b"\r\n") * (size // len(_FAILED)),
}
"""Shapes that are made otherwise."""


def shapes() -> Iterator[tuple[str, Callable[[int], bytes]]]:
    """Give each shape by name: it makes a letter of about so many octets."""
    for place, put in PLACES.items():
        for name, unit in UNITS.items():
            yield f"{name} {place}", lambda size, put=put, unit=unit: put(unit * (size // len(unit)))
    yield from OTHERS.items()
