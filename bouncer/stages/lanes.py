"""The concurrency and rate limits of a delivering stage: one for a whole lane, or one for each destination of the lane."""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from bouncer.policy.throttle import CourierState, RateLimiter
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.outbox import Lane, OutboxEntry

LEASES_PER_CONNECTION = 16
"""Entries leased for each connection: a lease waits for its turn in the store, a tenth of a second while reports pour in, and
meanwhile the connections have work."""
MAX_UNDER_WAY = 1000
"""Entries of a channel under way, over all destinations: each takes a task, and memory for its facts."""
MAX_DESTINATIONS_ASKED = 8
"""Destinations with a limit of their own that one round of leasing asks for: each costs a transaction. They take turns."""
FAILURE_MEMORY_SECONDS = 3600.0
"""Seconds after the end of its pause for which a destination's failures are remembered; then it starts anew."""


class Lanes(Protocol):
    """Counts entries under way, and says how many may be leased; all times are seconds of a monotonic clock."""

    def leases(self, now: float) -> list[tuple[Lane, int]]:
        """Give the lanes that have room, each with the number of entries that may be leased from it."""
        ...

    def begin(self, entries: Iterable[OutboxEntry], now: float) -> None:
        """Note that *entries* were leased."""
        ...

    def note_result(self, entry: OutboxEntry, result: DeliveryResult, *, now: float, chance: float) -> None:
        """Note the outcome of *entry*."""
        ...

    def end(self, entry: OutboxEntry, now: float) -> bool:
        """Note that *entry* is no longer under way; gives whether it is time to lease more."""
        ...

    def pause_seconds(self, now: float) -> float:
        """Give the seconds for which nothing can be leased; 0 where that is not known."""
        ...


def make_lanes(delivery: Delivery) -> Lanes:
    """Make the lanes for *delivery*: limits for each destination with ``lane_per_destination``, else one limit."""
    return DestinationLanes(delivery) if delivery.lane_per_destination else SharedLane(delivery)


class SharedLane:
    """One limit for all entries of a lane, which leave by one courier."""

    def __init__(self, delivery: Delivery) -> None:
        self._lane = delivery.lane
        self._lease_limit = LEASES_PER_CONNECTION * delivery.connections
        self._state = CourierState(self._lease_limit, RateLimiter(delivery.per_minute))
        self._under_way = 0
        self._lease_more = False  # more entries may be due than were leased

    def leases(self, now: float) -> list[tuple[Lane, int]]:
        """Give the lane, while it has room."""
        room = self._state.allowance(self._under_way, now)
        return [(self._lane, room)] if room else []

    def begin(self, entries: Iterable[OutboxEntry], now: float) -> None:
        """Note that *entries* were leased."""
        count = len(tuple(entries))
        self._under_way += count
        self._lease_more = count > 0
        self._state = self._state.record_taken(count, now)

    def note_result(self, entry: OutboxEntry, result: DeliveryResult, *, now: float, chance: float) -> None:  # noqa: ARG002 -- the destination does not matter
        """Note the outcome of *entry*."""
        self._state = _record_result(self._state, result, now, chance)

    def end(self, entry: OutboxEntry, now: float) -> bool:  # noqa: ARG002 -- the destination does not matter
        """Note that *entry* is no longer under way."""
        self._under_way -= 1
        return self._lease_more and self._under_way <= self._lease_limit // 2

    def pause_seconds(self, now: float) -> float:
        """Give the seconds for which the courier pauses."""
        return self._state.rest(now)


class DestinationLanes:
    """A limit for each destination: few entries are leased for a slow or absent destination, and it does not delay the others."""

    def __init__(self, delivery: Delivery) -> None:
        self._lane = delivery.lane
        self._count = LEASES_PER_CONNECTION * delivery.connections
        self._fresh = CourierState(self._count, RateLimiter(delivery.per_minute))
        self._states: dict[str, CourierState] = {}
        self._under_way = Counter[str]()
        self._full: set[str] = set()  # destinations for which more entries may be due than were leased

    def leases(self, now: float) -> list[tuple[Lane, int]]:
        """Give a lane for each destination that has entries under way or was away, and one lane for all others."""
        if self._under_way.total() >= MAX_UNDER_WAY:
            return []
        self._forget(now)
        leases = [
            (dataclasses.replace(self._lane, included=frozenset({name})), room)
            for name, room in self._probe_destinations(now)
        ]
        return [*leases, (dataclasses.replace(self._lane, excluded=frozenset(self._states)), self._count)]

    def _probe_destinations(self, now: float) -> list[tuple[str, int]]:
        """Give some of the destinations that have room, the least recently given first (round robin)."""
        rooms = ((name, state.allowance(self._under_way[name], now)) for name, state in self._states.items())
        probed = list(itertools.islice(((name, room) for name, room in rooms if room), MAX_DESTINATIONS_ASKED))
        for name, _ in probed:
            self._states[name] = self._states.pop(name)
        return probed

    def _forget(self, now: float) -> None:
        forget_before = now - FAILURE_MEMORY_SECONDS
        for name in [name for name, state in self._states.items() if state.rests_until < forget_before]:
            if not self._under_way[name] and self._states[name].rate_limit.paid_at <= now:
                del self._states[name]

    def begin(self, entries: Iterable[OutboxEntry], now: float) -> None:
        """Note that *entries* were leased; a destination has its own limit until it has none under way and is not away."""
        for entry in entries:
            self._under_way[entry.to] += 1
            self._states[entry.to] = self._states.get(entry.to, self._fresh).record_taken(1, now)
            self._full.add(entry.to)

    def note_result(self, entry: OutboxEntry, result: DeliveryResult, *, now: float, chance: float) -> None:
        """Note the outcome of *entry*."""
        self._states[entry.to] = _record_result(self._states[entry.to], result, now, chance)

    def end(self, entry: OutboxEntry, now: float) -> bool:
        """Note that *entry* is no longer under way."""
        name = entry.to
        self._under_way[name] -= 1
        lease_more = name in self._full and self._under_way[name] <= self._count // 2
        if not self._under_way[name]:
            del self._under_way[name]
            state = self._states[name]
            if not state.failures and state.rate_limit.paid_at <= now:
                del self._states[name]
        if lease_more:
            self._full.discard(name)
        return lease_more

    def pause_seconds(self, now: float) -> float:  # noqa: ARG002 -- a destination may always be free
        """Give 0: another destination may take entries at any moment."""
        return 0.0


def _record_result(state: CourierState, result: DeliveryResult, now: float, chance: float) -> CourierState:
    is_away = result.outcome is Outcome.UNAVAILABLE
    return state.record_result(away=is_away, now=now, chance=chance, retry_after=result.retry_after)
