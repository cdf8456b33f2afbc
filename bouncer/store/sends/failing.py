"""The recipient domains that fail: an index of failures finds them, so that counts of sent mail are not read."""

import datetime as dt

import sqlalchemy as sa

from bouncer.ports.scope import Scope
from bouncer.ports.sends import FailingDomains
from bouncer.store.sends.counts import active_accounts
from bouncer.store.tables import FAILURE, send_counts

MOST_FAILURES = 50_000
"""Counts of failures that are looked at: some fifty milliseconds. A day of a million mails has fewer."""


def domains(connection: sa.Connection, scope: Scope, since: dt.datetime, limit: int) -> FailingDomains:
    """Give the domains with the most failures, as ``ports.sends.SendCounts.failing_domains`` says."""
    columns = send_counts.c
    failures = (
        sa.select(columns.domain, columns["count"])
        .where(columns.account.in_(active_accounts(connection, scope, since)), columns.hour >= since, sa.text(FAILURE))
        .limit(MOST_FAILURES)
        .subquery()
    )
    failed, number = sa.func.sum(failures.c["count"]), sa.func.count().over()
    query = sa.select(failures.c.domain, number).group_by(failures.c.domain).order_by(failed.desc(), failures.c.domain)
    rows = connection.execute(query.limit(limit)).all()
    return FailingDomains([row[0] for row in rows], rows[0][1] if rows else 0)
