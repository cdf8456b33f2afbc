"""Mails handed in to a mail server, as a mailing program does."""

import smtplib
from collections.abc import Sequence


def hand_in(port: int, sender: str, recipients: Sequence[str], *fields: str, login: str = "") -> list[int]:
    """Send one mail, with XCLIENT (Postfix's XCLIENT_README) as if somebody had logged in; give the code of each RCPT."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        if login:
            assert client.docmd("XCLIENT", f"LOGIN={login}")[0] == 220
            client.ehlo()
        assert client.docmd(f"MAIL FROM:<{sender}>")[0] == 250
        codes = [client.docmd(f"RCPT TO:<{recipient}>")[0] for recipient in recipients]
        if 250 in codes:
            head = "\r\n".join(("From: shop@else.example", "Subject: Your order", *fields))
            assert client.data(f"{head}\r\n\r\nIt is on its way.\r\n".encode())[0] == 250
        return codes
