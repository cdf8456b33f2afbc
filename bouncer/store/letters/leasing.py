"""Leasing letters: a leased letter is hidden from other leases until the lease is given back or runs out."""

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from bouncer.policy.fair_queue import FairQueue, Waiting
from bouncer.policy.records import LetterState
from bouncer.store.engine.queries import queue_change
from bouncer.store.letters.waiting import WaitingWalk, read_newest, read_oldest
from bouncer.store.tables import letters

EXAMINED_WAITING = 256
"""Letters that are looked at in each of four ways, where more wait than a lease takes; to find and sort them takes milliseconds."""


class Leases:
    """Leases letters. Where more wait than it takes, each client and each path has its turn, however many letters others have."""

    def __init__(self) -> None:
        self._walks = (WaitingWalk(letters.c.client_key), WaitingWalk(letters.c.path_key))
        self._queue = FairQueue()
        self._last = dict[int, Waiting]()  # the letters of the last lease, where turns were taken

    def lease(
        self, connection: sa.Connection, *, now: dt.datetime, count: int, octets: int, until: dt.datetime
    ) -> list[int]:
        """Lease letters in state kept until *until*, in their turns; give their ids. Leased letters are hidden."""
        waiting = read_oldest(connection, now, max(count + 1, EXAMINED_WAITING))
        takes_turns = len(waiting) > count
        if takes_turns:
            waiting = self._queue.sort(self._examine(connection, now, waiting))[:count]
        else:
            self._queue.forget()
        ids = first_within(octets, ((letter.id, letter.octets) for letter in waiting))
        if ids:
            queue_change(connection, _LEASE, {"ids": ids, "until": until})
        self._last = {letter.id: letter for letter in waiting[: len(ids)]} if takes_turns else {}
        self._queue.take(list(self._last.values()))
        return ids

    def give_back(self, connection: sa.Connection, ids: Sequence[int], *, until: dt.datetime) -> None:
        """End the leases that last *until* then, and give the turns of their letters back to the clients."""
        is_leased = sa.and_(letters.c.id.in_(ids), letters.c.state == LetterState.KEPT, letters.c.leased_until == until)
        connection.execute(sa.update(letters).where(is_leased).values(leased_until=None))
        self._queue.give_back(self._last.pop(letter_id) for letter_id in ids if letter_id in self._last)

    def _examine(self, connection: sa.Connection, now: dt.datetime, waiting: Sequence[Waiting]) -> list[Waiting]:
        """Give *waiting*, the oldest letters, with the newest, and with the first of each client and path, by age."""
        by_id = {letter.id: letter for letter in waiting}
        if len(waiting) >= EXAMINED_WAITING:  # fewer than that: these are all letters that wait
            by_id |= {letter.id: letter for letter in read_newest(connection, now, EXAMINED_WAITING, by_id)}
            for walk in self._walks:
                by_id |= {letter.id: letter for letter in walk.read_next(connection, now, EXAMINED_WAITING, by_id)}
        return [by_id[letter_id] for letter_id in sorted(by_id)]


_LEASE = (
    sa.update(letters)
    .where(letters.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(leased_until=sa.bindparam("until"))
)


def release(connection: sa.Connection) -> None:
    """End every lease."""
    leased = sa.and_(letters.c.state == LetterState.KEPT, letters.c.leased_until.is_not(None))
    connection.execute(sa.update(letters).where(leased).values(leased_until=None))


def first_within(octets: int, sized: Iterable[tuple[int, int]]) -> list[int]:
    """Give the first ids of pairs (id, size) whose sizes sum up to at most *octets*; the very first whatever its size."""
    ids: list[int] = []
    for letter_id, size in sized:
        octets -= size
        if ids and octets < 0:
            break
        ids.append(letter_id)
    return ids
