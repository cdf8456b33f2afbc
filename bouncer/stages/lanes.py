"""What a delivering stage may lease next: from one lane within one bound, or of each destination within a bound of its own."""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from bouncer.policy.throttle import CourierState, Rate
from bouncer.ports.delivery import Delivery
from bouncer.ports.outbox import Lane, OutboxEntry

AHEAD = 8
"""Entries under way for each that is being handed over: the next are composed meanwhile, and a lease of many costs little more."""
MOST_APART = 1000
"""Entries of a channel under way, of all destinations together: each is a task, and its facts in memory."""


MOST_PROBED = 8
"""Destinations with a bound that are looked at in one go: each costs a transaction, however many are away. They take turns."""
REMEMBERED_SECONDS = 3600.0
"""How long after its rest a destination that was away is remembered: by then it is asked for nothing, or may begin anew."""


class Lanes(Protocol):
    """Counts what is under way and says what may be leased; all times are seconds of a clock that never goes back."""

    def leases(self, now: float) -> list[tuple[Lane, int]]:
        """Give the lanes that have room, each with the number of entries that it has room for."""
        ...

    def begin(self, entries: Iterable[OutboxEntry], now: float) -> None:
        """Note that *entries* were leased."""
        ...

    def hear(self, entry: OutboxEntry, *, away: bool, now: float, chance: float) -> None:
        """Note what became of one: *away*, its destination takes nothing now."""
        ...

    def end(self, entry: OutboxEntry, now: float) -> bool:
        """Note that one is no longer under way; whether it is time to lease more."""
        ...

    def rest(self, now: float) -> float:
        """Say for how many seconds nothing can be leased, whoever waits; 0 where that is not known."""
        ...


def make_lanes(delivery: Delivery) -> Lanes:
    """Make what *delivery* asks for."""
    return DestinationLanes(delivery) if delivery.apart else SharedLane(delivery)


class SharedLane:
    """All entries of a lane leave by one courier, within its bound."""

    def __init__(self, delivery: Delivery) -> None:
        self._lane = delivery.lane
        self._most = AHEAD * delivery.connections
        self._state = CourierState(self._most, Rate(delivery.per_minute))
        self._under_way = 0
        self._more = False  # perhaps there are more than were leased

    def leases(self, now: float) -> list[tuple[Lane, int]]:
        """Give the lane while it has room."""
        room = self._state.room(self._under_way, now)
        return [(self._lane, room)] if room else []

    def begin(self, entries: Iterable[OutboxEntry], now: float) -> None:
        """Note what was leased."""
        count = len(tuple(entries))
        self._under_way += count
        self._more = count > 0
        self._state = self._state.took(count, now)

    def hear(self, entry: OutboxEntry, *, away: bool, now: float, chance: float) -> None:  # noqa: ARG002 -- of whatever destination
        """Note what became of one."""
        self._state = self._state.noted(away=away, now=now, chance=chance)

    def end(self, entry: OutboxEntry, now: float) -> bool:  # noqa: ARG002 -- of whatever destination
        """Note that one is no longer under way."""
        self._under_way -= 1
        return self._more and self._under_way <= self._most // 2

    def rest(self, now: float) -> float:
        """Say how long the courier rests."""
        return self._state.rest(now)


class DestinationLanes:
    """Each destination has its own bound: of one that is slow or away few entries are leased, and the others' leave meanwhile."""

    def __init__(self, delivery: Delivery) -> None:
        self._lane = delivery.lane
        self._count = AHEAD * delivery.connections
        self._fresh = CourierState(self._count, Rate(delivery.per_minute))
        self._states: dict[str, CourierState] = {}
        self._under_way = Counter[str]()
        self._full: set[str] = set()  # perhaps there are more than were leased

    def leases(self, now: float) -> list[tuple[Lane, int]]:
        """Give one lane for each destination that has entries under way or was away, and one for all others."""
        if self._under_way.total() >= MOST_APART:
            return []
        self._forget(now)
        leases = [(dataclasses.replace(self._lane, only=frozenset({name})), room) for name, room in self._probed(now)]
        return [*leases, (dataclasses.replace(self._lane, but=frozenset(self._states)), self._count)]

    def _probed(self, now: float) -> list[tuple[str, int]]:
        """Give some of the destinations that have room again, and those last that were given last."""
        rooms = ((name, state.room(self._under_way[name], now)) for name, state in self._states.items())
        probed = list(itertools.islice(((name, room) for name, room in rooms if room), MOST_PROBED))
        for name, _ in probed:
            self._states[name] = self._states.pop(name)
        return probed

    def _forget(self, now: float) -> None:
        old = now - REMEMBERED_SECONDS
        for name in [name for name, state in self._states.items() if state.rests_until < old]:
            if not self._under_way[name] and self._states[name].pace.paid_at <= now:
                del self._states[name]

    def begin(self, entries: Iterable[OutboxEntry], now: float) -> None:
        """Note what was leased; a destination is bounded from now on, until it has nothing under way and was not away."""
        for entry in entries:
            self._under_way[entry.to] += 1
            self._states[entry.to] = self._states.get(entry.to, self._fresh).took(1, now)
            self._full.add(entry.to)

    def hear(self, entry: OutboxEntry, *, away: bool, now: float, chance: float) -> None:
        """Note what became of one."""
        self._states[entry.to] = self._states[entry.to].noted(away=away, now=now, chance=chance)

    def end(self, entry: OutboxEntry, now: float) -> bool:
        """Note that one is no longer under way."""
        name = entry.to
        self._under_way[name] -= 1
        more = name in self._full and self._under_way[name] <= self._count // 2
        if not self._under_way[name]:
            del self._under_way[name]
            state = self._states[name]
            if not state.failures and state.pace.paid_at <= now:
                del self._states[name]
        if more:
            self._full.discard(name)
        return more

    def rest(self, now: float) -> float:  # noqa: ARG002 -- some destination may always be free
        """Know no rest: another destination may take entries at any moment."""
        return 0.0
