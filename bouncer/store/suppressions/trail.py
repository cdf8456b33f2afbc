"""The audit trail: every change of what an account sends to an address; written beside the change, never changed again."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.ports.suppressions import Allowed, TrailChange, TrailRow
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.scoping import inside
from bouncer.store.suppressions.keys import Keys, both
from bouncer.store.tables import suppressions, trail

_FIELDS = tuple(TrailRow.__dataclass_fields__)


def suppressed(connection: sa.Connection, changes: Sequence[Suppression]) -> None:
    """Write what was suppressed."""
    connection.execute(sa.insert(trail), [_suppressed(one) for one in changes])


def freed(connection: sa.Connection, one: Release) -> None:
    """Write that an address was freed."""
    row = _row(one.account, one.address, TrailChange.FREED, one.at, one.source, one.why)
    connection.execute(sa.insert(trail), [{**row, "letter_id": one.letter_id}])


def listed_or_not(connection: sa.Connection, one: Allowed, *, change: TrailChange, source: ChangeSource) -> None:
    """Write that an address was put on the allow-list or taken off it."""
    connection.execute(sa.insert(trail), [_row(one.account, one.address, change, one.at, source, one.why)])


def listed(connection: sa.Connection, scope: Scope, *, address: str | None, page: Page) -> list[TrailRow]:
    """List changes inside *scope*, newest first."""
    wanted = sa.select(*(trail.c[name] for name in _FIELDS)).where(
        trail.c.id < (MAX_ID if page.before is None else page.before), *inside(scope, trail.c.account)
    )
    if address is not None:
        wanted = wanted.where(_about(Keys(connection), scope.account, address))
    rows = connection.execute(wanted.order_by(trail.c.id.desc()).limit(page.limit)).mappings()
    return [_trail_row(row) for row in rows]


def _trail_row(row: sa.RowMapping) -> TrailRow:
    return TrailRow(**{**row, "change": TrailChange(row["change"]), "source": ChangeSource(row["source"])})


def _about(keys: Keys, account: str | None, address: str) -> sa.ColumnElement[bool]:
    """Choose the entries about an address, as the account compares it, or each for itself where none is named."""
    if account is None:
        return keys.anyones(trail, address)
    return keys.among(account, trail, [keys.form(account, address)])


def retire(connection: sa.Connection, before: dt.datetime, count: int) -> int:
    """Forget up to *count* old entries; those of an address that is still suppressed stay."""
    still = sa.exists().where(
        suppressions.c.account == trail.c.account, suppressions.c.address_key == trail.c.address_key
    )
    old = sa.select(trail.c.id).where(trail.c.at < before, ~still).order_by(trail.c.at).limit(count)
    return connection.execute(sa.delete(trail).where(trail.c.id.in_(old))).rowcount


def _suppressed(one: Suppression) -> dict[str, Any]:
    row = _row(one.account, one.address, TrailChange.SUPPRESSED, one.since, one.source, one.why)
    more = {name: getattr(one, name) for name in ("stream", "reason", "until", "letter_id", "rule")}
    return {**row, **more}


def _row(
    account: str, address: str, change: TrailChange, at: dt.datetime, source: ChangeSource, why: str
) -> dict[str, Any]:
    return {
        "at": at,
        "account": account,
        "address": address,
        **both(address),
        "stream": "",
        "change": change.value,
        "reason": "",
        "until": None,
        "source": source,
        "letter_id": None,
        "rule": None,
        "why": why,
    }
