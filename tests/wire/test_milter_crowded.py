"""Silent and slow clients at the milter, the policy service and the socketmap table: they make room for others."""

import asyncio
import struct
from typing import Any

import pytest
from wire.milter_client import ALL_ACTIONS, ALL_STEPS, MailServer, Stage, frame, listeners

NEGOTIATION = frame(b"O", struct.pack("!LLL", 6, ALL_ACTIONS, ALL_STEPS))
JANE = "jane@example.org"
SOON = 100
"""Tries, a tenth of a second apart."""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowded house waits for a second, and no longer for who has asked before."""
    monkeypatch.setattr("bouncer.milter.context.CROWDED_QUESTION_SECONDS", 1.0)
    monkeypatch.setattr("bouncer.milter.context.CROWDED_IDLE_SECONDS", 1.0)


async def answered(servers: Any, listener: str, question: bytes, octets: int) -> bytes:
    """Ask on a new connection; give the first octets of the answer, none where there is no room."""
    reader, writer = await asyncio.open_connection(*servers.listeners[listener].listening[0].split(":"))
    writer.write(question)
    try:
        async with asyncio.timeout(30):
            return await reader.readexactly(octets)
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("listener", "octets", "question"),
    [
        ("milter", b"", NEGOTIATION),
        ("milter", b"\0\0", NEGOTIATION),
        ("milter", NEGOTIATION, NEGOTIATION),
        ("policy", b"", b"request=smtpd_access_policy\n\n"),
        ("policy", b"request=smtpd_access_policy\n", b"request=smtpd_access_policy\n\n"),
        ("policy", b"request=smtpd_access_policy\n\n", b"request=smtpd_access_policy\n\n"),
        ("socketmap", b"", b"6:acme x,"),
        ("socketmap", b"6:acme", b"6:acme x,"),
        ("socketmap", b"6:acme x,", b"6:acme x,"),
    ],
)
async def test_silent_clients_of_every_listener_make_room(listener: str, octets: bytes, question: bytes) -> None:
    async with listeners(Stage(), max_connections=20) as servers:
        place = servers.listeners[listener].listening[0].split(":")
        silent = [await asyncio.open_connection(*place) for _ in range(20)]
        for _, writer in silent:
            writer.write(octets)
        answers = [await answered(servers, listener, question, 4)]
        while not answers[-1] and len(answers) < SOON:
            await asyncio.sleep(0.1)
            answers.append(await answered(servers, listener, question, 4))
        for _, writer in silent:
            writer.close()

    assert answers[0] == b""
    assert answers[-1] != b""


async def test_a_mail_server_amid_a_message_is_not_hurt_by_the_crowd() -> None:
    """The mail server says something all the time; the idle ones go."""
    async with listeners(Stage(), max_connections=3) as servers:
        busy, *idle = [await servers.server() for _ in range(3)]
        ends = asyncio.gather(*(client.hear() for client in idle))
        for _ in range(30):
            assert (await busy.message([JANE])).last == b"c"
            await asyncio.sleep(0.1)

        assert await ends == [(b"", b"")] * 2


async def test_a_listener_that_is_not_crowded_is_patient() -> None:
    async with listeners(Stage(), max_connections=4) as crowd:
        servers: list[MailServer] = [await crowd.server() for _ in range(2)]
        await asyncio.sleep(2.5)  # two ticks past the patience of a crowded one

        for server in servers:
            assert (await server.message([JANE])).last == b"c"
