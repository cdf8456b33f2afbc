"""Peers of the milter's servers that send garbage, stop in the middle or never end: nobody else notices.

``MILTER_GARBAGE=20000`` tries more; the seed is printed with a failure.
"""

import asyncio
import contextlib
import os
import random
import struct
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from wire.milter_client import MailServer, Opened, Stage, frame, listeners

from bouncer.milter.message import MAX_RECIPIENT_OCTETS

TRIES = int(os.environ.get("MILTER_GARBAGE", "600"))
AT_ONCE = 50
SEED = 20261122
COMMANDS = b"OCDHMRLNBEATQKU"

OFFER = frame(b"O", struct.pack("!LLL", 6, 0x1FF, 0x1FFFFF))
MESSAGE = [
    OFFER,
    frame(b"D", b"Cj\0mx.example.net\0"),
    frame(b"C", b"client.example\0" + b"4\x9c\x40127.0.0.1\0"),
    frame(b"D", b"Mi\x004XyZ\0{auth_authen}\0acme\0"),
    frame(b"M", b"<news@acme.example>\0SIZE=100\0"),
    frame(b"R", b"<jane@example.org>\0"),
    frame(b"L", b"Subject\0We open\0"),
    frame(b"D", b"Ei\x004XyZ\0"),
    frame(b"E"),
    frame(b"Q"),
]
REQUEST = b"request=smtpd_access_policy\nrecipient=jane@example.org\nclient_address=127.0.0.1\n\n"


def noise(chance: random.Random) -> bytes:
    """Octets that mean nothing."""
    return chance.randbytes(chance.randrange(400))


def altered(chance: random.Random, octets: bytes) -> bytes:
    """Some octets changed, then cut anywhere."""
    changed = bytearray(octets)
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed) + 1)])


def frames_in_any_order(chance: random.Random) -> bytes:
    """Whole frames, of any command and with any rest, some in place of those of a message."""
    frames = [OFFER, *(chance.choice([*MESSAGE, anything(chance)]) for _ in range(chance.randrange(20)))]
    return b"".join(frames)


def anything(chance: random.Random) -> bytes:
    """A frame that could be one."""
    return frame(bytes([chance.choice(COMMANDS)]), chance.randbytes(chance.randrange(60)))


def hostile(listener: str, chance: random.Random) -> bytes:
    """Give the octets that one peer sends through *listener*."""
    whole = {"milter": b"".join(MESSAGE), "policy": REQUEST * 3, "socketmap": b"21:acme gone@example.org," * 3}[
        listener
    ]
    kinds: list[Callable[[], bytes]] = [lambda: noise(chance), lambda: altered(chance, whole)]
    if listener == "milter":
        kinds.append(lambda: frames_in_any_order(chance))
    return chance.choice(kinds)()


async def play(servers: Opened, listener: str, octets: bytes) -> None:
    """Send *octets*, go away, and take whatever is answered meanwhile."""
    server = await MailServer.connect(servers.listeners[listener].listening[0])
    with contextlib.suppress(ConnectionError):
        server.send(octets)
        server.writer.write_eof()
        await server.reader.read()
    server.close()
    with contextlib.suppress(ConnectionError):
        await server.writer.wait_closed()


@pytest.mark.parametrize("listener", ["milter", "policy", "socketmap"])
async def test_garbage_hurts_nobody(listener: str):
    chance = random.Random(SEED)  # noqa: S311 -- the same garbage at every run
    async with listeners(Stage()) as servers:
        bystander = await servers.server()
        for _ in range(0, TRIES, AT_ONCE):
            await asyncio.gather(*(play(servers, listener, hostile(listener, chance)) for _ in range(AT_ONCE)))
            answered = await bystander.message(["jane@example.org"])
            assert answered.last == b"c", f"seed {SEED}"


def endless(listener: str) -> Iterator[bytes]:
    """Questions that never end, each in the pieces that it arrives in."""
    piece = b"x" * 64 * 1024
    if listener == "milter":
        yield OFFER + struct.pack("!L", 0xFFFFFFFF) + b"L"
    elif listener == "policy":
        yield b"request="
    else:
        yield b"999999:"
    for _ in range(200):
        yield piece


@pytest.mark.parametrize("listener", ["milter", "policy", "socketmap"])
async def test_a_question_without_end_is_cut_off_and_costs_no_memory(listener: str):
    async with listeners(Stage()) as servers:
        tracemalloc.start()
        server = await servers.connect(listener)
        with contextlib.suppress(ConnectionError):
            for piece in endless(listener):
                server.send(piece)
                await server.writer.drain()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert peak < 8 << 20
        assert (await (await servers.server()).message(["jane@example.org"])).last == b"c"


async def test_frames_that_are_sent_ahead_wait_in_the_socket_and_not_in_memory():
    """While one message waits for the store, what comes after it is not read."""
    stage = Stage()
    stage.let_go.clear()
    async with listeners(stage) as servers:
        server = await servers.server()
        server.send(b"".join(MESSAGE[3:9]))
        await stage.arrived.wait()
        sent, patience = 0, 0.2
        with contextlib.suppress(TimeoutError):
            for _ in range(2000):
                server.send(frame(b"L", b"X-Filler\0" + b"x" * 60_000 + b"\0"))
                async with asyncio.timeout(patience):
                    await server.writer.drain()
                sent += 60_000
        stage.let_go.set()

        assert sent < 64 << 20, "the peer was never held up"


@pytest.mark.parametrize("port", [0, 40_000], ids=["by sendmail(1)", "by SMTP"])
async def test_the_most_recipients_of_one_message_are_taken_and_no_more(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bouncer.milter.message.MAX_RECIPIENTS", 500)
    async with listeners(Stage()) as servers:
        server = await servers.server(port=port)
        server.send(frame(b"M", b"<news@acme.example>\0"))
        server.send(b"".join(frame(b"R", b"<j%d@example.org>\0" % number) for number in range(600)))

        for _ in range(500):
            assert await server.hear() == (b"c", b"")
        assert await server.hear() == (b"", b"")


@pytest.mark.parametrize("port", [0, 40_000], ids=["by sendmail(1)", "by SMTP"])
async def test_the_recipients_of_one_message_have_so_many_octets_together(port: int):
    """Each may have a quarter of a megabyte, and all of them are kept to the end of the message."""
    longest = frame(b"R", b"<" + b"x" * 250_000 + b"@example.org>\0")
    async with listeners(Stage()) as servers:
        server = await servers.server(port=port)
        server.send(frame(b"M", b"<news@acme.example>\0"))
        for _ in range(MAX_RECIPIENT_OCTETS // 250_000 + 1):
            server.send(longest)
            assert await server.hear() == (b"c", b"")
        server.send(longest)
        assert await server.hear() == (b"", b"")


async def test_a_peer_that_stops_in_the_middle_is_ended_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bouncer.milter.context.QUESTION_SECONDS", 0.5)
    async with listeners(Stage()) as servers:
        silent, begun = await servers.connect(), await servers.server()
        begun.send(frame(b"M", b"<news@acme.example>\0")[:-3])
        patient = await servers.server()

        assert await silent.hear() == (b"", b"")
        assert await begun.hear() == (b"", b"")
        assert (await patient.message(["jane@example.org"])).last == b"c"


async def test_a_silent_connection_is_ended_when_its_time_is_up():
    async with listeners(Stage(), idle_seconds=1) as servers:
        server = await servers.server()

        assert await server.hear() == (b"", b"")
