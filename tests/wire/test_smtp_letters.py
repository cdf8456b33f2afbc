"""Letters by SMTP: their content when kept, the moment of 250, and the cost of a letter of any size and shape."""

import logging
import tracemalloc
from typing import Any

import pytest

from bouncer.errors import TryLater
from bouncer.mail.letter import PathKind
from bouncer.mail.logged import without_signature
from bouncer.mail.returnpath import Key, sign
from bouncer.smtpd import memory

MILLION = 1_000_000


async def send(client: Any, octets: bytes) -> bytes:
    """Send one letter's content and hear the reply."""
    await client.open("<>")
    await client.say(octets + b"\r\n.\r\n")
    return await client.hear()  # type: ignore[no-any-return]


async def test_the_letter_is_kept_with_its_envelope(open_server: Any) -> None:
    """All that the server knows goes into the record; nothing is added to the octets."""
    async with open_server() as place:
        client = await place.client()
        await client.open("<mailer-daemon@example.net>", "acme@rp.example.com", "b1@rp.example.com")
        await client.say(b"hello\r\n.\r\n")
        await client.hear()

        first, other = place.keeper.letters
        assert (first.return_path.address, other.return_path.address) == ("acme@rp.example.com", "b1@rp.example.com")
        assert first.return_path.kind is PathKind.ALIAS
        assert (first.reverse_path, first.peer, first.helo) == (
            "mailer-daemon@example.net",
            "127.0.0.1",
            "client.example.net",
        )
        assert (first.tls, first.smtputf8, first.raw) == (None, False, b"hello\r\n")
        assert first.received_at.tzinfo is not None
        assert first.raw is other.raw


async def test_250_is_said_only_once_the_letter_is_kept(open_server: Any) -> None:
    async with open_server() as place:
        place.keeper.let_go.clear()
        client = await place.client()
        await client.open("<>")
        await client.say(b"x\r\n.\r\nNOOP\r\n")
        await place.keeper.called.wait()
        other = await place.client()
        await other.hear()
        assert (await other.ask("NOOP")) == b"250 2.0.0 OK\r\n"  # meanwhile others are served
        assert not client.reader._buffer  # noqa: SLF001 -- nothing was said to this one yet
        place.keeper.let_go.set()

        assert (await client.hear()).startswith(b"250 2.0.0 Kept")
        assert (await client.hear()) == b"250 2.0.0 OK\r\n"


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (TryLater.store(), b"451 4.3.0 Cannot keep mail now, try later\r\n"),
        (TryLater.disk_full(), b"452 4.3.1 No room to keep mail now, try later\r\n"),
        (ZeroDivisionError("/etc/secret: division"), b"451 4.3.0 Local error, try later\r\n"),
        (MemoryError(), b"451 4.3.0 Local error, try later\r\n"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_letter_that_cannot_be_kept_is_put_off(fault: Exception, reply: bytes, open_server: Any) -> None:
    """The peer gets 4yz and nothing of our insides; the next letter of the same connection is taken."""
    async with open_server() as place:
        place.keeper.fault = fault
        client = await place.client()
        assert await send(client, b"x") == reply
        assert place.keeper.letters == []

        place.keeper.fault = None
        assert (await client.ask("MAIL FROM:<>")).startswith(b"250")
        assert (await client.ask("RCPT TO:<acme@rp.example.com>")).startswith(b"250")
        assert (await client.ask("DATA")).startswith(b"354")
        await client.say(b"y\r\n.\r\n")
        assert (await client.hear()).startswith(b"250 2.0.0 Kept")


async def test_a_client_that_leaves_during_data_leaves_nothing(open_server: Any) -> None:
    """Without CR LF . CR LF there is no letter, whatever came before."""
    async with open_server() as place:
        client = await place.client()
        await client.open("<>")
        await client.say(b"half a letter\r\n.\r")
        client.writer.write_eof()

        assert await client.hear_all() == []
        assert place.keeper.letters == []


async def test_a_client_that_closes_its_side_still_gets_its_replies(open_server: Any) -> None:
    """Commands before the end of the client's octets are answered: some clients send all and shut their side."""
    async with open_server() as place:
        place.keeper.let_go.clear()
        client = await place.client()
        await client.open("<>")
        await client.say(b"x\r\n.\r\nNOOP\r\n")
        client.writer.write_eof()
        await place.keeper.called.wait()
        place.keeper.let_go.set()

        reply, noop = await client.hear_all()
        assert reply.startswith(b"250 2.0.0 Kept")
        assert noop == b"250 2.0.0 OK\r\n"


async def test_a_letter_whose_client_leaves_while_it_is_kept_is_kept(
    open_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Keeping goes on to its end without the client, which the log tells; the connection is counted until then, and once."""
    caplog.set_level(logging.INFO)
    async with open_server(max_connections=1) as place:
        place.keeper.let_go.clear()
        client = await place.client()
        await client.open("<>")
        await client.say(b"x\r\n.\r\n")
        await place.keeper.called.wait()
        client.writer.transport.abort()
        assert (await (await place.client()).hear()).startswith(b"421 4.3.2")
        place.keeper.let_go.set()
        reply = b""
        while not reply.startswith(b"220"):
            reply = await (await place.client()).hear()

        assert place.keeper.raws == [b"x\r\n"]
        assert len([line for line in caplog.messages if line.startswith("kept ")]) == 1
        assert place.smtp_server._connections.clients.total() == 1  # noqa: SLF001 -- what is counted is the point


async def test_nothing_that_was_sent_after_quit_is_obeyed(open_server: Any) -> None:
    async with open_server() as place:
        client = await place.client()
        await client.say(
            b"HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<acme@rp.example.com>\r\nQUIT\r\nDATA\r\nx\r\n.\r\nNOOP\r\n"
        )

        assert [reply[:3] for reply in await client.hear_all()] == [b"220", b"250", b"250", b"250", b"221"]
        assert place.keeper.letters == []


@pytest.mark.parametrize("greeting", ["EHLO", "HELO", "EHLO " + "x" * 256, "HELO a\0b", "EHLO \x7f"])
async def test_a_greeting_that_is_refused_changes_nothing(greeting: str, open_server: Any) -> None:
    """RFC 5321 section 4.1.4: the transaction that was open goes on."""
    async with open_server() as place:
        client = await place.client()
        await client.hear()
        for command in ("EHLO x", "MAIL FROM:<>", "RCPT TO:<acme@rp.example.com>"):
            await client.ask(command)
        await client.say(f"{greeting}\r\nDATA\r\n".encode())

        assert (await client.hear()).startswith(b"501 Syntax: ")
        assert (await client.hear()).startswith(b"354 ")


@pytest.mark.parametrize(
    "octets",
    [
        b"x" * 10 * MILLION,
        b"".join(b"X-%d: y\r\n" % n for n in range(50_000)),
        b"\0" * MILLION,
        b"\n" * MILLION,
        b"\r" * MILLION,
        b"\r\n" * MILLION,
        bytes(range(256)) * 4000,
        b"\n.\n" * 300_000,
    ],
    ids=["a line of 10 MB", "50,000 headers", "NULs", "LFs", "CRs", "empty lines", "every octet", "bare dots"],
)
async def test_any_content_is_kept_as_it_came(octets: bytes, open_server: Any) -> None:
    async with open_server() as place:
        reply = await send(await place.client(), octets)

        assert reply.startswith(b"250 2.0.0 Kept")
        assert place.keeper.raws == [octets + b"\r\n"]


async def test_a_letter_of_just_the_limit_is_kept_though_its_dots_were_doubled(open_server: Any) -> None:
    """The limit is of the letter, not of what stuffing made of it (RFC 1870 section 3)."""
    lines = 65536 // 3
    async with open_server(max_message=3 * lines) as place:
        reply = await send(await place.client(), b"\r\n".join([b".."] * lines))

        assert reply.startswith(b"250 2.0.0 Kept")
        assert place.keeper.raws == [b".\r\n" * lines]


async def test_one_octet_more_than_the_limit_is_refused_at_the_end(open_server: Any) -> None:
    """552 comes after the whole letter, and what follows are commands again."""
    async with open_server(max_message=65536) as place:
        client = await place.client()
        reply = await send(client, b"x" * 65535)

        assert reply.startswith(b"552 5.3.4")
        assert await client.ask("NOOP") == b"250 2.0.0 OK\r\n"
        assert place.keeper.letters == []


async def test_a_letter_far_beyond_the_limit_costs_no_memory(open_server: Any) -> None:
    async with open_server(max_message=65536) as place:
        client = await place.client()
        await client.open("<>")
        tracemalloc.start()
        for _ in range(200):
            await client.say(b"x" * 100_000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await client.say(b"\r\n.\r\nQUIT\r\n")

        assert (await client.hear()).startswith(b"552 5.3.4")
        assert (await client.hear()).startswith(b"221")
        assert most < 4 * MILLION


async def test_large_letters_that_come_at_once_wait_for_room_but_small_ones_do_not(
    open_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """452 where all letters on their way in together have no memory left; it is given back."""
    monkeypatch.setattr(memory.MemoryBudget.__init__, "__defaults__", (MILLION,))
    async with open_server() as place:
        hog = await place.client()
        await hog.open("<>")
        await hog.say(b"x" * MILLION)
        while place.smtp_server._connections.budget.left == MILLION:  # noqa: SLF001 -- till the server has read it
            await (await place.client()).hear()

        assert (await send(await place.client(), b"y" * 900_000)).startswith(b"452 4.3.1")
        assert (await send(await place.client(), b"z" * 10_000)).startswith(b"250 2.0.0")
        await hog.say(b"\r\n.\r\n")
        assert (await hog.hear()).startswith(b"250 2.0.0")
        assert (await send(await place.client(), b"y" * 900_000)).startswith(b"250 2.0.0")
        assert place.smtp_server._connections.budget.left == MILLION  # noqa: SLF001 -- nothing is held when nothing is on its way


@pytest.mark.parametrize("sender", ["<>", "<ann@example.net>"])
async def test_the_same_recipient_again_is_one_copy(sender: str, open_server: Any) -> None:
    """In any spelling of the mailbox; and a null reverse-path still takes one recipient only."""
    async with open_server() as place:
        client = await place.client()
        await client.hear()
        await client.ask("HELO x")
        await client.ask(f"MAIL FROM:{sender}")
        again = [
            "acme@rp.example.com",
            "acme@RP.example.com",
            '"acme"@rp.example.com',
            "@x.example:acme@rp.example.com",
        ]
        codes = [(await client.ask(f"RCPT TO:<{recipient}>"))[:3] for recipient in again]
        other = (await client.ask("RCPT TO:<b1@rp.example.com>"))[:3] if sender == "<>" else b"452"
        await client.ask("DATA")
        await client.say(b"x\r\n.\r\n")
        await client.hear()

        assert (codes, other) == ([b"250"] * 4, b"452")
        assert [letter.return_path.address for letter in place.keeper.letters] == ["acme@rp.example.com"]


async def test_the_log_of_a_letter_holds_no_signature(open_server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A reader of logs cannot speak for the recipients of paths; also not by a reverse-path, where a mail of ours comes back."""
    path = sign("acme", "jane@example.org", domain="rp.example.com", key=Key(b"0" * 32), today=20_000, days=30)
    caplog.set_level(logging.INFO)
    async with open_server() as place:
        client = await place.client()
        await client.hear()
        await client.ask("EHLO x")
        await client.ask(f"MAIL FROM:<{path}>")
        assert (await client.ask(f"RCPT TO:<{path}>"))[:3] == b"250"
        await client.ask("DATA")
        await client.say(b"x\r\n.\r\nQUIT\r\n")
        await client.hear_all()

        assert place.keeper.letters[0].return_path.address == path
    assert path.partition("@")[0] not in caplog.text
    assert caplog.text.count("...-jane=example.org@rp.example.com") == 2


async def test_a_refused_recipient_is_logged_without_its_signature(
    open_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Why a bounce did not come in is seen in the log; an expired path stays nobody's to use."""
    path = sign("ghost", "jane@example.org", domain="rp.example.com", key=Key(b"0" * 32), today=20_000, days=30)
    caplog.set_level(logging.INFO)
    async with open_server() as place:
        client = await place.client()
        await client.hear()
        await client.ask("EHLO x")
        await client.ask("MAIL FROM:<>")
        assert (await client.ask(f"RCPT TO:<{path}>"))[:3] == b"550"
        assert (await client.ask("RCPT TO:<x@else.example>"))[:3] == b"550"

    refused = [message for message in caplog.messages if message.startswith("refused ")]
    assert [line.partition(" peer=")[0] for line in refused] == [
        f"refused return_path='{without_signature(path)}' cause=no-such-path said='550 5.1.1 No such return path'",
        "refused return_path='x@else.example' cause=foreign-domain said='550 5.7.1 Not a return-path domain of this server'",
    ]
    assert path.partition("@")[0] not in caplog.text


async def test_one_line_of_log_for_each_letter_with_strangers_text_escaped(
    open_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Text of the peer cannot start a line of log, and aiosmtpd's own log is silent."""
    caplog.set_level(logging.DEBUG)
    async with open_server() as place:
        client = await place.client()
        assert (await client.hear()).startswith(b"220")
        for command in ("EHLO \x1bé\u202e", 'MAIL FROM:<"é\\"\u2028"@x> SMTPUTF8', 'MAIL FROM:<"é"@x> SMTPUTF8'):
            await client.ask(command)
        await client.ask("EHLO 'x' \"y\"")
        await client.ask('MAIL FROM:<"é\' x=y"@example.net> SMTPUTF8')
        await client.ask("RCPT TO:<acme@rp.example.com>")
        await client.ask("DATA")
        await client.say(b"x\r\n.\r\nQUIT\r\n")
        await client.hear_all()

    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("kept ")]
    assert len(lines) == 1
    assert lines[0].isascii()
    assert lines[0].isprintable()
    assert "reverse_path='\"\\xe9\\' x=y\"@example.net'" in lines[0]
    assert not [record for record in caplog.records if record.name.startswith("mail.")]
