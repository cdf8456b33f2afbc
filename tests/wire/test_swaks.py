"""The server as swaks, the SMTP user's test client, sees it: in the clear, in TLS, behind a proxy, and refused."""

import asyncio
from typing import Any

import pytest
from programs.parts import find
from wire.smtp_client import Place

pytestmark = pytest.mark.real("swaks")

MISSED = 24
"""swaks's exit status where every recipient was refused."""


async def swaks(place: Place, *options: str) -> tuple[int, str]:
    """Let swaks send a mail; its exit status and its transcript."""
    part = find("swaks")
    assert part is not None
    host, _, port = place.smtp_server.listening[0].rpartition(":")
    command = (
        *part.command,
        "--server",
        host,
        "--port",
        port,
        "--helo",
        "client.example.net",
        "--from",
        "<>",
        *options,
    )
    swaks = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    transcript, _ = await swaks.communicate()
    assert swaks.returncode is not None
    return swaks.returncode, transcript.decode("utf-8", "replace")


TO_ACME = ("--to", "acme@rp.example.com")


async def test_a_mail_in_the_clear_is_kept(open_server: Any) -> None:
    async with open_server() as place:
        status, transcript = await swaks(place, *TO_ACME, "--body", ".a line with a dot\\n..and another")

        assert status == 0, transcript
        assert "250 2.0.0 Kept as 0000000000001" in transcript
        assert b"\r\n.a line with a dot\r\n..and another\r\n" in place.keeper.letters[0].raw


async def test_a_mail_in_tls_is_kept_with_its_cipher(contexts: Any, open_server: Any) -> None:
    async with open_server(tls=contexts[0]) as place:
        status, transcript = await swaks(place, *TO_ACME, "--tls")

        assert status == 0, transcript
        assert place.keeper.letters[0].tls.startswith("TLSv1.")


@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_mail_through_a_proxy_is_kept_with_the_clients_address(version: str, open_server: Any) -> None:
    proxy = ("--proxy-family", "TCP4" if version == "1" else "AF_INET", "--proxy-source", "192.0.2.7")
    where = ("--proxy-source-port", "40000", "--proxy-dest", "198.51.100.1", "--proxy-dest-port", "25")
    options = () if version == "1" else ("--proxy-protocol", "STREAM", "--proxy-command", "PROXY")
    async with open_server(proxy_protocol=("127.0.0.1/32",)) as place:
        status, transcript = await swaks(place, *TO_ACME, "--proxy-version", version, *proxy, *where, *options)

        assert status == 0, transcript
        assert place.keeper.letters[0].peer == "192.0.2.7"


async def test_a_mail_to_nobody_is_refused_before_its_content(open_server: Any) -> None:
    async with open_server() as place:
        status, transcript = await swaks(place, "--to", "nobody@rp.example.com")

        assert status == MISSED, transcript
        assert "<** 550 5.1.1 No such return path" in transcript
        assert "354" not in transcript


async def test_everything_pipelined_is_kept(open_server: Any) -> None:
    async with open_server() as place:
        status, transcript = await swaks(place, *TO_ACME, "--pipeline")

        assert status == 0, transcript
        assert len(place.keeper.letters) == 1
