"""The targets of the fuzzers: each reader of a stranger's octets, its law for any input, and seeds to begin with.

A target raises where its law is broken; anything else that it raises is a find too. To add one: a function with its law in one
line, its seeds, a line in TARGETS.
"""

import codecs
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bouncer.mail.host import read_host
from bouncer.mail.returnpath import Key, Signed, claimed_account, sign, verify
from bouncer.mail.signed_header import parse_header
from bouncer.milter import frames
from bouncer.milter.message import MilterMessage
from bouncer.ndr.limits import Limits
from bouncer.ndr.reader import read
from bouncer.smtpd.attributes import XCLIENT, XFORWARD, read_attributes
from bouncer.smtpd.data import MAX_LINE, Data, take_line
from bouncer.smtpd.envelope import ForwardPath, Sender, read_mail, read_rcpt
from bouncer.smtpd.memory import MemoryBudget, Reservation
from bouncer.smtpd.proxy import Header, read_header
from bouncer.verdict.judge import as_json, judge

FIXTURES = Path(__file__).parents[2] / "fixtures"
TODAY = 20_600
KEY = Key(b"a key for fuzzing")
OURS = {
    sign("acme", recipient, domain="rp.example.com", key=KEY, today=TODAY, days=30, hashed=hashed, reference=reference)
    for recipient in ("jane@example.org", "jane.doe@sub.example.org", "jané@example.org", None)
    for hashed in (False, True)
    for reference in (None, "summer")
}
MACS = {signed.mac for path in OURS if isinstance(signed := verify(path, keys=(KEY,), today=TODAY), Signed)}


def letter(octets: bytes) -> None:
    """Any octets give a Reading within the limits, with a verdict, that can be printed and stored; line ends change nothing."""
    reading = read(octets, strict=True)
    printed = json.dumps(as_json("letter", judge(reading)), ensure_ascii=False)
    printed.encode("utf-8")  # which halves of surrogate pairs would not
    assert len(reading.recipients) <= Limits().recipients
    lines = octets.replace(b"\r\n", b"\n")
    assert b"\r" in lines or read(lines, strict=True) == reading


def path(octets: bytes) -> None:
    """No path but one that we signed is good, however it was wrapped; the mark's value is an address or nothing."""
    address = octets.decode("utf-8", "replace")
    signed = verify(address, keys=(KEY,), today=TODAY)
    assert not isinstance(signed, Signed) or (signed.mac in MACS and signed.account == claimed_account(address))
    marked = parse_header(address)
    assert marked is None or ("@" in marked and not re.search(r"\s", marked))


def envelope(octets: bytes) -> None:
    """MAIL's and RCPT's arguments give a printable address, or a reply of one line."""
    argument = octets.decode("utf-8", "replace")
    for parsed in (read_mail(argument, 1_000_000), read_rcpt(argument)):
        match parsed:
            case Sender(address) | ForwardPath(address):
                assert address.isprintable()
            case _:
                assert re.fullmatch(r"[45]\d\d [ -~]+", parsed)


def proxy(octets: bytes) -> None:
    """A PROXY header ends where it says, whatever follows, and is not whole before."""
    header = read_header(octets)
    if isinstance(header, Header):
        assert read_header(octets[: header.length]) == header
        assert all(read_header(octets[:cut]) is None for cut in range(header.length))


def attributes(octets: bytes) -> None:
    """Attributes from a front have known names and printable words, and an address that can be compared, or none is read."""
    argument = octets.decode("utf-8", "replace")
    for names in (XFORWARD, XCLIENT):
        known_attributes = read_attributes(argument, names) or {}
        assert known_attributes.keys() <= set(names)
        assert all(
            value is None or (value.isprintable() and not re.search(r"\s", value))
            for value in known_attributes.values()
        )
        address = known_attributes.get("ADDR")
        assert address is None or read_host(address) == address


def data(octets: bytes) -> None:
    """Only CR LF . CR LF ends a letter, however it came in pieces; lines are never held longer than their limit."""
    expected, ended, _ = (b"\r\n" + octets).partition(b"\r\n.\r\n")
    buffer = bytearray()
    letter, incoming = None, Data(buffer, 1_000_000, Reservation(MemoryBudget()), part=9)
    for begin in range(0, len(octets), 7):
        buffer += octets[begin : begin + 7]
        letter = incoming.take() if letter is None else letter
    assert (letter is not None) == bool(ended)
    assert not ended or letter == (expected + b"\r\n").replace(b"\r\n.", b"\r\n")[2:]
    lines = bytearray(octets)
    while take_line(lines) is not None:
        pass
    assert len(lines) <= MAX_LINE + 1


def milter(octets: bytes) -> None:
    """Any octets are whole frames, a part of one, or a ValueError; any frame's rest is read, and edits are whole frames."""
    waiting, message = bytearray(octets), MilterMessage(b"", "")
    try:
        while frame := frames.take_frame(waiting):
            _, rest = frame
            frames.negotiate(rest, frames.UNNEEDED_STEPS)
            frames.parse_macros(rest)
            frames.parse_client(rest)
            message.add_header(rest, {b"subject": "subject", b"message-id": "message_id"})
            message.add_recipient(rest.partition(b"\0")[0])
    except ValueError:
        return
    outgoing = message.outgoing()
    answer = bytearray(b"".join(frames.delete_recipient(message.recipients[index]) for index in outgoing.recipients))
    while answer:
        assert frames.take_frame(answer) is not None


def _dialogues() -> list[bytes]:
    """Arguments of MAIL and RCPT, and all that clients say, out of the dialogues that the tests play."""
    texts = (path.read_text("utf-8") for path in sorted((FIXTURES / "dialogs").glob("*.smtp")))
    lines = [
        codecs.escape_decode(line.encode())[0]
        for text in texts
        for line in re.findall(r"^C[:!] ?(.*)$", text, re.MULTILINE)
    ]  # type: ignore[attr-defined]
    return [bytes(line) for line in lines]


class Target(NamedTuple):
    """One reader under test."""

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    most: int  # octets of an input


TARGETS: dict[str, Target] = {
    "letter": Target(letter, lambda: [file.read_bytes() for file in sorted(FIXTURES.glob("**/*.eml"))], 32_768),
    "path": Target(path, lambda: [address.encode() for address in OURS] + [b"prvs=1234abcd=jane@rp.example.com", b"<a@b>"], 512),
    "envelope": Target(envelope, lambda: [line[5:] for line in _dialogues() if line[:4] in {b"MAIL", b"RCPT"}], 2_048),
    "proxy": Target(proxy, lambda: [
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n", b"PROXY TCP6 2001:db8::1 ::1 1 25\r\n", b"PROXY UNKNOWN\r\n",
        b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(12), b"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00",
    ], 2_200),
    "attributes": Target(attributes, lambda: [
        b"NAME=mx.example.net ADDR=192.0.2.7 PORT=40000", b"PROTO=ESMTP HELO=a+2Bb IDENT=4XyZ SOURCE=REMOTE",
        b"ADDR=IPV6:2001:db8::7 LOGIN=ann", b"ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]",
    ], 1_024),
    "data": Target(data, lambda: [b"a\r\n.b\r\n.\r\n", b".\r\n", b"\n.\n\r.\r\r\n..\r\n.\r\n", *_dialogues()], 4_096),
    "milter": Target(milter, lambda: [
        frames.make_frame(b"O", b"\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff") + frames.make_frame(b"C", b"mx\x004\x9c\x40127.0.0.1\0"),
        frames.make_frame(b"D", b"Mi\x004XyZ\0{auth_authen}\0acme\0") + frames.make_frame(b"R", b"<jane@example.org>\0"),
        frames.make_frame(b"L", b"Subject\0=?utf-8?q?We=20open?=\0") + frames.make_frame(b"E"),
    ], 4_096),
}  # fmt: skip
