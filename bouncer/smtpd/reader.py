"""The octets of a connection, as aiosmtpd's session loop reads them."""

import asyncio
from collections.abc import Awaitable, Callable

HIGH_WATER = 64 * 1024
"""Octets that a client may send ahead while it has to wait for us; then its socket is left to fill up."""


class CommandReader(asyncio.StreamReader):
    """A StreamReader whose ``readuntil`` gives the next command line that *next_line* lets pass.

    aiosmtpd's session loop reads each command by ``readuntil()``. The buffer of a StreamReader is not public, and aiosmtpd itself
    uses it; by it a letter is found in one search, however many lines it has.
    """

    _paused: bool  # StreamReader's own

    def __init__(self, next_line: Callable[[], Awaitable[bytes]], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=HIGH_WATER // 2, loop=loop)  # which stops reading at twice that
        self._next_line = next_line
        self.octets: bytearray = self._buffer  # type: ignore[attr-defined] # StreamReader's own
        """The octets that came and are not read; a reader takes them from the front."""

    def readuntil(self, separator: bytes = b"\n") -> Awaitable[bytes]:  # type: ignore[override] # ARG002 # noqa: ARG002
        """Give the next command line, its end included."""
        return self._next_line()

    async def wait_for_more(self) -> bool:
        """Wait until more octets, or their end, have come; False where the end had come before."""
        if self._eof or self._exception is not None:  # type: ignore[attr-defined] # StreamReader's own
            return False
        if self._paused:
            self._paused = False
            self._transport.resume_reading()  # type: ignore[attr-defined] # StreamReader's own
        self._waiter = self._loop.create_future()  # type: ignore[attr-defined] # StreamReader's own
        try:
            await self._waiter
        finally:
            self._waiter = None
        return True

    @property
    def is_waiting(self) -> bool:
        """Whether more octets of the peer are waited for."""
        return self._waiter is not None

    def resume(self) -> None:
        """Let the peer send again if it had to stop and all its octets are read."""
        self._maybe_resume_transport()  # type: ignore[attr-defined] # StreamReader's own
