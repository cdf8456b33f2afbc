"""The handler alone, under aiosmtpd's own server and session: it is an ordinary handler, and needs nothing of our subclass.

Played are the dialogues of fixtures/dialogs that keep to what aiosmtpd itself does: no limit of ours, no enhanced status code in a
reply that aiosmtpd words, no address beyond its grammar.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiosmtpd.controller import UnthreadedController
from wire.dialogs import DIALOGS, play, settings_of
from wire.smtp_client import NOW, PATIENCE, Client, Keeper

from bouncer.errors import TryLater
from bouncer.listening import socket_name_text
from bouncer.mail.logged import without_signature
from bouncer.settings.sections import SmtpSettings
from bouncer.smtpd.context import make_context
from bouncer.smtpd.handler import SmtpHandler

WORD_FOR_WORD = ("dots", "null-sender-one-recipient", "one-letter", "pipelined", "smtputf8", "too-many-recipients")
BY_REPLY_CODE = ("order-of-commands", "refused-recipients")
"""Where aiosmtpd words a reply itself: its code is the same, and it has no enhanced status code."""


class CodeClient(Client):
    """A client that takes replies without enhanced status codes."""

    async def hear(self) -> bytes:
        """Hear one reply, all of its lines."""
        lines = b""
        while not (lines and lines.splitlines()[-1][3:4] == b" "):
            async with asyncio.timeout(PATIENCE):
                line = await self.reader.readline()
            if not line:
                return lines
            lines += line
        return lines


def handler_for(keeper: Keeper, **settings: Any) -> SmtpHandler:
    """Make the handler, with these settings of [smtp]."""
    context = make_context(
        SmtpSettings(domains=("rp.example.com",), **settings),
        admit=keeper.admit,
        check_volume=lambda _path, _peer: None,
        keep=keeper.keep,
        now=lambda: NOW,
        address_for_log=lambda address, _path: without_signature(address),
        tls_context=None,
        name="",
    )
    return SmtpHandler(context)


@contextlib.asynccontextmanager
async def controlled(keeper: Keeper, kind: type[Client] = Client, **settings: Any) -> AsyncIterator[Client]:
    """Run an unmodified controller on this event loop; gives a client that is connected to it."""
    controller = UnthreadedController(
        handler_for(keeper, **settings),
        hostname="127.0.0.1",
        port=0,
        loop=asyncio.get_running_loop(),
        enable_SMTPUTF8=True,
        ident="ESMTP",
        server_hostname="localhost",
    )
    server = await controller._create_server()  # noqa: SLF001 -- begin() wants a loop that does not run yet
    client = await kind.connect(socket_name_text(server.sockets[0].getsockname()))
    try:
        yield client
    finally:
        await client.close()
        server.close()


@pytest.mark.parametrize("name", WORD_FOR_WORD)
async def test_a_dialogue_goes_word_for_word_as_under_our_own_server(name: str) -> None:
    lines, keeper = DIALOGS[name].splitlines(), Keeper()
    async with controlled(keeper, **settings_of(lines)) as client:
        await play(lines, client, keeper)


@pytest.mark.parametrize("name", BY_REPLY_CODE)
async def test_a_dialogue_gets_the_same_reply_codes_as_under_our_own_server(name: str) -> None:
    lines, keeper = DIALOGS[name].splitlines(), Keeper()
    codes = [f"S~ {line[3:6]}" if line.startswith(("S:", "S~")) else line for line in lines]
    async with controlled(keeper, CodeClient) as client:
        await play(codes, client, keeper)


async def test_a_letter_that_cannot_be_kept_is_put_off_there_too() -> None:
    keeper = Keeper(fault=TryLater.disk_full())
    async with controlled(keeper) as client:
        await client.open("<>")
        await client.say(b"x\r\n.\r\n")

        assert await client.hear() == b"452 4.3.1 No room to keep mail now, try later\r\n"
        assert keeper.letters == []
