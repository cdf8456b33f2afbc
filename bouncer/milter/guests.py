"""Who is connected to a door of mail servers."""

from dataclasses import dataclass, field

from bouncer import listening
from bouncer.listening import Guest

QUESTION_SECONDS = 60.0
"""For the rest of a question that has begun, and for the first one: mail servers write each in one go."""
CROWDED_QUESTION_SECONDS = 10.0
"""The same where more than half of the connections are taken: still far longer than a mail server needs."""
CROWDED_IDLE_SECONDS = 60.0
"""Silence between questions where more than half of the connections are taken. Postfix connects to the policy service and to a
table anew by itself; the client of a milter session that ends comes again."""


@dataclass(slots=True)
class Guests(listening.Guests[Guest]):
    """The connections that are open, and how long each may be silent."""

    idle_seconds: float = field(kw_only=True)

    def patience(self, *, unfinished: bool) -> float:
        """Give the seconds of silence that are borne now, amid a question or after one."""
        if unfinished:
            return CROWDED_QUESTION_SECONDS if self.crowded else QUESTION_SECONDS
        return min(self.idle_seconds, CROWDED_IDLE_SECONDS) if self.crowded else self.idle_seconds
