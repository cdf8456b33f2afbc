"""The context of every SMTP connection: the settings, and the functions that admit and keep mail. Made once."""

import datetime as dt
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bouncer.mail.letter import Received, ReturnPath
from bouncer.policy.networks import is_within
from bouncer.settings.sections import SmtpSettings
from bouncer.smtpd import replies
from bouncer.smtpd.attributes import XCLIENT, XFORWARD

Admit: TypeAlias = Callable[[str], ReturnPath | Awaitable[ReturnPath]]
CheckVolume: TypeAlias = Callable[[ReturnPath, str], None]
AddressForLog: TypeAlias = Callable[[str, str], str]
Keep: TypeAlias = Callable[[Sequence[Received]], Awaitable[Sequence[int]]]

_ALWAYS = ("8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
_FOR_FRONTS = (f"XFORWARD {' '.join(XFORWARD)}", f"XCLIENT {' '.join(XCLIENT)}")


@dataclass(frozen=True, slots=True)
class SmtpContext:
    """The settings and functions that all connections share.

    ``admit`` says which return path an address is, at once or awaited, or raises errors.SmtpError; ``check_volume`` raises it where
    that path or the client, its address, has reached its limit of today; ``keep`` commits the letters of one DATA durably and gives
    their ids, or raises and has kept nothing; ``now`` is the time in UTC. ``address_for_log`` gives an
    address, forward-path or reverse-path, of a letter to a return path (its second argument) in the form that the log may have.
    """

    settings: SmtpSettings
    admit: Admit
    check_volume: CheckVolume
    keep: Keep
    now: Callable[[], dt.datetime]
    address_for_log: AddressForLog
    tls_context: ssl.SSLContext | None
    hostname: str
    help_reply: str

    def trusts(self, address: str) -> bool:
        """Whether the peer at *address* is a proxy that must tell us the client's address."""
        return bool(self.settings.proxy_protocol) and is_within(address, self.settings.proxy_protocol)

    def is_front(self, address: str) -> bool:
        """Whether the peer at *address* is a mail server in front of us, which may say who its client is."""
        return bool(self.settings.fronts) and is_within(address, self.settings.fronts)

    def extensions(self, *, starttls: bool, front: bool) -> str:
        """Give the reply to EHLO, with *starttls* unless TLS is on (RFC 3207 section 4.2), and the commands of a *front*."""
        words = [self.hostname, "PIPELINING", f"SIZE {self.settings.max_message}", *_ALWAYS]
        if starttls and self.tls_context is not None:
            words.append("STARTTLS")
        if front:
            words += _FOR_FRONTS
        return "\r\n".join([*(f"250-{word}" for word in words), "250 HELP"])


def make_context(
    settings: SmtpSettings,
    *,
    admit: Admit,
    check_volume: CheckVolume,
    keep: Keep,
    now: Callable[[], dt.datetime],
    address_for_log: AddressForLog,
    tls_context: ssl.SSLContext | None,
    name: str,
) -> SmtpContext:
    """Make the context from the settings."""
    return SmtpContext(
        settings=settings,
        admit=admit,
        check_volume=check_volume,
        keep=keep,
        now=now,
        address_for_log=address_for_log,
        tls_context=tls_context,
        hostname=replies.line(settings.hostname),
        help_reply=replies.help_reply(name),
    )
