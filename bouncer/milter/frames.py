"""The frames of the milter protocol, version 6: octets to values and back, without any I/O.

What is published of it: Sendmail's libmilter/docs, include/libmilter/mfdef.h and mfapi.h, Postfix's MILTER_README. A frame is its
length (32 bits, network order; the command counts, the length itself does not), one octet of command, and the rest; texts
in it end with NUL.

Libraries that are there, and why this is not one: libmilter and its wrappers want threads and a compiler; kilter.protocol 0.6
raises on 8-bit macros and header names, which SMTPUTF8 brings, and takes 0.4 ms of one core for the frames of one message;
purepythonmilter has stayed at 0.0.1. Here a frame costs a microsecond, and nothing in one is an exception.
"""

import struct
from dataclasses import dataclass
from enum import IntFlag

from bouncer.errors import Reply
from bouncer.mail.host import plain_host

VERSION = 6
"""Postfix since 2.6 and Sendmail since 8.14 speak it."""
MAX_FRAME = 256 * 1024
"""Octets. Mail servers send a header whole: Sendmail up to 32 KiB (MaxHeadersLength), Postfix 100 kB (header_size_limit)."""
LENGTH = 4
"""Octets of a frame before its command."""

NEGOTIATE, MACROS, CONNECT, MAIL, RCPT = b"ODCMR"
HEADER, END_OF_MESSAGE, ABORT, QUIT, QUIT_FOR_NEXT = b"LEAQK"
UNASKED = frozenset(b"HTNBU")
"""HELO, DATA, end of headers, body, unknown command: we ask for none of them, and go on where one comes."""

CONTINUE = b"\0\0\0\x01c"
DISCARD = b"\0\0\0\x01d"
TEMPFAIL = b"\0\0\0\x01t"

_HEAD = struct.Struct("!LB")
_NEGOTIATION = struct.Struct("!LLL")
# By stage (SMFIM_CONNECT, HELO, ENVFROM, ENVRCPT, DATA, EOM, EOH): what we read, and nothing else.
_MACROS = {0: b"", 1: b"", 2: b"i {auth_authen}", 3: b"", 4: b"", 5: b"i", 6: b""}


class Actions(IntFlag):
    """What a milter may do to a message (SMFIF_*)."""

    ADD_HEADERS = 0x01
    DELETE_RECIPIENTS = 0x08
    CHANGE_HEADERS = 0x10
    CHANGE_SENDER = 0x40
    CHOOSE_MACROS = 0x100


class Steps(IntFlag):
    """What the mail server need not send, and where it need not wait for an answer (SMFIP_*)."""

    NO_HELO = 0x02
    NO_BODY = 0x10
    NO_END_OF_HEADERS = 0x40
    NO_ANSWER_TO_HEADERS = 0x80
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    NO_ANSWER_TO_CONNECT = 0x1000
    NO_ANSWER_TO_MAIL = 0x4000


NEEDED = Actions.ADD_HEADERS | Actions.DELETE_RECIPIENTS | Actions.CHANGE_HEADERS | Actions.CHANGE_SENDER
SPARED = (
    Steps.NO_HELO
    | Steps.NO_BODY
    | Steps.NO_END_OF_HEADERS
    | Steps.NO_UNKNOWN
    | Steps.NO_DATA
    | Steps.NO_ANSWER_TO_CONNECT
    | Steps.NO_ANSWER_TO_MAIL
    | Steps.NO_ANSWER_TO_HEADERS
)  # fmt: skip -- what is not sent, then what is not answered


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was negotiated: our answer, and the commands that wait for none."""

    answer: bytes
    unanswered: frozenset[int]


def take_frame(octets: bytearray) -> tuple[int, bytes] | None:
    """Take one frame from the front of *octets*: its command and its rest; None where it is not whole.

    Raises ValueError for a length that no frame has; nothing after it can be understood.
    """
    if len(octets) < LENGTH + 1:
        return None
    length, command = _HEAD.unpack_from(octets)
    if not 1 <= length <= MAX_FRAME:
        raise ValueError(f"a frame of {length} octets")
    if len(octets) < LENGTH + length:
        return None
    rest = bytes(octets[LENGTH + 1 : LENGTH + length])
    del octets[: LENGTH + length]
    return command, rest


def frame(command: bytes, rest: bytes = b"") -> bytes:
    """Give one frame."""
    return _HEAD.pack(1 + len(rest), command[0]) + rest


def negotiate(offer: bytes, spared: Steps) -> Agreed | None:
    """Answer the mail server's *offer*: of *spared* what it can; None where it is none, or cannot do what we need."""
    if len(offer) < _NEGOTIATION.size:
        return None
    version, actions, steps = _NEGOTIATION.unpack_from(offer)
    if Actions(actions) & NEEDED != NEEDED:
        return None
    taken = spared & steps
    macros = b""
    if actions & Actions.CHOOSE_MACROS:
        macros = b"".join(struct.pack("!L", stage) + names + b"\0" for stage, names in _MACROS.items())
    chosen = NEEDED | (Actions.CHOOSE_MACROS if macros else 0)
    answer = frame(b"O", _NEGOTIATION.pack(min(version, VERSION), chosen, taken) + macros)
    return Agreed(answer, frozenset(command for step, command in _UNANSWERED.items() if taken & step))


_UNANSWERED = {
    Steps.NO_ANSWER_TO_CONNECT: CONNECT,
    Steps.NO_ANSWER_TO_MAIL: MAIL,
    Steps.NO_ANSWER_TO_HEADERS: HEADER,
}


def macros(rest: bytes) -> tuple[int, dict[bytes, bytes]]:
    """Read a frame of macros: the command that they are for, and name to value; empty where it is cut off."""
    words = rest[1:].split(b"\0")
    return rest[0] if rest else 0, dict(zip(words[::2], words[1::2], strict=False))


def client(rest: bytes) -> tuple[str, int]:
    """Read a frame of connection: the client's address and port, "local" for a socket of the machine, empty if unknown."""
    _, _, where = rest.partition(b"\0")
    family, port, address = where[:1], where[1:3], where[3:].partition(b"\0")[0]
    if family == b"L":
        return "local", 0
    if family not in (b"4", b"6"):
        return "", 0
    return plain_host(address.decode("ascii", "replace").removeprefix("IPv6:")), int.from_bytes(port, "big")


def reply(reply: Reply) -> bytes:
    """Refuse with a reply of our own (SMFIR_REPLYCODE). A % is written twice: both mail servers read it as a format's."""
    return frame(b"y", str(reply).replace("%", "%%").encode() + b"\0")


def delete_recipient(address: bytes) -> bytes:
    """Take one recipient away, in the octets that named it."""
    return frame(b"-", address + b"\0")


def change_sender(path: str) -> bytes:
    """Give the message another envelope sender."""
    return frame(b"e", f"<{path}>".encode() + b"\0")


def add_header(name: str, value: str) -> bytes:
    """Add a header field at the end."""
    return frame(b"h", name.encode("ascii") + b"\0" + value.encode() + b"\0")


def remove_header(name: str, nth: int) -> bytes:
    """Take away the *nth* field of that name, from 1 on."""
    return frame(b"m", struct.pack("!L", nth) + name.encode("ascii") + b"\0\0")
