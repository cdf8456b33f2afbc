"""Looks at what stands in the store: whom the accounts believe."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from bouncer.cli.checks.finding import Finding, fail, warn
from bouncer.cli.own_hosts import own_host
from bouncer.errors import ConfigError, StoreError
from bouncer.ports import Account
from bouncer.settings import Settings, SmtpSettings
from bouncer.store import accounts
from bouncer.store.peeking import peeked
from bouncer.store.sqlite import path_of


def recorded(settings: Settings) -> Iterator[Finding]:
    """Look into the store that [store] url names, as it is; where there is none yet there is nothing to find."""
    path = _path(settings.store.url)
    if path is None or not path.is_file():
        return
    try:
        with peeked(path) as connection:
            yield from believing(accounts.directory(connection).accounts.values(), settings.smtp)
    except StoreError as error:
        yield warn(f"store {path}", f"cannot be looked into: {error}", "start the daemon, and check again")


def believing(known: Iterable[Account], smtp: SmtpSettings) -> Iterator[Finding]:
    """Name the accounts that believe this host about mails to several."""
    for account in sorted(known, key=lambda account: account.name):
        for network in account.terms.servers:
            if why := own_host(network, smtp):
                remedy = f"bouncer account set {account.name} --server ...: only servers that your own mail leaves from"
                yield fail(f"account {account.name}", f"believes {network}, and {why}: so anybody's letters", remedy)


def _path(url: str) -> Path | None:
    try:
        parsed = sa.make_url(url)
        return path_of(parsed).absolute() if parsed.drivername == "sqlite" else None
    except (sa.exc.ArgumentError, ConfigError):
        return None
