"""On what terms these doors serve: what they are given to call, and what was worked out once from the settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bouncer.policy.networks import is_within
from bouncer.policy.outgoing import Outgoing, Sending
from bouncer.policy.records import Suppression
from bouncer.settings import MilterSettings

Takes: TypeAlias = Callable[[str], Awaitable[bool]]
"""Whether an address is a return path that mail is taken for; raises errors.Spoken where nobody can say."""


class Send(Protocol):
    """What stages.send does for these doors. Each raises errors.Spoken where nobody can say, and mail is to wait for it."""

    async def send(self, mail: Outgoing, *, can_refuse: bool = True) -> Sending | None:
        """Drop, count and sign *mail*; None where it is no account's. *can_refuse*: somebody would hear a refusal."""
        ...

    async def refusal(self, mail: Outgoing, *, can_drop: bool) -> Suppression | None:
        """Give the suppression for which the one recipient of *mail* is refused; what it is can change until all of it is known.

        *can_drop*: ``send`` is asked later, which can drop the recipient where its account prefers that.
        """
        ...

    async def suppression(self, account: str, address: str) -> Suppression | None:
        """Give the suppression for which *account* no longer writes to *address*."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What every conversation is held by."""

    stage: Send
    takes: Takes
    networks: tuple[str, ...]
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
        closed=settings.fails == "closed",
        headers=headers,
    )
