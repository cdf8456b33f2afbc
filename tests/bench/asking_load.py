"""A load of milter traffic, as many mail servers at once would send it: a process of its own, so that it costs its own core.

    asking_load.py HOST:PORT MESSAGES CONNECTIONS SUPPRESSED

Each connection plays message after message, one recipient each, ten header fields, as Postfix does; SUPPRESSED of a hundred go to
an address that is suppressed. Prints the seconds that it took and how many messages were signed and discarded.
"""

import asyncio
import struct
import sys
import time
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from wire.milter_client import ALL_ACTIONS, ALL_STEPS, frame

HEADERS = {
    "From": "Acme News <news@acme.example>",
    "To": "jane@example.org",
    "Subject": "We open on Monday",
    "Date": "Sun, 22 Nov 2026 09:30:00 +0000",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "List-Unsubscribe": "<https://acme.example/u/1>",
    "X-Campaign": "spring",
}
FIELDS = b"".join(frame(b"L", f"{name}\0{value}\0".encode()) for name, value in HEADERS.items())
SIGNED, DISCARDED = b"c", b"d"


def message(number: int, suppressed: bool) -> bytes:
    """All frames of one message."""
    recipient = b"gone@example.org" if suppressed else b"jane%d@example.org" % number
    return (
        frame(b"D", b"Mi\0ABC\0{mail_addr}\0news@acme.example\0")
        + frame(b"M", b"<news@acme.example>\0")
        + frame(b"D", b"R{rcpt_addr}\0" + recipient + b"\0")
        + frame(b"R", b"<" + recipient + b">\0")
        + FIELDS
        + frame(b"L", b"Message-ID\0<%d@acme.example>\0" % number)
        + frame(b"D", b"Ei\0ABC\0")
        + frame(b"E")
    )


async def hear(reader: asyncio.StreamReader) -> bytes:
    """Hear the last answer to what was asked."""
    while True:
        head = await reader.readexactly(5)
        await reader.readexactly(struct.unpack("!L", head[:4])[0] - 1)
        if head[4:] not in (b"e", b"h", b"-", b"m"):
            return head[4:]


async def connection(host: str, port: int, numbers: range, suppressed: int) -> list[bytes]:
    """Play the messages of *numbers* over one connection."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(frame(b"O", struct.pack("!LLL", 6, ALL_ACTIONS, ALL_STEPS)))
    assert await hear(reader) == b"O"
    writer.write(frame(b"C", b"client.example\0" + b"4\x9c\x40127.0.0.1\0"))
    answers = []
    for number in numbers:
        writer.write(message(number, number % 100 < suppressed))
        assert await hear(reader) == b"c"  # at RCPT; the account drops who is suppressed
        answers.append(await hear(reader))
    writer.write(frame(b"Q"))
    writer.close()
    return answers


async def main(place: str, messages: int, connections: int, suppressed: int) -> None:
    """Play and print."""
    host, _, port = place.rpartition(":")
    begun = time.monotonic()
    share = messages // connections
    parts = [range(start, start + share) for start in range(0, share * connections, share)]
    replies = await asyncio.gather(*(connection(host, int(port), part, suppressed) for part in parts))
    answers = [reply for part in replies for reply in part]
    print(time.monotonic() - begun, answers.count(SIGNED), answers.count(DISCARDED))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], *map(int, sys.argv[2:5])))
