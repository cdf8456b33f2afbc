"""Checks the contents of the store: which accounts trust whom, whether the clock was steady."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.errors import ConfigError, StoreError
from bouncer.own_hosts import describe_overlap
from bouncer.policy.clock_trust import MAX_GAP, ClockObservation
from bouncer.policy.records import Belief
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import OutboxEntry
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import Settings, SmtpSettings, StoreSettings
from bouncer.store import clock_observations
from bouncer.store.accounts import accounts
from bouncer.store.engine.databases import file_of, place_of, url_of
from bouncer.store.lifecycle.migrating import find_newest_revision
from bouncer.store.lifecycle.read_only import open_read_only
from bouncer.store.lifecycle.recognizing import FileKind, recognize
from bouncer.store.lifecycle.server_database import open_current
from bouncer.store.outbox import outbox


def check_records(settings: Settings, now: dt.datetime) -> Iterator[Finding]:
    """Read the store that [store] url names without changing it; a store that does not exist yet gives no findings."""
    try:
        with _open_store(settings.store) as connection:
            if connection is None:  # the check of the file reports it
                return
            account_list = accounts.directory(connection, OPERATOR).accounts.values()
            yield from check_owners(account_list)
            yield from check_trust(account_list, settings.smtp)
            yield from check_waiting(outbox.count_deferred(connection))
            yield from check_clock(clock_observations.last_observation(connection), now)
    except PermissionError:  # the check of the file reports it
        return
    except (StoreError, sqlite3.Error) as error:
        yield warn(
            fill("store {what}", what=place_of(settings.store)),
            fill("cannot be looked into: {what}", what=error),
            "start the daemon, and check again",
        )


def known_accounts(settings: Settings) -> tuple[Account, ...]:
    """Give the accounts in the store; none where it cannot be read, which ``check_records`` reports."""
    try:
        with _open_store(settings.store) as connection:
            return tuple(accounts.directory(connection, OPERATOR).accounts.values()) if connection else ()
    except (PermissionError, StoreError, sqlite3.Error):
        return ()


@contextmanager
def _open_store(settings: StoreSettings) -> Iterator[sa.Connection | None]:
    """Give a connection that only reads; None where there is no store of ours, of this version or an older one."""
    with ExitStack() as stack:
        yield _connection(settings, stack)


def _connection(settings: StoreSettings, stack: ExitStack) -> sa.Connection | None:
    try:
        url, path = url_of(settings), file_of(settings)
        if path is None:
            return stack.enter_context(open_current(url, settings.busy_seconds))
    except ConfigError:
        return None
    file = recognize(path)
    is_ours = file.kind is FileKind.OURS and file.revision <= find_newest_revision()
    return stack.enter_context(open_read_only(path)) if is_ours else None


def owners(account_list: Iterable[Account]) -> tuple[str, ...]:
    """Give everybody who gets notices, without repeats."""
    return tuple(dict.fromkeys(owner for account in account_list if account.forwarding for owner in account.owners))


def check_owners(account_list: Collection[Account]) -> Iterator[Finding]:
    """Check whether there is an account, and whether each has an owner who gets notices."""
    if not account_list:
        remedy = "bouncer account add NAME --owner ADDRESS"
        yield fail("accounts", "none: every return path is put off, and bounces are not taken", remedy)
        return
    names_without_owner = sorted(account.name for account in account_list if account.forwarding and not account.owners)
    for name in names_without_owner:
        remedy = fill(
            "bouncer account set {what} --owner ADDRESS, or --no-forward where nobody is to be told", what=name
        )
        yield warn(fill("account {what}", what=name), "has no owner: nobody is told of its bounces", remedy)
    if not names_without_owner:
        yield ok("accounts", fill("{number}, and each has an owner, or wants no notices", number=len(account_list)))


def check_waiting(count_and_last: tuple[int, OutboxEntry | None]) -> Iterator[Finding]:
    """Report notices that could not leave: how many wait, and the last one's error."""
    count, last_entry = count_and_last
    if last_entry is not None:
        says = fill(
            "{number} could not leave yet; the last one was told: {what}", number=count, what=last_entry.last_error
        )
        yield warn(
            "notices", says, "bouncer queue --state waiting shows them; once it is mended: bouncer queue retry --all"
        )


def check_trust(account_list: Iterable[Account], smtp: SmtpSettings) -> Iterator[Finding]:
    """Name the accounts that suppress an address because of anybody's letter: by their terms, or since they believe this host."""
    for account in sorted(account_list, key=lambda account: account.name):
        if account.terms.suppress_on is not Belief.PROVEN:
            says = "suppresses on plausible reports: a stranger who knows an alias can make one about anybody"
            yield warn(
                fill("account {what}", what=account.name),
                says,
                fill("bouncer account set {what} --suppress-on proven", what=account.name),
            )
        for network in account.terms.servers:
            if why := describe_overlap(network, smtp):
                remedy = fill(
                    "bouncer account set {what} --server ...: only servers that your own mail leaves from",
                    what=account.name,
                )
                yield fail(
                    fill("account {what}", what=account.name),
                    fill("believes {what}, and {other}: so anybody's letters", what=network, other=why),
                    remedy,
                )


def check_clock(observation: ClockObservation | None, now: dt.datetime) -> Iterator[Finding]:
    """Check whether the clock is trusted enough to delete old letters and records."""
    if observation is None:
        return
    if abs(now - observation.last_at) > MAX_GAP:
        says = fill(
            "says {what}, and when the daemon last looked it said {other}",
            what=_moment(now),
            other=_moment(observation.last_at),
        )
        yield warn(
            "clock", says, "set the clock right if it is wrong; else nothing is forgotten for a day after the start"
        )
    elif observation.leapt_from is not None and not observation.is_trusted:
        says = fill(
            "went from {what} to {other}: nothing is forgotten until {place}",
            what=_moment(observation.leapt_from),
            other=_moment(observation.steady_since),
            place=_moment(observation.trusted_from),
        )
        yield warn(
            "clock", says, "set the clock right if it is wrong, before that; right if the daemon did not run meanwhile"
        )
    else:
        yield ok("clock", "is steady")


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="minutes")
