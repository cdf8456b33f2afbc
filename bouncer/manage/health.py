"""Health: whether a daemon serves and what waits too long, judged as a monitor wants to hear it. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from bouncer.ports.standing import Standing

UNREAD_FOR = dt.timedelta(minutes=10)
"""A letter is read within seconds; one that waits so long says that nobody reads, or that very many wait."""
WAITING_FOR = dt.timedelta(hours=1)
"""A notice that is due, or that a mail server has put off, for so long needs somebody's look."""


class Health(IntEnum):
    """How it stands, as the exit status that monitoring plugins have agreed on (Nagios, Icinga)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class GreetingPlace:
    """Where the daemon may answer, and the greeting that was heard there, or why there was none."""

    at: str
    serves: bool
    heard: str


@dataclass(frozen=True, slots=True)
class StoreLook:
    """What a look into the store found: where it is, its octets with the files beside it, and how it stands."""

    path: str
    octets: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How it stands, in sentences why it is not well, and what was looked at; *store* is None where it cannot be read."""

    health: Health
    why: tuple[str, ...]
    places: tuple[GreetingPlace, ...]
    store: StoreLook | None

    @property
    def serves(self) -> bool:
        """Whether a daemon answers."""
        return any(place.serves for place in self.places)


def judge_health(places: Sequence[GreetingPlace], store: StoreLook | str, *, now: dt.datetime) -> HealthReport:
    """Judge by the greetings that were heard and the *store*, or why it cannot be read."""
    worries = [] if any(place.serves for place in places) else [(Health.CRITICAL, "no daemon answers")]
    if isinstance(store, str):
        worries.append((Health.CRITICAL, f"the store cannot be read: {store}"))
    else:
        worries += ((Health.WARNING, why) for why in _overdue(store.standing, now))
    health = max((health for health, _ in worries), default=Health.OK)
    look = None if isinstance(store, str) else store
    return HealthReport(health, tuple(why for _, why in worries), tuple(places), look)


def _overdue(standing: Standing, now: dt.datetime) -> Iterator[str]:
    """Say what needs somebody's look."""
    if standing.oldest_unread and standing.oldest_unread < now - UNREAD_FOR:
        yield f"{standing.unread_letters:,} letters wait to be read"
    late = now - WAITING_FOR
    if any(moment and moment < late for moment in (standing.oldest_due, standing.oldest_deferred)):
        waiting = f"{standing.waiting_notices:,} notices wait, some for more than an hour"
        yield f"{waiting}; {standing.deferred_notices:,} were put off"
    if standing.given_up_lately:
        yield f"{standing.given_up_lately:,} notices were given up in the last day"
    if standing.shunted_lately:
        yield f"{standing.shunted_lately:,} letters of the last day could not be read"
