"""Each destination of a channel has its own bound, and however many are away, the store is asked a few times only."""

import datetime as dt

from bouncer.policy.records import EntryKind, EntryState
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob, Lane, OutboxEntry
from bouncer.stages.lanes import FAILURE_MEMORY_SECONDS, LEASES_PER_CONNECTION, MAX_DESTINATIONS_ASKED, DestinationLanes

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
REST = 3600.0
"""Longer than any rest."""


class Nothing:
    name = "none"

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        raise NotImplementedError(job)

    async def close(self) -> None:
        raise NotImplementedError


def entry(to: str) -> OutboxEntry:
    return OutboxEntry(
        1, None, "acme", EntryKind.NOTICE, to, "1@mx", EntryState.WAITING, 1, NOON, NOON, None, None, channel="none"
    )


def lanes(per_minute: int = 0) -> DestinationLanes:
    return DestinationLanes(Delivery(Nothing(), Lane(channel="none"), 1, per_minute, lane_per_destination=True))


def away(state: DestinationLanes, *names: str, now: float = 0.0, retry_after: float = 0.0) -> None:
    for name in names:
        state.begin([entry(name)], now)
        result = DeliveryResult(Outcome.UNAVAILABLE, "", retry_after)
        state.note_result(entry(name), result, now=now, chance=0.5)
        state.end(entry(name), now)


def only(state: DestinationLanes, now: float) -> list[str]:
    return [name for lane, _ in state.leases(now) for name in lane.included]


def test_some_destinations_that_nobody_knows_are_leased():
    assert lanes().leases(0.0) == [(Lane(channel="none"), LEASES_PER_CONNECTION)]


def test_a_destination_that_is_away_rests_and_is_tried_by_one():
    state = lanes()
    away(state, "a")

    (resting,) = state.leases(0.0)
    (probe, _) = state.leases(REST)

    assert resting[0].excluded == {"a"}
    assert (probe[0].included, probe[1]) == ({"a"}, 1)


def test_a_full_lane_is_left_out_until_half_of_it_has_ended():
    state = lanes()
    state.begin([entry("a")] * LEASES_PER_CONNECTION, 0.0)

    assert only(state, 0.0) == []
    ends = [state.end(entry("a"), 0.0) for _ in range(LEASES_PER_CONNECTION)]

    assert ends == [False] * (LEASES_PER_CONNECTION // 2 - 1) + [True] + [False] * (LEASES_PER_CONNECTION // 2)
    assert state.leases(0.0) == [(Lane(channel="none"), LEASES_PER_CONNECTION)]


def test_a_few_of_very_many_that_are_away_are_looked_at_in_one_go_and_all_in_turn():
    state = lanes()
    names = [f"d{n}" for n in range(3 * MAX_DESTINATIONS_ASKED)]
    away(state, *names)

    rounds = [only(state, REST) for _ in range(3)]

    assert [len(destinations) for destinations in rounds] == [MAX_DESTINATIONS_ASKED] * 3
    assert sorted(name for destinations in rounds for name in destinations) == sorted(names)


def test_a_lane_that_nobody_asked_for_is_forgotten():
    state = lanes()
    away(state, "a")

    assert only(state, REST) == ["a"]
    assert only(state, 2 * REST + FAILURE_MEMORY_SECONDS) == []


def test_a_destination_that_asks_to_be_left_alone_is_not_tried_before():
    state = lanes()
    away(state, "a", retry_after=600.0)
    away(state, "b", retry_after=5.0)
    away(state, "b", retry_after=300.0)  # under way together with the one before

    assert only(state, 299.0) == []
    assert only(state, 300.0) == ["b"]
    assert set(only(state, 600.0)) == {"a", "b"}


def test_a_lane_that_is_back_has_its_whole_room_again():
    state = lanes()
    away(state, "a")
    state.begin([entry("a")], REST)
    state.note_result(entry("a"), DeliveryResult(Outcome.SENT, ""), now=REST, chance=0.5)
    state.end(entry("a"), REST)

    assert state.leases(REST) == [(Lane(channel="none"), LEASES_PER_CONNECTION)]


def test_the_bound_of_a_minute_holds_for_each_destination():
    state = lanes(per_minute=60)
    state.begin([entry("a")] * 60, REST)

    for _ in range(60):
        state.end(entry("a"), REST)

    assert only(state, REST) == []
    assert state.leases(REST)[-1][0].excluded == {"a"}
    assert state.leases(REST + 60) == [(Lane(channel="none"), LEASES_PER_CONNECTION)]
