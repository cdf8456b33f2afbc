"""Looks at what stands in the store: whom the accounts believe, what was seen of the clock."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from bouncer.cli.checks.finding import Finding, fail, ok, warn
from bouncer.errors import ConfigError, StoreError
from bouncer.own_hosts import own_host
from bouncer.policy.steady import MOST_APART, Steady
from bouncer.ports import Account
from bouncer.settings import Settings, SmtpSettings
from bouncer.store import accounts, steadiness
from bouncer.store.peeking import peeked
from bouncer.store.sqlite import path_of


def recorded(settings: Settings, now: dt.datetime) -> Iterator[Finding]:
    """Look into the store that [store] url names, as it is; where there is none yet there is nothing to find."""
    path = _path(settings.store.url)
    if path is None or not os.access(path, os.F_OK) or not path.is_file():  # F_OK: False, too, where one may not look
        return
    try:
        with peeked(path) as connection:
            yield from believing(accounts.directory(connection).accounts.values(), settings.smtp)
            yield from forgetting(steadiness.seen(connection), now)
    except StoreError as error:
        yield warn(f"store {path}", f"cannot be looked into: {error}", "start the daemon, and check again")


def believing(known: Iterable[Account], smtp: SmtpSettings) -> Iterator[Finding]:
    """Name the accounts that believe this host about mails to several."""
    for account in sorted(known, key=lambda account: account.name):
        for network in account.terms.servers:
            if why := own_host(network, smtp):
                remedy = f"bouncer account set {account.name} --server ...: only servers that your own mail leaves from"
                yield fail(f"account {account.name}", f"believes {network}, and {why}: so anybody's letters", remedy)


def forgetting(seen: Steady | None, now: dt.datetime) -> Iterator[Finding]:
    """Say whether the clock is one by which old letters and records may be forgotten."""
    if seen is None:
        return
    if abs(now - seen.last) > MOST_APART:
        says = f"says {_moment(now)}, and when the daemon last looked it said {_moment(seen.last)}"
        yield warn(
            "clock", says, "set the clock right if it is wrong; else nothing is forgotten for a day after the start"
        )
    elif seen.leapt_from is not None and not seen.is_trusted:
        leap = f"went from {_moment(seen.leapt_from)} to {_moment(seen.since)}"
        says = f"{leap}: nothing is forgotten until {_moment(seen.trusted_from)}"
        yield warn(
            "clock", says, "set the clock right if it is wrong, before that; right if the daemon did not run meanwhile"
        )
    else:
        yield ok("clock", "is steady")


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _path(url: str) -> Path | None:
    try:
        parsed = sa.make_url(url)
        return path_of(parsed).absolute() if parsed.drivername == "sqlite" else None
    except (sa.exc.ArgumentError, ConfigError):
        return None
