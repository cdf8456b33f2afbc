"""Vouch: a mail server in front of us asks, before it takes a letter for us, whether we would take it."""

import logging
from collections.abc import Awaitable, Callable

from bouncer.errors import Refused
from bouncer.logs import tell
from bouncer.mail.letter import ReturnPath

_log = logging.getLogger(__name__)


class Vouch:
    """Knows what port 25 admits, and by ``shown`` how addresses stand in the log; it tells no more than RCPT does."""

    def __init__(self, admit: Callable[[str], Awaitable[ReturnPath]], *, shown: Callable[[str, str], str]) -> None:
        self._admit = admit
        self._shown = shown

    async def takes(self, address: str) -> bool:
        """Whether *address* is a return path that mail is taken for now; raises TryLater when nobody can say."""
        try:
            await self._admit(address)
        except Refused as error:
            path = self._shown(address, address)
            tell(_log, logging.INFO, "refused", return_path=path, cause=error.cause, said=str(error.reply))
            return False
        return True
