"""On what terms these doors serve: what they are given to call, and what was worked out once from the settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bouncer.errors import Reply
from bouncer.mail.status import EnhancedStatus
from bouncer.policy.networks import is_within
from bouncer.policy.outgoing import Outgoing, Sending
from bouncer.settings import MilterSettings

SUPPRESSED = Reply(550, EnhancedStatus(5, 7, 1), "This address is on the sender's suppression list")
"""5.7.1, by our own policy, and not 5.1.1: what the address is was said before, by its own server."""

Takes: TypeAlias = Callable[[str], Awaitable[bool]]
"""Whether an address is a return path that mail is taken for; raises errors.Spoken where nobody can say."""


class Send(Protocol):
    """What stages.send does for these doors. Each raises errors.Spoken where nobody can say, and mail is to wait for it."""

    async def send(self, mail: Outgoing) -> Sending | None:
        """Drop, count and sign *mail*; None where it is no account's."""
        ...

    async def refuses(self, mail: Outgoing) -> bool:
        """Whether the one recipient of *mail* is suppressed; what it is can change until the whole mail is known."""
        ...

    async def suppressed(self, account: str, address: str) -> bool:
        """Whether *account* no longer writes to *address*."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What every conversation is held by."""

    stage: Send
    takes: Takes
    networks: tuple[str, ...]
    refuses: bool
    """Whether a suppressed recipient is refused where that can be, or always dropped."""
    closed: bool
    """Whether mail waits when something goes wrong with us."""
    headers: dict[bytes, str]
    """The header fields that are read: name in lower case -> which fact of policy.outgoing.Outgoing it is."""

    def trusts(self, address: str) -> bool:
        """Whether the mail of the client at *address* is ours even without a login."""
        return is_within(address, self.networks)


def make_terms(settings: MilterSettings, stage: Send, takes: Takes) -> Terms:
    """Work out once what every conversation needs."""
    headers = {
        b"message-id": "message_id",
        b"subject": "subject",
        settings.account_header.lower().encode(): "account",
        settings.campaign_header.lower().encode(): "campaign",
        settings.stream_header.lower().encode(): "stream",
    }
    return Terms(
        stage,
        takes,
        settings.networks,
        refuses=settings.suppressed == "refuse",
        closed=settings.fails == "closed",
        headers=headers,
    )
