"""The frames of the milter protocol, version 6: octets to values and back, without any I/O.

Sources: Sendmail's libmilter/docs, include/libmilter/mfdef.h and mfapi.h, Postfix's MILTER_README. A frame is its length (32 bits,
network order; it counts the command but not itself), a command of one octet, and the rest. Texts in the rest end with NUL.

Why no library is used: libmilter and its wrappers need threads and a compiler; kilter.protocol 0.6 raises on 8-bit macros and
header names, which SMTPUTF8 brings, and takes 0.4 ms of processor time for the frames of one message; purepythonmilter has stayed
at 0.0.1. Here a frame takes a microsecond, and its content never raises.
"""

import struct
from dataclasses import dataclass
from enum import IntFlag

from bouncer.errors import Reply
from bouncer.mail.host import plain_host

VERSION = 6
"""The protocol version, which Postfix speaks since 2.6 and Sendmail since 8.14."""
MAX_FRAME = 256 * 1024
"""Octets of a frame. A header field is one frame: Sendmail allows 32 KiB (MaxHeadersLength), Postfix 100 kB (header_size_limit)."""
LENGTH_OCTETS = 4
"""Octets of a frame's length field."""

NEGOTIATE, MACROS, CONNECT, MAIL, RCPT = b"ODCMR"
HEADER, END_OF_MESSAGE, ABORT, QUIT, QUIT_FOR_NEXT = b"LEAQK"
UNNEEDED_COMMANDS = frozenset(b"HTNBU")
"""HELO, DATA, end of headers, body, unknown command: we ask for none of these events, and answer CONTINUE to any that comes."""

CONTINUE = b"\0\0\0\x01c"
DISCARD = b"\0\0\0\x01d"
TEMPFAIL = b"\0\0\0\x01t"

_HEAD = struct.Struct("!LB")
_NEGOTIATION = struct.Struct("!LLL")
# The macros that we read, by stage (SMFIM_CONNECT, HELO, ENVFROM, ENVRCPT, DATA, EOM, EOH); we ask for no others.
_MACROS = {0: b"", 1: b"", 2: b"i {auth_authen}", 3: b"", 4: b"", 5: b"i", 6: b""}


class Actions(IntFlag):
    """The changes that a milter may make to a message (SMFIF_*)."""

    ADD_HEADERS = 0x01
    DELETE_RECIPIENTS = 0x08
    CHANGE_HEADERS = 0x10
    CHANGE_SENDER = 0x40
    CHOOSE_MACROS = 0x100


class Steps(IntFlag):
    """The events that the mail server need not send, or whose answer it need not wait for (SMFIP_*)."""

    NO_HELO = 0x02
    NO_BODY = 0x10
    NO_END_OF_HEADERS = 0x40
    NO_ANSWER_TO_HEADERS = 0x80
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    NO_ANSWER_TO_CONNECT = 0x1000
    NO_ANSWER_TO_MAIL = 0x4000


NEEDED = Actions.ADD_HEADERS | Actions.DELETE_RECIPIENTS | Actions.CHANGE_HEADERS | Actions.CHANGE_SENDER
UNNEEDED_STEPS = (
    Steps.NO_HELO
    | Steps.NO_BODY
    | Steps.NO_END_OF_HEADERS
    | Steps.NO_UNKNOWN
    | Steps.NO_DATA
    | Steps.NO_ANSWER_TO_CONNECT
    | Steps.NO_ANSWER_TO_MAIL
    | Steps.NO_ANSWER_TO_HEADERS
)  # fmt: skip -- first the events that are not sent, then the events without an answer


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The result of the negotiation: our answer, and the commands that get no answer."""

    answer: bytes
    unanswered: frozenset[int]


def take_frame(octets: bytearray) -> tuple[int, bytes] | None:
    """Remove one frame from the front of *octets* and give its command and its rest; None where the frame is not whole.

    Raises ValueError for a length that no frame has: then no later octet can be understood.
    """
    if len(octets) < LENGTH_OCTETS + 1:
        return None
    length, command = _HEAD.unpack_from(octets)
    if not 1 <= length <= MAX_FRAME:
        raise ValueError(f"a frame of {length} octets")
    if len(octets) < LENGTH_OCTETS + length:
        return None
    payload = bytes(octets[LENGTH_OCTETS + 1 : LENGTH_OCTETS + length])
    del octets[: LENGTH_OCTETS + length]
    return command, payload


def make_frame(command: bytes, payload: bytes = b"") -> bytes:
    """Give the octets of a frame."""
    return _HEAD.pack(1 + len(payload), command[0]) + payload


def negotiate(offer: bytes, unneeded_steps: Steps) -> Negotiated | None:
    """Answer the *offer* of a mail server, with the *unneeded_steps* that it can skip; None for no valid or sufficient offer."""
    if len(offer) < _NEGOTIATION.size:
        return None
    version, actions, steps = _NEGOTIATION.unpack_from(offer)
    if Actions(actions) & NEEDED != NEEDED:
        return None
    agreed_steps = unneeded_steps & steps
    macros = b""
    if actions & Actions.CHOOSE_MACROS:
        macros = b"".join(struct.pack("!L", stage) + names + b"\0" for stage, names in _MACROS.items())
    chosen = NEEDED | (Actions.CHOOSE_MACROS if macros else 0)
    answer = make_frame(b"O", _NEGOTIATION.pack(min(version, VERSION), chosen, agreed_steps) + macros)
    return Negotiated(answer, frozenset(command for step, command in _UNANSWERED.items() if agreed_steps & step))


_UNANSWERED = {
    Steps.NO_ANSWER_TO_CONNECT: CONNECT,
    Steps.NO_ANSWER_TO_MAIL: MAIL,
    Steps.NO_ANSWER_TO_HEADERS: HEADER,
}


def parse_macros(payload: bytes) -> tuple[int, dict[bytes, bytes]]:
    """Read a macro frame: the command that the macros belong to, and a map of name to value; empty where it is cut off."""
    words = payload[1:].split(b"\0")
    return payload[0] if payload else 0, dict(zip(words[::2], words[1::2], strict=False))


def parse_client(payload: bytes) -> tuple[str, int]:
    """Read a connect frame: the client's address and port; "local" for a Unix socket, empty for an unknown address."""
    _, _, endpoint = payload.partition(b"\0")
    family, port, address = endpoint[:1], endpoint[1:3], endpoint[3:].partition(b"\0")[0]
    if family == b"L":
        return "local", 0
    if family not in (b"4", b"6"):
        return "", 0
    return plain_host(address.decode("ascii", "replace").removeprefix("IPv6:")), int.from_bytes(port, "big")


def reply_frame(reply: Reply) -> bytes:
    """Refuse with *reply* (SMFIR_REPLYCODE). A % is doubled: Postfix and Sendmail take the text for a format string."""
    return make_frame(b"y", str(reply).replace("%", "%%").encode() + b"\0")


def delete_recipient(address: bytes) -> bytes:
    """Delete a recipient; *address* holds the octets that RCPT named it by."""
    return make_frame(b"-", address + b"\0")


def change_sender(path: str) -> bytes:
    """Replace the message's envelope sender."""
    return make_frame(b"e", f"<{path}>".encode() + b"\0")


def add_header(name: str, value: str) -> bytes:
    """Add a header field at the end."""
    return make_frame(b"h", name.encode("ascii") + b"\0" + value.encode() + b"\0")


def remove_header(name: str, nth: int) -> bytes:
    """Remove the *nth* field called *name*, counted from 1."""
    return make_frame(b"m", struct.pack("!L", nth) + name.encode("ascii") + b"\0\0")
