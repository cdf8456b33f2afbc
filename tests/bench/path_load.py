"""A load of reports by SMTP, each of its own signed return path and recipient: a process of its own, so that it costs its own core.

    path_load.py PORT KEY RUN ACCOUNTS LETTERS RATE SESSIONS [kept]

KEY is the text of the master key; RUN, a word, makes the addresses unlike those of any other run; ACCOUNTS are names with
commas between them, which take turns. RATE is letters a second, 0: as many as are taken. One connection for each letter, or
with ``kept`` the SESSIONS connections are kept. Makes the letters, prints ``ready``, waits for a line, sends, and prints a
line for each letter: its recipient, and in seconds since 1970 the end of its DATA and its 250 (0: refused).
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bouncer.mail.returnpath import Key, sign

DOMAIN = "rp.example.com"
DOMAINS = 50
"""Domains of the recipients."""
REPORT = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
NAMED = b"unknown@example.org"
GREETING, HELLO, TAKEN = b"220", b"EHLO client.example.net\r\n", b"250"


@dataclass(slots=True)
class Letter:
    """One letter as it goes over the wire, and when it went."""

    recipient: str
    steps: tuple[bytes, ...]  # MAIL, RCPT, DATA, and the octets
    sent_at: float = 0.0
    taken_at: float = 0.0


def make_letters(key: Key, run: str, accounts: list[str], count: int) -> list[Letter]:
    """Make *count* letters; what each says is proven by its return path."""
    keys, today = [key.derive(account) for account in accounts], int(time.time()) // 86_400
    letters = []
    for number in range(count):
        recipient = f"u{number}.{run}@d{number % DOMAINS}.example"
        account = accounts[number % len(accounts)]
        path = sign(account, recipient, domain=DOMAIN, key=keys[number % len(keys)], today=today, days=30)
        octets = REPORT.replace(NAMED, recipient.encode()).replace(b"\n", b"\r\n") + b".\r\n"
        letters.append(Letter(recipient, (b"MAIL FROM:<>\r\n", f"RCPT TO:<{path}>\r\n".encode(), b"DATA\r\n", octets)))
    return letters


class Client(asyncio.Protocol):
    """One connection: each reply completes a future."""

    def __init__(self) -> None:
        self.ended = False
        self._received = b""
        self._reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()  # at first, the greeting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio: keep the transport, by which commands leave."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment] # a stream's

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio: a reply ends with a line whose code a blank follows (RFC 5321 section 4.2)."""
        self._received += data
        if self._received.endswith(b"\r\n") and self._received[self._received.rfind(b"\n", 0, -1) + 4 :][:1] == b" ":
            reply, self._received = self._received, b""
            self._answer(reply)

    def connection_lost(self, _error: Exception | None) -> None:
        """Hook of asyncio: who waits for a reply gets an empty one."""
        self.ended = True
        self._answer(b"")

    def _answer(self, reply: bytes) -> None:
        if not self._reply.done():
            self._reply.set_result(reply)

    async def ask(self, octets: bytes) -> bytes:
        """Send *octets*, and give the code of the reply; nothing where the connection has ended."""
        if self.ended:
            return b""
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(octets)
        return await self.reply()

    async def reply(self) -> bytes:
        """Give the code of the next reply."""
        return (await self._reply)[:3]

    def close(self) -> None:
        """Say QUIT, and close without waiting."""
        if not self.ended:
            self._transport.write(b"QUIT\r\n")
            self._transport.close()


async def connected(port: int) -> Client:
    """Give a connection after EHLO."""
    _, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", port)
    assert await client.reply() == GREETING
    assert await client.ask(HELLO) == TAKEN
    return client


async def send(client: Client, letter: Letter) -> None:
    """Send *letter*."""
    for step in letter.steps:
        letter.sent_at = time.time()
        if not (code := await client.ask(step)) or code[:1] not in b"23":
            client.close()
            return
    letter.taken_at = time.time()


async def work(port: int, letters: Iterator[tuple[int, Letter]], rate: float, begun: float, keep_open: bool) -> None:
    """Send letters, each at its time, until there are no more."""
    client = None
    for number, letter in letters:
        if rate and (wait := begun + number / rate - time.time()) > 0:
            await asyncio.sleep(wait)
        if client is None or client.ended:
            client = await connected(port)
        await send(client, letter)
        if not keep_open:
            client.close()
            client = None
    if client is not None:
        client.close()


async def main(words: list[str]) -> None:
    """Make, wait, send, print."""
    port, key, run, accounts, count, rate, sessions, *rest = words
    letters = make_letters(Key(key.encode()), run, accounts.split(","), int(count))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    numbered, begun = iter(enumerate(letters)), time.time()
    await asyncio.gather(*(work(int(port), numbered, float(rate), begun, bool(rest)) for _ in range(int(sessions))))
    for letter in letters:
        print(letter.recipient, letter.sent_at, letter.taken_at)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
