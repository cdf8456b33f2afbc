"""Writing mail: header fields and MIME parts as octets (RFC 5322, RFC 2045 to 2047, RFC 6532).

The email package is not used: its header folding takes a millisecond a field. Every value that comes here is one line made by
``plain_text.line``; tests check that the email package parses the result.
"""

import binascii
import hashlib
import itertools
import re
from dataclasses import dataclass, field
from email.utils import parseaddr

_LINE = 76
"""Characters of a folded line (RFC 2047 section 2, RFC 2045 section 6.7)."""
_FRAME = len("=?utf-8?q??=")
_Q_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")  # RFC 2047 section 5 (3)
_MSG_ID = re.compile(r"<?((?![^>]{0,401}=\?)[!-;=?-~]{1,200}@[!-;=?-~]{1,200})>?")
"""Without ``=?``: a program that decodes encoded words everywhere would read line ends in it."""
_ATEXT = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]*", re.ASCII)
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")  # a header field's name (RFC 5322 sections 2.2 and 4.5)
_MAX_LINE = 998
"""Octets of a line without its end (RFC 5322 section 2.1.1)."""
_LARGE = 128 * 1024
"""Octets of a letter from which it is encoded in lines of our own: sending takes time for each line, and a stranger's letter may
consist of line ends."""


@dataclass(frozen=True, slots=True)
class OutgoingPart:
    """A MIME part: its header lines and its encoded body."""

    fields: tuple[str, ...]
    body: bytes = field(repr=False)

    def octets(self) -> bytes:
        """Give the part's octets; lines end with CRLF."""
        return "".join(f"{field}\r\n" for field in self.fields).encode() + b"\r\n" + self.body


def text(subtype: str, words: str) -> OutgoingPart:
    """Make a text part in UTF-8: plain if ASCII in short lines, so that its source is readable; else quoted-printable."""
    written = _lines(words)
    if written.isascii() and _longest_line(written) <= _LINE:
        return OutgoingPart((f"Content-Type: text/{subtype}; charset=us-ascii",), written)
    return _quoted_printable(f"text/{subtype}; charset=utf-8", written)


def headers(block: str) -> OutgoingPart:
    """Make a part of a message's header fields: text/rfc822-headers (RFC 6522 section 4); beyond ASCII, octets.

    RFC 6533 defines message/global-headers for headers beyond ASCII, but mail programs do not open it; and rspamd takes a short
    text with many umlauts for mixed charsets, wherever it is.
    """
    if block.isascii():
        return text("rfc822-headers", block)
    return _quoted_printable("application/octet-stream", _lines(block))


def returned_headers_part(block: str) -> OutgoingPart:
    """Make a part of a returned message's header fields for programs: text/rfc822-headers, whatever they contain (RFC 6522)."""
    if block.isascii():
        return text_as("text/rfc822-headers", block)
    return _quoted_printable("text/rfc822-headers; charset=utf-8", _lines(block))


def text_as(media_type: str, words: str) -> OutgoingPart:
    """Make a part of ASCII lines in a format of their own."""
    written = _lines(words)
    if _longest_line(written) <= _MAX_LINE:
        return OutgoingPart((f"Content-Type: {media_type}",), written)
    return _quoted_printable(media_type, written)


def _lines(words: str) -> bytes:
    return b"".join(line.encode("utf-8", "replace") + b"\r\n" for line in words.splitlines())


def _quoted_printable(media_type: str, written: bytes) -> OutgoingPart:
    head = (f"Content-Type: {media_type}", "Content-Transfer-Encoding: quoted-printable")
    return OutgoingPart(head, binascii.b2a_qp(written, istext=True))


def octets(media_type: str, content: bytes) -> OutgoingPart:
    """Make a part of any octets; *media_type* is ours, never a stranger's."""
    return OutgoingPart((f"Content-Type: {media_type}", "Content-Transfer-Encoding: base64"), _base64_lines(content))


def make_attachment(part: OutgoingPart, filename: str) -> OutgoingPart:
    """Mark a part as an attachment; *filename* is ours, never a stranger's."""
    return OutgoingPart((*part.fields, f'Content-Disposition: attachment; filename="{filename}"'), part.body)


def enclose(letter: bytes) -> OutgoingPart:
    """Enclose a whole letter: as message/rfc822 where its lines can travel unchanged, else as octets.

    A letter beyond ASCII goes as octets too: message/rfc822 has no headers in UTF-8 (RFC 6532 section 3.7), and a mail of 7 bits
    keeps its signature at servers without 8BITMIME (RFC 6376 section 5.3).
    """
    plain = letter.isascii() and _FIELD.match(letter) and not _BARE.search(letter)
    if not plain or len(letter) > _LARGE or _longest_line(letter) > _MAX_LINE:
        head = ("Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64")
        return OutgoingPart(head, _base64_lines(letter))
    return OutgoingPart(("Content-Type: message/rfc822",), letter)


def multipart(subtype: str, *parts: OutgoingPart) -> OutgoingPart:
    """Combine parts. The boundary is a hash of the parts, so that no content can contain it on purpose."""
    written = [part.octets() for part in parts]
    boundary = "=_" + hashlib.sha256(b"\0".join(written)).hexdigest()[:32]
    between = f"\r\n--{boundary}\r\n".encode()
    body = b"".join(between + part for part in written)[2:] + f"\r\n--{boundary}--\r\n".encode()
    return OutgoingPart((f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"',), body)


def header(name: str, value: str) -> str:
    """Write an unstructured field, folded; words beyond ASCII become encoded words, the others stay readable."""
    return _fold_words(name, _encode_value(value, first=_LINE - len(name) - len(": ")))


def address(name: str, value: str) -> str:
    """Write a field with one address, with or without display name; a local part beyond ASCII is not encoded (RFC 6532)."""
    display, mailbox = parseaddr(value)
    if not display:
        return f"{name}: {mailbox or value}"
    if not display.isascii():
        return _fold_words(name, [*_encode_value(display, _LINE - len(name) - len(": ")), f"<{mailbox}>"])
    if not _ATEXT.fullmatch(display):
        display = '"' + re.sub(r'([\\"])', r"\\\1", display) + '"'
    return f"{name}: {display} <{mailbox}>"


def message_id(value: str | None) -> str | None:
    """Give a Message-ID in its angle brackets; None where *value* is no valid one."""
    match = _MSG_ID.fullmatch(value.strip()) if value else None
    return f"<{match[1]}>" if match else None


def _fold_words(name: str, words: list[str]) -> str:
    lines, now = [], f"{name}: {words[0]}"
    for word in words[1:]:
        if len(now) + 1 + len(word) > _LINE:
            lines.append(now)
            now = ""
        now += f" {word}"
    return "\r\n".join([*lines, now])


def _encode_value(value: str, first: int) -> list[str]:
    """Split *value* into words and encode runs of those beyond ASCII; the first may take *first* characters."""
    words: list[str] = []
    for encode, group in itertools.groupby(value.split(" "), _needs_encoding):
        run = list(group)
        words += _encoded_words(" ".join(run), _LINE - 1 if words else first) if encode else run
    return words


def _needs_encoding(word: str) -> bool:
    return not word.isascii() or "=?" in word


def _encoded_words(run: str, first: int) -> list[str]:
    """Encoded words of at most 75 characters, each of whole characters (RFC 2047 sections 2 and 5)."""
    words, now, room = [], "", first - _FRAME
    for character in run:
        encoded = _q(character)
        if len(now) + len(encoded) > room:
            words.append(now)
            now, room = "", _LINE - 1 - _FRAME
        now += encoded
    return [f"=?utf-8?q?{word}?=" for word in [*words, now]]


def _q(character: str) -> str:
    if character in _Q_SAFE:
        return character
    if character == " ":
        return "_"
    return "".join(f"={octet:02X}" for octet in character.encode("utf-8", "replace"))


def _longest_line(lines: bytes) -> int:
    return max(map(len, lines.split(b"\r\n")))


def _base64_lines(content: bytes) -> bytes:
    step = 57  # octets give 76 characters
    lines = (binascii.b2a_base64(content[at : at + step], newline=False) for at in range(0, len(content), step))
    return b"\r\n".join(lines)
