"""A smarthost that takes every notice, keeps nothing, and notes when each came: a process of its own.

    notice_sink.py

Prints its port; serves until its standard input ends, then prints a line for each mail: its Message-ID, and the moment at
which it was whole, in seconds since 1970.
"""

import asyncio
import re
import sys
import time

import uvloop

EHLO = b"250-sink.example\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n"
MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    arrivals: list[tuple[str, float]] = []  # noqa: RUF012 -- of all connections

    def __init__(self) -> None:
        self._received = bytearray()
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio: greet."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment] # a stream's
        self._transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio: answer each command and each mail that is whole."""
        self._received += data
        while (end := self._received.find(END if self._in_data else b"\r\n")) >= 0:
            octets = bytes(self._received[:end])
            del self._received[: end + (len(END) if self._in_data else 2)]
            self._transport.write(self._take(octets) if self._in_data else self._answer(octets[:4].upper()))

    def _take(self, mail: bytes) -> bytes:
        self._in_data = False
        message_id = MESSAGE_ID.search(mail)
        self.arrivals.append((message_id[1].decode() if message_id else "?", time.time()))
        return b"250 2.0.0 taken\r\n"

    def _answer(self, command: bytes) -> bytes:
        if command == b"EHLO":
            return EHLO
        if command == b"DATA":
            self._in_data = True
            return b"354 go on\r\n"
        return b"221 2.0.0 bye\r\n" if command == b"QUIT" else b"250 2.0.0 ok\r\n"


async def main() -> None:
    """Serve, then print."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for message_id, moment in Sink.arrivals:
        print(message_id, moment)


if __name__ == "__main__":
    uvloop.run(main())
