"""A mail on its way out, as a mail server shows it to the milter."""

import struct

from wire.milter_client import CONNECT, MailServer


async def hand_to_milter(port: int, *recipients: str) -> None:
    """Hand a mail to the milter, as a mail server does."""
    server = await MailServer.connect(f"127.0.0.1:{port}")
    await server.negotiate()
    await server.tell(CONNECT, b"host.example\0" + b"4" + struct.pack("!H", 40_000) + b"127.0.0.1\0")
    headers = (("Message-ID", "<m7@acme.example>"), ("Subject", "News"))
    await server.message(recipients, sender="news@acme.example", headers=headers)
    server.close()
