"""The context of every connection to these services: what they call, and what was worked out once from the settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bouncer.policy.networks import is_within
from bouncer.policy.outgoing import Outgoing, Sending
from bouncer.policy.records import Suppression
from bouncer.settings.sections import MilterSettings

QUESTION_SECONDS = 60.0
"""For the rest of a request that has begun, and for the first one: mail servers write each in one go."""
CROWDED_QUESTION_SECONDS = 10.0
"""The same where more than half of the connections are taken: still far longer than a mail server needs."""
CROWDED_IDLE_SECONDS = 60.0
"""Silence between requests where more than half of the connections are taken. Postfix connects to the policy service and to a
table anew by itself; the client of a milter session that ends comes again."""

Takes: TypeAlias = Callable[[str], Awaitable[bool]]
"""Whether an address is a return path that mail is taken for; raises errors.SmtpError where nobody can say."""


class OutgoingStage(Protocol):
    """What stages.send does for these services. Each raises errors.SmtpError where nobody can say, and mail is to wait for it."""

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
class MilterContext:
    """What is the same for every connection."""

    stage: OutgoingStage
    takes: Takes
    networks: tuple[str, ...]
    closed: bool
    """Whether mail waits when something goes wrong with us."""
    headers: dict[bytes, str]
    """The header fields that are read: name in lower case -> which fact of policy.outgoing.Outgoing it is."""

    idle_seconds: float
    """Seconds that a peer may be silent between requests."""

    def patience(self, *, crowded: bool, unfinished: bool) -> float:
        """Give the seconds of silence after which a connection ends, amid a request (*unfinished*) or after one."""
        if unfinished:
            return CROWDED_QUESTION_SECONDS if crowded else QUESTION_SECONDS
        return min(self.idle_seconds, CROWDED_IDLE_SECONDS) if crowded else self.idle_seconds

    def trusts(self, address: str) -> bool:
        """Whether the mail of the client at *address* is ours even without a login."""
        return is_within(address, self.networks)


def make_context(settings: MilterSettings, stage: OutgoingStage, takes: Takes) -> MilterContext:
    """Work out once what every connection needs."""
    headers = {
        b"message-id": "message_id",
        b"subject": "subject",
        settings.account_header.lower().encode(): "account",
        settings.campaign_header.lower().encode(): "campaign",
        settings.stream_header.lower().encode(): "stream",
    }
    return MilterContext(
        stage,
        takes,
        settings.networks,
        closed=settings.fails == "closed",
        headers=headers,
        idle_seconds=settings.idle_seconds,
    )
