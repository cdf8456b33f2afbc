"""``bouncer check --send-test``: sends a test notice, by the daemon if it runs, else by the courier, and prints each step.

A test notice takes the way of all notices, but no bounce is recorded for it, and no suppression changes.
"""

import asyncio
import datetime as dt
import json
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass

import click

from bouncer.cli.context import call_with_store
from bouncer.clock import now
from bouncer.compose.plain_text import line
from bouncer.courier.routes import Route, make_routes
from bouncer.doctor import ports, store_contents
from bouncer.errors import BouncerError
from bouncer.key_files import read_keys
from bouncer.mail.address import ascii_domain, comparable, split
from bouncer.mail.logged import escape_invisible
from bouncer.notify.mail import MailChannel
from bouncer.notify.notice_path import notice_path
from bouncer.policy.preferences import preferences
from bouncer.policy.records import EntryKind, EntryState
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

LEASE_TIMEOUT_SECONDS = 60.0
"""Timeout for the daemon to lease the notice: it looks into the outbox every five seconds, and other notices may go first."""
DELIVERY_TIMEOUT_SECONDS = 660.0
"""Timeout for the delivery: a little more than the courier's timeout for one mail."""
LOOK_SECONDS = 0.2
MAX_REPLY = 500
"""Characters of the smarthost's reply that are shown."""


@dataclass(frozen=True, slots=True)
class TestStep:
    """A step of the test notice, in words; *remedy* if the notice got stuck there."""

    step: str
    says: str
    remedy: str = ""

    @property
    def is_end(self) -> bool:
        """Whether the notice was handed over to the next mail server."""
        return self.step == "sent"


def send_test(context: click.Context, settings: Settings, address: str, seconds: float, *, as_json: bool) -> bool:
    """Send a test notice to *address*, and print each step; False if it was not handed over.

    *seconds* is the timeout for asking whether a daemon answers at our port. Raises BouncerError, ConfigError, StoreError.
    """
    if ascii_domain(split(address)[1]) in map(ascii_domain, settings.smtp.domains):
        raise BouncerError(f"{address} is in a return-path domain: the test would come back here; name another address")
    account = _account_of(address, store_contents.known_accounts(settings))
    if ports.daemon_answers(settings.smtp, seconds):
        last_step = call_with_store(context, lambda store, _: _send_by_daemon(store, address, account, as_json=as_json))
    else:
        _show(TestStep("queued", "no daemon answers: it goes through the courier at once"), as_json=as_json)
        last_step = asyncio.run(_send_by_courier(settings, address, account))
    _show(last_step, as_json=as_json)
    return last_step.is_end


def _account_of(address: str, accounts: Collection[Account]) -> Account | None:
    """Give the first account that has *address* as an owner; its preferences have the language of the notice."""
    owner = comparable(address)
    return next((account for account in accounts if owner in map(comparable, account.owners)), None)


async def _send_by_daemon(store: Store, address: str, account: Account | None, *, as_json: bool) -> TestStep:
    scope = AccountScope(account.name) if account else OPERATOR
    entry = await store.add_test_notice(scope, address, now=now())
    _show(TestStep("queued", f"entry {entry}, for the daemon that runs"), as_json=as_json)
    row = await _wait_for_attempt(store, scope, entry)
    if row is None:
        await store.drop_entry(scope, entry, now=now())
        remedy = "see whether that daemon was started with these settings; it is taken back"
        return TestStep(
            "stuck", f"the daemon that answers did not take it within {LEASE_TIMEOUT_SECONDS:g} seconds", remedy
        )
    last_step = _outcome(row)
    if row.state is EntryState.WAITING:  # a retry tomorrow would be of no use
        await store.drop_entry(scope, entry, now=now())
    return last_step


async def _wait_for_attempt(store: Store, scope: Scope, entry: int) -> OutboxEntry | None:
    """Wait until the entry was tried once, and give its row; None if no daemon leases it in time."""
    start = time.monotonic()
    while True:
        row = await store.entry(scope, entry)
        elapsed = time.monotonic() - start
        if row is None or (row.attempts == 0 and row.state is EntryState.WAITING and elapsed > LEASE_TIMEOUT_SECONDS):
            return None
        if row.state is not EntryState.WAITING or row.last_error is not None or elapsed > DELIVERY_TIMEOUT_SECONDS:
            return row
        await asyncio.sleep(LOOK_SECONDS)


def _outcome(row: OutboxEntry) -> TestStep:
    if row.state is EntryState.SENT:
        return TestStep("sent", row.reply or "handed over")
    if row.state is EntryState.GIVEN_UP:
        return _not_sent("given-up", row.last_error or "")
    return _not_sent("deferred", row.last_error or "it was not handed over in time")


async def _send_by_courier(settings: Settings, address: str, account: Account | None) -> TestStep:
    keys = read_keys(settings.tokens.keys) if settings.forward.reverse_path == "signed" else ()
    reverse_path = notice_path(settings, lambda: keys, lambda: settings.tokens.expire_days)
    routes = make_routes(settings.forward, hostname=settings.smtp.hostname)
    courier = _route(routes, address).courier
    channel = MailChannel(courier, settings.forward, reverse_path=reverse_path)
    preferred = preferences(account.wishes if account else {}, address)
    job = DeliveryJob(_row(address, account, settings.smtp.hostname, now()), None, (), preferences=preferred)
    try:
        return _result(await channel.send(job))
    finally:
        await channel.close()
        for route in routes:
            await route.courier.close()


def _route(routes: Collection[Route], address: str) -> Route:
    domain = ascii_domain(split(address)[1])
    return next(route for route in routes if route.lane.has(domain))


def _row(address: str, account: Account | None, hostname: str, moment: dt.datetime) -> OutboxEntry:
    """Make the outbox entry of a test notice without a store."""
    name = account.name if account else None
    message_id = f"test.{secrets.token_hex(8)}@{hostname}"
    return OutboxEntry(
        0, 0, name, EntryKind.TEST, address, message_id, EntryState.WAITING, 1, moment, moment, None, None
    )


def _result(result: DeliveryResult) -> TestStep:
    words = line(result.reply, MAX_REPLY)
    match result.outcome:
        case Outcome.SENT:
            return TestStep("sent", words)
        case Outcome.REFUSED:
            return _not_sent("given-up", words)
    return _not_sent("deferred", words)


def _not_sent(step: str, words: str) -> TestStep:
    remedy = "the test is taken back; bouncer check says more of the courier"
    if step == "given-up":
        remedy = "a notice to this address would be lost: put the address right, or ask who runs the courier's server"
    return TestStep(step, words, remedy)


def _show(followed: TestStep, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"test": {"step": followed.step, "says": followed.says, "remedy": followed.remedy}}))
        return
    click.echo(f"{followed.step:<9} {escape_invisible(followed.says)}")
    if followed.remedy:
        click.echo(f"          {followed.remedy}")
