"""Only CR LF . CR LF ends a letter (RFC 5321 section 4.1.1.4): nothing that looks like it lets a second letter through."""

from typing import Any

import pytest

INNER = b"MAIL FROM:<forged@example.net>\r\nRCPT TO:<b1@rp.example.com>\r\nDATA\r\nsmuggled\r\n"
LOOKALIKES = (
    b"\n.\n",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\r.\n",
    b"\n.\r",
    b"\r\n.\rx\n",
    b"\r\n.\0\r\n",
    b"\r\n\0.\r\n",
    b"\0.\r\n",
    b"\r\n.\r\0\n",
    b"\r\n\0.\0\r\n",
    b"\r\n..\r\n",
    b"\r\n. \r\n",
    b"\r\n .\r\n",
    b"\r\n.\t\r\n",
    b"\r\n.\r\r\n",
    b"\n\r\n.\n\r\n",
    b"\n\n.\r\n",
    b"\r\r.\r\r",
    b"\x85.\x85",
    b"\xe2\x80\xa8.\xe2\x80\xa8",
    b"\x0b.\x0b",
    b"\x0c.\x0c",
    b"\r\n\xc0\xae\r\n",
)


@pytest.mark.parametrize("lookalike", LOOKALIKES, ids=repr)
@pytest.mark.parametrize("apart", [False, True], ids=["at once", "octet by octet"])
async def test_a_lookalike_of_the_end_is_content(lookalike: bytes, apart: bool, open_server: Any) -> None:
    """One letter is kept, with all that came before the real end; the commands in it are content."""
    content = b"before" + lookalike + INNER
    async with open_server() as place:
        client = await place.client()
        await client.open("<>")
        octets = content + b".\r\n"
        for piece in [octets[n : n + 1] for n in range(len(octets))] if apart else [octets]:
            await client.say(piece)
        assert (await client.hear()).startswith(b"250 2.0.0 Kept")
        assert (await client.ask("QUIT")).startswith(b"221")

        assert place.keeper.raws == [content.replace(b"\r\n.", b"\r\n")]


async def test_a_dot_line_after_a_stray_carriage_return_ends_the_letter(open_server: Any) -> None:
    """CR CR LF . CR LF holds the one true sequence; the first CR is content."""
    async with open_server() as place:
        client = await place.client()
        await client.open("<>")
        await client.say(b"x\r\r\n.\r\nNOOP\r\n")

        assert (await client.hear()).startswith(b"250 2.0.0 Kept")
        assert await client.hear() == b"250 2.0.0 OK\r\n"
        assert place.keeper.raws == [b"x\r\r\n"]


@pytest.mark.parametrize("cut", range(1, 5))
async def test_the_end_is_found_wherever_the_packets_are_cut(cut: int, open_server: Any) -> None:
    async with open_server() as place:
        client = await place.client()
        await client.open("<>")
        end = b"\r\n.\r\n"
        await client.say(b"x" + end[:cut])
        await (await place.client()).hear()  # the server has turned to somebody else in between
        await client.say(end[cut:] + b"NOOP\r\n")

        assert (await client.hear()).startswith(b"250 2.0.0 Kept")
        assert await client.hear() == b"250 2.0.0 OK\r\n"
        assert place.keeper.raws == [b"x\r\n"]
