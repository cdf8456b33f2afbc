"""Vouch: tell a mail server in front of us, before it accepts a letter for us, whether we would admit it."""

import logging
from collections.abc import Awaitable, Callable

from bouncer.errors import Refused
from bouncer.logs import log_event
from bouncer.mail.letter import ReturnPath

_log = logging.getLogger(__name__)


class Vouch:
    """Gives the answer that RCPT would give, and no more; ``address_for_log`` writes addresses for the log."""

    def __init__(
        self, admit: Callable[[str], Awaitable[ReturnPath]], *, address_for_log: Callable[[str, str], str]
    ) -> None:
        self._admit = admit
        self._address_for_log = address_for_log

    async def takes(self, address: str) -> bool:
        """Whether *address* is a return path that is admitted now. Raises TryLater when the accounts are not known."""
        try:
            await self._admit(address)
        except Refused as error:
            path = self._address_for_log(address, address)
            log_event(_log, logging.INFO, "refused", return_path=path, cause=error.cause, said=str(error.reply))
            return False
        return True
