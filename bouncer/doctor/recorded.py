"""Looks at what stands in the store: whom the accounts believe, what was seen of the clock."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.errors import ConfigError, StoreError
from bouncer.own_hosts import own_host
from bouncer.policy.clock_trust import MOST_APART, Steady
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import OutboxEntry
from bouncer.ports.scope import OPERATOR
from bouncer.settings import Settings, SmtpSettings
from bouncer.store import steadiness
from bouncer.store.accounts import accounts
from bouncer.store.engine.sqlite import path_of
from bouncer.store.lifecycle.migrating import newest
from bouncer.store.lifecycle.peeking import peeked
from bouncer.store.lifecycle.recognizing import FileKind, recognize
from bouncer.store.outbox import outbox


def recorded(settings: Settings, now: dt.datetime) -> Iterator[Finding]:
    """Look into the store that [store] url names, as it is; where there is none yet there is nothing to find."""
    path = _path(settings.store.url)
    try:
        if path is None or not _can_be_read(path):  # told where the file is looked at
            return
        with peeked(path) as connection:
            known = accounts.directory(connection, OPERATOR).accounts.values()
            yield from owning(known)
            yield from believing(known, settings.smtp)
            yield from waiting(outbox.troubled(connection))
            yield from forgetting(steadiness.seen(connection), now)
    except PermissionError:  # told where the file is looked at
        return
    except (StoreError, sqlite3.Error) as error:
        yield warn(f"store {path}", f"cannot be looked into: {error}", "start the daemon, and check again")


def known_accounts(settings: Settings) -> tuple[Account, ...]:
    """Give the accounts, by the store as it is; none where it cannot be looked into, which ``recorded`` says."""
    path = _path(settings.store.url)
    try:
        if path is None or not _can_be_read(path):
            return ()
        with peeked(path) as connection:
            return tuple(accounts.directory(connection, OPERATOR).accounts.values())
    except (PermissionError, StoreError, sqlite3.Error):
        return ()


def _can_be_read(path: Path) -> bool:
    """Whether the file is a store of ours, of this version or an older one."""
    found = recognize(path)
    return found.kind is FileKind.OURS and found.revision <= newest()


def owners(known: Iterable[Account]) -> tuple[str, ...]:
    """Give whoever gets notices, each once."""
    return tuple(dict.fromkeys(owner for account in known if account.forwarding for owner in account.owners))


def owning(known: Collection[Account]) -> Iterator[Finding]:
    """Say whether there is an account, and whether each has somebody who is told."""
    if not known:
        remedy = "bouncer account add NAME --owner ADDRESS"
        yield fail("accounts", "none: every return path is put off, and bounces are not taken", remedy)
        return
    nobodys = sorted(account.name for account in known if account.forwarding and not account.owners)
    for name in nobodys:
        remedy = f"bouncer account set {name} --owner ADDRESS, or --no-forward where nobody is to be told"
        yield warn(f"account {name}", "has no owner: nobody is told of its bounces", remedy)
    if not nobodys:
        yield ok("accounts", f"{len(known)}, and each has an owner, or wants no notices")


def waiting(troubled: tuple[int, OutboxEntry | None]) -> Iterator[Finding]:
    """Tell of notices that could not leave: how many wait, and what was said to the last of them."""
    count, last = troubled
    if last is not None:
        says = f"{count} could not leave yet; the last one was told: {last.last_error}"
        yield warn(
            "notices", says, "bouncer queue --state waiting shows them; once it is mended: bouncer queue retry --all"
        )


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
