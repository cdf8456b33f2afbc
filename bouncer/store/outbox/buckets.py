"""The preferences and token buckets (rate limits) of addressees while entries are scheduled; and owners whose mail bounces."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from bouncer.policy.preferences import OPERATOR, Overrides, Preferences, preferences
from bouncer.policy.rate_limit import RateLimit, bucket_capacity
from bouncer.policy.records import NO_ACCOUNT, Bucket, FailingOwner
from bouncer.store.accounts import directory_version
from bouncer.store.engine.engine import Insert, insert_of
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import write_rows
from bouncer.store.tables import accounts, buckets, owners

_NAMES = sa.bindparam("names", type_=sa.Text, expanding=True)
_WISHES = sa.select(accounts.c.name, accounts.c.wishes).where(accounts.c.name.in_(_NAMES))
_BUCKETS = sa.select(buckets).where(buckets.c.account.in_(_NAMES))
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(slots=True)
class Owner:
    """One person's preferences and token buckets while entries are scheduled."""

    preferences: Preferences
    bounds: dict[Bucket, RateLimit]
    has_account: bool = True  # False: the account is gone, and the default preferences hold

    def rate_limit(self, bucket: Bucket) -> RateLimit:
        """Give the state of the token bucket *bucket*; a full one where no token was taken yet."""
        return self.bounds.get(bucket, RateLimit(_LONG_AGO))

    def send(self, bucket: Bucket, now: dt.datetime) -> None:
        """Take one token out of *bucket*, for a mail."""
        self.bounds[bucket] = self.rate_limit(bucket).take(bucket_capacity(bucket, self.preferences.most), now)


def owners_of(connection: sa.Connection, keys: set[tuple[str, str]]) -> dict[tuple[str, str], Owner]:
    """Give the owners with *keys* (account, address); NO_ACCOUNT is the account of the operator."""
    names = sorted({account for account, _ in keys})
    wishes = {row.name: row.wishes for row in fetch_rows(connection, _WISHES, {"names": names})}
    bounds: dict[tuple[str, str], dict[Bucket, RateLimit]] = {key: {} for key in keys}
    for row in fetch_rows(connection, _BUCKETS, {"names": names}):
        if (row.account, row.address) in bounds:
            bounds[row.account, row.address][Bucket(row.bucket)] = RateLimit(row.full_at)
    return {
        (account, address): Owner(_preferences(wishes, account, address), bounds[account, address], account in wishes)
        for account, address in keys
    }


def _preferences(wishes: Mapping[str, Overrides], account: str, address: str) -> Preferences:
    return preferences(wishes.get(account, {}), address) if account != NO_ACCOUNT else OPERATOR


def write_buckets(connection: sa.Connection, by_key: Mapping[tuple[str, str], Owner]) -> None:
    """Write the state of each person's buckets."""
    rows = [
        {"account": account, "address": address, "bucket": bucket.value, "full_at": bound.full_at}
        for (account, address), owner in by_key.items()
        for bucket, bound in owner.bounds.items()
    ]
    write_rows(connection, _setting(insert_of(connection)), rows)


@cache
def _setting(insert: Insert) -> sa.Insert:
    statement = insert(buckets)
    full_at = {"full_at": statement.excluded.full_at}
    return statement.on_conflict_do_update(index_elements=["account", "address", "bucket"], set_=full_at)


def mark_failing(connection: sa.Connection, failing: Sequence[FailingOwner], *, now: dt.datetime) -> None:
    """Mark owners whose mail bounces."""
    if not failing:
        return
    rows = [
        {"account": owner.account, "address": owner.owner, "failed_at": now, "failed_why": owner.why}
        for owner in failing
    ]
    write_rows(connection, _mark_group(insert_of(connection)), rows)
    directory_version.renew(connection, now)


@cache
def _mark_group(insert: Insert) -> sa.Insert:
    statement = insert(owners)
    failed = {"failed_at": statement.excluded.failed_at, "failed_why": statement.excluded.failed_why}
    return statement.on_conflict_do_update(index_elements=["account", "address"], set_=failed)
