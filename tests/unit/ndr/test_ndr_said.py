"""Reply codes and statuses in what servers write, and numbers that are none."""

import pytest

from bouncer.ndr import codes


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("550 5.1.1 no such user", 550, "5.1.1"),
        ("550-5.7.26 not accepted 550 5.7.26 see help", 550, "5.7.26"),
        ("552-5.2.2 full 552 5.2.2 full", 552, "5.2.2"),
        ("host mx.example.org[192.0.2.9] said: 550 no", 550, None),
        ("Remote host said: 451 4.3.0 later", 451, "4.3.0"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", None, "5.1.1"),
        ("#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", 550, "5.1.1"),
        ("Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 unknown", 550, "5.1.1"),
        ("rejected your message with error 554 blocked", 554, None),
        ("[SMTP Error Code 550]", 550, None),
        ("Server returned '550 5.7.520 Access denied'", 550, "5.7.520"),
        ("554 <a@example.org>... 550 Host unknown", 550, None),
        ("250 2.1.5 Ok", 250, None),
        ("mailbox of 550 MB is full", None, None),
        ("Size (in bytes): 552 Number of lines: 450", None, None),
        ("connect to 192.0.2.450:25 failed", None, None),
        ("Exchange 5.5.2653.19", None, None),
        ("HELO from 192.5.1.1 refused", None, None),
        ("tried for 432 hours", None, None),
        ("", None, None),
    ],
)
def test_codes_are_read_where_replies_have_them(text: str, code: int | None, status: str | None) -> None:
    assert codes.reply_code(text) == code
    assert (str(status_read) if (status_read := codes.status(text)) else None) == status
