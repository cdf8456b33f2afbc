"""Who is connected to a door of mail servers."""

from dataclasses import dataclass, field

from bouncer import listening
from bouncer.listening import Guest


@dataclass(slots=True)
class Guests(listening.Guests[Guest]):
    """The connections that are open, and how long each may be silent."""

    idle_seconds: float = field(kw_only=True)
