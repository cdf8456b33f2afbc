"""The interface of a format of webhooks: the event that it writes, and the POST that it makes of it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bouncer.policy.records import Belief
from bouncer.policy.webhooks import EventType
from bouncer.ports.letters import BounceRow


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """The facts of one event about one recipient: an outcome, or other *facts*, which are JSON's values. A test has neither."""

    id: str  # the same at every try
    type: EventType
    at: dt.datetime
    account: str
    bounce: BounceRow | None
    facts: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class TrySigning:
    """The values that sign a try: the secrets, the present one first, the try's own moment and its own token."""

    secrets: Sequence[str] = field(repr=False)
    now: dt.datetime
    token: str  # random, 50 characters of ASCII

    @property
    def timestamp(self) -> str:
        """The moment in whole seconds since 1970, as digits."""
        return str(int(self.now.timestamp()))


@dataclass(frozen=True, slots=True)
class WebhookPost:
    """The content of a POST: JSON in UTF-8, and the headers beside Content-Type."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WebhookFormat:
    """A format that endpoints can have."""

    name: str
    events: tuple[EventType, ...]
    """The types of events that an endpoint gets if it names none: those whose meaning no reader of the format mistakes."""
    possible_events: tuple[EventType, ...]
    """The types of events that the format can express."""
    belief: Belief
    """The least belief of an event, where an endpoint names none."""
    make_secret: Callable[[bytes], str]
    """Makes a secret of SECRET_OCTETS random octets; empty where the format signs nothing."""
    show_secret: Callable[[str], str]
    """Gives the part of a secret that the reader needs: the secret itself, or a public key."""
    write: Callable[[WebhookEvent, TrySigning], WebhookPost]
    """Writes and signs an event."""
    write_many: Callable[[Sequence[WebhookEvent], TrySigning], WebhookPost] | None = None
    """Writes and signs events of one POST; None where the format has room for one only."""


SECRET_OCTETS = 32
"""Random octets of a secret: as many as the output of SHA-256."""
