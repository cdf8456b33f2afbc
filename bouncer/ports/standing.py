"""The standing of a store: the letters and notices that wait in it, and the last ones that came and left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts, and times; a time is None where there is no such letter or notice."""

    unread_letters: int  # kept, and not read yet
    oldest_unread: dt.datetime | None  # when it came
    shunted_letters: int  # nobody could read them
    shunted_lately: int
    last_letter: dt.datetime | None  # when it came
    waiting_notices: int  # to leave
    oldest_waiting: dt.datetime | None  # when it was queued
    oldest_due: dt.datetime | None  # when the waiting notice that was due first should have left
    deferred_notices: int  # of those that wait: a try has failed
    oldest_deferred: dt.datetime | None  # when it was queued
    held_notices: int  # for a digest
    given_up_notices: int
    given_up_lately: int
    last_sent: dt.datetime | None
    suppressed_addresses: int  # for all accounts and streams, in force now


@dataclass(frozen=True, slots=True)
class StoreLook:
    """The result of a look into the store: where it is, its octets with the files beside it, and its standing."""

    path: str
    octets: int
    standing: Standing
