"""Each reader's preferences and buckets, as they are while entries are scheduled; and owners whose mail comes back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.policy.preferences import OPERATOR, Overrides, Preferences, preferences
from bouncer.policy.rate_limit import Bound, most_at_once
from bouncer.policy.records import NO_ACCOUNT, Bucket, FailingOwner
from bouncer.store.engine.engine import insert
from bouncer.store.tables import accounts, buckets, owners

_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(slots=True)
class Owner:
    """One person's preferences and buckets, while reports are placed."""

    wanted: Preferences
    bounds: dict[Bucket, Bound]
    known: bool = True  # False where the account is gone: nobody's wishes hold

    def bound(self, bucket: Bucket) -> Bound:
        """Give one of the buckets; a full one where nothing was taken out yet."""
        return self.bounds.get(bucket, Bound(_LONG_AGO))

    def send(self, bucket: Bucket, now: dt.datetime) -> None:
        """Take a mail out of one of the buckets."""
        self.bounds[bucket] = self.bound(bucket).sent(most_at_once(bucket, self.wanted.most), now)


def owners_of(connection: sa.Connection, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Owner]:
    """Give the owners that are *wanted*, by account and address; under NO_ACCOUNT it is the operator."""
    names = sorted({account for account, _ in wanted})
    wishes = {
        row.name: row.wishes
        for row in connection.execute(sa.select(accounts.c.name, accounts.c.wishes).where(accounts.c.name.in_(names)))
    }
    bounds: dict[tuple[str, str], dict[Bucket, Bound]] = {key: {} for key in wanted}
    for row in connection.execute(sa.select(buckets).where(buckets.c.account.in_(names))):
        if (row.account, row.address) in bounds:
            bounds[row.account, row.address][Bucket(row.bucket)] = Bound(row.full_at)
    return {
        (account, address): Owner(_wanted(wishes, account, address), bounds[account, address], account in wishes)
        for account, address in wanted
    }


def _wanted(wishes: Mapping[str, Overrides], account: str, address: str) -> Preferences:
    return preferences(wishes.get(account, {}), address) if account != NO_ACCOUNT else OPERATOR


def keep_bounds(connection: sa.Connection, told_to: Mapping[tuple[str, str], Owner]) -> None:
    """Write what is left in each person's buckets."""
    rows = [
        {"account": account, "address": address, "bucket": bucket.value, "full_at": bound.full_at}
        for (account, address), owner in told_to.items()
        for bucket, bound in owner.bounds.items()
    ]
    if not rows:
        return
    adding = insert(connection, buckets)
    full_at = {"full_at": adding.excluded.full_at}
    key = ["account", "address", "bucket"]
    connection.execute(adding.on_conflict_do_update(index_elements=key, set_=full_at), rows)


def mark_failing(connection: sa.Connection, failing: Sequence[FailingOwner], *, now: dt.datetime) -> None:
    """Mark owners whose mail comes back."""
    if not failing:
        return
    adding = insert(connection, owners)
    rows = [{"account": one.account, "address": one.owner, "failed_at": now, "failed_why": one.why} for one in failing]
    failed = {"failed_at": adding.excluded.failed_at, "failed_why": adding.excluded.failed_why}
    connection.execute(adding.on_conflict_do_update(index_elements=["account", "address"], set_=failed), rows)
