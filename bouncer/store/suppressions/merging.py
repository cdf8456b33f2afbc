"""Merging a suppression into one that exists for the same account, address and stream.

The later of two ends stays. A wish (a complaint, an unsubscription, a person's own words) gives the cause, whichever of the two
came first: freeing the failure does not free the wish. A suppression whose time is over gives way to the new one.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from bouncer.policy.address_list import FAILURES, is_wish
from bouncer.policy.records import Suppression


@dataclass(frozen=True, slots=True)
class ExistingEntry:
    """The suppression that exists: its end (None: until removed), and whether a wish is its cause."""

    until: dt.datetime | None
    is_wish: bool

    @classmethod
    def of(cls, suppression: Suppression) -> Self:
        """Give the facts of a suppression that a merge needs."""
        return cls(suppression.until, is_wish(suppression.reason))

    def is_in_force(self, now: dt.datetime) -> bool:
        """Whether the suppression holds at *now*."""
        return self.until is None or self.until > now

    def merge(self, new: Suppression) -> Suppression | None:
        """Give *new* with the end that holds after it; None where it changes nothing."""
        until = self.until
        if until is not None and (new.until is None or new.until > until or not self.is_in_force(new.since)):
            return new
        return dataclasses.replace(new, until=until) if is_wish(new.reason) and not self.is_wish else None


def wish_first(pending: Suppression | None, new: Suppression) -> Suppression:
    """Give the value to write where *new* was merged after *pending*: a wish, if one of them is one, gives the cause."""
    if pending is None or is_wish(new.reason) or not is_wish(pending.reason):
        return new
    return dataclasses.replace(pending, until=new.until)


def _is_wish(row: Any) -> sa.ColumnElement[bool]:
    return sa.and_(*(row.listed_in != kind.value for kind in FAILURES))


def is_longer(existing: Any, new: Any) -> sa.ColumnElement[bool]:
    """Whether the columns *new* hold a later end than those of *existing*."""
    return sa.and_(existing.until.is_not(None), sa.or_(new.until.is_(None), new.until > existing.until))


def overrules(existing: Any, new: Any) -> sa.ColumnElement[bool]:
    """Whether the columns *new* hold a wish, and those of *existing* a failure."""
    return sa.and_(_is_wish(new), sa.not_(_is_wish(existing)))


def changed_columns(
    existing: Any, new: Any, names: Iterable[str], now: sa.ColumnElement[Any]
) -> Mapping[str, sa.ColumnElement[Any]]:
    """Give the values of the columns *names* of *existing*, with the later end, and the cause of a wish in force at *now*."""
    in_force = sa.or_(existing.until.is_(None), existing.until > now)
    stays = sa.and_(_is_wish(existing), sa.not_(_is_wish(new)), in_force)
    values = {name: sa.case((stays, existing[name]), else_=new[name]) for name in names}
    return {**values, "until": sa.case((is_longer(existing, new), new.until), else_=existing.until)}
