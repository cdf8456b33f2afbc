"""The socketmap tables, for any mail server that can use them (socketmap_table(5); Sendmail's map class socket).

A request is the netstring (https://cr.yp.to/proto/netstrings.txt) of the table's name, a blank and a key, here an address. The
answer is the netstring of ``OK`` and a value, ``NOTFOUND``, or ``TEMP`` and a text.

The table of an account maps a suppressed address to an access(5) action that refuses it. A request does not tell the sender of the
mail: the answer is the same for the account's own mail and for a stranger's. Therefore the table is for a submission service
only, behind the login (docs/milter.md, "The table"); all other services use the policy service.

The table ``return_paths``, a name that no account can have, holds the return paths that are good: for a mail server in front of us,
which checks the mail of strangers with it (docs/front.md).
"""

from bouncer.compose.refusal import refusal
from bouncer.connections import Connections
from bouncer.errors import SmtpError
from bouncer.mail.path import plain_mailbox
from bouncer.milter.connection import RequestConnection
from bouncer.milter.context import MilterContext

RETURN_PATHS = "return_paths"
"""The table of good return paths."""
GOOD_VALUE = "OK"
"""The value of each good return path; mail servers only check that there is a value."""

MAX_REQUEST = 1024
"""Octets of an account's name, a blank and an address."""
MAX_DIGITS = 4

NOT_FOUND = b"9:NOTFOUND ,"
FAILED = "TEMP Local error, try later"


class SocketmapConnection(RequestConnection):
    """One connection of a mail server that looks up addresses."""

    def __init__(self, connections: Connections[RequestConnection], context: MilterContext) -> None:
        super().__init__(connections, context)
        self._table = ""
        """The table of the last request."""

    def take(self) -> bool:
        """Remove one request from ``octets`` and answer it."""
        request = _take_netstring(self.octets)
        if request is None:
            return False
        self._table, blank, address = request.decode("utf-8", "replace").partition(" ")
        if not blank:
            raise ValueError("a request without a key")
        if address.rpartition("@")[0] and not address.endswith("@"):  # mail servers look up domains and local parts too
            self.wait_for(self._look_up, plain_mailbox(address))
        else:
            self.answer(NOT_FOUND)
        return True

    def fail(self) -> None:
        """Send TEMP or NOTFOUND, as the operator chose; always TEMP for a return path, which may be good."""
        self.answer(_netstring(FAILED) if self.context.closed or self._table == RETURN_PATHS else NOT_FOUND)

    async def _look_up(self, address: str) -> None:
        try:
            value = await self._value(address)
        except SmtpError as error:
            self.answer(_netstring(f"TEMP {error.reply.text}"))
            return
        self.answer(NOT_FOUND if value is None else _netstring(f"OK {value}"))

    async def _value(self, address: str) -> str | None:
        """Give the table's value for *address*; None where it has none. Raises SmtpError."""
        if self._table == RETURN_PATHS:
            return GOOD_VALUE if await self.context.takes(address) else None
        suppression = await self.context.stage.suppression(self._table, address)
        return None if suppression is None else str(refusal(suppression, address, utf8=False, follows_address=True))


def _take_netstring(octets: bytearray) -> bytes | None:
    """Remove one netstring from the front; None where it is not whole. Raises ValueError for an invalid or too long netstring."""
    colon = octets.find(b":", 0, MAX_DIGITS + 1)
    digits = bytes(octets[: MAX_DIGITS if colon < 0 else colon])
    if (digits or colon >= 0) and not digits.isdigit():
        raise ValueError("not a netstring")
    if colon < 0:
        if len(octets) > MAX_DIGITS:
            raise ValueError("a netstring too long")
        return None
    length, start = int(digits), colon + 1
    if length > MAX_REQUEST:
        raise ValueError("a netstring too long")
    if len(octets) <= start + length:
        return None
    if octets[start + length] != ord(","):
        raise ValueError("not a netstring")
    content = bytes(octets[start : start + length])
    del octets[: start + length + 1]
    return content


def _netstring(text: str) -> bytes:
    octets = text.encode()
    return b"%d:%b," % (len(octets), octets)
