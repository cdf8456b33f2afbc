"""Thousands of requests that are sent ahead to the milter, the policy service and the table: others have their turns between."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator

import pytest
from patience import until
from wire.milter_client import ALL_ACTIONS, ALL_STEPS, PATIENCE, Stage, frame

from bouncer.connections import Connections
from bouncer.milter.connection import MOST_AT_ONCE, RequestConnection
from bouncer.milter.context import make_context
from bouncer.milter.servers import KINDS
from bouncer.settings.sections import MilterSettings

MANY = 20 * MOST_AT_ONCE
NEGOTIATION = frame(b"O", struct.pack("!LLL", 6, ALL_ACTIONS, ALL_STEPS))
HELO = frame(b"H", b"client.example.net\0")
CONTINUE = frame(b"c", b"")

each_listener = pytest.mark.parametrize(
    ("listener", "before", "question", "answer"),
    [
        ("milter", NEGOTIATION, HELO, CONTINUE),
        ("policy", b"", b"request=smtpd_access_policy\n\n", b"action=DUNNO\n\n"),
        ("socketmap", b"", b"6:acme x,", b"9:NOTFOUND ,"),
    ],
)


@contextlib.asynccontextmanager
async def connected(listener: str) -> AsyncIterator[tuple[RequestConnection, asyncio.StreamReader]]:
    """A connection as the server makes it, and what its peer hears."""
    stage, (ours, theirs) = Stage(), socket.socketpair()
    context = make_context(MilterSettings(), stage, stage.takes)
    connections = Connections[RequestConnection](9)
    _, connection = await asyncio.get_running_loop().connect_accepted_socket(
        lambda: KINDS[listener][1](connections, context), ours
    )
    reader, writer = await asyncio.open_connection(sock=theirs)
    try:
        yield connection, reader
    finally:
        writer.close()
        await connection.cut_off()


@each_listener
async def test_requests_that_are_sent_ahead_have_so_many_in_one_turn(
    listener: str, before: bytes, question: bytes, answer: bytes
):
    async with connected(listener) as (connection, reader):
        connection.data_received(before)
        connection.data_received(question * MANY)
        left = len(connection.octets) // len(question)

        assert left >= MANY - MOST_AT_ONCE
        assert connection.is_busy
        async with asyncio.timeout(PATIENCE):
            await reader.readuntil(answer * 2)
            rest = await reader.readexactly(len(answer) * (MANY - 2))
        assert rest == answer * (MANY - 2)
        assert not connection.is_busy


@each_listener
async def test_a_client_that_sends_more_than_is_taken_in_one_turn_is_not_read_on(
    listener: str, before: bytes, question: bytes, answer: bytes
):
    """And is read again afterwards."""
    async with connected(listener) as (connection, reader):
        connection.data_received(before + question * (200_000 // len(question)))
        assert not connection.transport.is_reading()

        async with asyncio.timeout(PATIENCE):
            while connection.is_busy or not connection.transport.is_reading():
                await reader.read(65_536)


async def test_a_client_that_ends_the_connection_between_two_turns_is_forgotten():
    async with connected("socketmap") as (connection, _):
        connection.data_received(b"6:acme x," * MANY)
        connection.transport.abort()
        await until(lambda: connection not in connection.connections.open)

        assert not connection.octets
