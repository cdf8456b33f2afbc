"""Limits of the server, slow and silent clients, and how it closes."""

import asyncio
import itertools
import socket
import ssl
import tracemalloc
from typing import Any

import pytest

from bouncer.errors import ConfigError
from bouncer.mail.host import client_of
from bouncer.settings.sections import SmtpSettings
from bouncer.smtpd import error_pace
from bouncer.smtpd.server import SmtpServer


async def test_the_connection_after_the_last_is_told_to_come_back(open_server: Any) -> None:
    """421 for it; when one leaves, the next is welcome."""
    async with open_server(max_connections=2) as place:
        first, second = await place.client(), await place.client()
        assert (await first.hear()).startswith(b"220")
        assert (await second.hear()).startswith(b"220")
        assert [reply[:9] for reply in await (await place.client()).hear_all()] == [b"421 4.3.2"]

        await first.ask("QUIT")
        assert await first.hear_all() == []
        assert (await (await place.client()).hear()).startswith(b"220")


async def test_one_client_cannot_take_all_connections(open_server: Any) -> None:
    async with open_server(max_connections_per_client=1) as place:
        assert (await (await place.client()).hear()).startswith(b"220")

        assert [reply[:9] for reply in await (await place.client()).hear_all()] == [b"421 4.7.0"]
        assert (await (await place.client(source="127.0.0.2")).hear()).startswith(b"220")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowded house waits for a second, not for ten."""
    monkeypatch.setattr("bouncer.smtpd.connection.CROWDED_SECONDS", 1.0)


async def test_a_few_silent_addresses_cannot_fill_the_house(open_server: Any) -> None:
    """20 addresses that open as many connections as they may, and come back at once: another client is greeted all the time."""
    async with open_server(max_connections=200, max_connections_per_client=10) as place:
        silent = [await place.client(source=f"127.0.1.{1 + n % 20}") for n in range(200)]
        greetings = [(await client.hear())[:9] for client in silent]
        again = [(await (await place.client(source=f"127.0.1.{1 + n}")).hear())[:9] for n in range(20)]
        other = await place.client(source="127.0.2.1")

        assert greetings.count(b"421 4.7.0") == 100
        assert set(again) == {b"421 4.7.0"}
        assert (await other.hear()).startswith(b"220")


@pytest.mark.parametrize(
    "octets",
    [b"", b"EHLO x\r\n", b"EHL", b"EHLO x\r\nMAIL FROM:<>\r\n", b"STARTTLS\r\n"],
    ids=["nothing", "greeting", "part", "sender", "handshake"],
)
async def test_silent_clients_make_room_in_a_crowded_house(
    octets: bytes, hasty: None, open_server: Any, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """From many addresses: who comes next is turned away, and seconds later is served."""
    async with open_server(max_connections=20, tls=contexts[0]) as place:
        silent = [await place.client(source=f"127.0.1.{1 + n}") for n in range(20)]
        for client in silent:
            await client.say(octets)
        greetings = [(await (await place.client(source="127.0.2.1")).hear())[:9]]
        while greetings[-1].startswith(b"421") and len(greetings) < 100:
            await asyncio.sleep(0.1)
            greetings.append((await (await place.client(source="127.0.2.1")).hear())[:9])

        assert greetings[0] == b"421 4.3.2"
        assert greetings[-1].startswith(b"220")


@pytest.mark.parametrize("command_line", ["NOOP", "RSET", "EHLO x", "MAIL FROM:<>", "RCPT TO:<acme@rp.example.com>"])
async def test_commands_that_lead_to_no_letter_buy_no_time_in_a_crowded_house(
    command_line: str, hasty: None, open_server: Any
) -> None:
    """One that goes round in circles, with an accepted recipient or without, is let go like a silent one."""
    async with open_server(max_connections=1, max_errors=1000) as place:
        client = await place.client()
        await client.hear()
        for begin in ("EHLO x", "MAIL FROM:<>"):
            await client.ask(begin)
        reply, commands = b"250", itertools.cycle((command_line, "RSET", "MAIL FROM:<>"))
        while not reply.startswith(b"421"):
            reply = await client.ask(next(commands))
            await asyncio.sleep(0.02)  # else max_commands comes first

        assert reply.startswith(b"421 4.4.2")


async def test_a_letter_that_comes_is_taken_however_crowded_the_house(
    hasty: None, open_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faster than the least rate for longer than patience lasts; octet by octet it would be let go."""
    monkeypatch.setattr("bouncer.smtpd.connection.CROWDED_RATE", 10_000)
    async with open_server(max_connections=2) as place:
        slow, trickling = await place.client(), await place.client()
        for client in (slow, trickling):
            await client.open("<>")
        hearing = asyncio.create_task(trickling.hear_all())
        for _ in range(30):  # three seconds
            await slow.say(b"x" * 1998 + b"\r\n")
            if not hearing.done():
                await trickling.say(b"x")
            await asyncio.sleep(0.1)
        await slow.say(b".\r\n")

        assert (await slow.hear()).startswith(b"250 2.0.0 Kept")
        assert [reply[:9] for reply in await hearing] == [b"421 4.4.2"]


async def test_a_house_that_is_not_crowded_is_patient(hasty: None, open_server: Any) -> None:
    async with open_server(max_connections=4) as place:
        client, other = await place.client(), await place.client()
        await asyncio.gather(client.hear(), other.hear())
        await asyncio.sleep(2.5)  # two ticks past the patience of a crowded house

        assert (await client.ask("NOOP")).startswith(b"250")


async def test_a_mail_server_in_front_may_be_all_there_is(open_server: Any) -> None:
    """Where one client may have all connections it gets them, however crowded that makes the house."""
    async with open_server(max_connections=20, max_connections_per_client=20) as place:
        clients = [await place.client() for _ in range(20)]

        assert {(await client.hear())[:4] for client in clients} == {b"220 "}


@pytest.mark.parametrize(
    "request_line",
    ["GET / HTTP/1.1", "post /x HTTP/1.1", "CONNECT mx.example.com:25 HTTP/1.1", "HEAD  /", "PUT x", "PRI * HTTP/2.0"],
)
async def test_a_web_request_ends_the_connection_at_once(request_line: str, open_server: Any) -> None:
    """A page can have a browser post a mail's commands to us: not one of them is obeyed."""
    async with open_server() as place:
        client = await place.client()
        body = "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<acme@rp.example.com>\r\nDATA\r\nx\r\n.\r\n"
        await client.say(f"{request_line}\r\nHost: mx.example.com\r\n\r\n{body}".encode())

        assert [reply[:9] for reply in (await client.hear_all())[1:]] == [b"421 4.7.0"]
        assert place.keeper.letters == []


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("::nonsense", "::nonsense"),
    ],
)
def test_an_ipv6_host_counts_as_one_however_many_addresses_it_uses(address: str, client: str) -> None:
    assert client_of(address) == client


@pytest.mark.parametrize("octets", [b"", b"EHLO x\r\n", b"EHL"], ids=["nothing", "one command", "a part of one"])
async def test_a_silent_client_is_let_go(octets: bytes, open_server: Any) -> None:
    async with open_server(idle_seconds=1) as place:
        client = await place.client()
        await client.say(octets)

        assert (await client.hear_all())[-1].startswith(b"421 4.4.2")


async def test_a_client_that_stops_amid_a_letter_is_let_go(open_server: Any) -> None:
    async with open_server(idle_seconds=1) as place:
        client = await place.client()
        await client.open("<>")
        await client.say(b"half a letter\r\n.")

        assert [reply[:9] for reply in await client.hear_all()] == [b"421 4.4.2"]
        assert place.keeper.letters == []


async def test_a_client_that_sends_a_command_octet_by_octet_is_let_go(open_server: Any) -> None:
    """Only a whole command counts as something said; so dribbling buys no time."""
    async with open_server(idle_seconds=1) as place:
        client = await place.client()
        await client.hear()
        hearing = asyncio.create_task(client.hear_all())
        while not hearing.done():
            await client.say(b"N")
            await asyncio.wait([hearing], timeout=0.05)

        assert [reply[:9] for reply in hearing.result()] == [b"421 4.4.2"]


async def test_no_connection_lasts_for_ever(open_server: Any) -> None:
    async with open_server(session_seconds=1) as place:
        client = await place.client()
        await client.hear()
        reply = b"250"
        while reply.startswith(b"250"):
            reply = await client.ask("NOOP")
            await asyncio.sleep(0.05)  # else max_commands comes first

        assert reply.startswith(b"421 4.4.2")


async def test_the_wait_for_the_store_is_not_the_clients_silence(open_server: Any) -> None:
    """However long keeping takes, the client gets its answer."""
    async with open_server(idle_seconds=1, session_seconds=1) as place:
        place.keeper.let_go.clear()
        client = await place.client()
        await client.open("<>")
        silent = await place.client()
        await client.say(b"x\r\n.\r\n")
        await place.keeper.called.wait()
        await silent.hear_all()  # somebody else's time has run out since
        place.keeper.let_go.set()

        assert (await client.hear()).startswith(b"250 2.0.0 Kept")


async def test_a_command_line_that_never_ends_costs_no_memory(open_server: Any) -> None:
    """500 once it ends, and the next command is obeyed."""
    async with open_server() as place:
        client = await place.client()
        await client.hear()
        tracemalloc.start()
        for _ in range(100):
            await client.say(b"x" * 100_000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await client.say(b"\r\nNOOP\r\n")

        assert await client.hear() == b"500 5.5.2 Line too long\r\n"
        assert await client.hear() == b"250 2.0.0 OK\r\n"
        assert most < 2_000_000


async def test_a_line_of_just_the_limit_is_taken(open_server: Any) -> None:
    async with open_server() as place:
        client = await place.client()
        await client.hear()

        assert await client.ask("NOOP " + "x" * (2048 - 7)) == b"250 2.0.0 OK\r\n"
        assert await client.ask("NOOP " + "x" * (2048 - 6)) == b"500 5.5.2 Line too long\r\n"


async def test_a_client_that_sends_ahead_without_end_is_not_read_meanwhile(open_server: Any) -> None:
    """While a letter is being kept, what the client sends on fills its own socket, not our memory."""
    async with open_server() as place:
        place.keeper.let_go.clear()
        client = await place.client()
        await client.open("<>")
        await client.say(b"x\r\n.\r\n")
        await place.keeper.called.wait()
        client.writer.write(b"NOOP\r\n" * 3_000_000)
        other = await place.client()
        await other.hear()
        (session,) = (connection for connection in place.smtp_server._connections.open if connection.is_keeping)  # noqa: SLF001 -- what it holds is the point
        for _ in range(200):
            assert (await other.ask("NOOP")).startswith(b"250")

        assert len(session.octets) < 1_000_000
        place.keeper.let_go.set()
        assert (await client.hear()).startswith(b"250 2.0.0 Kept")
        await client.hear_all()  # max_commands ends it, amid what the client still sends


async def test_a_client_that_takes_no_replies_is_not_obeyed_on(open_server: Any) -> None:
    """The client's replies are not heaped up: reading goes on when it reads."""
    async with open_server(max_commands=1_000_000) as place:
        client = await place.client()
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001 -- no other way to be deaf
        client.writer.write(b"HELP\r\n" * 200_000 + b"QUIT\r\n")
        other = await place.client()
        await other.hear()
        (session,) = (connection for connection in place.smtp_server._connections.open if connection._command_count)  # noqa: SLF001 -- as above
        for _ in range(200):
            await other.ask("NOOP")
        assert session.transport.get_write_buffer_size() < 1_000_000
        client.reader._transport.resume_reading()  # type: ignore[attr-defined]  # noqa: SLF001 -- as above

        replies = await client.hear_all()
        assert len(replies) == 200_002
        assert replies[-1].startswith(b"221")


async def test_draining_lets_open_letters_end_and_turns_all_others_away(open_server: Any) -> None:
    """Idle: 421 at once. In the middle of a letter: it is kept, gets its 250, and then 421. New: nobody listens."""
    async with open_server() as place:
        idle, busy = await place.client(), await place.client()
        await idle.hear()
        await busy.open("<>")
        draining = asyncio.create_task(place.smtp_server.drain(30))
        assert [reply[:9] for reply in await idle.hear_all()] == [b"421 4.3.2"]
        assert not draining.done()
        await busy.say(b"x\r\n.\r\nMAIL FROM:<>\r\n")

        reply, closing = await busy.hear_all()
        assert reply.startswith(b"250 2.0.0 Kept")
        assert closing.startswith(b"421 4.3.2")
        await draining
        assert place.keeper.raws == [b"x\r\n"]


async def test_draining_has_an_end(open_server: Any) -> None:
    """A client that does not finish in time is told 421, and nothing of the letter is kept."""
    async with open_server() as place:
        slow = await place.client()
        await slow.open("<>")
        await slow.say(b"half a letter")
        await place.smtp_server.drain(0)

        assert [reply[:9] for reply in await slow.hear_all()] == [b"421 4.3.2"]
        assert place.keeper.letters == []


async def test_the_server_takes_over_sockets_that_are_handed_to_it(open_server: Any) -> None:
    """As systemd hands them over; where it listens is what is reported."""
    inherited = socket.create_server(("127.0.0.1", 0))
    port = inherited.getsockname()[1]
    async with open_server() as place:
        await place.smtp_server.close()
        await place.smtp_server.start([inherited])

        assert place.smtp_server.listening == (f"127.0.0.1:{port}",)


@pytest.mark.parametrize("listen", ["2525", "127.0.0.1:", "127.0.0.1:smtp", "127.0.0.1:70000"])
def test_a_place_that_is_none_is_a_fault_of_the_settings(listen: str) -> None:
    with pytest.raises(ConfigError, match="host:port"):
        SmtpServer(SmtpSettings(listen=(listen,)), admit=None, keep=None, now=None)  # type: ignore[arg-type]


async def test_a_client_that_is_refused_again_and_again_waits_and_no_other_client_does(
    open_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a new connection, too; what is no refusal is answered at once."""
    monkeypatch.setattr(error_pace, "FREE_ERRORS", 2)
    async with open_server(errors_per_second=1) as place:
        first, second, other = await place.client(), await place.client(), await place.client(source="127.0.0.2")
        for client in (first, second, other):
            await client.hear()
        assert [(await client.ask("NONSENSE"))[:3] for client in (first, first)] == [b"500", b"500"]

        refused = asyncio.create_task(second.ask("NONSENSE"))
        assert (await other.ask("NONSENSE"))[:3] == b"500"
        assert (await first.ask("NOOP"))[:3] == b"250"
        assert not refused.done()
        assert (await refused)[:3] == b"500"


async def test_a_client_that_waits_for_a_refusal_is_told_when_the_server_closes(
    open_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = asyncio.Event()

    def pause(*_: object) -> float:
        waiting.set()
        return 30.0

    monkeypatch.setattr(error_pace.ErrorPace, "pause", pause)
    async with open_server() as place:
        client = await place.client()
        await client.hear()
        await client.say(b"NONSENSE\r\n")
        await waiting.wait()

        await place.smtp_server.drain(30)

        assert [reply[:9] for reply in await client.hear_all()] == [b"421 4.3.2"]
