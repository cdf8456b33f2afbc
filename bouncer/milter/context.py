"""The context that all connections to these servers share: the stages that they call, and values from the settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bouncer.policy.networks import is_within
from bouncer.policy.outgoing import Outgoing, Sending
from bouncer.policy.records import Suppression
from bouncer.settings.sections import MilterSettings

QUESTION_SECONDS = 60.0
"""The timeout for the rest of a request that has begun, and for the first request: mail servers write a request in one go."""
CROWDED_QUESTION_SECONDS = 10.0
"""Seconds for a question where more than half of the connections (connection limit) are taken: far longer than a mail server
needs."""
CROWDED_IDLE_SECONDS = 60.0
"""The idle timeout between requests where more than half of the connections are taken. Postfix reconnects to the policy service
and to a table by itself; the SMTP client of a milter session that is cut off retries later."""

IsAdmitted: TypeAlias = Callable[[str], Awaitable[bool]]
"""Whether an address is an admitted return path; raises errors.SmtpError where that is not known now."""


class OutgoingStage(Protocol):
    """The interface of ``stages.send``. Methods raise errors.SmtpError where the mail has to wait, as the answer is not known."""

    async def send(self, mail: Outgoing, *, can_refuse: bool = True) -> Sending | None:
        """Drop, count and sign *mail*; None where it belongs to no account. *can_refuse*: the client gets a refusal's reply."""
        ...

    async def refusal(self, mail: Outgoing, *, can_drop: bool) -> Suppression | None:
        """Give the suppression for which the only recipient of *mail* is refused. Preliminary: a header may name another account.

        *can_drop*: ``send`` is called later, and can drop the recipient where its account prefers that.
        """
        ...

    async def suppression(self, account: str, address: str) -> Suppression | None:
        """Give the suppression for which *account* sends nothing to *address*; None where it may."""
        ...


@dataclass(frozen=True, slots=True)
class MilterContext:
    """Values that all connections share."""

    stage: OutgoingStage
    takes: IsAdmitted
    networks: tuple[str, ...]
    closed: bool
    """Whether mail gets a 4yz reply when an error of ours leaves the decision open; else it is let through."""
    headers: dict[bytes, str]
    """The header fields that are read: name in lower case -> field of policy.outgoing.Outgoing."""

    idle_seconds: float
    """Seconds that a peer may be silent between requests (idle timeout)."""

    def patience(self, *, crowded: bool, unfinished: bool) -> float:
        """Give the seconds of silence after which a connection ends, within a request (*unfinished*) or after a request."""
        if unfinished:
            return CROWDED_QUESTION_SECONDS if crowded else QUESTION_SECONDS
        return min(self.idle_seconds, CROWDED_IDLE_SECONDS) if crowded else self.idle_seconds

    def trusts(self, address: str) -> bool:
        """Whether mail of the client at *address* counts as ours without a login."""
        return is_within(address, self.networks)


def make_context(settings: MilterSettings, stage: OutgoingStage, takes: IsAdmitted) -> MilterContext:
    """Make the context that all connections share, from the settings at the start of the daemon."""
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
