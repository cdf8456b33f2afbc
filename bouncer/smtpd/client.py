"""The client of a connection: the peer itself, or the host for which a mail server in front of us speaks.

A front names its client by XFORWARD, for the next letter; by XCLIENT, for the rest of the connection, which starts anew; or by
an address literal in EHLO (RFC 5321 section 4.1.3), where it can do neither, as Exim. From any other peer these have no effect.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from bouncer.mail.host import literal_host, plain_host
from bouncer.smtpd.attributes import Attributes

_NOTHING: Attributes = MappingProxyType({})


@dataclass(slots=True)
class SmtpClient:
    """The facts about a connection's client; they stay when TLS makes aiosmtpd begin a new session."""

    address: str
    """The peer's IP address, or that of the client that a proxy or XCLIENT named in its place."""
    is_front: bool = False
    """Whether the peer is a mail server in front of us. Limits for each client do not apply to it: it brings the mail of all."""
    greeting: str = ""
    """The argument of HELO or EHLO; empty while there was none."""
    forwarded: Attributes = field(default_factory=lambda: _NOTHING)
    """The attributes of XFORWARD, about the client of the next letter, or of the letter that comes now."""
    tls: str | None = None
    """Protocol and cipher, once TLS is on."""
    put_off: str | None = None
    """The cause of the last 4yz that was logged: as long as the cause is the same, it is logged once."""

    @property
    def peer(self) -> str:
        """The client's IP address; the front's own where it names none, or where a letter began with the front itself."""
        if self.forwarded:
            return self.forwarded.get("ADDR") or self.address
        return (self.is_front and literal_host(self.greeting)) or self.address

    @property
    def helo(self) -> str:
        """The name by which the client introduced itself; empty where the front did not say."""
        return (self.forwarded.get("HELO") or "") if self.forwarded.get("ADDR") else self.greeting

    @property
    def queue_id(self) -> str | None:
        """The name of the letter in the front's own log."""
        return self.forwarded.get("IDENT")

    def forward(self, attributes: Attributes) -> None:
        """Add the *attributes* of one XFORWARD command."""
        self.forwarded = {**self.forwarded, **attributes}

    def forget(self) -> None:
        """Forget XFORWARD: the letter that it was about has ended, or will not come."""
        self.forwarded = _NOTHING


def peer_address(peername: object) -> str:
    """Give the IP address in *peername*, as transports name a peer; an IPv4 one as such even where it came to an IPv6 socket."""
    return plain_host(peername[0] if isinstance(peername, tuple) else "")
