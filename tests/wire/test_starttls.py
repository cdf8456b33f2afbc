"""STARTTLS (RFC 3207): offered with a certificate, forgets what was said before it, and cannot be talked ahead of."""

from typing import Any


async def test_a_letter_through_tls_is_kept_with_protocol_and_cipher(contexts: Any, open_server: Any) -> None:
    """After the handshake the client starts anew: no EHLO, no transaction, and STARTTLS is no longer offered."""
    server, ours = contexts
    async with open_server(tls=server) as place:
        client = await place.client()
        await client.hear()
        assert b"250-STARTTLS\r\n" in await client.ask("EHLO client.example.net")
        assert (await client.ask("MAIL FROM:<before@example.net>")).startswith(b"250")
        assert (await client.ask("STARTTLS")).startswith(b"220 2.0.0")
        await client.writer.start_tls(ours)
        assert (await client.ask("MAIL FROM:<>")).startswith(b"503 5.5.1")
        assert b"STARTTLS" not in await client.ask("EHLO client.example.net")
        assert (await client.ask("STARTTLS")).startswith(b"503 5.5.1")
        assert (await client.ask("MAIL FROM:<>")).startswith(b"250")
        assert (await client.ask("RCPT TO:<acme@rp.example.com>")).startswith(b"250")
        assert (await client.ask("DATA")).startswith(b"354")
        await client.say(b"x" * 100_000 + b"\r\n.\r\nQUIT\r\n")
        assert (await client.hear()).startswith(b"250 2.0.0 Kept")
        assert (await client.hear()).startswith(b"221")

        (letter,) = place.keeper.letters
        assert letter.tls is not None
        assert letter.tls.startswith("TLSv1.3 TLS_")
        assert letter.reverse_path == ""


async def test_commands_sent_ahead_of_the_handshake_end_the_connection(contexts: Any, open_server: Any) -> None:
    """Commands in the clear are never obeyed as if they had been said in TLS (CVE-2011-0411)."""
    async with open_server(tls=contexts[0]) as place:
        client = await place.client()
        await client.hear()
        await client.say(b"EHLO x\r\nSTARTTLS\r\nMAIL FROM:<injected@example.net>\r\n")
        await client.hear()

        assert [reply[:9] for reply in await client.hear_all()] == [b"421 4.7.0"]


async def test_plain_text_in_place_of_the_handshake_ends_the_connection(contexts: Any, open_server: Any) -> None:
    """The server answers nothing to it, and serves the next client."""
    async with open_server(tls=contexts[0]) as place:
        client = await place.client()
        await client.hear()
        assert (await client.ask("STARTTLS")).startswith(b"220 2.0.0")
        await client.say(b"NOOP\r\n" * 10)

        assert await client.reader.read() in (b"", b"\x15\x03\x01\x00\x02\x02F")  # at most TLS's own alert
        other = await place.client()
        assert (await other.hear()).startswith(b"220 ")


async def test_starttls_takes_no_argument(contexts: Any, open_server: Any) -> None:
    async with open_server(tls=contexts[0]) as place:
        client = await place.client()
        await client.hear()

        assert (await client.ask("STARTTLS now")).startswith(b"501 5.5.4")
