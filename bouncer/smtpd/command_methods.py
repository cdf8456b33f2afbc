"""The commands of a connection, as aiosmtpd's session loop looks them up.

aiosmtpd binds the methods of all commands when a connection begins; of thirteen a connection that brings a letter uses five.
"""

from collections.abc import Awaitable, Callable, Mapping

from aiosmtpd.smtp import SMTP


class CommandMethods:
    """The methods of a connection's commands, as aiosmtpd's loop looks them up; each is bound when its command comes."""

    __slots__ = ("_connection", "_methods")

    def __init__(self, connection: SMTP, methods: Mapping[str, str]) -> None:
        self._connection = connection
        self._methods = methods

    def get(self, command: str) -> Callable[[str | None], Awaitable[None]] | None:
        """Give the method of *command*, a name in upper case; None for a command that we do not offer."""
        method = self._methods.get(command)
        return getattr(self._connection, method) if method else None
